// What the calls throw.
// A part of ymchat.hpp.

#ifndef YMCHAT_ERRORS_HPP
#define YMCHAT_ERRORS_HPP

#include "detail/read.hpp"
#include "models.hpp"
#include "text.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ymchat {

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
    std::optional<delivery_status> outcome() const noexcept {
        return failure_->outcome ? std::optional<delivery_status>(failure_->outcome->value())
                                 : std::nullopt;
    }

    /// For a send whose outcome is unknown: what the search found out.
    const std::optional<send_search>& known() const noexcept { return failure_->known; }

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
struct invalid_argument : error {
    using error::error;
};

/// HTTP 401: no credential, or a malformed or revoked one.
struct unauthorized : error {
    using error::error;
};

/// HTTP 403: the credential grants no access to this business or this operation.
struct forbidden : error {
    using error::error;
};

/// HTTP 404: no such chat or message.
struct not_found : error {
    using error::error;
};

/// Another 4xx, or an answer that says ERROR: the service rejected the request.
struct bad_request : error {
    using error::error;
};

/// A limit is used up: wait retry_after(), then call again.
struct rate_limited : error {
    using error::error;
};

/// HTTP 5xx: the service failed. Call again later.
struct server_error : error {
    using error::error;
};

/// No connection, or it broke.
struct network_error : error {
    using error::error;
};

/// No answer in time.
struct timeout : error {
    using error::error;
};

/// A send that may or may not have arrived: look into the chat before it is sent again; known()
/// says what was found there.
struct outcome_unknown : error {
    using error::error;
};

/// The answer is not what the API promises.
struct protocol_error : error {
    using error::error;
};

/// The call was cancelled. For a send outcome() says whether it may have arrived.
struct cancelled : error {
    using error::error;
};

/// The message check rejected the text.
struct rejected : error {
    using error::error;
};

/// A defect of the library, or a library that does not fit this header.
struct internal_error : error {
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
        *what = read_whole<failure>(std::string(json));
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
        document.add("outcome", open_enum<delivery_status>(delivery_status::not_sent));
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

} // namespace detail

} // namespace ymchat

#endif // YMCHAT_ERRORS_HPP
