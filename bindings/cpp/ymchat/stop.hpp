// Stopping the calls of a client by a token.
// A part of ymchat.hpp.

#ifndef YMCHAT_STOP_HPP
#define YMCHAT_STOP_HPP

#include "client.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) >= 202002L
#if __has_include(<stop_token>)
#include <stop_token>
#endif
#endif

namespace ymchat {

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

#endif // YMCHAT_STOP_HPP
