// The client's inside. Not for use from outside.
// A part of ymchat.hpp.

#ifndef YMCHAT_DETAIL_SESSION_HPP
#define YMCHAT_DETAIL_SESSION_HPP

#include "../errors.hpp"

#include <atomic>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ymchat::detail {

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
        return read_whole<T>(text.c_str());
    } catch (const json_error& unexpected) {
        throw_protocol(operation,
                       std::string("the answer is not what the API promises: ") +
                           unexpected.what());
    }
}

/// How an argument is given to a function of the C ABI.
inline const char* for_c(const std::string& text) noexcept {
    return text.c_str();
}
template <class T, class = std::enable_if_t<std::is_scalar_v<T>>>
T for_c(T argument) noexcept {
    return argument;
}

/// Calls a function of the C ABI with these arguments before out_json. Returns its document or throws
/// it.
template <class Function, class... Arguments>
json_text call_without_client(Function* function, const Arguments&... arguments) {
    char* out_json = nullptr;
    const ymchat_status status = function(for_c(arguments)..., &out_json);
    json_text text(out_json);
    if (status != YMCHAT_OK)
        throw_document(status, text);
    return text;
}

/// The same in a client, which is the first argument.
template <class Function, class... Arguments>
json_text call(const std::shared_ptr<session>& open, const char* operation, Function* function,
               const Arguments&... arguments) {
    if (!open || open->handle() == nullptr)
        throw_invalid(operation, open ? "the client is closed"
                                      : "the client was moved to another place");
    const std::shared_ptr<const call_scope> calls = open->calls();
    const ymchat_client* const client = calls->handle();
    return call_without_client(function, client, arguments...);
}

/// A function of the program that is called from within the library, which is C: nothing may be
/// thrown through it.
template <class Progress>
struct progress_call {
    const std::function<bool(const Progress&)>& function;
    std::exception_ptr thrown;

    static std::int32_t YMCHAT_CALL run(void* user_data, std::uint64_t done, std::uint64_t found) {
        auto& self = *static_cast<progress_call*>(user_data);
        try {
            return self.function(Progress{done, found}) ? 0 : 1;
        } catch (...) {
            self.thrown = std::current_exception();
            return 1;
        }
    }
};

} // namespace ymchat::detail

#endif // YMCHAT_DETAIL_SESSION_HPP
