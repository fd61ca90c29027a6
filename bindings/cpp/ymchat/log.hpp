// The log of the library.
// A part of ymchat.hpp.

#ifndef YMCHAT_LOG_HPP
#define YMCHAT_LOG_HPP

#include "detail/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace ymchat {

/// How important a line of the log is.
enum class log_level : std::int32_t {
    /// Something went wrong that a person should look at.
    error = YMCHAT_LOG_ERROR,
    /// A call goes on, but without something that belongs to it.
    warn = YMCHAT_LOG_WARN,
    /// A wait or a repetition, and why.
    info = YMCHAT_LOG_INFO,
    /// A request and its answer.
    debug = YMCHAT_LOG_DEBUG,
};

/// What receives the lines of the log.
using log_function = std::function<void(log_level, std::string_view)>;

namespace detail {

/// The function of the process. It is never destroyed: a thread may still tell something while the
/// program ends.
struct log_slot {
    std::mutex changing;
    std::unique_ptr<log_function> function;

    static log_slot& get() {
        static log_slot* const slot = new log_slot;
        return *slot;
    }

    /// Whether this thread is inside the function.
    static bool& inside() noexcept {
        static thread_local bool is_inside = false;
        return is_inside;
    }

    static void YMCHAT_CALL run(void* user_data, std::int32_t level, const char* text) {
        inside() = true;
        try {
            (*static_cast<const log_function*>(user_data))(static_cast<log_level>(level), text);
        } catch (...) {
            // It may not pass through the library, and there is nobody else to tell.
        }
        inside() = false;
    }
};

} // namespace detail

/// Has the library tell what it does, a line for each request, wait and repetition, to a function of
/// the process: on the thread that makes the request, and on several at a time. No line holds a
/// credential or the text of a message. What the function throws is lost. It may not call
/// set_log_callback.
///
/// When this returns, no call of the earlier function is under way. An empty function ends the log.
///
///     ymchat::set_log_callback([](ymchat::log_level, std::string_view text) {
///         std::clog << text << std::endl;
///     }, ymchat::log_level::debug);
inline void set_log_callback(log_function function, log_level level = log_level::info) {
    auto& slot = detail::log_slot::get();
    std::unique_ptr<log_function> next;
    if (function)
        next = std::make_unique<log_function>(std::move(function));
    if (slot.inside())
        detail::throw_invalid("set_log_callback", "the function called it, for which it would wait");
    const std::lock_guard<std::mutex> lock(slot.changing);
    const ymchat_log_callback call = next ? detail::log_slot::run : nullptr;
    if (ymchat_set_log_callback(call, next.get(), static_cast<std::int32_t>(level)) != YMCHAT_OK)
        detail::throw_invalid("set_log_callback", "the level is none");
    slot.function = std::move(next);
}

} // namespace ymchat

#endif // YMCHAT_LOG_HPP
