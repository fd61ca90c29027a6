// What the calls return, read from JSON. Not for use from outside.
// A part of ymchat.hpp.

#ifndef YMCHAT_DETAIL_READ_HPP
#define YMCHAT_DETAIL_READ_HPP

#include "json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ymchat::detail {

inline void read_members(json_reader& in, customer& out) {
    in.get("name", out.name).get("publicId", out.public_id);
}

inline void read_members(json_reader& in, chat_context& out) {
    in.need("type", out.type)
        .get("customer", out.customer)
        .get("campaignId", out.campaign_id)
        .get("orderId", out.order_id)
        .get("returnId", out.return_id);
}

inline void read_members(json_reader& in, chat& out) {
    in.need("chatId", out.chat_id)
        .get("orderId", out.order_id)
        .get("context", out.context)
        .get("type", out.type)
        .get("status", out.status)
        .get("createdAt", out.created_at)
        .get("updatedAt", out.updated_at);
}

inline void read_members(json_reader& in, file& out) {
    in.get("name", out.name).get("url", out.url).get("size", out.size);
}

inline void read_members(json_reader& in, message& out) {
    std::vector<std::optional<file>> payload;
    in.need("messageId", out.message_id)
        .need("createdAt", out.created_at)
        .need("sender", out.sender)
        .get("message", out.text)
        .get("payload", payload);
    // The service's own documentation shows a null among them.
    for (std::optional<file>& item : payload)
        if (item)
            out.payload.push_back(std::move(*item));
}

/// "paging": {"nextPageToken"}; an empty token is none, as for the library itself.
struct paging {
    std::string next_page_token;
};

inline void read_members(json_reader& in, paging& out) {
    in.get("nextPageToken", out.next_page_token);
}

inline void read_page_token(json_reader& in, std::optional<std::string>& out) {
    paging where;
    in.get("paging", where);
    if (!where.next_page_token.empty())
        out = std::move(where.next_page_token);
}

inline void read_members(json_reader& in, chats_page& out) {
    in.need("chats", out.chats);
    read_page_token(in, out.next_page_token);
}

inline void read_members(json_reader& in, messages_page& out) {
    in.need("messages", out.messages).get("context", out.context);
    read_page_token(in, out.next_page_token);
}

inline void read_members(json_reader& in, sync_chat& out) {
    in.need("chat", out.chat).need("messages", out.messages);
}

inline void read_members(json_reader& in, sync_result& out) {
    in.need("since", out.since).need("chats", out.chats).need("more", out.more);
}

inline void read_members(json_reader& in, downloaded_file& out) {
    in.need("bytes", out.bytes).get("contentType", out.content_type);
}

inline void read_members(json_reader& in, business& out) {
    in.get("id", out.id).get("name", out.name);
}

inline void read_members(json_reader& in, campaign& out) {
    in.get("id", out.id)
        .get("domain", out.domain)
        .get("business", out.business)
        .get("placementType", out.placement_type)
        .get("apiAvailability", out.api_availability);
}

inline void read_members(json_reader& in, campaigns_page& out) {
    in.need("campaigns", out.campaigns);
    read_page_token(in, out.next_page_token);
}

inline void read_members(json_reader& in, api_key_info& out) {
    in.get("name", out.name).get("authScopes", out.auth_scopes);
}

inline void read_members(json_reader& in, token_info& out) {
    in.get("apiKey", out.api_key);
}

inline void read_members(json_reader& in, send_result& out) {
    in.need("outcome", out.outcome)
        .get("messageId", out.message_id)
        .get("attempts", out.attempts);
}

/// What ymchat_prepare_send gives.
struct prepared {
    std::string ticket;
};

inline void read_members(json_reader& in, prepared& out) {
    in.need("ticket", out.ticket);
}

inline void read_members(json_reader& in, operation_stats& out) {
    in.get("operation", out.operation)
        .get("attempts", out.attempts)
        .get("repeats", out.repeats)
        .get("limited", out.limited)
        .get("waits", out.waits)
        .get("waitedMs", out.waited)
        .get("quotaLimit", out.quota_limit)
        .get("quotaRemaining", out.quota_remaining)
        .get("quotaResetsInMs", out.quota_resets_in);
}

inline void read_members(json_reader& in, send_stats& out) {
    in.get("sent", out.sent)
        .get("confirmed", out.confirmed)
        .get("unknown", out.unknown)
        .get("notSent", out.not_sent);
}

inline void read_members(json_reader& in, stats& out) {
    in.get("operations", out.operations).get("sends", out.sends);
}

inline void read_members(json_reader& in, api_error& out) {
    in.get("code", out.code).get("message", out.message);
}

inline void read_members(json_reader& in, send_search& out) {
    in.get("searched", out.searched)
        .get("candidates", out.candidates)
        .get("afterMessageId", out.after_message_id)
        .get("cause", out.cause);
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
    std::optional<open_enum<delivery_status>> outcome;
    std::optional<send_search> known;
    std::optional<std::string> ticket;
    std::string json;
};

inline void read_members(json_reader& in, failure& out) {
    in.get("message", out.message)
        .get("operation", out.operation)
        .get("httpStatus", out.http_status)
        .get("errors", out.errors)
        .get("retryable", out.retryable)
        .get("retryAfterMs", out.retry_after)
        .get("action", out.action)
        .get("traceId", out.trace_id)
        .get("attempts", out.attempts)
        .get("outcome", out.outcome)
        .get("known", out.known)
        .get("ticket", out.ticket);
}

} // namespace ymchat::detail

#endif // YMCHAT_DETAIL_READ_HPP
