// What the calls return.
// A part of ymchat.hpp.

#ifndef YMCHAT_MODELS_HPP
#define YMCHAT_MODELS_HPP

#include "detail/moment.hpp"
#include "enums.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ymchat {

/// A moment as the API writes it: ISO 8601 with an offset, fractions of a second possible.
class date_time {
public:
    /// A moment of the system's clock; microseconds, so that it is the same on all systems.
    using time_point = detail::time_point;

    /// An empty text.
    date_time() = default;
    /// Wraps a text; nothing is checked.
    explicit date_time(std::string text) : text_(std::move(text)) {}

    /// The text as the service sent it.
    const std::string& text() const noexcept { return text_; }

    /// The moment; nothing where the text is not ISO 8601 with an offset.
    std::optional<time_point> time() const noexcept { return detail::read_moment(text_); }

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

/// A file that has been brought to a path.
struct downloaded_file {
    /// The path, as it was given.
    std::filesystem::path path;
    /// Its length.
    std::int64_t bytes = 0;
    /// What the server says that it is; nobody has checked it.
    std::optional<std::string> content_type;
};

/// How far a download has come.
struct download_progress {
    /// What has been received. It begins anew where the library tries again.
    std::uint64_t bytes = 0;
    /// The length of the file, 0 where it is not known.
    std::uint64_t total = 0;
};

/// A business account.
struct business {
    /// The business's id: config::business_id.
    std::optional<std::int64_t> id;
    /// Its name.
    std::optional<std::string> name;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// A shop (campaign) of a business.
struct campaign {
    /// The shop's id.
    std::optional<std::int64_t> id;
    /// Its address or name.
    std::optional<std::string> domain;
    /// The business that it belongs to.
    std::optional<ymchat::business> business;
    /// FBS, FBY, DBS and others, as the service names them.
    std::optional<std::string> placement_type;
    /// AVAILABLE, or why the API is closed to this shop.
    std::optional<std::string> api_availability;
    /// The JSON object that this was read from, members that are not known here included.
    std::string raw;
};

/// One page of the shops that the credential grants access to.
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
struct send_search {
    /// Whether the history could be read after the send.
    bool searched = false;
    /// Messages of that content that could be this one, or an earlier one of the same content.
    std::vector<std::int64_t> candidates;
    /// The newest message that was known before the send.
    std::optional<std::int64_t> after_message_id;
    /// What became of the send's own answer: the name of a status, such as NETWORK.
    std::optional<std::string> cause;
};

} // namespace ymchat

#endif // YMCHAT_MODELS_HPP
