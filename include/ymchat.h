/*
 * ymchat: the seller chats of the Yandex Market Partner API, for C and all that can call C.
 *
 * Made by cbindgen from bindings/c/src; do not edit.
 *
 * Conventions, for every function:
 *
 * - Texts are UTF-8 and end with a NUL. Ids are int64_t, at least 1.
 * - A function that can fail returns a ymchat_status: YMCHAT_OK (0), or what went wrong.
 * - *out_json receives a JSON document: the result where the status is YMCHAT_OK, the error
 *   otherwise. It is yours: free it with ymchat_string_free. Pass NULL if you do not want it.
 * - The error document: {"status", "name", "message" (a sentence for a person), "operation",
 *   "httpStatus"?, "errors"? [{"code", "message"?}], "retryable", "retryAfterMs"?, "action",
 *   "traceId"?, "attempts", "outcome"? (sends: "notSent" or "unknown"), "known"?}. "action" is one
 *   of fix_request, check_credentials, grant_access, wait, retry, check_history, contact_support.
 *   No document ever holds a credential.
 * - options_json is a JSON object or NULL. An unknown member is an error that names it.
 * - Results are the service's own text, unknown members included.
 * - Calls block, at most for "callTimeoutMs". A client may be used by many threads at once; "const
 *   ymchat_client *" says so.
 * - Every pointer may be NULL, every handle stale, every text wrong: the answer is
 *   YMCHAT_INVALID_ARGUMENT. A defect of the library is YMCHAT_INTERNAL, never a crash. The
 *   floating-point state of the caller is kept.
 */


#ifndef YMCHAT_H
#define YMCHAT_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header as text; ymchat_version() is that of the library. */
#define YMCHAT_VERSION "0.1.0"


/**
 * The version of this header: major.
 */
#define YMCHAT_VERSION_MAJOR 0

/**
 * The version of this header: minor.
 */
#define YMCHAT_VERSION_MINOR 1

/**
 * The version of this header: patch.
 */
#define YMCHAT_VERSION_PATCH 0

/**
 * The ABI of this header: major × 65536 + minor. A library fits if its major is the same and
 * its minor is not less; the major is that of the soname.
 */
#define YMCHAT_ABI_VERSION 1

/**
 * A client. Opaque: what the pointer holds is no address, and must not be looked at.
 */
typedef struct ymchat_client ymchat_client;

/**
 * How a call ended: one of the YMCHAT_… numbers below. They are pinned for ever.
 */
typedef int32_t ymchat_status;

/**
 * Success; *out_json is the result.
 */
#define YMCHAT_OK 0

/**
 * An argument, an option or the configuration is wrong. Nothing was sent.
 */
#define YMCHAT_INVALID_ARGUMENT 1

/**
 * HTTP 401: no credential, or a malformed or revoked one.
 */
#define YMCHAT_UNAUTHORIZED 2

/**
 * HTTP 403: the credential does not open this cabinet or this operation.
 */
#define YMCHAT_FORBIDDEN 3

/**
 * HTTP 404: no such chat or message.
 */
#define YMCHAT_NOT_FOUND 4

/**
 * Another 4xx, or an answer that says ERROR: the service refused the request.
 */
#define YMCHAT_BAD_REQUEST 5

/**
 * A limit is used up. Wait "retryAfterMs", then call again.
 */
#define YMCHAT_RATE_LIMITED 6

/**
 * HTTP 5xx: the service failed. Call again later.
 */
#define YMCHAT_SERVER 7

/**
 * No connection, or it broke.
 */
#define YMCHAT_NETWORK 8

/**
 * No answer in time.
 */
#define YMCHAT_TIMEOUT 9

/**
 * A send that may or may not have arrived: look into the chat before it is sent again.
 */
#define YMCHAT_OUTCOME_UNKNOWN 10

/**
 * The answer is not what the API promises.
 */
#define YMCHAT_PROTOCOL 11

/**
 * The call was cancelled by ymchat_client_cancel or ymchat_client_free.
 */
#define YMCHAT_CANCELLED 12

/**
 * The message check refused the text.
 */
#define YMCHAT_REJECTED 13

/**
 * A defect of this library; the message holds what is known of it.
 */
#define YMCHAT_INTERNAL 14

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is loaded, such as "0.1.0".
 *
 * @return A static string; it must not be freed. Never NULL.
 */
const char *ymchat_version(void);

/**
 * The ABI of the library that is loaded; compare it with YMCHAT_ABI_VERSION, as is said there.
 *
 * @return The number.
 */
uint32_t ymchat_abi_version(void);

/**
 * Opens a client. Nothing is sent.
 *
 * Members of the configuration (times in milliseconds):
 * "apiKey" and/or "oauthToken" (one is needed; without a "Bearer " prefix), "businessId" (at
 * least 1), "baseUrl" (https://api.partner.market.yandex.ru), "integration" ("name/version", at
 * most 100 ASCII characters), "connectTimeoutMs" (5000), "attemptTimeoutMs" (15000),
 * "callTimeoutMs" (60000: the whole call with its waits and repeats), "maxAttempts" (4),
 * "maxParallel" (4), "proxy" ("http://host:port", "socks5://host:port", or "environment"),
 * "caFile" (PEM, trusted besides "trust"), "trust" ("bundled" or "system"), "maxResponseBytes"
 * (16777216), "allowInsecureHttp" (false: plain http only to this machine).
 *
 * @param config_json The configuration, a JSON object; an unknown member is an error.
 * @param out_client  Receives the client, to be freed with ymchat_client_free; NULL on failure.
 *                    Must not be NULL.
 * @param out_json    Receives the error document on failure, NULL on success. May be NULL.
 * @return YMCHAT_OK, YMCHAT_INVALID_ARGUMENT or YMCHAT_INTERNAL.
 */
ymchat_status ymchat_client_new(const char *config_json,
                                struct ymchat_client **out_client,
                                char **out_json);

/**
 * Ends a client. Calls that other threads have in it return YMCHAT_CANCELLED, and are waited
 * for: when this function returns, no thread is in the library on behalf of the client. It waits
 * for at most a quarter of a second, but for a look-up of a host name that is under way: the
 * operating system cannot interrupt that.
 *
 * @param client The client. A second time it is YMCHAT_INVALID_ARGUMENT, and nothing happens.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
ymchat_status ymchat_client_free(struct ymchat_client *client);

/**
 * Ends every call that is blocked in the client, from any thread: waits, back-offs, page loops
 * and sockets. They return YMCHAT_CANCELLED within 250 ms. Later calls are not touched.
 *
 * A send that is cancelled after the request had gone out may have arrived: its error document
 * says "outcome": "unknown" then, and "notSent" otherwise.
 *
 * @param client The client.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
ymchat_status ymchat_client_cancel(const struct ymchat_client *client);

/**
 * What the client has done, and what is known of the quotas.
 *
 * Result: {"operations": [{"operation", "attempts", "repeats", "limited" (answers 420), "waits",
 * "waitedMs", "quotaLimit", "quotaRemaining", "quotaResetsInMs"?}], "sends": {"sent",
 * "confirmed", "unknown", "notSent"}}.
 *
 * @param client   The client.
 * @param out_json Receives the result or the error, to be freed with ymchat_string_free. May be
 *                 NULL.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
ymchat_status ymchat_client_stats(const struct ymchat_client *client, char **out_json);

/**
 * Frees a string that this library handed out in an out_json.
 *
 * @param string The string, or NULL. Any other pointer, or a second time, is an error of the
 *               program that cannot be detected.
 */
void ymchat_string_free(char *string);

/**
 * One page of chats (getChats, 5000 requests an hour).
 *
 * Options: "limit" (1 to 20), "pageToken", "orderIds", "contexts" ([{"type": "ORDER" or
 * "RETURN", "id"}]), "contextTypes" (["ORDER", "RETURN", "DIRECT"]), "types" (["CHAT",
 * "ARBITRAGE"]), "statuses" (["NEW", "WAITING_FOR_PARTNER", …]), "callTimeoutMs". Arrays are not
 * empty, and hold nothing twice.
 * Result, as the service sent it: {"chats": […], "paging": {"nextPageToken"?}?}.
 *
 * @param client       The client.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_chats(const struct ymchat_client *client,
                               const char *options_json,
                               char **out_json);

/**
 * A chat (getChat, 1000 requests an hour).
 *
 * Result, as the service sent it: {"chatId", "context", "type", "status", "createdAt",
 * "updatedAt", …}.
 *
 * @param client   The client.
 * @param chat_id  The chat, at least 1.
 * @param out_json Receives the result or the error, to be freed with ymchat_string_free. May be
 *                 NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_chat(const struct ymchat_client *client, int64_t chat_id, char **out_json);

/**
 * One page of a chat's messages (getChatHistory, 10000 requests an hour).
 *
 * Options: "limit" (1 to 100), "pageToken", "messageIdFrom" (at least 1; whether that message is
 * among the result is not documented), "callTimeoutMs".
 * Result, as the service sent it: {"messages": […], "context", "paging": {"nextPageToken"?}?}.
 * The order of the messages is not documented.
 *
 * @param client       The client.
 * @param chat_id      The chat, at least 1.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_chat_history(const struct ymchat_client *client,
                                      int64_t chat_id,
                                      const char *options_json,
                                      char **out_json);

/**
 * A message (getChatMessage, 1000 requests an hour).
 *
 * Result, as the service sent it: {"messageId", "createdAt", "sender", "message"?, "payload"?}.
 *
 * @param client     The client.
 * @param chat_id    The chat, at least 1.
 * @param message_id The message, at least 1.
 * @param out_json   Receives the result or the error, to be freed with ymchat_string_free. May be
 *                   NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_chat_message(const struct ymchat_client *client,
                                      int64_t chat_id,
                                      int64_t message_id,
                                      char **out_json);

/**
 * Sends a text (sendMessageToChat, 1000 requests an hour): once, or not at all, or the status is
 * YMCHAT_OUTCOME_UNKNOWN.
 *
 * Options: "afterMessageId" (the newest message of the chat that you know), "resolve" (true: when
 * the answer is lost, the message is looked for in the history), "resend" (false: send it once
 * more when the history proves that it did not arrive), "returnMessageId" (false: look up the id
 * after a plain success).
 * Result: {"outcome": "sent" or "confirmed" (found in the history), "messageId"?, "attempts"}.
 * An error document says "outcome": "notSent" where it certainly did not arrive, and "unknown"
 * where it may have.
 *
 * @param client       The client.
 * @param chat_id      The chat, at least 1.
 * @param message      The text: 1 to 4096 UTF-16 units, not white space alone.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status.
 */
ymchat_status ymchat_send_message(const struct ymchat_client *client,
                                  int64_t chat_id,
                                  const char *message,
                                  const char *options_json,
                                  char **out_json);

/**
 * Sends a file (sendFileToChat, 1000 requests an hour); otherwise like ymchat_send_message. A
 * lost one is looked for by its name and size.
 *
 * @param client       The client.
 * @param chat_id      The chat, at least 1.
 * @param file_name    The file's name, in any script, without a path.
 * @param data         The file's bytes.
 * @param data_len     How many: 1 to 5242880.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status.
 */
ymchat_status ymchat_send_file(const struct ymchat_client *client,
                               int64_t chat_id,
                               const char *file_name,
                               const uint8_t *data,
                               size_t data_len,
                               const char *options_json,
                               char **out_json);

/**
 * Opens a chat about an order or a return, or finds the one that exists (createChat, 1000
 * requests an hour). It may be repeated safely.
 *
 * Result, as the service sent it: {"chatId"}.
 *
 * @param client       The client.
 * @param context_type "ORDER" or "RETURN"; only a customer can start a DIRECT chat.
 * @param context_id   The order's or the return's id, at least 1.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_create_chat(const struct ymchat_client *client,
                                 const char *context_type,
                                 int64_t context_id,
                                 char **out_json);

/**
 * One page of the shops that the credential opens (getCampaigns, 1000 requests an hour). Works
 * without a "businessId" in the configuration: each shop names its business.
 *
 * Options: "limit" (1 to 100), "pageToken".
 * Result, as the service sent it: {"campaigns": […], "paging": {"nextPageToken"?}?}.
 *
 * @param client       The client.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_campaigns(const struct ymchat_client *client,
                                   const char *options_json,
                                   char **out_json);

/**
 * What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour). Works without a
 * "businessId" in the configuration.
 *
 * Result, as the service sent it: {"apiKey": {"name", "authScopes": […]}}.
 *
 * @param client   The client.
 * @param out_json Receives the result or the error, to be freed with ymchat_string_free. May be
 *                 NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_token_info(const struct ymchat_client *client, char **out_json);

/**
 * All chats, page by page, each once. The whole counts as one call for "callTimeoutMs".
 *
 * Options: those of ymchat_get_chats; "limit" is the size of a page (20).
 * Result: {"chats": […]}, each chat as the service sent it.
 *
 * @param client       The client.
 * @param options_json A JSON object, or NULL; an unknown member is an error.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_all_chats(const struct ymchat_client *client,
                                   const char *options_json,
                                   char **out_json);

/**
 * All messages of a chat that are newer than one, ascending by "messageId", without duplicates
 * and without that one. The whole counts as one call for "callTimeoutMs".
 *
 * Options: "limit" (the size of a page, 1 to 100; default 100), "callTimeoutMs".
 * Result: {"messages": […]}, each message as the service sent it.
 *
 * @param client           The client.
 * @param chat_id          The chat, at least 1.
 * @param after_message_id The newest message that is known already; 0 for all messages.
 * @param options_json     A JSON object, or NULL; an unknown member is an error.
 * @param out_json         Receives the result or the error, to be freed with ymchat_string_free.
 *                         May be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
ymchat_status ymchat_get_messages_since(const struct ymchat_client *client,
                                        int64_t chat_id,
                                        int64_t after_message_id,
                                        const char *options_json,
                                        char **out_json);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* YMCHAT_H */
