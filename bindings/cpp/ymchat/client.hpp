// The client.
// A part of ymchat.hpp.

#ifndef YMCHAT_CLIENT_HPP
#define YMCHAT_CLIENT_HPP

#include "pages.hpp"
#include "raw_client.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ymchat {

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

/// A client of one business. Calls block, at most for config::call_timeout.
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

    /// Brings a file to a path; `url` is that of message::payload.
    ///
    /// The file is received beside the path, and gets its name only when it is whole and safe on the
    /// disk. Whatever fails, the path is as it was. Choose the path yourself: the name in a message
    /// is what the other side has written.
    ///
    /// Credentials are shown to the hosts of config::file_hosts alone. Another host is refused, unless
    /// download_options::allow_hosts names it; it is shown nothing.
    ///
    /// `progress` is called for each part that is written, on this thread. Where it returns false,
    /// ymchat::cancelled is thrown; what it throws is passed on.
    ///
    ///     client.download_file(file.url, folder / std::to_string(message.message_id));
    downloaded_file
    download_file(std::string_view url, const std::filesystem::path& path,
                  const download_options& options = {},
                  const std::function<bool(const download_progress&)>& progress = {}) const {
        auto file = detail::read_result<downloaded_file>(
            "download_file", raw().download_file(url, path, options, progress));
        file.path = path;
        return file;
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

    /// One page of the shops that the credential grants access to (getCampaigns, 1000 requests an hour).
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

} // namespace ymchat

#endif // YMCHAT_CLIENT_HPP
