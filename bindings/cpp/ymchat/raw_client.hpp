// The operations with their answers as JSON texts.
// A part of ymchat.hpp.

#ifndef YMCHAT_RAW_CLIENT_HPP
#define YMCHAT_RAW_CLIENT_HPP

#include "detail/session.hpp"
#include "options.hpp"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace ymchat {

/// The JSON text of a member of a JSON object, such as the `raw` of a message; nothing where there
/// is no such member, or the text is no JSON object.
///
///     ymchat::raw_member(message.raw, "reactions")
inline std::optional<std::string> raw_member(std::string_view object, std::string_view name) {
    try {
        return detail::read_member(std::string(object), name);
    } catch (const detail::json_error&) {
        return std::nullopt;
    }
}

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
    json_text stats() const { return call("client_stats", ymchat_client_stats); }

    /// See client::get_chats. {"chats": […], "paging"?}
    json_text get_chats(const chats_options& options = {}) const {
        return call("getChats", ymchat_get_chats, detail::to_json(options));
    }

    /// See client::get_chat.
    json_text get_chat(std::int64_t chat_id) const {
        return call("getChat", ymchat_get_chat, chat_id);
    }

    /// See client::get_chat_history. {"messages": […], "context", "paging"?}
    json_text get_chat_history(std::int64_t chat_id, const history_options& options = {}) const {
        return call("getChatHistory", ymchat_get_chat_history, chat_id, detail::to_json(options));
    }

    /// See client::get_chat_message.
    json_text get_chat_message(std::int64_t chat_id, std::int64_t message_id) const {
        return call("getChatMessage", ymchat_get_chat_message, chat_id, message_id);
    }

    /// See client::send_message. {"outcome", "messageId"?, "attempts"}
    json_text send_message(std::int64_t chat_id, std::string_view text,
                           const send_options& options = {}) const {
        const char* const operation = "sendMessageToChat";
        return call(operation, ymchat_send_message, chat_id,
                    detail::c_text(operation, "the message", text), detail::to_json(options));
    }

    /// See client::send_file. {"outcome", "messageId"?, "attempts"}
    json_text send_file(std::int64_t chat_id, std::string_view file_name, bytes data,
                        const send_options& options = {}) const {
        const char* const operation = "sendFileToChat";
        return call(operation, ymchat_send_file, chat_id,
                    detail::c_text(operation, "the file name", file_name), data.data(),
                    data.size(), detail::to_json(options));
    }

    /// See client::prepare_send. {"ticket"}
    json_text prepare_send(std::int64_t chat_id, std::string_view message) const {
        return call("prepare_send", ymchat_prepare_send, chat_id,
                    detail::json_writer().add("message", message).finish());
    }

    /// See client::prepare_send. {"ticket"}
    json_text prepare_send(std::int64_t chat_id, std::string_view file_name,
                           std::int64_t file_size) const {
        return call(
            "prepare_send", ymchat_prepare_send, chat_id,
            detail::json_writer().add("fileName", file_name).add("fileSize", file_size).finish());
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
        return call(operation, ymchat_create_chat,
                    detail::c_text(operation, "the context type", type.text()), context_id);
    }

    /// See client::get_campaigns. {"campaigns": […], "paging"?}
    json_text get_campaigns(const campaigns_options& options = {}) const {
        return call("getCampaigns", ymchat_get_campaigns, detail::to_json(options));
    }

    /// See client::get_token_info. {"apiKey": {"name", "authScopes": […]}}
    json_text get_token_info() const { return call("getAuthTokenInfo", ymchat_get_token_info); }

    /// See client::get_all_chats. {"chats": […]}
    json_text get_all_chats(const chats_options& options = {}) const {
        return call("getChats", ymchat_get_all_chats, detail::to_json(options));
    }

    /// See client::get_messages_since. {"messages": […]}
    json_text get_messages_since(std::int64_t chat_id, std::int64_t after_message_id = 0,
                                 const since_options& options = {}) const {
        return call("getChatHistory", ymchat_get_messages_since, chat_id, after_message_id,
                    detail::to_json(options));
    }

    /// See client::sync. {"since", "chats": [{"chat", "messages"}], "more"}
    json_text sync(std::string_view since, const sync_options& options = {},
                   const std::function<bool(const sync_progress&)>& progress = {}) const {
        const char* const operation = "sync";
        const std::string token = detail::c_text(operation, "since", since);
        const std::string json = detail::to_json(options);
        if (!progress)
            return call(operation, ymchat_sync, token, json);
        return call_with_progress(operation, ymchat_sync_with_progress, progress, token, json);
    }

    /// See client::download_file. {"path", "bytes", "contentType"?}
    json_text
    download_file(std::string_view url, const std::filesystem::path& path,
                  const download_options& options = {},
                  const std::function<bool(const download_progress&)>& progress = {}) const {
        const char* const operation = "download_file";
        const std::string from = detail::c_text(operation, "url", url);
        const std::string to = detail::c_text(operation, "path", detail::utf8(path));
        const std::string json = detail::to_json(options);
        if (!progress)
            return call(operation, ymchat_download_file, from, to, json);
        return call_with_progress(operation, ymchat_download_file_with_progress, progress, from, to,
                                  json);
    }

private:
    template <class Function, class Progress, class... Arguments>
    json_text call_with_progress(const char* operation, Function* function,
                                 const std::function<bool(const Progress&)>& progress,
                                 const Arguments&... arguments) const {
        detail::progress_call<Progress> state{progress, nullptr};
        try {
            return call(operation, function, arguments..., &detail::progress_call<Progress>::run,
                        static_cast<void*>(&state));
        } catch (const cancelled&) {
            if (state.thrown)
                std::rethrow_exception(state.thrown);
            throw;
        }
    }

    template <class Function, class... Arguments>
    json_text call(const char* operation, Function* function, const Arguments&... arguments) const {
        return detail::call(session_, operation, function, arguments...);
    }

    std::shared_ptr<detail::session> session_;
};

} // namespace ymchat

#endif // YMCHAT_RAW_CLIENT_HPP
