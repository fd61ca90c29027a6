// The configuration of a client, and the options of its calls.
// A part of ymchat.hpp.

#ifndef YMCHAT_OPTIONS_HPP
#define YMCHAT_OPTIONS_HPP

#include "detail/json.hpp"
#include "enums.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ymchat {

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

/// The language of the sentences in errors. Codes and names are English in each.
enum class language {
    /// English.
    english,
    /// Russian.
    russian,
};

/// The configuration of a client. What is not set has the default that is named; what is wrong is
/// refused by the client's constructor, which names it.
///
///     ymchat::config config;
///     config.api_key = "ACMA:…";
///     config.business_id = 123456;
///     config.call_timeout = std::chrono::seconds(20);
struct config {
    /// The key of the business account, without a "Bearer" prefix. This or `oauth_token` is needed.
    std::optional<std::string> api_key{};
    /// The deprecated OAuth token. It may be sent along with an Api-Key.
    std::optional<std::string> oauth_token{};
    /// The business, at least 1. Only get_campaigns and get_token_info work without one.
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
    /// The hosts that client::download_file shows the credentials to, over https, such as
    /// "*.example.org"; *.yandex.net, *.yandex.ru and *.yandex.com. base_url's always belongs to them.
    std::optional<std::vector<std::string>> file_hosts{};
    /// Whether texts with contacts or links are sent; check_messages::off.
    std::optional<ymchat::check_messages> check_messages{};
    /// What ymchat::error::what says, and its advice; language::english.
    std::optional<ymchat::language> language{};
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

/// How a file is brought to a path.
struct download_options {
    /// Whether a file that is there is replaced; false.
    std::optional<bool> overwrite{};
    /// A longer file is an error; 50 MiB.
    std::optional<std::int64_t> max_bytes{};
    /// Foreign hosts that may be asked, without credentials: "cdn.example.org".
    filter<std::string> allow_hosts{};
    /// For this call, instead of config::call_timeout; config::attempt_timeout is how long nothing
    /// may come.
    std::optional<std::chrono::milliseconds> call_timeout{};
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

inline void append_json(json_out& out, ymchat::language of_sentences) {
    append_quoted(out.text, of_sentences == ymchat::language::russian ? "ru" : "en");
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
        .add("fileHosts", config.file_hosts)
        .add("checkMessages", config.check_messages)
        .add("language", config.language)
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

inline std::string to_json(const download_options& options) {
    return json_writer()
        .add("overwrite", options.overwrite)
        .add("maxBytes", options.max_bytes)
        .add("allowHosts", options.allow_hosts.values())
        .add("callTimeoutMs", options.call_timeout)
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

} // namespace detail

} // namespace ymchat

#endif // YMCHAT_OPTIONS_HPP
