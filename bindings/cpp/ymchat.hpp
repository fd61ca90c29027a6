// ymchat for C++: the seller chats of the Yandex Market Partner API.
//
//     #include <ymchat.hpp>
//
//     ymchat::config config;
//     config.api_key = "ACMA:…";
//     config.business_id = 123456;
//     ymchat::client client(config);
//     for (const ymchat::message& message : client.messages(chat_id))
//         std::cout << message.text.value_or("") << '\n';
//
// One header for C++17 and newer; it needs ymchat.h, the standard library and libymchat (-lymchat).
// It may be included by any number of translation units.
//
// Errors. Whatever fails throws a class derived from ymchat::error; its classes are the statuses
// of the C ABI. A destructor throws nothing.
//
// Threads. A client may be used by many threads at once, and so may client::close and
// client::cancel; only moving and destroying it must be left to one. All other objects here are
// plain values: give each thread its own, or look after them yourself.
//
// Texts are UTF-8, times are std::chrono durations, ids are std::int64_t and exact. What the
// service adds in the future is not lost: values of enumerations that are not known here keep
// their text (ymchat::open_enum), and each object keeps the JSON that it was read from (`raw`).
// The texts as they came, without any reading, are had from client::raw().

#ifndef YMCHAT_HPP
#define YMCHAT_HPP

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 201703L
#error "ymchat.hpp needs C++17 or newer (-std=c++17)"
#endif

#include "ymchat.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) >= 202002L
#if __has_include(<stop_token>)
#include <stop_token>
#endif
#endif

/// The seller chats of the Yandex Market Partner API.
namespace ymchat {

/// The version of the library that is loaded, such as "0.1.0"; that of the header is
/// YMCHAT_VERSION.
inline std::string_view library_version() noexcept {
    return ymchat_version();
}

/// Whether the library that is loaded fits this header: the same major number of the ABI, and no
/// smaller minor number. ymchat::client asks this itself.
inline bool library_fits() noexcept {
    const std::uint32_t library = ymchat_abi_version();
    const std::uint32_t header = YMCHAT_ABI_VERSION;
    return library >> 16 == header >> 16 && (library & 0xffff) >= (header & 0xffff);
}

// ---------------------------------------------------------------------------------------------
// Texts
// ---------------------------------------------------------------------------------------------

/// A JSON text that the library handed out; it is freed with this object. Move-only, so that the
/// text is never copied without being asked for.
///
/// It ends with a NUL, and its UTF-8 and its JSON have been checked by the library.
class json_text {
public:
    /// No text: an empty view.
    json_text() noexcept = default;

    /// Takes over a text from the C ABI, which is freed with ymchat_string_free; may be NULL.
    explicit json_text(char* text) noexcept
        : text_(text), size_(text == nullptr ? 0 : std::strlen(text)) {}

    json_text(json_text&& other) noexcept
        : text_(std::exchange(other.text_, nullptr)), size_(std::exchange(other.size_, 0)) {}

    json_text& operator=(json_text&& other) noexcept {
        json_text(std::move(other)).swap(*this);
        return *this;
    }

    json_text(const json_text&) = delete;
    json_text& operator=(const json_text&) = delete;

    ~json_text() { ymchat_string_free(text_); }

    /// The text; valid as long as this object owns it.
    std::string_view view() const noexcept { return {c_str(), size_}; }
    /// The same, so that it can be given to whatever takes a std::string_view.
    operator std::string_view() const noexcept { return view(); }
    /// The text with a NUL at its end; never null.
    const char* c_str() const noexcept { return text_ == nullptr ? "" : text_; }
    /// Its length in bytes.
    std::size_t size() const noexcept { return size_; }
    /// Whether there is no text.
    bool empty() const noexcept { return size_ == 0; }
    /// A copy.
    std::string str() const { return std::string(view()); }

    /// Gives the text to the caller, who frees it with ymchat_string_free. NULL where there is
    /// none.
    [[nodiscard]] char* release() noexcept {
        size_ = 0;
        return std::exchange(text_, nullptr);
    }

    /// Reads it with a JSON library whose type has a static `parse(begin, end)`, for instance
    /// `text.parse<nlohmann::json>()`.
    template <class Json>
    Json parse() const {
        return Json::parse(c_str(), c_str() + size_);
    }

    /// Exchanges two texts.
    void swap(json_text& other) noexcept {
        std::swap(text_, other.text_);
        std::swap(size_, other.size_);
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
};

// ---------------------------------------------------------------------------------------------
// Enumerations
// ---------------------------------------------------------------------------------------------

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
    /// HTTP 403: the credential does not open this cabinet or this operation.
    forbidden = YMCHAT_FORBIDDEN,
    /// HTTP 404: no such chat or message.
    not_found = YMCHAT_NOT_FOUND,
    /// Another 4xx, or an answer that says ERROR: the service refused the request.
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
    /// The message check refused the text.
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
    /// Give the key the right, in the cabinet of the Market.
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
enum class failed_send {
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

/// What a notification of the Market tells.
enum class notification_type {
    /// A value that this header does not know: there are many more, which are not about chats.
    unknown,
    /// The Market checks that the shop answers.
    ping,
    /// A chat was created.
    chat_created,
    /// Somebody wrote, the shop itself included.
    chat_message_sent,
    /// A dispute began.
    chat_arbitrage_started,
    /// A dispute ended.
    chat_arbitrage_finished,
};

/// What the rules of the chat forbid.
enum class finding_kind {
    /// A value that this header does not know.
    unknown,
    /// A link to another site than the Market's.
    link,
    /// An e-mail address.
    email,
    /// A telephone number.
    phone,
    /// A contact in a messenger.
    messenger,
};

namespace detail {

template <>
struct enum_names<notification_type> {
    static constexpr enum_name<notification_type> all[] = {
        {notification_type::ping, "PING"},
        {notification_type::chat_created, "CHAT_CREATED"},
        {notification_type::chat_message_sent, "CHAT_MESSAGE_SENT"},
        {notification_type::chat_arbitrage_started, "CHAT_ARBITRAGE_STARTED"},
        {notification_type::chat_arbitrage_finished, "CHAT_ARBITRAGE_FINISHED"},
    };
};

template <>
struct enum_names<finding_kind> {
    static constexpr enum_name<finding_kind> all[] = {
        {finding_kind::link, "link"},
        {finding_kind::email, "email"},
        {finding_kind::phone, "phone"},
        {finding_kind::messenger, "messenger"},
    };
};

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
struct enum_names<failed_send> {
    static constexpr enum_name<failed_send> all[] = {{failed_send::not_sent, "notSent"}};
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

// ---------------------------------------------------------------------------------------------
// What the calls return
// ---------------------------------------------------------------------------------------------

/// A moment as the API writes it: ISO 8601 with an offset, fractions of a second possible.
class date_time {
public:
    /// A moment of the system's clock; microseconds, so that it is the same on all systems.
    using time_point =
        std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

    /// An empty text.
    date_time() = default;
    /// Wraps a text; nothing is checked.
    explicit date_time(std::string text) : text_(std::move(text)) {}

    /// The text as the service sent it.
    const std::string& text() const noexcept { return text_; }

    /// The moment; nothing where the text is not ISO 8601 with an offset.
    std::optional<time_point> time() const noexcept;

    friend bool operator==(const date_time& a, const date_time& b) noexcept {
        return a.text_ == b.text_;
    }
    friend bool operator!=(const date_time& a, const date_time& b) noexcept { return !(a == b); }

    /// Writes the text.
    friend std::ostream& operator<<(std::ostream& out, const date_time& moment) {
        return out << moment.text_;
    }

private:
    std::string text_;
};

/// The customer in a chat, as the customer is known in public.
struct customer {
    /// The public name.
    std::optional<std::string> name;
    /// The public id.
    std::optional<std::string> public_id;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// What a chat is about, and with whom.
struct chat_context {
    /// Order, return, or neither.
    open_enum<context_type> type;
    /// The customer.
    std::optional<ymchat::customer> customer;
    /// The shop's (campaign's) id.
    std::optional<std::int64_t> campaign_id;
    /// The order's id, for orders and returns.
    std::optional<std::int64_t> order_id;
    /// The return's id, for returns.
    std::optional<std::int64_t> return_id;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A chat.
struct chat {
    /// The chat's id.
    std::int64_t chat_id = 0;
    /// The order's id; deprecated by the API in favour of `context`.
    std::optional<std::int64_t> order_id;
    /// What the chat is about.
    std::optional<chat_context> context;
    /// Chat or dispute.
    std::optional<open_enum<chat_type>> type;
    /// Whose turn it is.
    std::optional<open_enum<chat_status>> status;
    /// When the chat was created.
    std::optional<date_time> created_at;
    /// When its last message was written.
    std::optional<date_time> updated_at;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A file in a message.
struct file {
    /// The file's name.
    std::string name;
    /// Where it can be fetched.
    std::string url;
    /// Its size in bytes.
    std::optional<std::int64_t> size;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A message of a chat.
struct message {
    /// The message's id; a newer message has a greater one.
    std::int64_t message_id = 0;
    /// When it was written.
    date_time created_at;
    /// Who wrote it.
    open_enum<ymchat::sender> sender;
    /// The text (`message` in the API); absent where there are only files.
    std::optional<std::string> text;
    /// The files. Empty where the service sends none, null, or a list of nulls.
    std::vector<file> payload;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// One page of the list of chats.
struct chats_page {
    /// The chats, in an order that the API does not document.
    std::vector<chat> chats;
    /// The token of the next page; nothing on the last page.
    std::optional<std::string> next_page_token;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// One page of a chat's history.
struct messages_page {
    /// The messages, in an order that the API does not document.
    std::vector<message> messages;
    /// What the chat is about.
    std::optional<chat_context> context;
    /// The token of the next page; nothing on the last page.
    std::optional<std::string> next_page_token;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A chat with its new messages.
struct sync_chat {
    /// The chat. Where sync_options::chat_ids named it, it is what its history says: id and context.
    ymchat::chat chat;
    /// The new messages, ascending by id.
    std::vector<message> messages;
};

/// What is new. Store `since` together with the messages, in one transaction.
struct sync_result {
    /// The token for the next call: ASCII, at most 64 KiB.
    std::string since;
    /// The chats that have something new.
    std::vector<sync_chat> chats;
    /// Whether there is more to fetch at once.
    bool more = false;
};

/// How far a sync has come.
struct sync_progress {
    /// Chats that were looked at.
    std::uint64_t chats = 0;
    /// New messages that were found.
    std::uint64_t messages = 0;
};

/// The answer to a notification: Content-Type: application/json.
struct notification_reply {
    /// 200; 400 for what is no notification; 403 for one from a foreign address.
    std::int64_t http_status = 0;
    /// The JSON text.
    std::string body;
};

/// A request that claims to be a notification of the Market, and the answer to it.
struct notification {
    /// Whether it is one, from an address that may send it. Answer with `reply` in either case.
    bool accepted = false;
    /// What happened. Empty if it is refused.
    open_enum<notification_type> type;
    /// The cabinet; nothing where the notification names none.
    std::optional<std::int64_t> business_id;
    /// The chat, for sync_options::chat_ids; nothing where the notification names none.
    std::optional<std::int64_t> chat_id;
    /// The message; nothing where the notification names none.
    std::optional<std::int64_t> message_id;
    /// The same for the same event, however often it is sent: at most 200 characters of ASCII. Empty
    /// if it is refused.
    std::string key;
    /// The JSON that the Market sent. Empty if it is refused.
    std::string raw;
    /// What to answer.
    notification_reply reply;
};

/// A part of a text that the rules of the chat may forbid: text.substr(start, length).
struct finding {
    /// What it is.
    open_enum<finding_kind> kind;
    /// Where it begins, in bytes of UTF-8.
    std::size_t start = 0;
    /// How long it is, in bytes of UTF-8.
    std::size_t length = 0;
    /// Where it begins, in UTF-16 units.
    std::size_t start_utf16 = 0;
    /// How long it is, in UTF-16 units.
    std::size_t length_utf16 = 0;
    /// The part itself.
    std::string text;
};

/// What was found in a text.
struct message_check {
    /// Whether nothing was found.
    bool ok = false;
    /// In the order of the text; they do not overlap.
    std::vector<finding> findings;
};

/// A cabinet.
struct business {
    /// The cabinet's id: config::business_id.
    std::optional<std::int64_t> id;
    /// Its name.
    std::optional<std::string> name;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A shop (campaign) of a cabinet.
struct campaign {
    /// The shop's id.
    std::optional<std::int64_t> id;
    /// Its address or name.
    std::optional<std::string> domain;
    /// The cabinet that it belongs to.
    std::optional<ymchat::business> business;
    /// FBS, FBY, DBS and others, as the service names them.
    std::optional<std::string> placement_type;
    /// AVAILABLE, or why the API is closed to this shop.
    std::optional<std::string> api_availability;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// One page of the shops that the credential opens.
struct campaigns_page {
    /// The shops.
    std::vector<campaign> campaigns;
    /// The token of the next page; nothing on the last page.
    std::optional<std::string> next_page_token;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// What an Api-Key is allowed to do.
struct api_key_info {
    /// The name that the shop gave to the key.
    std::optional<std::string> name;
    /// Its scopes in capitals: ALL_METHODS, COMMUNICATION, ALL_METHODS_READ_ONLY, …
    std::vector<std::string> auth_scopes;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// The answer to the question what a key may do.
struct token_info {
    /// The key.
    std::optional<api_key_info> api_key;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A send that arrived.
struct send_result {
    /// How that is known.
    open_enum<send_outcome> outcome;
    /// The message's id, where it is known: with send_options::return_message_id, and nearly
    /// always where the outcome is `confirmed`.
    std::optional<std::int64_t> message_id;
    /// How many requests were sent for it.
    std::int64_t attempts = 0;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// Counters of one operation; part of ymchat::stats.
struct operation_stats {
    /// The API's operationId.
    std::string operation;
    /// Requests that were sent, or tried to be sent.
    std::int64_t attempts = 0;
    /// Those of them that repeated an earlier one.
    std::int64_t repeats = 0;
    /// Answers 420.
    std::int64_t limited = 0;
    /// How often a limit was waited for before a request was sent.
    std::int64_t waits = 0;
    /// The time of those waits.
    std::chrono::milliseconds waited{0};
    /// The hourly quota: as the service last named it, or the documented one.
    std::int64_t quota_limit = 0;
    /// What is left of it, as far as is known.
    std::int64_t quota_remaining = 0;
    /// When the quota is whole again, from now; nothing where the service has not said.
    std::optional<std::chrono::milliseconds> quota_resets_in;
};

/// How the sends of a client ended; part of ymchat::stats.
struct send_stats {
    /// The service acknowledged them.
    std::int64_t sent = 0;
    /// The answer was lost, and the history shows them.
    std::int64_t confirmed = 0;
    /// It is not known.
    std::int64_t unknown = 0;
    /// They certainly did not arrive.
    std::int64_t not_sent = 0;
};

/// What a client has done so far.
struct stats {
    /// All operations, those that were never called, too.
    std::vector<operation_stats> operations;
    /// The outcomes of sends.
    send_stats sends;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// One entry of the service's own list of errors.
struct api_error {
    /// The service's code, such as BAD_REQUEST.
    std::string code;
    /// The service's words; it may leave them out.
    std::optional<std::string> message;
};

/// What a search for a lost send found out.
struct known_send {
    /// Whether the history could be read after the send.
    bool searched = false;
    /// Messages of that content that could be this one, or an earlier one of the same content.
    std::vector<std::int64_t> candidates;
    /// The newest message that was known before the send.
    std::optional<std::int64_t> after_message_id;
    /// What became of the send's own answer: the name of a status, such as NETWORK.
    std::optional<std::string> cause;
};

// ---------------------------------------------------------------------------------------------
// Reading and writing JSON; not for use from outside
// ---------------------------------------------------------------------------------------------

namespace detail {

/// A text that is not JSON, or not what was expected of it.
class json_error : public std::runtime_error {
public:
    json_error(const std::string& what, std::size_t at)
        : std::runtime_error(what + " at byte " + std::to_string(at)) {}
};

/// Reads JSON strictly, from front to back. What nobody asks for is checked and skipped.
///
/// The text must be UTF-8 and outlive the reader; the library has checked that it is.
class json_reader {
public:
    /// As deep as the library itself reads.
    static constexpr int deepest = 128;

    explicit json_reader(std::string_view text) noexcept
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {
        space();
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw json_error(what, static_cast<std::size_t>(at_ - begin_));
    }

    /// Reads an object; `member` gets each name and reads the value, or leaves it alone. Returns
    /// the object's text.
    template <class Member>
    std::string_view object(Member&& member) {
        const char* const start = at_;
        open('{', "an object");
        if (!close('}')) {
            do {
                const std::string name = string();
                if (at_ == end_ || *at_ != ':')
                    fail("a colon was expected");
                ++at_;
                space();
                const char* const value = at_;
                member(std::string_view(name));
                if (at_ == value)
                    skip();
            } while (comma('}'));
        }
        return ended(start);
    }

    /// Reads an array; `item` reads one item, or leaves it alone.
    template <class Item>
    std::string_view array(Item&& item) {
        const char* const start = at_;
        open('[', "an array");
        if (!close(']')) {
            do {
                const char* const value = at_;
                item();
                if (at_ == value)
                    skip();
            } while (comma(']'));
        }
        return ended(start);
    }

    /// Takes a null, if there is one.
    bool null() { return word("null"); }

    bool boolean() {
        if (word("true"))
            return true;
        if (!word("false"))
            fail("true or false was expected");
        return false;
    }

    /// A whole number, exact; 1.0 and 1e3 are none.
    std::int64_t integer() {
        const char* const start = at_;
        const std::string_view text = number();
        std::int64_t value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
            at_ = start;
            fail("a whole number of 64 bits was expected");
        }
        return value;
    }

    std::string string() {
        std::string out;
        read_string(&out);
        return out;
    }

    /// Checks a value and returns its text.
    std::string_view skip() {
        const char* const start = at_;
        switch (at_ == end_ ? '\0' : *at_) {
        case '{': return object([](std::string_view) {});
        case '[': return array([] {});
        case '"': read_string(nullptr); break;
        case 't':
        case 'f': boolean(); break;
        case 'n':
            if (null())
                break;
            fail("a value was expected");
        default: number();
        }
        return ended(start);
    }

    /// Checks that nothing follows.
    void finish() const {
        if (at_ != end_)
            fail("nothing more was expected");
    }

private:
    void space() noexcept {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
            ++at_;
    }

    /// The text from `start` to the end of the last token, without the white space behind it.
    std::string_view ended(const char* start) const noexcept {
        const char* last = at_;
        while (last != start && (last[-1] == ' ' || last[-1] == '\n' || last[-1] == '\r' ||
                                 last[-1] == '\t'))
            --last;
        return {start, static_cast<std::size_t>(last - start)};
    }

    void open(char bracket, const char* what) {
        if (at_ == end_ || *at_ != bracket)
            fail(std::string(what) + " was expected");
        if (++depth_ > deepest)
            fail("the JSON is nested too deeply");
        ++at_;
        space();
    }

    bool close(char bracket) {
        if (at_ == end_ || *at_ != bracket)
            return false;
        --depth_;
        ++at_;
        space();
        return true;
    }

    /// After a value: true where another follows, false where the bracket closes.
    bool comma(char bracket) {
        if (close(bracket))
            return false;
        if (at_ == end_ || *at_ != ',')
            fail("a comma or a closing bracket was expected");
        ++at_;
        space();
        return true;
    }

    bool word(std::string_view text) {
        if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, text.size()) !=
            text)
            return false;
        at_ += text.size();
        space();
        return true;
    }

    bool digits() noexcept {
        const char* const start = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9')
            ++at_;
        return at_ != start;
    }

    std::string_view number() {
        const char* const start = at_;
        if (at_ != end_ && *at_ == '-')
            ++at_;
        const char* const whole = at_;
        if (!digits() || (*whole == '0' && at_ - whole > 1)) {
            at_ = start;
            fail("a value was expected");
        }
        if (at_ != end_ && *at_ == '.') {
            ++at_;
            if (!digits())
                fail("a digit was expected");
        }
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            ++at_;
            if (at_ != end_ && (*at_ == '+' || *at_ == '-'))
                ++at_;
            if (!digits())
                fail("a digit was expected");
        }
        const std::string_view text(start, static_cast<std::size_t>(at_ - start));
        space();
        return text;
    }

    void read_string(std::string* out) {
        if (at_ == end_ || *at_ != '"')
            fail("a string was expected");
        ++at_;
        for (;;) {
            const char* const start = at_;
            while (at_ != end_ && *at_ != '"' && *at_ != '\\' &&
                   static_cast<unsigned char>(*at_) >= 0x20)
                ++at_;
            if (out != nullptr)
                out->append(start, at_);
            if (at_ == end_)
                fail("the string has no end");
            if (*at_ == '"')
                break;
            if (*at_ != '\\')
                fail("a control character stands in a string");
            ++at_;
            escape(out);
        }
        ++at_;
        space();
    }

    void escape(std::string* out) {
        char plain = 0;
        switch (at_ == end_ ? '\0' : *at_) {
        case '"': plain = '"'; break;
        case '\\': plain = '\\'; break;
        case '/': plain = '/'; break;
        case 'b': plain = '\b'; break;
        case 'f': plain = '\f'; break;
        case 'n': plain = '\n'; break;
        case 'r': plain = '\r'; break;
        case 't': plain = '\t'; break;
        case 'u': {
            ++at_;
            const std::uint32_t code = code_point();
            if (out != nullptr)
                append_utf8(*out, code);
            return;
        }
        default: fail("there is no such escape");
        }
        ++at_;
        if (out != nullptr)
            out->push_back(plain);
    }

    std::uint32_t hex() {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char digit = at_ == end_ ? '\0' : *at_;
            value <<= 4;
            if (digit >= '0' && digit <= '9')
                value += static_cast<std::uint32_t>(digit - '0');
            else if (digit >= 'a' && digit <= 'f')
                value += static_cast<std::uint32_t>(digit - 'a' + 10);
            else if (digit >= 'A' && digit <= 'F')
                value += static_cast<std::uint32_t>(digit - 'A' + 10);
            else
                fail("four hexadecimal digits were expected");
        }
        return value;
    }

    /// Half a surrogate pair becomes U+FFFD. It is valid JSON, and what a service leaves that cuts
    /// a text in the middle of an emoji; whether that is an error is for the library to decide.
    std::uint32_t code_point() {
        const std::uint32_t high = hex();
        if (high < 0xd800 || high > 0xdfff)
            return high;
        if (high < 0xdc00 && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
            const char* const second = at_;
            at_ += 2;
            const std::uint32_t low = hex();
            if (low >= 0xdc00 && low <= 0xdfff)
                return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            at_ = second;
        }
        return 0xfffd;
    }

    static void append_utf8(std::string& out, std::uint32_t code) {
        const auto tail = [&](unsigned shift) {
            out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
        };
        if (code < 0x80) {
            out.push_back(static_cast<char>(code));
        } else if (code < 0x800) {
            out.push_back(static_cast<char>(0xc0 | (code >> 6)));
            tail(0);
        } else if (code < 0x10000) {
            out.push_back(static_cast<char>(0xe0 | (code >> 12)));
            tail(6);
            tail(0);
        } else {
            out.push_back(static_cast<char>(0xf0 | (code >> 18)));
            tail(12);
            tail(6);
            tail(0);
        }
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    int depth_ = 0;
};

inline void append_quoted(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out.append("\\u00");
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 15]);
        } else {
            if (c == '"' || c == '\\')
                out.push_back('\\');
            out.push_back(c);
        }
    }
    out.push_back('"');
}

/// JSON that is being written. A type of its own, so that the overloads below are found wherever
/// they stand.
struct json_out {
    std::string text;
};

inline void append_json(json_out& out, std::string_view text) {
    append_quoted(out.text, text);
}
inline void append_json(json_out& out, bool flag) {
    out.text.append(flag ? "true" : "false");
}
inline void append_json(json_out& out, std::int64_t number) {
    out.text.append(std::to_string(number));
}
inline void append_json(json_out& out, std::chrono::milliseconds time) {
    out.text.append(std::to_string(time.count()));
}
template <class Enum>
void append_json(json_out& out, const open_enum<Enum>& value) {
    append_quoted(out.text, value.text());
}
// A pointer would be taken for a bool.
void append_json(json_out& out, const char* text) = delete;

/// Writes an object, member by member.
class json_writer {
public:
    template <class T>
    json_writer& add(std::string_view name, const T& value) {
        out_.text.append(out_.text.size() == 1 ? "" : ",");
        append_quoted(out_.text, name);
        out_.text.push_back(':');
        append_json(out_, value);
        return *this;
    }

    template <class T>
    json_writer& add(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, *value) : *this;
    }

    std::string finish() { return std::move(out_.text.append("}")); }

private:
    json_out out_{"{"};
};

// read(reader, place) reads a value; a null leaves an optional place empty.

inline void read(json_reader& in, std::int64_t& out) {
    out = in.integer();
}
inline void read(json_reader& in, bool& out) {
    out = in.boolean();
}
inline void read(json_reader& in, std::string& out) {
    out = in.string();
}
inline void read(json_reader& in, date_time& out) {
    out = date_time(in.string());
}
inline void read(json_reader& in, std::chrono::milliseconds& out) {
    out = std::chrono::milliseconds(in.integer());
}
template <class Enum>
void read(json_reader& in, open_enum<Enum>& out) {
    out = open_enum<Enum>::from_text(in.string());
}
template <class T>
void read(json_reader& in, std::optional<T>& out);
template <class T>
void read(json_reader& in, std::vector<T>& out);

inline void read(json_reader& in, customer& out) {
    out.raw = in.object([&](std::string_view name) {
        if (name == "name")
            read(in, out.name);
        else if (name == "publicId")
            read(in, out.public_id);
    });
}

/// Moves a member that must be there to its place.
template <class T>
void need(const json_reader& in, const char* name, std::optional<T>&& value, T& out) {
    if (!value)
        in.fail(std::string(name) + " is missing in the object that ends");
    out = std::move(*value);
}

inline void read(json_reader& in, chat_context& out) {
    std::optional<open_enum<context_type>> type;
    out.raw = in.object([&](std::string_view name) {
        if (name == "type")
            read(in, type);
        else if (name == "customer")
            read(in, out.customer);
        else if (name == "campaignId")
            read(in, out.campaign_id);
        else if (name == "orderId")
            read(in, out.order_id);
        else if (name == "returnId")
            read(in, out.return_id);
    });
    need(in, "type", std::move(type), out.type);
}

inline void read(json_reader& in, chat& out) {
    std::optional<std::int64_t> chat_id;
    out.raw = in.object([&](std::string_view name) {
        if (name == "chatId")
            read(in, chat_id);
        else if (name == "orderId")
            read(in, out.order_id);
        else if (name == "context")
            read(in, out.context);
        else if (name == "type")
            read(in, out.type);
        else if (name == "status")
            read(in, out.status);
        else if (name == "createdAt")
            read(in, out.created_at);
        else if (name == "updatedAt")
            read(in, out.updated_at);
    });
    need(in, "chatId", std::move(chat_id), out.chat_id);
}

inline void read(json_reader& in, file& out) {
    std::optional<std::string> name_of_file, url;
    out.raw = in.object([&](std::string_view name) {
        if (name == "name")
            read(in, name_of_file);
        else if (name == "url")
            read(in, url);
        else if (name == "size")
            read(in, out.size);
    });
    out.name = std::move(name_of_file).value_or("");
    out.url = std::move(url).value_or("");
}

inline void read(json_reader& in, message& out) {
    std::optional<std::int64_t> message_id;
    std::optional<date_time> created_at;
    std::optional<open_enum<sender>> from;
    std::optional<std::vector<std::optional<file>>> payload;
    out.raw = in.object([&](std::string_view name) {
        if (name == "messageId")
            read(in, message_id);
        else if (name == "createdAt")
            read(in, created_at);
        else if (name == "sender")
            read(in, from);
        else if (name == "message")
            read(in, out.text);
        else if (name == "payload")
            read(in, payload);
    });
    need(in, "messageId", std::move(message_id), out.message_id);
    need(in, "createdAt", std::move(created_at), out.created_at);
    need(in, "sender", std::move(from), out.sender);
    if (payload) {
        // The service's own documentation shows a null among them.
        for (std::optional<file>& item : *payload)
            if (item)
                out.payload.push_back(std::move(*item));
    }
}

/// "paging": {"nextPageToken"}; an empty token is none, as for the library itself.
struct paging {
    std::optional<std::string> next_page_token;
};

inline void read(json_reader& in, paging& out) {
    in.object([&](std::string_view name) {
        if (name == "nextPageToken")
            read(in, out.next_page_token);
    });
    if (out.next_page_token && out.next_page_token->empty())
        out.next_page_token.reset();
}

inline std::optional<std::string> next_page(std::optional<paging>&& where) {
    return where ? std::move(where->next_page_token) : std::nullopt;
}

inline void read(json_reader& in, chats_page& out) {
    std::optional<std::vector<chat>> chats;
    std::optional<paging> where;
    out.raw = in.object([&](std::string_view name) {
        if (name == "chats")
            read(in, chats);
        else if (name == "paging")
            read(in, where);
    });
    need(in, "chats", std::move(chats), out.chats);
    out.next_page_token = next_page(std::move(where));
}

inline void read(json_reader& in, messages_page& out) {
    std::optional<std::vector<message>> messages;
    std::optional<paging> where;
    out.raw = in.object([&](std::string_view name) {
        if (name == "messages")
            read(in, messages);
        else if (name == "context")
            read(in, out.context);
        else if (name == "paging")
            read(in, where);
    });
    need(in, "messages", std::move(messages), out.messages);
    out.next_page_token = next_page(std::move(where));
}

inline void read(json_reader& in, sync_chat& out) {
    std::optional<chat> about;
    std::optional<std::vector<message>> messages;
    in.object([&](std::string_view name) {
        if (name == "chat")
            read(in, about);
        else if (name == "messages")
            read(in, messages);
    });
    need(in, "chat", std::move(about), out.chat);
    need(in, "messages", std::move(messages), out.messages);
}

inline void read(json_reader& in, sync_result& out) {
    std::optional<std::string> since;
    std::optional<std::vector<sync_chat>> chats;
    std::optional<bool> more;
    in.object([&](std::string_view name) {
        if (name == "since")
            read(in, since);
        else if (name == "chats")
            read(in, chats);
        else if (name == "more")
            read(in, more);
    });
    need(in, "since", std::move(since), out.since);
    need(in, "chats", std::move(chats), out.chats);
    need(in, "more", std::move(more), out.more);
}

inline void read(json_reader& in, notification_reply& out) {
    in.object([&](std::string_view name) {
        if (name == "httpStatus")
            read(in, out.http_status);
        else if (name == "body")
            read(in, out.body);
    });
}

/// An object that is kept as it is.
struct unread_object {
    std::string raw;
};

inline void read(json_reader& in, unread_object& out) {
    out.raw = in.object([](std::string_view) {});
}

inline void read(json_reader& in, notification& out) {
    std::optional<bool> accepted;
    std::optional<notification_reply> reply;
    std::optional<unread_object> sent;
    in.object([&](std::string_view name) {
        if (name == "accepted")
            read(in, accepted);
        else if (name == "type")
            read(in, out.type);
        else if (name == "businessId")
            read(in, out.business_id);
        else if (name == "chatId")
            read(in, out.chat_id);
        else if (name == "messageId")
            read(in, out.message_id);
        else if (name == "key")
            read(in, out.key);
        else if (name == "notification")
            read(in, sent);
        else if (name == "reply")
            read(in, reply);
    });
    need(in, "accepted", std::move(accepted), out.accepted);
    need(in, "reply", std::move(reply), out.reply);
    if (sent)
        out.raw = std::move(sent->raw);
}

inline void read(json_reader& in, finding& out) {
    const auto count = [&](std::size_t& place) {
        place = static_cast<std::size_t>(in.integer());
    };
    in.object([&](std::string_view name) {
        if (name == "kind")
            read(in, out.kind);
        else if (name == "start")
            count(out.start_utf16);
        else if (name == "length")
            count(out.length_utf16);
        else if (name == "startUtf8")
            count(out.start);
        else if (name == "lengthUtf8")
            count(out.length);
        else if (name == "text")
            read(in, out.text);
    });
}

inline void read(json_reader& in, message_check& out) {
    std::optional<bool> ok;
    in.object([&](std::string_view name) {
        if (name == "ok")
            read(in, ok);
        else if (name == "findings")
            read(in, out.findings);
    });
    need(in, "ok", std::move(ok), out.ok);
}

inline void read(json_reader& in, business& out) {
    out.raw = in.object([&](std::string_view name) {
        if (name == "id")
            read(in, out.id);
        else if (name == "name")
            read(in, out.name);
    });
}

inline void read(json_reader& in, campaign& out) {
    out.raw = in.object([&](std::string_view name) {
        if (name == "id")
            read(in, out.id);
        else if (name == "domain")
            read(in, out.domain);
        else if (name == "business")
            read(in, out.business);
        else if (name == "placementType")
            read(in, out.placement_type);
        else if (name == "apiAvailability")
            read(in, out.api_availability);
    });
}

inline void read(json_reader& in, campaigns_page& out) {
    std::optional<std::vector<campaign>> campaigns;
    std::optional<paging> where;
    out.raw = in.object([&](std::string_view name) {
        if (name == "campaigns")
            read(in, campaigns);
        else if (name == "paging")
            read(in, where);
    });
    need(in, "campaigns", std::move(campaigns), out.campaigns);
    out.next_page_token = next_page(std::move(where));
}

inline void read(json_reader& in, api_key_info& out) {
    std::optional<std::vector<std::string>> scopes;
    out.raw = in.object([&](std::string_view name) {
        if (name == "name")
            read(in, out.name);
        else if (name == "authScopes")
            read(in, scopes);
    });
    if (scopes)
        out.auth_scopes = std::move(*scopes);
}

inline void read(json_reader& in, token_info& out) {
    out.raw = in.object([&](std::string_view name) {
        if (name == "apiKey")
            read(in, out.api_key);
    });
}

inline void read(json_reader& in, send_result& out) {
    std::optional<open_enum<send_outcome>> outcome;
    out.raw = in.object([&](std::string_view name) {
        if (name == "outcome")
            read(in, outcome);
        else if (name == "messageId")
            read(in, out.message_id);
        else if (name == "attempts")
            read(in, out.attempts);
    });
    need(in, "outcome", std::move(outcome), out.outcome);
}

/// What ymchat_prepare_send gives.
struct prepared {
    std::string ticket;
};

inline void read(json_reader& in, prepared& out) {
    std::optional<std::string> ticket;
    in.object([&](std::string_view name) {
        if (name == "ticket")
            read(in, ticket);
    });
    need(in, "ticket", std::move(ticket), out.ticket);
}

inline void read(json_reader& in, operation_stats& out) {
    in.object([&](std::string_view name) {
        if (name == "operation")
            read(in, out.operation);
        else if (name == "attempts")
            read(in, out.attempts);
        else if (name == "repeats")
            read(in, out.repeats);
        else if (name == "limited")
            read(in, out.limited);
        else if (name == "waits")
            read(in, out.waits);
        else if (name == "waitedMs")
            read(in, out.waited);
        else if (name == "quotaLimit")
            read(in, out.quota_limit);
        else if (name == "quotaRemaining")
            read(in, out.quota_remaining);
        else if (name == "quotaResetsInMs")
            read(in, out.quota_resets_in);
    });
}

inline void read(json_reader& in, send_stats& out) {
    in.object([&](std::string_view name) {
        if (name == "sent")
            read(in, out.sent);
        else if (name == "confirmed")
            read(in, out.confirmed);
        else if (name == "unknown")
            read(in, out.unknown);
        else if (name == "notSent")
            read(in, out.not_sent);
    });
}

inline void read(json_reader& in, stats& out) {
    out.raw = in.object([&](std::string_view name) {
        if (name == "operations")
            read(in, out.operations);
        else if (name == "sends")
            read(in, out.sends);
    });
}

inline void read(json_reader& in, api_error& out) {
    std::optional<std::string> code;
    in.object([&](std::string_view name) {
        if (name == "code")
            read(in, code);
        else if (name == "message")
            read(in, out.message);
    });
    out.code = std::move(code).value_or("");
}

inline void read(json_reader& in, known_send& out) {
    in.object([&](std::string_view name) {
        if (name == "searched")
            read(in, out.searched);
        else if (name == "candidates")
            read(in, out.candidates);
        else if (name == "afterMessageId")
            read(in, out.after_message_id);
        else if (name == "cause")
            read(in, out.cause);
    });
}

template <class T>
void read(json_reader& in, std::optional<T>& out) {
    if (in.null()) {
        out.reset();
    } else {
        T value{};
        read(in, value);
        out = std::move(value);
    }
}

template <class T>
void read(json_reader& in, std::vector<T>& out) {
    in.array([&] {
        T value{};
        read(in, value);
        out.push_back(std::move(value));
    });
}

template <class T>
T read_whole(std::string_view text) {
    json_reader in(text);
    T out{};
    read(in, out);
    in.finish();
    return out;
}

/// An error document, read.
struct failure {
    std::int64_t status = YMCHAT_INTERNAL;
    std::string message;
    std::string operation;
    std::optional<std::int64_t> http_status;
    std::vector<api_error> errors;
    bool retryable = false;
    std::optional<std::chrono::milliseconds> retry_after;
    open_enum<ymchat::action> action;
    std::optional<std::string> trace_id;
    std::int64_t attempts = 0;
    std::optional<open_enum<failed_send>> outcome;
    std::optional<known_send> known;
    std::optional<std::string> ticket;
    std::string json;
};

inline void read(json_reader& in, failure& out) {
    in.object([&](std::string_view name) {
        if (name == "message")
            read(in, out.message);
        else if (name == "operation")
            read(in, out.operation);
        else if (name == "httpStatus")
            read(in, out.http_status);
        else if (name == "errors")
            read(in, out.errors);
        else if (name == "retryable")
            read(in, out.retryable);
        else if (name == "retryAfterMs")
            read(in, out.retry_after);
        else if (name == "action")
            read(in, out.action);
        else if (name == "traceId")
            read(in, out.trace_id);
        else if (name == "attempts")
            read(in, out.attempts);
        else if (name == "outcome")
            read(in, out.outcome);
        else if (name == "known")
            read(in, out.known);
        else if (name == "ticket")
            read(in, out.ticket);
    });
}

/// Days since 1970-01-01 in the Gregorian calendar, for any year of four digits.
constexpr std::int64_t days_since_1970(std::int64_t year, std::int64_t month,
                                       std::int64_t day) noexcept {
    // Years begin in March here, so that the leap day is the last one.
    const std::int64_t shifted = month <= 2 ? year - 1 : year;
    const std::int64_t month_from_march = month <= 2 ? month + 9 : month - 3;
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 +
           (153 * month_from_march + 2) / 5 + day - 1 - 719468;
}

/// Takes an ISO 8601 text apart.
class moment_reader {
public:
    explicit moment_reader(std::string_view text) noexcept : rest_(text) {}

    /// A number of exactly `count` digits; -1 where there is none.
    std::int64_t digits(std::size_t count) noexcept {
        std::int64_t value = 0;
        if (rest_.size() < count)
            return -1;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit(rest_[i]))
                return -1;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    /// Microseconds of a fraction of any length, which may be missing; -1 where it is malformed.
    std::int64_t fraction() noexcept {
        if (!take('.') && !take(','))
            return 0;
        if (rest_.empty() || !is_digit(rest_[0]))
            return -1;
        std::int64_t value = 0;
        for (std::int64_t unit = 100000; !rest_.empty() && is_digit(rest_[0]); unit /= 10) {
            value += unit * (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    bool take(char wanted) noexcept {
        if (rest_.empty() || rest_[0] != wanted)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool ended() const noexcept { return rest_.empty(); }

private:
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    std::string_view rest_;
};

inline std::optional<date_time::time_point> read_moment(std::string_view text) noexcept {
    moment_reader in(text);
    const std::int64_t year = in.digits(4);
    const bool date_dash = in.take('-');
    const std::int64_t month = in.digits(2);
    const bool day_dash = in.take('-');
    const std::int64_t day = in.digits(2);
    if (year < 0 || !date_dash || month < 1 || month > 12 || !day_dash || day < 1 || day > 31)
        return std::nullopt;
    const std::int64_t days = days_since_1970(year, month, day);
    // 30 February is the same day as 1 or 2 March, and no date.
    const std::int64_t next = month == 12 ? days_since_1970(year + 1, 1, 1)
                                          : days_since_1970(year, month + 1, 1);
    if (days >= next || !(in.take('T') || in.take('t') || in.take(' ')))
        return std::nullopt;
    const std::int64_t hour = in.digits(2);
    const bool first_colon = in.take(':');
    const std::int64_t minute = in.digits(2);
    const bool second_colon = in.take(':');
    const std::int64_t second = in.digits(2);
    const std::int64_t micros = in.fraction();
    if (hour < 0 || hour > 23 || !first_colon || minute < 0 || minute > 59 || !second_colon ||
        second < 0 || second > 60 || micros < 0)
        return std::nullopt;
    std::int64_t offset = 0;
    if (!in.take('Z') && !in.take('z')) {
        const std::int64_t sign = in.take('+') ? 1 : in.take('-') ? -1 : 0;
        const std::int64_t hours = in.digits(2);
        in.take(':');
        const std::int64_t minutes = in.digits(2);
        if (sign == 0 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
            return std::nullopt;
        offset = sign * (hours * 60 + minutes) * 60;
    }
    if (!in.ended())
        return std::nullopt;
    const std::int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
    return date_time::time_point(std::chrono::microseconds(seconds * 1000000 + micros));
}

} // namespace detail

inline std::optional<date_time::time_point> date_time::time() const noexcept {
    return detail::read_moment(text_);
}

/// The JSON text of a member of a JSON object, such as the `raw` of a message; nothing where there
/// is no such member, or the text is no JSON object. It points into `object`.
///
///     ymchat::raw_member(message.raw, "reactions")
inline std::optional<std::string_view> raw_member(std::string_view object, std::string_view name) {
    std::optional<std::string_view> found;
    try {
        detail::json_reader in(object);
        in.object([&](std::string_view member) {
            if (member == name)
                found = in.skip();
        });
        in.finish();
    } catch (const detail::json_error&) {
        return std::nullopt;
    }
    return found;
}

// ---------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------

/// Any failure of this library. what() is a sentence for a person; nothing here ever holds a
/// credential. Texts are valid as long as the exception, or a copy of it.
class error : public std::runtime_error {
public:
    /// For the library itself.
    explicit error(std::shared_ptr<const detail::failure> failure)
        : std::runtime_error(failure->message), failure_(std::move(failure)) {}

    /// What happened, as a sentence for a person; the same as what().
    std::string_view message() const noexcept { return failure_->message; }

    /// The status of the C ABI; a number that this header does not know is possible.
    status_code status() const noexcept { return static_cast<status_code>(failure_->status); }

    /// The call, by the API's operationId or, for this library's own calls, by their name.
    std::string_view operation() const noexcept { return failure_->operation; }

    /// The HTTP status, where there was an answer.
    std::optional<int> http_status() const noexcept {
        return failure_->http_status
                   ? std::optional<int>(static_cast<int>(*failure_->http_status))
                   : std::nullopt;
    }

    /// The service's own list of errors; empty where it gave none.
    const std::vector<api_error>& errors() const noexcept { return failure_->errors; }

    /// Whether the same call, made again later, may succeed and can do no harm.
    bool retryable() const noexcept { return failure_->retryable; }

    /// How long to wait before the call is made again, where that is known.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return failure_->retry_after;
    }

    /// What to do.
    const open_enum<ymchat::action>& action() const noexcept { return failure_->action; }

    /// The W3C trace id of the last attempt: the merchant's log and the support find it by this.
    std::optional<std::string_view> trace_id() const noexcept {
        return failure_->trace_id ? std::optional<std::string_view>(*failure_->trace_id)
                                  : std::nullopt;
    }

    /// How many requests were sent, or tried to be sent, for this call.
    std::int64_t attempts() const noexcept { return failure_->attempts; }

    /// For a send: whether it certainly did not arrive. Nothing for every other call.
    std::optional<failed_send> outcome() const noexcept {
        return failure_->outcome ? std::optional<failed_send>(failure_->outcome->value())
                                 : std::nullopt;
    }

    /// For a send whose outcome is unknown: what the search found out.
    const std::optional<known_send>& known() const noexcept { return failure_->known; }

    /// For a send whose outcome is unknown: the ticket with which to send it again.
    std::optional<std::string_view> ticket() const noexcept {
        return failure_->ticket ? std::optional<std::string_view>(*failure_->ticket)
                                : std::nullopt;
    }

    /// The whole error document of the C ABI.
    std::string_view json() const noexcept { return failure_->json; }

private:
    std::shared_ptr<const detail::failure> failure_;
};

/// An argument, an option or the configuration is wrong, or the client is closed. Nothing was
/// sent.
class invalid_argument : public error {
public:
    using error::error;
};

/// HTTP 401: no credential, or a malformed or revoked one.
class unauthorized : public error {
public:
    using error::error;
};

/// HTTP 403: the credential does not open this cabinet or this operation.
class forbidden : public error {
public:
    using error::error;
};

/// HTTP 404: no such chat or message.
class not_found : public error {
public:
    using error::error;
};

/// Another 4xx, or an answer that says ERROR: the service refused the request.
class bad_request : public error {
public:
    using error::error;
};

/// A limit is used up: wait retry_after(), then call again.
class rate_limited : public error {
public:
    using error::error;
};

/// HTTP 5xx: the service failed. Call again later.
class server_error : public error {
public:
    using error::error;
};

/// No connection, or it broke.
class network_error : public error {
public:
    using error::error;
};

/// No answer in time.
class timeout : public error {
public:
    using error::error;
};

/// A send that may or may not have arrived: look into the chat before it is sent again; known()
/// says what was found there.
class outcome_unknown : public error {
public:
    using error::error;
};

/// The answer is not what the API promises.
class protocol_error : public error {
public:
    using error::error;
};

/// The call was cancelled. For a send outcome() says whether it may have arrived.
class cancelled : public error {
public:
    using error::error;
};

/// The message check refused the text.
class rejected : public error {
public:
    using error::error;
};

/// A defect of the library, or a library that does not fit this header.
class internal_error : public error {
public:
    using error::error;
};

namespace detail {

/// Throws the class that belongs to the failure's status.
[[noreturn]] inline void throw_failure(std::shared_ptr<const failure> what) {
    // No default: a status that is new in the header has to be given its class here.
    switch (static_cast<status_code>(what->status)) {
    case status_code::invalid_argument: throw invalid_argument(std::move(what));
    case status_code::unauthorized: throw unauthorized(std::move(what));
    case status_code::forbidden: throw forbidden(std::move(what));
    case status_code::not_found: throw not_found(std::move(what));
    case status_code::bad_request: throw bad_request(std::move(what));
    case status_code::rate_limited: throw rate_limited(std::move(what));
    case status_code::server: throw server_error(std::move(what));
    case status_code::network: throw network_error(std::move(what));
    case status_code::timeout: throw timeout(std::move(what));
    case status_code::outcome_unknown: throw outcome_unknown(std::move(what));
    case status_code::protocol: throw protocol_error(std::move(what));
    case status_code::cancelled: throw cancelled(std::move(what));
    case status_code::rejected: throw rejected(std::move(what));
    case status_code::internal: throw internal_error(std::move(what));
    case status_code::ok: break;
    }
    throw error(std::move(what));
}

/// Throws what an error document says. The status counts, whatever the document is like.
[[noreturn]] inline void throw_document(ymchat_status status, std::string_view json) {
    auto what = std::make_shared<failure>();
    try {
        *what = read_whole<failure>(json);
    } catch (const json_error& unreadable) {
        *what = failure();
        what->message = std::string("the library's error cannot be read: ") + unreadable.what();
    }
    what->status = status;
    what->json = std::string(json);
    throw_failure(std::move(what));
}

/// Throws an error that this header finds itself, with a document like those of the library.
[[noreturn]] inline void throw_own(ymchat_status status, std::string_view name,
                                   std::string_view operation, const std::string& message,
                                   ymchat::action what_to_do) {
    json_writer document;
    document.add("status", std::int64_t{status})
        .add("name", name)
        .add("message", std::string_view(message))
        .add("operation", operation)
        .add("retryable", false)
        .add("action", open_enum<ymchat::action>(what_to_do))
        .add("attempts", std::int64_t{0});
    if (operation == "sendMessageToChat" || operation == "sendFileToChat")
        document.add("outcome", open_enum<failed_send>(failed_send::not_sent));
    throw_document(status, document.finish());
}

[[noreturn]] inline void throw_invalid(std::string_view operation, std::string_view why) {
    throw_own(YMCHAT_INVALID_ARGUMENT, "INVALID_ARGUMENT", operation,
              std::string(operation).append(": ").append(why).append("."),
              ymchat::action::fix_request);
}

[[noreturn]] inline void throw_protocol(std::string_view operation, std::string_view why) {
    throw_own(YMCHAT_PROTOCOL, "PROTOCOL", operation,
              std::string(operation).append(": ").append(why), ymchat::action::contact_support);
}

/// A text for the C ABI: a NUL inside would cut it short without a word.
inline std::string c_text(std::string_view operation, const char* name, std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        throw_invalid(operation, std::string(name) + " holds a NUL character, which would cut it off");
    return std::string(text);
}

/// A path's text as UTF-8, whatever the platform's own encoding is.
inline std::string utf8(const std::filesystem::path& path) {
    const auto text = path.u8string();
    return std::string(text.begin(), text.end());
}

template <class T>
T read_result(std::string_view operation, const json_text& text) {
    try {
        return read_whole<T>(text.view());
    } catch (const json_error& unexpected) {
        throw_protocol(operation,
                       std::string("the answer is not what the API promises: ") +
                           unexpected.what());
    }
}

} // namespace detail

// ---------------------------------------------------------------------------------------------
// Configuration and options
// ---------------------------------------------------------------------------------------------

/// Whose certificates are trusted.
enum class trust {
    /// Mozilla's list, compiled into the library.
    bundled,
    /// The operating system's list.
    system,
};

/// What happens to texts with contacts or links, which the rules of the chat forbid.
enum class check_messages {
    /// They are sent.
    off,
    /// They are not sent: ymchat::rejected is thrown.
    reject,
};

/// The configuration of a client. What is not set has the default that is named; what is wrong is
/// refused by the client's constructor, which names it.
///
///     ymchat::config config;
///     config.api_key = "ACMA:…";
///     config.business_id = 123456;
///     config.call_timeout = std::chrono::seconds(20);
struct config {
    /// The key of the cabinet, without a "Bearer" prefix. This or `oauth_token` is needed.
    std::optional<std::string> api_key{};
    /// The deprecated OAuth token. It may be sent along with an Api-Key.
    std::optional<std::string> oauth_token{};
    /// The cabinet, at least 1. Only get_campaigns and get_token_info work without one.
    std::optional<std::int64_t> business_id{};
    /// Where the API is; https://api.partner.market.yandex.ru.
    std::optional<std::string> base_url{};
    /// "name/version", at most 100 ASCII characters; signs the requests in the merchant's log.
    std::optional<std::string> integration{};
    /// For the name look-up, the connection, the proxy and the TLS handshake together; 5 s.
    std::optional<std::chrono::milliseconds> connect_timeout{};
    /// For one request and its answer; 15 s. The service's own limit is 10 s, so that a shorter
    /// one only loses answers.
    std::optional<std::chrono::milliseconds> attempt_timeout{};
    /// For a whole call with its waits and repeats; 60 s.
    std::optional<std::chrono::milliseconds> call_timeout{};
    /// How often one request is tried, 1 to 100; 4.
    std::optional<std::int64_t> max_attempts{};
    /// Requests of one business at the same time, 1 to 100; 4, which is what the service allows.
    std::optional<std::int64_t> max_parallel{};
    /// "http://host:port", "socks5://host:port", or "environment"; none.
    std::optional<std::string> proxy{};
    /// A PEM file with certificates that are trusted besides those of `trust`.
    std::optional<std::string> ca_file{};
    /// Whose certificates are trusted; trust::bundled.
    std::optional<ymchat::trust> trust{};
    /// An answer longer than this many bytes, also after decompression, is refused; 16 MiB.
    std::optional<std::int64_t> max_response_bytes{};
    /// Whether texts with contacts or links are sent; check_messages::off.
    std::optional<ymchat::check_messages> check_messages{};
    /// Allows http:// to a host that is not this machine: the key then travels in the clear;
    /// false.
    std::optional<bool> allow_insecure_http{};
};

/// A filter of a list: nothing at all (the default), or the values that are wanted. An empty list
/// of values is refused by the library, so that a program whose list came out empty does not get
/// everything.
///
///     options.statuses = {ymchat::chat_status::new_, ymchat::chat_status::waiting_for_partner};
template <class T>
class filter {
public:
    /// No filter.
    filter() noexcept = default;
    /// These values.
    filter(std::initializer_list<T> values) : values_(std::vector<T>(values)) {}
    /// These values.
    filter(std::vector<T> values) noexcept : values_(std::move(values)) {}

    /// The values; nothing where there is no filter.
    const std::optional<std::vector<T>>& values() const noexcept { return values_; }

private:
    std::optional<std::vector<T>> values_;
};

/// An order or a return, as a filter of chats.
struct context_filter {
    /// context_type::order or context_type::return_.
    open_enum<context_type> type;
    /// Its id, at least 1.
    std::int64_t id = 0;
};

/// Which chats, and how many at a time.
struct chats_options {
    /// Chats per page, 1 to 20; the service's default is 10. client::chats and get_all_chats take
    /// 20.
    std::optional<std::int64_t> limit{};
    /// The page, as an earlier page named it.
    std::optional<std::string> page_token{};
    /// Chats about these orders; deprecated by the API in favour of `contexts`.
    filter<std::int64_t> order_ids{};
    /// Chats about these orders and returns.
    filter<context_filter> contexts{};
    /// Chats about orders, about returns, or started by customers.
    filter<open_enum<context_type>> context_types{};
    /// Chats or disputes.
    filter<open_enum<chat_type>> types{};
    /// Chats in these states.
    filter<open_enum<chat_status>> statuses{};
    /// For this call, instead of config::call_timeout; for each page in client::chats, for all
    /// pages in get_all_chats.
    std::optional<std::chrono::milliseconds> call_timeout{};
    /// How much JSON get_all_chats collects before it fails; 64 MiB. Any other call refuses it.
    std::optional<std::int64_t> max_total_bytes{};
};

/// Which page of a history.
struct history_options {
    /// Messages per page, 1 to 100; the service's default is 50.
    std::optional<std::int64_t> limit{};
    /// The page, as an earlier page named it.
    std::optional<std::string> page_token{};
    /// Messages from this one on, at least 1; whether it is among them itself is not documented.
    std::optional<std::int64_t> message_id_from{};
    /// For this call, instead of config::call_timeout.
    std::optional<std::chrono::milliseconds> call_timeout{};
};

/// Which messages, for client::messages.
struct messages_options {
    /// Only messages with a greater id than this one.
    std::optional<std::int64_t> after{};
    /// Messages per page, 1 to 100; 100.
    std::optional<std::int64_t> limit{};
    /// For each page, instead of config::call_timeout.
    std::optional<std::chrono::milliseconds> call_timeout{};
};

/// How all messages since one are read.
struct since_options {
    /// Messages per page, 1 to 100; 100.
    std::optional<std::int64_t> limit{};
    /// For all pages together, instead of config::call_timeout.
    std::optional<std::chrono::milliseconds> call_timeout{};
    /// How much JSON is collected before the call fails; 64 MiB. client::messages has one page in
    /// memory at a time.
    std::optional<std::int64_t> max_total_bytes{};
};

/// What to look for, and for how long. A token belongs to one `scope`, `types` and
/// `context_types`: give the same ones with each call.
struct sync_options {
    /// With what to begin where there is no token: "waiting" (everything in chats that wait for an
    /// answer), "now", "all", or a date such as "2026-11-20T10:00:00+03:00"; "waiting".
    std::optional<std::string> start{};
    /// "waiting" (chats that are NEW, WAITING_FOR_PARTNER or WAITING_FOR_ARBITER: a chat that comes
    /// up brings all that it has new), or "all"; "waiting".
    std::optional<std::string> scope{};
    /// Chats or disputes.
    filter<open_enum<chat_type>> types{};
    /// Chats about orders, about returns, or started by customers.
    filter<open_enum<context_type>> context_types{};
    /// Messages in one result, 1 to 100000; 500.
    std::optional<std::int64_t> limit{};
    /// Look at these chats only, such as a notification names: one request for one new message.
    filter<std::int64_t> chat_ids{};
    /// How long to wait until something is there; not at all.
    std::optional<std::chrono::milliseconds> wait{};
    /// For each look, instead of config::call_timeout; a call lasts as long as this and `wait`
    /// together.
    std::optional<std::chrono::milliseconds> call_timeout{};
};

/// How a notification is answered, and from where it is accepted.
struct notification_options {
    /// Of your program, for the answer, 1 to 100 characters; "ymchat".
    std::optional<std::string> name{};
    /// Of your program, for the answer, 1 to 100 characters; the library's.
    std::optional<std::string> version{};
    /// Where the request came from, IPv4 or IPv6, with a port or without: other addresses than the
    /// Market's are refused then. Behind a proxy, the one that the proxy saw.
    std::optional<std::string> remote_address{};
    /// Networks and addresses in place of the Market's: "10.0.0.0/8".
    filter<std::string> allow_from{};
};

/// What a text is searched for: everything, unless told otherwise.
struct message_check_options {
    /// What to look for.
    filter<open_enum<finding_kind>> kinds{};
    /// Host names to which links are allowed, such as "cdek.ru"; the hosts below them are allowed,
    /// too.
    filter<std::string> allow_hosts{};
};

/// Which page of the shops.
struct campaigns_options {
    /// Shops per page, 1 to 100.
    std::optional<std::int64_t> limit{};
    /// The page, as an earlier page named it.
    std::optional<std::string> page_token{};
};

/// What to do when a send's answer is lost.
struct send_options {
    /// The newest message of the chat that is known. It makes the search for a lost send shorter
    /// and surer.
    std::optional<std::int64_t> after_message_id{};
    /// Whether a lost send is looked for in the history; true.
    std::optional<bool> resolve{};
    /// Whether it is sent again, as often as the call's time allows, when the history proves that
    /// it did not arrive. The proof takes 11 seconds, and a message of the chat that was known
    /// before: by default it is sent again where one was known anyway, with true the chat is read
    /// first where none is, with false it is never sent again.
    std::optional<bool> resend{};
    /// Whether the id of what was sent is looked up after a plain success; false. Costs a read of
    /// the history.
    std::optional<bool> return_message_id{};
    /// What client::prepare_send or error::ticket gave.
    std::optional<std::string> ticket{};
    /// For this call instead of the client's.
    std::optional<std::chrono::milliseconds> call_timeout{};
};

/// A view of bytes, made from a pointer and a size, from a text, or from any container of bytes
/// that lie side by side: std::vector<unsigned char>, std::vector<std::byte>, std::array,
/// std::span. It must not outlive them.
class bytes {
public:
    /// `size` bytes at `data`.
    bytes(const void* data, std::size_t size) noexcept
        : data_(static_cast<const std::uint8_t*>(data)), size_(size) {}
    /// The bytes of a text.
    bytes(std::string_view text) noexcept : bytes(text.data(), text.size()) {}
    /// The bytes of a text.
    bytes(const std::string& text) noexcept : bytes(text.data(), text.size()) {}
    /// The bytes of a text, without the NUL at its end.
    bytes(const char* text) noexcept : bytes(std::string_view(text)) {}
    /// The bytes of a container.
    template <class Container, class = std::enable_if_t<
                                   !std::is_array_v<Container> &&
                                   sizeof(*std::data(std::declval<const Container&>())) == 1>>
    bytes(const Container& container) noexcept
        : bytes(std::data(container), std::size(container)) {}

    /// The first byte.
    const std::uint8_t* data() const noexcept { return data_; }
    /// How many.
    std::size_t size() const noexcept { return size_; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

namespace detail {

inline void append_json(json_out& out, const context_filter& context) {
    out.text.append(json_writer().add("type", context.type).add("id", context.id).finish());
}

inline void append_json(json_out& out, ymchat::check_messages what) {
    append_quoted(out.text, what == ymchat::check_messages::reject ? "reject" : "off");
}

inline void append_json(json_out& out, ymchat::trust whose) {
    append_quoted(out.text, whose == ymchat::trust::system ? "system" : "bundled");
}

template <class T>
void append_json(json_out& out, const std::vector<T>& values) {
    out.text.push_back('[');
    for (const T& value : values) {
        if (&value != values.data())
            out.text.push_back(',');
        append_json(out, value);
    }
    out.text.push_back(']');
}

inline std::string to_json(const config& config) {
    return json_writer()
        .add("apiKey", config.api_key)
        .add("oauthToken", config.oauth_token)
        .add("businessId", config.business_id)
        .add("baseUrl", config.base_url)
        .add("integration", config.integration)
        .add("connectTimeoutMs", config.connect_timeout)
        .add("attemptTimeoutMs", config.attempt_timeout)
        .add("callTimeoutMs", config.call_timeout)
        .add("maxAttempts", config.max_attempts)
        .add("maxParallel", config.max_parallel)
        .add("proxy", config.proxy)
        .add("caFile", config.ca_file)
        .add("trust", config.trust)
        .add("maxResponseBytes", config.max_response_bytes)
        .add("checkMessages", config.check_messages)
        .add("allowInsecureHttp", config.allow_insecure_http)
        .finish();
}

inline std::string to_json(const chats_options& options) {
    return json_writer()
        .add("limit", options.limit)
        .add("pageToken", options.page_token)
        .add("orderIds", options.order_ids.values())
        .add("contexts", options.contexts.values())
        .add("contextTypes", options.context_types.values())
        .add("types", options.types.values())
        .add("statuses", options.statuses.values())
        .add("callTimeoutMs", options.call_timeout)
        .add("maxTotalBytes", options.max_total_bytes)
        .finish();
}

inline std::string to_json(const history_options& options) {
    return json_writer()
        .add("limit", options.limit)
        .add("pageToken", options.page_token)
        .add("messageIdFrom", options.message_id_from)
        .add("callTimeoutMs", options.call_timeout)
        .finish();
}

inline std::string to_json(const since_options& options) {
    return json_writer()
        .add("limit", options.limit)
        .add("callTimeoutMs", options.call_timeout)
        .add("maxTotalBytes", options.max_total_bytes)
        .finish();
}

inline std::string to_json(const sync_options& options) {
    return json_writer()
        .add("start", options.start)
        .add("scope", options.scope)
        .add("types", options.types.values())
        .add("contextTypes", options.context_types.values())
        .add("limit", options.limit)
        .add("chatIds", options.chat_ids.values())
        .add("waitMs", options.wait)
        .add("callTimeoutMs", options.call_timeout)
        .finish();
}

inline std::string to_json(const notification_options& options) {
    return json_writer()
        .add("name", options.name)
        .add("version", options.version)
        .add("remoteAddress", options.remote_address)
        .add("allowFrom", options.allow_from.values())
        .finish();
}

inline std::string to_json(const message_check_options& options) {
    return json_writer()
        .add("kinds", options.kinds.values())
        .add("allowHosts", options.allow_hosts.values())
        .finish();
}

inline std::string to_json(const campaigns_options& options) {
    return json_writer()
        .add("limit", options.limit)
        .add("pageToken", options.page_token)
        .finish();
}

inline std::string to_json(const send_options& options) {
    return json_writer()
        .add("afterMessageId", options.after_message_id)
        .add("resolve", options.resolve)
        .add("resend", options.resend)
        .add("returnMessageId", options.return_message_id)
        .add("ticket", options.ticket)
        .add("callTimeoutMs", options.call_timeout)
        .finish();
}

// ---------------------------------------------------------------------------------------------
// The client's inside
// ---------------------------------------------------------------------------------------------

/// Calls of a client that are stopped together and for good.
class call_scope {
public:
    call_scope() noexcept = default;
    call_scope(const call_scope&) = delete;
    call_scope& operator=(const call_scope&) = delete;
    ~call_scope() { ymchat_client_free(handle_); }

    /// It stays without a handle where the client is closed.
    void open(const ymchat_client* client) noexcept { ymchat_client_scope(client, &handle_); }

    ymchat_client* handle() const noexcept { return handle_; }
    ymchat_client* release() noexcept { return std::exchange(handle_, nullptr); }

private:
    ymchat_client* handle_ = nullptr;
};

/// An open client of the C ABI. Ranges, stop guards and cancellers share it, so that none of them
/// dangles when the client is moved or gone.
class session {
public:
    explicit session(ymchat_client* handle)
        : handle_(handle), calls_(std::make_shared<call_scope>()) {
        calls_->open(handle);
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { close(); }

    /// NULL once it is closed.
    ymchat_client* handle() const noexcept { return handle_.load(); }

    void close() noexcept {
        // The number of a freed handle is never used again, so a call that is about to begin
        // with it is refused by the library.
        if (ymchat_client* const handle = handle_.exchange(nullptr))
            ymchat_client_free(handle);
    }

    void cancel() const noexcept { ymchat_client_cancel(handle()); }

    /// What a call is made in, and keeps until it has ended.
    std::shared_ptr<const call_scope> calls() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return calls_;
    }

    /// Lets no call begin, and ends those that have begun.
    void stop() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++stops_;
        ymchat_client_cancel(calls_->handle());
    }

    /// Takes one stop() back; after the last one calls are made in `next`.
    void resume(std::shared_ptr<call_scope> next) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (--stops_ > 0)
            return;
        next->open(handle());
        calls_.swap(next);
    }

private:
    std::atomic<ymchat_client*> handle_;
    mutable std::mutex mutex_;
    std::shared_ptr<call_scope> calls_;
    int stops_ = 0;
};

/// Calls the C ABI: `function(handle, &out_json)`. Returns its document or throws it.
template <class Function>
json_text call(const std::shared_ptr<session>& open, const char* operation, Function&& function) {
    if (!open || open->handle() == nullptr)
        throw_invalid(operation, open ? "the client is closed"
                                      : "the client was moved to another place");
    const std::shared_ptr<const call_scope> calls = open->calls();
    char* out_json = nullptr;
    const ymchat_status status = function(calls->handle(), &out_json);
    json_text text(out_json);
    if (status != YMCHAT_OK)
        throw_document(status, text);
    return text;
}

/// Calls a function of the C ABI that needs no client: `function(&out_json)`.
template <class Function>
json_text call(Function&& function) {
    char* out_json = nullptr;
    const ymchat_status status = function(&out_json);
    json_text text(out_json);
    if (status != YMCHAT_OK)
        throw_document(status, text);
    return text;
}

/// A function of the program that is called from within the library, which is C: nothing may be
/// thrown through it.
struct progress_call {
    const std::function<bool(const sync_progress&)>& function;
    std::exception_ptr thrown;

    static std::int32_t YMCHAT_CALL run(void* user_data, std::uint64_t chats,
                                        std::uint64_t messages) {
        auto& self = *static_cast<progress_call*>(user_data);
        try {
            return self.function(sync_progress{chats, messages}) ? 0 : 1;
        } catch (...) {
            self.thrown = std::current_exception();
            return 1;
        }
    }
};

/// One page of a list, for `paged`.
template <class Item>
struct slice {
    std::vector<Item> items;
    std::optional<std::string> next_page_token;
};

} // namespace detail

// ---------------------------------------------------------------------------------------------
// Lists that are read page by page
// ---------------------------------------------------------------------------------------------

/// All items of a list, read page by page while they are walked through; one page is in memory at
/// a time.
///
/// begin() reads the first page, going on reads the next ones, and both throw what the calls
/// throw; after that the walk is over. Each begin() is a walk of its own, from the start. The
/// iterators are input iterators: what one copy reads, the others do not get. A range and its
/// iterators may outlive the client; then they throw ymchat::invalid_argument.
///
/// The order is the service's; the API does not document it.
template <class Item>
class paged {
    using fetch = std::function<detail::slice<Item>(const std::optional<std::string>& page_token)>;

    struct walk {
        fetch next;
        detail::slice<Item> page{};
        std::size_t at = 0;
        std::unordered_set<std::string> seen{};

        void read(const std::optional<std::string>& token) {
            at = 0;
            page.items.clear();
            page = next(token);
        }

        /// Reads pages until there is an item; false at the end. A page may be empty.
        bool settle() {
            while (at == page.items.size()) {
                if (!page.next_page_token)
                    return false;
                const std::string token = *page.next_page_token;
                if (!seen.insert(token).second)
                    detail::throw_protocol("paging", "the list of pages goes in a circle: the same "
                                                     "page token came twice");
                read(token);
            }
            return true;
        }
    };

public:
    /// Walks through the items.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = Item*;
        using reference = Item&;

        /// The end.
        iterator() noexcept = default;

        /// The item; it may be moved from. Valid until the walk goes on.
        reference operator*() const noexcept { return walk_->page.items[walk_->at]; }
        pointer operator->() const noexcept { return &**this; }

        /// Goes on to the next item, and reads a page where this was the last one of its page.
        iterator& operator++() {
            const std::shared_ptr<walk> walking = std::move(walk_);
            ++walking->at;
            if (walking->settle())
                walk_ = walking;
            return *this;
        }

        /// What `*it++` needs: the item that was left.
        class left_item {
        public:
            /// Keeps the item.
            explicit left_item(Item item) : item_(std::move(item)) {}
            /// The item.
            Item operator*() && { return std::move(item_); }

        private:
            Item item_;
        };
        left_item operator++(int) {
            left_item left(**this);
            ++*this;
            return left;
        }

        /// Equal where both are at the end, or belong to the same walk.
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.walk_ == b.walk_;
        }
        friend bool operator!=(const iterator& a, const iterator& b) noexcept { return !(a == b); }

    private:
        friend class paged;
        explicit iterator(std::shared_ptr<walk> walking) : walk_(std::move(walking)) {}

        std::shared_ptr<walk> walk_;
    };

    /// For the library itself.
    explicit paged(fetch next) : next_(std::move(next)) {}

    /// Begins a walk, and reads the first page.
    iterator begin() const {
        auto walking = std::make_shared<walk>(walk{next_});
        walking->read(std::nullopt);
        return walking->settle() ? iterator(std::move(walking)) : iterator();
    }

    /// The end of every walk.
    iterator end() const noexcept { return iterator(); }

private:
    fetch next_;
};

// ---------------------------------------------------------------------------------------------
// The client
// ---------------------------------------------------------------------------------------------

/// The operations with their answers as JSON texts, for programs that read JSON themselves; had
/// from client::raw(). Options, errors and threads are as in ymchat::client.
///
/// It may be copied, and used as long as the client is open.
class raw_client {
public:
    /// For the library itself.
    explicit raw_client(std::shared_ptr<detail::session> session) noexcept
        : session_(std::move(session)) {}

    /// See client::stats.
    json_text stats() const {
        return detail::call(session_, "client_stats", [](const ymchat_client* handle, char** out) {
            return ymchat_client_stats(handle, out);
        });
    }

    /// See client::get_chats. {"chats": […], "paging"?}
    json_text get_chats(const chats_options& options = {}) const {
        const std::string json = detail::to_json(options);
        return detail::call(session_, "getChats", [&](const ymchat_client* handle, char** out) {
            return ymchat_get_chats(handle, json.c_str(), out);
        });
    }

    /// See client::get_chat.
    json_text get_chat(std::int64_t chat_id) const {
        return detail::call(session_, "getChat", [&](const ymchat_client* handle, char** out) {
            return ymchat_get_chat(handle, chat_id, out);
        });
    }

    /// See client::get_chat_history. {"messages": […], "context", "paging"?}
    json_text get_chat_history(std::int64_t chat_id, const history_options& options = {}) const {
        const std::string json = detail::to_json(options);
        return detail::call(session_, "getChatHistory",
                            [&](const ymchat_client* handle, char** out) {
                                return ymchat_get_chat_history(handle, chat_id, json.c_str(), out);
                            });
    }

    /// See client::get_chat_message.
    json_text get_chat_message(std::int64_t chat_id, std::int64_t message_id) const {
        return detail::call(session_, "getChatMessage",
                            [&](const ymchat_client* handle, char** out) {
                                return ymchat_get_chat_message(handle, chat_id, message_id, out);
                            });
    }

    /// See client::send_message. {"outcome", "messageId"?, "attempts"}
    json_text send_message(std::int64_t chat_id, std::string_view text,
                           const send_options& options = {}) const {
        const char* const operation = "sendMessageToChat";
        const std::string message = detail::c_text(operation, "the message", text);
        const std::string json = detail::to_json(options);
        return detail::call(session_, operation, [&](const ymchat_client* handle, char** out) {
            return ymchat_send_message(handle, chat_id, message.c_str(), json.c_str(), out);
        });
    }

    /// See client::send_file. {"outcome", "messageId"?, "attempts"}
    json_text send_file(std::int64_t chat_id, std::string_view file_name, bytes data,
                        const send_options& options = {}) const {
        const char* const operation = "sendFileToChat";
        const std::string name = detail::c_text(operation, "the file name", file_name);
        const std::string json = detail::to_json(options);
        return detail::call(session_, operation, [&](const ymchat_client* handle, char** out) {
            return ymchat_send_file(handle, chat_id, name.c_str(), data.data(), data.size(),
                                    json.c_str(), out);
        });
    }

    /// See client::prepare_send. {"ticket"}
    json_text prepare_send(std::int64_t chat_id, std::string_view message) const {
        return prepare(chat_id, detail::json_writer().add("message", message).finish());
    }

    /// See client::prepare_send. {"ticket"}
    json_text prepare_send(std::int64_t chat_id, std::string_view file_name,
                           std::int64_t file_size) const {
        return prepare(chat_id, detail::json_writer()
                                    .add("fileName", file_name)
                                    .add("fileSize", file_size)
                                    .finish());
    }

    /// See client::send_file. {"outcome", "messageId"?, "attempts"}
    json_text send_file(std::int64_t chat_id, const std::filesystem::path& path,
                        const send_options& options = {}) const {
        constexpr std::uintmax_t largest = 5 * 1024 * 1024;
        std::error_code unreadable;
        const std::uintmax_t size = std::filesystem::file_size(path, unreadable);
        std::ifstream file(path, std::ios::binary);
        // The library refuses a file that is too large by its size, before it looks at a byte.
        std::string data(unreadable || size > largest ? 1 : static_cast<std::size_t>(size), '\0');
        if (unreadable || !file || (size <= largest && size > 0 &&
                                    !file.read(&data[0], static_cast<std::streamsize>(size))))
            detail::throw_invalid("sendFileToChat",
                                  "the file " + detail::utf8(path) + " cannot be read");
        return send_file(chat_id, detail::utf8(path.filename()),
                         bytes(data.data(), static_cast<std::size_t>(size)), options);
    }

    /// See client::create_chat. {"chatId"}
    json_text create_chat(open_enum<context_type> type, std::int64_t context_id) const {
        const char* const operation = "createChat";
        const std::string name = detail::c_text(operation, "the context type", type.text());
        return detail::call(session_, operation, [&](const ymchat_client* handle, char** out) {
            return ymchat_create_chat(handle, name.c_str(), context_id, out);
        });
    }

    /// See client::get_campaigns. {"campaigns": […], "paging"?}
    json_text get_campaigns(const campaigns_options& options = {}) const {
        const std::string json = detail::to_json(options);
        return detail::call(session_, "getCampaigns", [&](const ymchat_client* handle, char** out) {
            return ymchat_get_campaigns(handle, json.c_str(), out);
        });
    }

    /// See client::get_token_info. {"apiKey": {"name", "authScopes": […]}}
    json_text get_token_info() const {
        return detail::call(session_, "getAuthTokenInfo",
                            [](const ymchat_client* handle, char** out) {
                                return ymchat_get_token_info(handle, out);
                            });
    }

    /// See client::get_all_chats. {"chats": […]}
    json_text get_all_chats(const chats_options& options = {}) const {
        const std::string json = detail::to_json(options);
        return detail::call(session_, "getChats", [&](const ymchat_client* handle, char** out) {
            return ymchat_get_all_chats(handle, json.c_str(), out);
        });
    }

    /// See client::get_messages_since. {"messages": […]}
    json_text get_messages_since(std::int64_t chat_id, std::int64_t after_message_id = 0,
                                 const since_options& options = {}) const {
        const std::string json = detail::to_json(options);
        return detail::call(session_, "getChatHistory",
                            [&](const ymchat_client* handle, char** out) {
                                return ymchat_get_messages_since(handle, chat_id, after_message_id,
                                                                 json.c_str(), out);
                            });
    }

    /// See client::sync. {"since", "chats": [{"chat", "messages"}], "more"}
    json_text sync(std::string_view since, const sync_options& options = {},
                   const std::function<bool(const sync_progress&)>& progress = {}) const {
        const char* const operation = "sync";
        const std::string token = detail::c_text(operation, "since", since);
        const std::string json = detail::to_json(options);
        if (!progress)
            return detail::call(session_, operation, [&](const ymchat_client* handle, char** out) {
                return ymchat_sync(handle, token.c_str(), json.c_str(), out);
            });
        detail::progress_call state{progress, nullptr};
        try {
            return detail::call(session_, operation, [&](const ymchat_client* handle, char** out) {
                return ymchat_sync_with_progress(handle, token.c_str(), json.c_str(),
                                                 detail::progress_call::run, &state, out);
            });
        } catch (const cancelled&) {
            if (state.thrown)
                std::rethrow_exception(state.thrown);
            throw;
        }
    }

private:
    json_text prepare(std::int64_t chat_id, const std::string& content) const {
        return detail::call(session_, "prepare_send", [&](const ymchat_client* handle, char** out) {
            return ymchat_prepare_send(handle, chat_id, content.c_str(), out);
        });
    }

    std::shared_ptr<detail::session> session_;
};

/// Cancels the calls of a client from anywhere; had from client::get_canceller(). It may be
/// copied, and it may outlive the client: then it does nothing.
class canceller {
public:
    /// For the library itself.
    explicit canceller(std::weak_ptr<detail::session> session) noexcept
        : session_(std::move(session)) {}

    /// What client::cancel does.
    void cancel() const noexcept {
        if (const auto session = session_.lock())
            session->cancel();
    }

private:
    std::weak_ptr<detail::session> session_;
};

class stop_guard;
class stop_token;

/// A client of one cabinet (business). Calls block, at most for config::call_timeout.
///
/// It can be moved but not copied; it ends with its destructor, which cancels and awaits what
/// other threads have begun with it. A client that is closed, or was moved from, throws
/// ymchat::invalid_argument.
///
/// Every operation is const and may be called by many threads at once. Every operation may throw
/// any class under ymchat::error but outcome_unknown and rejected, which only sends throw; and
/// std::bad_alloc. Reads are repeated by the library where that can help; sends only where it is
/// certain that they did not arrive.
class client {
public:
    /// Opens a client. Nothing is sent.
    ///
    /// Throws invalid_argument, naming the setting that is wrong; internal_error where the library
    /// that is loaded does not fit this header.
    explicit client(const config& config) {
        if (!library_fits())
            detail::throw_own(YMCHAT_INTERNAL, "INTERNAL", "client_new",
                              "client_new: the library that is loaded (libymchat " +
                                  std::string(library_version()) +
                                  ") does not fit the header that the program was compiled with "
                                  "(" YMCHAT_VERSION "): install the matching one",
                              ymchat::action::contact_support);
        const std::string json = detail::to_json(config);
        ymchat_client* handle = nullptr;
        char* out_json = nullptr;
        const ymchat_status status = ymchat_client_new(json.c_str(), &handle, &out_json);
        const json_text document(out_json);
        if (status != YMCHAT_OK)
            detail::throw_document(status, document);
        try {
            session_ = std::make_shared<detail::session>(handle);
        } catch (...) {
            ymchat_client_free(handle);
            throw;
        }
    }

    client(client&&) noexcept = default;
    client& operator=(client&& other) noexcept {
        if (this != &other) {
            close();
            session_ = std::move(other.session_);
        }
        return *this;
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    ~client() { close(); }

    /// Ends the client. Calls that other threads have in it throw ymchat::cancelled, and are
    /// awaited, for at most a quarter of a second but for a look-up of a host name. A second time
    /// nothing happens. May be called by any thread.
    void close() noexcept {
        if (session_)
            session_->close();
    }

    /// Whether it can be used: neither closed nor moved from.
    bool is_open() const noexcept { return session_ && session_->handle() != nullptr; }

    /// Ends every call that is blocked in this client, whichever thread made it: they throw
    /// ymchat::cancelled within 250 ms. Later calls are not touched; for those there is
    /// ymchat::cancel_on. May be called by any thread.
    void cancel() const noexcept {
        if (session_)
            session_->cancel();
    }

    /// The same client, for calls that are to be stopped together: those of a thread, or of a job.
    /// cancel() of a scope ends its calls and no others, and it is for good: a call that begins in
    /// it later throws ymchat::cancelled at once, and nothing is sent. When the client is closed,
    /// its scopes are, too.
    client scope() const {
        if (!is_open())
            detail::throw_invalid("client_scope", "the client is closed, or was moved away");
        detail::call_scope opened;
        opened.open(session_->calls()->handle());
        return client(std::make_shared<detail::session>(opened.release()));
    }

    /// The same as an object of its own, which may outlive the client.
    canceller get_canceller() const noexcept { return canceller(session_); }

    /// The operations with their answers as JSON texts.
    raw_client raw() const noexcept { return raw_client(session_); }

    /// What the client has done so far, and what is known of the quotas. Nothing is sent.
    ymchat::stats stats() const {
        return detail::read_result<ymchat::stats>("client_stats", raw().stats());
    }

    /// One page of chats (getChats, 5000 requests an hour).
    chats_page get_chats(const chats_options& options = {}) const {
        return detail::read_result<chats_page>("getChats", raw().get_chats(options));
    }

    /// All chats, read page by page while they are walked through, in the service's order. What
    /// changes its place in the meantime may come twice; get_all_chats has each chat once.
    ///
    ///     for (const ymchat::chat& chat : client.chats(options)) …
    ///
    /// chats_options::page_token must not be set: invalid_argument.
    paged<chat> chats(chats_options options = {}) const {
        if (options.page_token)
            detail::throw_invalid("getChats",
                                  "chats() walks through all pages: leave out page_token");
        if (!options.limit)
            options.limit = 20;
        return paged<chat>([raw = raw(), options](const std::optional<std::string>& page_token) {
            chats_options page_options = options;
            page_options.page_token = page_token;
            auto page =
                detail::read_result<chats_page>("getChats", raw.get_chats(page_options));
            return detail::slice<chat>{std::move(page.chats), std::move(page.next_page_token)};
        });
    }

    /// All chats at once, each once. The whole counts as one call for the time-out.
    std::vector<chat> get_all_chats(const chats_options& options = {}) const {
        return detail::read_result<chats_page>("getChats", raw().get_all_chats(options)).chats;
    }

    /// A chat (getChat, 1000 requests an hour). `chat_id` is at least 1.
    chat get_chat(std::int64_t chat_id) const {
        return detail::read_result<chat>("getChat", raw().get_chat(chat_id));
    }

    /// One page of a chat's messages (getChatHistory, 10000 requests an hour). Neither the order
    /// nor whether `message_id_from` is inclusive is documented by the API.
    messages_page get_chat_history(std::int64_t chat_id,
                                   const history_options& options = {}) const {
        return detail::read_result<messages_page>("getChatHistory",
                                                  raw().get_chat_history(chat_id, options));
    }

    /// All messages of a chat, read page by page while they are walked through, in the service's
    /// order.
    ///
    ///     for (const ymchat::message& message : client.messages(chat_id)) …
    paged<message> messages(std::int64_t chat_id, const messages_options& options = {}) const {
        history_options all;
        all.limit = options.limit.value_or(100);
        all.call_timeout = options.call_timeout;
        const std::int64_t after = options.after.value_or(0);
        if (after != 0)
            all.message_id_from = after;
        return paged<message>([raw = raw(), chat_id, all,
                               after](const std::optional<std::string>& page_token) {
            history_options page_options = all;
            page_options.page_token = page_token;
            auto page = detail::read_result<messages_page>(
                "getChatHistory", raw.get_chat_history(chat_id, page_options));
            detail::slice<message> slice{{}, std::move(page.next_page_token)};
            for (message& item : page.messages)
                if (item.message_id > after)
                    slice.items.push_back(std::move(item));
            return slice;
        });
    }

    /// All messages of a chat that are newer than one, ascending by id, without duplicates and
    /// without that one; 0 for all messages. The whole counts as one call for the time-out.
    std::vector<message> get_messages_since(std::int64_t chat_id,
                                            std::int64_t after_message_id = 0,
                                            const since_options& options = {}) const {
        return detail::read_result<messages_page>(
                   "getChatHistory", raw().get_messages_since(chat_id, after_message_id, options))
            .messages;
    }

    /// What is new since a token, and the next token; an empty token at first.
    ///
    /// Store `since` together with what you make of the messages, in one transaction: then each
    /// message is processed once, and none is left out, whatever fails, and wherever the program is
    /// killed. The same token gives the same messages again (and what has come since, as far as
    /// sync_options::limit reaches), the next token none of them. After an exception the old token
    /// is still the right one.
    ///
    ///     ymchat::sync_result news = client.sync(stored_token());
    ///     for (const ymchat::sync_chat& found : news.chats) …
    ///
    /// `progress` is called now and then, on the calling thread; where it returns false, the call
    /// ends with ymchat::cancelled, and what it throws is thrown on.
    sync_result sync(std::string_view since, const sync_options& options = {},
                     const std::function<bool(const sync_progress&)>& progress = {}) const {
        return detail::read_result<sync_result>("sync", raw().sync(since, options, progress));
    }

    /// A message (getChatMessage, 1000 requests an hour).
    message get_chat_message(std::int64_t chat_id, std::int64_t message_id) const {
        return detail::read_result<message>("getChatMessage",
                                            raw().get_chat_message(chat_id, message_id));
    }

    /// Sends a text (sendMessageToChat, 1000 requests an hour): once, or not at all, or
    /// outcome_unknown is thrown. `text` has 1 to 4096 UTF-16 units (an emoji is two), not white
    /// space alone. error::outcome() says of every failure whether the text may have arrived.
    send_result send_message(std::int64_t chat_id, std::string_view text,
                             const send_options& options = {}) const {
        return detail::read_result<send_result>("sendMessageToChat",
                                                raw().send_message(chat_id, text, options));
    }

    /// Sends a file (sendFileToChat, 1000 requests an hour) of 1 to 5242880 bytes; otherwise like
    /// send_message. `file_name` is a name in any script, without a path.
    ///
    ///     client.send_file(chat_id, "чек.pdf", contents);
    send_result send_file(std::int64_t chat_id, std::string_view file_name, bytes data,
                          const send_options& options = {}) const {
        return detail::read_result<send_result>(
            "sendFileToChat", raw().send_file(chat_id, file_name, data, options));
    }

    /// Prepares a send of a text: returns a ticket of at most 512 ASCII characters, to be stored
    /// with your own document before the send. A send with send_options::ticket arrives once,
    /// however often and by whichever process it is tried, also after a crash: the history is
    /// looked at first, unless this process knows that the ticket was never used. Reads the chat.
    ///
    /// Prepare it when the sends before it in this chat are settled: what the shop writes after the
    /// preparation, and this process has not sent, may be taken for it where it is equal, and
    /// leaves the outcome unclear where it is not. Let one program use it at a time.
    std::string prepare_send(std::int64_t chat_id, std::string_view message) const {
        return detail::read_result<detail::prepared>("prepare_send",
                                                     raw().prepare_send(chat_id, message))
            .ticket;
    }

    /// The same for a file, by its name and its size in bytes.
    std::string prepare_send(std::int64_t chat_id, std::string_view file_name,
                             std::int64_t file_size) const {
        return detail::read_result<detail::prepared>(
                   "prepare_send", raw().prepare_send(chat_id, file_name, file_size))
            .ticket;
    }

    /// Sends a file from the disk, under its own name; otherwise the same.
    ///
    ///     client.send_file(chat_id, std::filesystem::path("счета/чек.pdf"));
    send_result send_file(std::int64_t chat_id, const std::filesystem::path& path,
                          const send_options& options = {}) const {
        return detail::read_result<send_result>("sendFileToChat",
                                                raw().send_file(chat_id, path, options));
    }

    /// Opens a chat about an order or a return, or finds the one that exists (createChat, 1000
    /// requests an hour); returns the chat's id. It may be repeated safely.
    std::int64_t create_chat(open_enum<context_type> type, std::int64_t context_id) const {
        return detail::read_result<chat>("createChat", raw().create_chat(type, context_id)).chat_id;
    }

    /// One page of the shops that the credential opens (getCampaigns, 1000 requests an hour).
    /// Works without config::business_id: each shop names its business.
    campaigns_page get_campaigns(const campaigns_options& options = {}) const {
        return detail::read_result<campaigns_page>("getCampaigns", raw().get_campaigns(options));
    }

    /// What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour). Works without
    /// config::business_id.
    token_info get_token_info() const {
        return detail::read_result<token_info>("getAuthTokenInfo", raw().get_token_info());
    }

private:
    friend stop_guard cancel_on(const client& client, const stop_token& token);
    friend class stop_guard;
    explicit client(std::shared_ptr<detail::session> session) noexcept
        : session_(std::move(session)) {}

    std::shared_ptr<detail::session> session_;
};

// ---------------------------------------------------------------------------------------------
// What needs no client
// ---------------------------------------------------------------------------------------------

/// Reads a notification of the Market, and makes the answer to it. `body` is that of the HTTP
/// request.
///
/// Whatever comes from outside throws nothing: a body that is no notification, or is longer than 64
/// KiB, is to be answered with HTTP 400, a notification from a foreign address with 403. Answer
/// within 10 seconds (a PING within 1); otherwise the Market sends it again. Where you could not
/// store what you were told, answer 500, and it will come again.
///
///     const auto told = ymchat::parse_notification(request.body, options);
///     if (told.chat_id) wake_up(*told.chat_id);
///     return answer(told.reply.http_status, told.reply.body);
inline notification parse_notification(bytes body, const notification_options& options = {}) {
    const std::string json = detail::to_json(options);
    return detail::read_result<notification>(
        "parse_notification", detail::call([&](char** out) {
            return ymchat_parse_notification(body.data(), body.size(), json.c_str(), out);
        }));
}

/// Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone
/// numbers and messengers, in Russian and English texts, plain or disguised.
///
/// The check is advisory: it sees neither all contacts nor contacts alone. With
/// config::check_messages, a text with findings is not sent: ymchat::rejected is thrown.
inline message_check check_message(std::string_view text,
                                   const message_check_options& options = {}) {
    const char* const operation = "check_message";
    const std::string given = detail::c_text(operation, "text", text);
    const std::string json = detail::to_json(options);
    return detail::read_result<message_check>(operation, detail::call([&](char** out) {
        return ymchat_check_message(given.c_str(), json.c_str(), out);
    }));
}

// ---------------------------------------------------------------------------------------------
// Stopping
// ---------------------------------------------------------------------------------------------

namespace detail {

/// Between a token and a session: stops the session once, and lets it go on at the end.
class stop_link {
public:
    explicit stop_link(std::shared_ptr<session> target)
        : target_(std::move(target)), next_(std::make_shared<call_scope>()) {}

    void fire() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (fired_ || target_ == nullptr)
            return;
        fired_ = true;
        target_->stop();
    }

    void release() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (fired_)
            target_->resume(std::move(next_));
        target_.reset();
    }

private:
    std::mutex mutex_;
    std::shared_ptr<session> target_;
    /// Made beforehand: at the end nothing must throw.
    std::shared_ptr<call_scope> next_;
    bool fired_ = false;
};

/// What a stop_source and its tokens share.
class stop_state {
public:
    bool requested() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return requested_;
    }

    bool request() {
        std::vector<std::shared_ptr<stop_link>> links;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (std::exchange(requested_, true))
                return false;
            for (const auto& weak : links_)
                if (auto link = weak.lock())
                    links.push_back(std::move(link));
            links_.clear();
        }
        for (const auto& link : links)
            link->fire();
        return true;
    }

    void add(const std::shared_ptr<stop_link>& link) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (!requested_) {
                std::size_t kept = 0;
                for (auto& weak : links_)
                    if (!weak.expired())
                        links_[kept++] = weak;
                links_.resize(kept);
                links_.push_back(link);
                return;
            }
        }
        link->fire();
    }

private:
    mutable std::mutex mutex_;
    bool requested_ = false;
    std::vector<std::weak_ptr<stop_link>> links_;
};

} // namespace detail

/// Says whether a stop was requested; had from a stop_source. It may be copied.
class stop_token {
public:
    /// Whether the source has requested a stop.
    bool stop_requested() const { return state_->requested(); }

private:
    friend class stop_source;
    friend stop_guard cancel_on(const client& client, const stop_token& token);
    explicit stop_token(std::shared_ptr<detail::stop_state> state) noexcept
        : state_(std::move(state)) {}

    std::shared_ptr<detail::stop_state> state_;
};

/// Requests a stop, once and for good; std::stop_source for C++17. Copies share the request. May
/// be used by many threads.
class stop_source {
public:
    /// A source that has requested nothing.
    stop_source() : state_(std::make_shared<detail::stop_state>()) {}

    /// A token of this source.
    stop_token get_token() const noexcept { return stop_token(state_); }

    /// Requests the stop: calls of clients that are bound to the token by cancel_on throw
    /// ymchat::cancelled, those that run within 250 ms, and later ones at once. False where it was requested before.
    bool request_stop() { return state_->request(); }

    /// Whether it was requested.
    bool stop_requested() const { return state_->requested(); }

private:
    std::shared_ptr<detail::stop_state> state_;
};

/// Binds a client to a token for as long as it lives; made by cancel_on. Move-only. It may outlive
/// the client.
class [[nodiscard]] stop_guard {
public:
    stop_guard(stop_guard&&) noexcept = default;
    stop_guard& operator=(stop_guard&& other) noexcept {
        if (this != &other) {
            end();
            link_ = std::move(other.link_);
            callback_ = std::move(other.callback_);
        }
        return *this;
    }
    stop_guard(const stop_guard&) = delete;
    stop_guard& operator=(const stop_guard&) = delete;
    /// The client is free again: calls may begin even though a stop was requested.
    ~stop_guard() { end(); }

    /// For the library itself; `bind(link)` sees to it that the link is fired, and returns what
    /// has to live as long as the guard.
    template <class Bind>
    stop_guard(const client& client, Bind&& bind)
        : link_(std::make_shared<detail::stop_link>(client.session_)), callback_(bind(link_)) {}

private:
    void end() noexcept {
        callback_.reset();
        if (link_)
            link_->release();
        link_.reset();
    }

    std::shared_ptr<detail::stop_link> link_;
    std::shared_ptr<void> callback_;
};

/// Binds a client to a token: from the moment that a stop is requested, and as long as the guard
/// lives, every call of the client throws ymchat::cancelled, whichever thread makes it. Unlike
/// client::cancel it also meets calls that begin later, so that no request is lost between two
/// calls.
///
///     ymchat::stop_source source;
///     …
///     const auto guard = ymchat::cancel_on(client, source.get_token());
///     for (const auto& message : client.messages(chat_id)) …
[[nodiscard]] inline stop_guard cancel_on(const client& client, const stop_token& token) {
    return stop_guard(client, [&](const std::shared_ptr<detail::stop_link>& link) {
        token.state_->add(link);
        return std::shared_ptr<void>();
    });
}

#ifdef __cpp_lib_jthread
/// The same with a token of the standard library (C++20), such as that of a std::jthread.
[[nodiscard]] inline stop_guard cancel_on(const client& client, std::stop_token token) {
    return stop_guard(client, [&](const std::shared_ptr<detail::stop_link>& link) {
        const auto fire = [link] { link->fire(); };
        return std::shared_ptr<void>(
            std::make_shared<std::stop_callback<decltype(fire)>>(std::move(token), fire));
    });
}
#endif

} // namespace ymchat

// ---------------------------------------------------------------------------------------------
// nlohmann/json
// ---------------------------------------------------------------------------------------------

// Only where the program asks for it, before it includes this header: whoever merely has that
// library installed shall not have to compile it.
#ifdef YMCHAT_WITH_NLOHMANN
#include <nlohmann/json.hpp>

namespace ymchat {

/// Reads a text of the raw client. `text.parse<nlohmann::json>()` does the same without the macro.
inline nlohmann::json parse(const json_text& text) {
    return text.parse<nlohmann::json>();
}

/// Everything that the service sent of an object: a chat, a message, a page, …
template <class Object>
auto parse(const Object& object) -> decltype(nlohmann::json::parse(object.raw)) {
    return nlohmann::json::parse(object.raw);
}

/// The error document.
inline nlohmann::json parse(const error& error) {
    return nlohmann::json::parse(error.json());
}

} // namespace ymchat
#endif // YMCHAT_WITH_NLOHMANN

#endif // YMCHAT_HPP
