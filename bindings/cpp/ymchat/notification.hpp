// Notifications of the Market, which need no client.
// A part of ymchat.hpp.

#ifndef YMCHAT_NOTIFICATION_HPP
#define YMCHAT_NOTIFICATION_HPP

#include "detail/session.hpp"
#include "options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ymchat {

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
    /// The business; nothing where the notification names none.
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

inline void read_members(json_reader& in, notification_reply& out) {
    in.get("httpStatus", out.http_status).get("body", out.body);
}

inline void read_members(json_reader& in, notification& out) {
    in.need("accepted", out.accepted)
        .get("type", out.type)
        .get("businessId", out.business_id)
        .get("chatId", out.chat_id)
        .get("messageId", out.message_id)
        .get("key", out.key)
        .need("reply", out.reply);
    out.raw = in.member("notification").value_or("null");
    if (out.raw == "null")
        out.raw.clear();
}

inline std::string to_json(const notification_options& options) {
    return json_writer()
        .add("name", options.name)
        .add("version", options.version)
        .add("remoteAddress", options.remote_address)
        .add("allowFrom", options.allow_from.values())
        .finish();
}

} // namespace detail

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
    return detail::read_result<notification>(
        "parse_notification", detail::call_without_client(ymchat_parse_notification, body.data(),
                                                          body.size(), detail::to_json(options)));
}

} // namespace ymchat

#endif // YMCHAT_NOTIFICATION_HPP
