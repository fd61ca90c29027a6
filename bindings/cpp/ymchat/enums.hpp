// The enumerations, of the API and of this library.
// A part of ymchat.hpp.

#ifndef YMCHAT_ENUMS_HPP
#define YMCHAT_ENUMS_HPP

#include "ymchat.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace ymchat {

namespace detail {

template <class Enum>
struct enum_name {
    Enum value;
    std::string_view text;
};

/// Specialized for each enumeration: `static constexpr enum_name<Enum> all[]`.
template <class Enum>
struct enum_names;

} // namespace detail

/// A value of an enumeration of the API that may grow: a value that is not known here is
/// `Enum::unknown` and keeps its text.
///
/// It compares with the values of the enumeration and converts to them, so that `switch` works:
///
///     if (chat.status == ymchat::chat_status::waiting_for_partner) …
template <class Enum>
class open_enum {
public:
    /// `Enum::unknown` without a text.
    open_enum() noexcept = default;
    /// A known value.
    open_enum(Enum value) noexcept : value_(value) {}

    /// The value that stands for this text in the API's JSON.
    static open_enum from_text(std::string_view text) {
        for (const auto& known : detail::enum_names<Enum>::all)
            if (known.text == text)
                return known.value;
        open_enum other;
        other.unknown_text_ = std::string(text);
        return other;
    }

    /// The value.
    Enum value() const noexcept { return value_; }
    /// The value.
    operator Enum() const noexcept { return value_; }

    /// The text as it stands in the API's JSON; valid as long as this object.
    std::string_view text() const noexcept {
        for (const auto& known : detail::enum_names<Enum>::all)
            if (known.value == value_ && value_ != Enum::unknown)
                return known.text;
        return unknown_text_;
    }

    friend bool operator==(const open_enum& a, const open_enum& b) noexcept {
        return a.value_ == b.value_ && a.unknown_text_ == b.unknown_text_;
    }
    friend bool operator!=(const open_enum& a, const open_enum& b) noexcept { return !(a == b); }
    friend bool operator==(const open_enum& a, Enum b) noexcept { return a.value_ == b; }
    friend bool operator!=(const open_enum& a, Enum b) noexcept { return a.value_ != b; }
    friend bool operator==(Enum a, const open_enum& b) noexcept { return a == b.value_; }
    friend bool operator!=(Enum a, const open_enum& b) noexcept { return a != b.value_; }

    /// Writes the text.
    friend std::ostream& operator<<(std::ostream& out, const open_enum& value) {
        return out << value.text();
    }

private:
    Enum value_ = Enum::unknown;
    std::string unknown_text_;
};

/// How a call ended. The numbers are those of the C ABI, pinned for ever.
enum class status_code : std::int32_t {
    /// Success; no exception has it.
    ok = YMCHAT_OK,
    /// An argument, an option or the configuration is wrong. Nothing was sent.
    invalid_argument = YMCHAT_INVALID_ARGUMENT,
    /// HTTP 401: no credential, or a malformed or revoked one.
    unauthorized = YMCHAT_UNAUTHORIZED,
    /// HTTP 403: the credential grants no access to this business or this operation.
    forbidden = YMCHAT_FORBIDDEN,
    /// HTTP 404: no such chat or message.
    not_found = YMCHAT_NOT_FOUND,
    /// Another 4xx, or an answer that says ERROR: the service rejected the request.
    bad_request = YMCHAT_BAD_REQUEST,
    /// A limit is used up.
    rate_limited = YMCHAT_RATE_LIMITED,
    /// HTTP 5xx: the service failed.
    server = YMCHAT_SERVER,
    /// No connection, or it broke.
    network = YMCHAT_NETWORK,
    /// No answer in time.
    timeout = YMCHAT_TIMEOUT,
    /// A send that may or may not have arrived.
    outcome_unknown = YMCHAT_OUTCOME_UNKNOWN,
    /// The answer is not what the API promises.
    protocol = YMCHAT_PROTOCOL,
    /// The call was cancelled.
    cancelled = YMCHAT_CANCELLED,
    /// The message check rejected the text.
    rejected = YMCHAT_REJECTED,
    /// A defect of the library, or one that does not fit this header.
    internal = YMCHAT_INTERNAL,
};

/// What to do about an error.
enum class action {
    /// A value that this header does not know.
    unknown,
    /// Correct the arguments or the configuration.
    fix_request,
    /// Look at the key: is it complete, is it still valid?
    check_credentials,
    /// Give the key the right, in the business account on the Market.
    grant_access,
    /// Wait, error::retry_after() where it is given, and call again.
    wait,
    /// Call again.
    retry,
    /// Look into the chat's history before anything is sent again.
    check_history,
    /// Ask the Market's support, with the trace id.
    contact_support,
};

/// What is known of a send that did not succeed.
enum class delivery_status {
    /// It may have arrived: look into the chat before it is sent again.
    unknown,
    /// It certainly did not arrive: it may be sent again.
    not_sent,
};

/// How it is known that a send arrived.
enum class send_outcome {
    /// A value that this header does not know.
    unknown,
    /// The service acknowledged it.
    sent,
    /// The answer was lost, and the history shows the message.
    confirmed,
};

/// What a chat is about.
enum class context_type {
    /// A value that this header does not know.
    unknown,
    /// An order.
    order,
    /// A return.
    return_,
    /// A chat that the customer started; a seller cannot create one.
    direct,
};

/// The kind of a chat.
enum class chat_type {
    /// A value that this header does not know.
    unknown,
    /// A chat between the shop and a customer.
    chat,
    /// A dispute, with the Market's arbiter in it.
    arbitrage,
};

/// Whose turn it is in a chat.
enum class chat_status {
    /// A value that this header does not know.
    unknown,
    /// A new chat.
    new_,
    /// The customer is to answer.
    waiting_for_customer,
    /// The shop must answer.
    waiting_for_partner,
    /// The arbiter is to answer.
    waiting_for_arbiter,
    /// The Market is to answer.
    waiting_for_market,
    /// The chat is over.
    finished,
};

/// Who wrote a message.
enum class sender {
    /// A value that this header does not know.
    unknown,
    /// The shop.
    partner,
    /// The customer.
    customer,
    /// The Market, automatically.
    market,
    /// A person of the Market's support.
    support,
};

namespace detail {

template <>
struct enum_names<action> {
    static constexpr enum_name<action> all[] = {
        {action::fix_request, "fix_request"},
        {action::check_credentials, "check_credentials"},
        {action::grant_access, "grant_access"},
        {action::wait, "wait"},
        {action::retry, "retry"},
        {action::check_history, "check_history"},
        {action::contact_support, "contact_support"},
    };
};

template <>
struct enum_names<delivery_status> {
    static constexpr enum_name<delivery_status> all[] = {{delivery_status::not_sent, "notSent"}};
};

template <>
struct enum_names<send_outcome> {
    static constexpr enum_name<send_outcome> all[] = {
        {send_outcome::sent, "sent"},
        {send_outcome::confirmed, "confirmed"},
    };
};

template <>
struct enum_names<context_type> {
    static constexpr enum_name<context_type> all[] = {
        {context_type::order, "ORDER"},
        {context_type::return_, "RETURN"},
        {context_type::direct, "DIRECT"},
    };
};

template <>
struct enum_names<chat_type> {
    static constexpr enum_name<chat_type> all[] = {
        {chat_type::chat, "CHAT"},
        {chat_type::arbitrage, "ARBITRAGE"},
    };
};

template <>
struct enum_names<chat_status> {
    static constexpr enum_name<chat_status> all[] = {
        {chat_status::new_, "NEW"},
        {chat_status::waiting_for_customer, "WAITING_FOR_CUSTOMER"},
        {chat_status::waiting_for_partner, "WAITING_FOR_PARTNER"},
        {chat_status::waiting_for_arbiter, "WAITING_FOR_ARBITER"},
        {chat_status::waiting_for_market, "WAITING_FOR_MARKET"},
        {chat_status::finished, "FINISHED"},
    };
};

template <>
struct enum_names<sender> {
    static constexpr enum_name<sender> all[] = {
        {sender::partner, "PARTNER"},
        {sender::customer, "CUSTOMER"},
        {sender::market, "MARKET"},
        {sender::support, "SUPPORT"},
    };
};

} // namespace detail

} // namespace ymchat

#endif // YMCHAT_ENUMS_HPP
