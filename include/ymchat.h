/*
 * ymchat: the seller chats of the Yandex Market Partner API, for C and all that can call C.
 *
 * Made by cbindgen from bindings/c/src; do not edit.
 *
 * INTRODUCTION
 *
 * The library reads chats and their histories, sends messages and files, and keeps the service's
 * limits. A call blocks until it has its result: there is no event loop, and no thread that
 * outlives its client. JSON text goes in, JSON text comes out.
 *
 * A whole program, which greets every customer who waits for an answer:
 *
 *     #include <inttypes.h>
 *     #include <stdio.h>
 *     #include "ymchat.h"
 *
 *     static int failed(const char *call, ymchat_status status, char *json)
 *     {
 *         fprintf(stderr, "%s: %s\n%s\n", call, ymchat_status_name(status), json);
 *         ymchat_string_free(json);
 *         return 1;
 *     }
 *
 *     int main(int argc, char **argv)
 *     {
 *         ymchat_client *client = NULL;
 *         ymchat_json *chats = NULL;
 *         char *json = NULL;
 *         size_t count = 0, i;
 *         int failures = 0;
 *         ymchat_status status = ymchat_client_new(argc > 1 ? argv[1] : NULL, &client, &json);
 *         if (status != YMCHAT_OK)
 *             return failed("open", status, json);
 *
 *         status = ymchat_get_all_chats(
 *             client, "{\"statuses\": [\"NEW\", \"WAITING_FOR_PARTNER\"]}", &json);
 *         if (status != YMCHAT_OK) {
 *             ymchat_client_free(client);
 *             return failed("read", status, json);
 *         }
 *         ymchat_json_parse(json, &chats);
 *         ymchat_string_free(json);
 *         ymchat_json_count(chats, "/chats", &count);
 *         for (i = 0; i < count; i++) {
 *             char place[64];
 *             int64_t chat_id;
 *             snprintf(place, sizeof place, "/chats/%lu/chatId", (unsigned long)i);
 *             ymchat_json_int64(chats, place, &chat_id);
 *             status = ymchat_send_message(client, chat_id, "We are on it!", NULL, &json);
 *             if (status != YMCHAT_OK) {
 *                 failures += failed("send", status, json);
 *                 continue;
 *             }
 *             printf("%" PRId64 ": %s\n", chat_id, json);
 *             ymchat_string_free(json);
 *         }
 *         ymchat_json_free(chats);
 *         ymchat_client_free(client);
 *         return failures > 0;
 *     }
 *
 * Its argument is the configuration, {"apiKey": "ACMA:...", "businessId": 1003417}.
 *
 * WHAT HOLDS FOR EVERY FUNCTION
 *
 * - Texts are UTF-8 and end with a NUL. Ids are int64_t, at least 1.
 * - The functions that return a ymchat_status return YMCHAT_OK (0), or what went wrong.
 * - client is a client that is open. "const ymchat_client *" says that many threads may use it
 *   at once; all functions may be called from any thread.
 * - options_json is a JSON object, or NULL or "" for none. An unknown member is an error that
 *   names it, and so is one that is given twice. Ids in it are numbers or strings of digits.
 * - *out_json receives a JSON document: the result where the status is YMCHAT_OK, the error
 *   otherwise. It is yours: free it with ymchat_string_free. Pass NULL if you do not want it.
 * - Results are the service's own text, unknown members included; only half of a surrogate pair
 *   in a string is replaced by U+FFFD.
 * - A call blocks at most for "callTimeoutMs", which is a setting, and an option of many calls.
 * - Every pointer may be NULL, every handle stale, every text wrong: the answer is
 *   YMCHAT_INVALID_ARGUMENT. A defect of the library is YMCHAT_INTERNAL, never a crash. The
 *   caller's floating-point state is kept; no signal is raised, and no handler is installed.
 *
 * THE ERROR DOCUMENT
 *
 *     {"status", "name", "message", "operation", "httpStatus"?, "errors"? [{"code", "message"?}],
 *      "retryable", "retryAfterMs"?, "action", "traceId"?, "attempts", "outcome"?, "known"?, "ticket"?}
 *
 * "message" is a sentence for a person: what happened, to which call, and one piece of advice.
 * "action" is the advice for a program: fix_request, check_credentials, grant_access, wait, retry,
 * check_history or contact_support. "errors" are the service's own words. A failed send has
 * "outcome": "notSent" or "unknown". "traceId" is what the Market's support finds the request by.
 * No document ever holds a credential or a part of one.
 *
 * NOTATION
 *
 * In the descriptions of JSON, "name"? may be absent, and [...] stands for an array. What stands
 * in parentheses after an option is its range or its default.
 *
 * BEWARE
 *
 * - U+0000 ends a text in C: a Pascal, C# or 1C string that holds one is sent up to there, without
 *   an error. Refuse it before the call.
 * - Ids may be above 2^53. A reader that keeps numbers as doubles (cJSON, JavaScript) rounds them:
 *   read them with ymchat_json_int64.
 * - Windows programs often hold texts as windows-1251 or UTF-16: convert them to UTF-8 first.
 *
 * CONTENTS
 *
 *  1. Opening and closing a client
 *  2. Which business, and what may the key do?
 *  3. Reading chats
 *  4. What is new
 *  5. Files of messages
 *  6. Notifications
 *  7. Writing to customers
 *  8. While calls are under way
 *  9. The log
 * 10. Versions
 * 11. Reading JSON
 */


#ifndef YMCHAT_H
#define YMCHAT_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header as text; ymchat_version() is that of the library. */
#define YMCHAT_VERSION "0.1.0"

/*
 * How the functions are imported and called. Define YMCHAT_STATIC before this header where a
 * Windows program is linked with the static library.
 */
#if defined(_WIN32)
#  define YMCHAT_CALL __cdecl
#  if defined(YMCHAT_STATIC)
#    define YMCHAT_API
#  else
#    define YMCHAT_API __declspec(dllimport)
#  endif
#else
#  define YMCHAT_CALL
#  define YMCHAT_API
#endif


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
 * The version of this header as one number, for #if: major × 10000 + minor × 100 + patch.
 */
#define YMCHAT_VERSION_NUMBER 100

/**
 * The ABI of this header: major × 65536 + minor. A library fits if its major is the same and
 * its minor is not less; the major is that of the soname.
 *
 * A release that adds functions, options or settings raises the minor; one that changes or takes
 * away what a program may rely on raises the major. The number counts releases: before the first
 * one, which has 1, it stands still. A status is never given another meaning.
 */
#define YMCHAT_ABI_VERSION 1

/**
 * A line of the log: something went wrong that a person should look at.
 */
#define YMCHAT_LOG_ERROR 1

/**
 * A line of the log: a call goes on, but without something that belongs to it.
 */
#define YMCHAT_LOG_WARN 2

/**
 * A line of the log: a wait or a repetition, and why.
 */
#define YMCHAT_LOG_INFO 3

/**
 * A line of the log: a request and its answer.
 */
#define YMCHAT_LOG_DEBUG 4

/**
 * A client. Opaque: what the pointer holds is no address, and must not be looked at.
 */
typedef struct ymchat_client ymchat_client;

/**
 * A parsed JSON document. Opaque, like ymchat_client; it may be read by many threads at once.
 */
typedef struct ymchat_json ymchat_json;

/**
 * How a call ended: one of the YMCHAT_… numbers below. They are pinned for ever.
 */
typedef int32_t ymchat_status;

/**
 * How far a sync has come: chats that were looked at, and new messages that were found. Returns 0
 * to go on; any other number ends the call with YMCHAT_CANCELLED.
 */
typedef int32_t (YMCHAT_CALL *ymchat_sync_progress)(void *user_data, uint64_t chats, uint64_t messages);

/**
 * How far a download has come: bytes that were received, and the length of the file, 0 where it is
 * not known. Returns 0 to go on; any other number ends the call with YMCHAT_CANCELLED.
 */
typedef int32_t (YMCHAT_CALL *ymchat_download_progress)(void *user_data, uint64_t bytes, uint64_t total);

/**
 * Receives a line of the log: its level, and its text in UTF-8, which lives until the function
 * returns.
 */
typedef void (YMCHAT_CALL *ymchat_log_callback)(void *user_data, int32_t level, const char *text);

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
 * HTTP 403: the credential grants no access to this business or this operation.
 */
#define YMCHAT_FORBIDDEN 3

/**
 * HTTP 404: no such chat or message.
 */
#define YMCHAT_NOT_FOUND 4

/**
 * Another 4xx, or an answer that says ERROR: the service rejected the request.
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
 * A send that may or may not have arrived: look into the chat before it is sent again, or send it
 * with the "ticket" of the error document.
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
 * The message check rejected the text.
 */
#define YMCHAT_REJECTED 13

/**
 * A defect of this library; the message holds what is known of it.
 */
#define YMCHAT_INTERNAL 14

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/* ------------------------------------------------------------------------------------------
 * 1. OPENING AND CLOSING A CLIENT
 *
 * A client holds the settings and the connections. Open one when your program starts, and share it:
 * limits, and what is known of sends, belong to the business, whatever number of clients it has.
 * ------------------------------------------------------------------------------------------ */

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
 * (16777216), "fileHosts" (["*.yandex.net", "*.yandex.ru", "*.yandex.com"]: the hosts that
 * ymchat_download_file shows the credentials to), "checkMessages" ("off", or "reject": texts with contacts or links are not sent),
 * "language" ("en" or "ru", of the sentences in error documents),
 * "allowInsecureHttp" (false: plain http only to this machine).
 *
 * @param config_json The configuration, a JSON object; an unknown member is an error.
 * @param out_client  Receives the client, to be freed with ymchat_client_free; NULL on failure.
 *                    Must not be NULL.
 * @param out_json    Receives the error document on failure, NULL on success. May be NULL.
 * @return YMCHAT_OK, YMCHAT_INVALID_ARGUMENT or YMCHAT_INTERNAL.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_client_new(
    const char *config_json, struct ymchat_client **out_client, char **out_json);

/**
 * Ends a client. Calls that other threads have in it return YMCHAT_CANCELLED, and are waited
 * for: when this function returns, no thread is in the library on behalf of the client. It waits
 * for at most a quarter of a second, but for a look-up of a host name that is under way: the
 * operating system cannot interrupt that.
 *
 * A callback of this library cannot end a client that has calls under way, least of all the one that
 * called it: they might wait for each other. It is YMCHAT_INVALID_ARGUMENT, and nothing happens.
 *
 * @param client The client, or NULL, which is nothing. A second time it is
 *               YMCHAT_INVALID_ARGUMENT, and nothing happens.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_client_free(struct ymchat_client *client);

/**
 * Frees a string that this library handed out: an out_json, out_text or out_key.
 *
 * @param string The string, or NULL. Any other pointer, or a second time, is an error of the
 *               program that cannot be detected.
 */
YMCHAT_API void YMCHAT_CALL ymchat_string_free(char *string);

/**
 * The name of a status, such as "NOT_FOUND"; "UNKNOWN" for a number that this version does not
 * know.
 *
 * @return A static string; it must not be freed. Never NULL.
 */
YMCHAT_API const char *YMCHAT_CALL ymchat_status_name(ymchat_status status);

/* ------------------------------------------------------------------------------------------
 * 2. WHICH BUSINESS, AND WHAT MAY THE KEY DO?
 *
 * These two work without a "businessId" in the configuration.
 * ------------------------------------------------------------------------------------------ */

/**
 * One page of the shops that the credential grants access to (getCampaigns, 1000 requests an hour). Works
 * without a "businessId" in the configuration: each shop names its business.
 *
 * Options: "limit" (1 to 100), "pageToken".
 * Result, as the service sent it: {"campaigns": […], "paging": {"nextPageToken"?}?}.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_campaigns(
    const struct ymchat_client *client, const char *options_json, char **out_json);

/**
 * What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour). Works without a
 * "businessId" in the configuration.
 *
 * Result, as the service sent it: {"apiKey": {"name", "authScopes": […]}}.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_token_info(
    const struct ymchat_client *client, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 3. READING CHATS
 *
 * Results are the service's own text. A page of a list names the next one in
 * "paging": {"nextPageToken"}; without it, it was the last. Keep "limit" the same on all pages.
 * ------------------------------------------------------------------------------------------ */

/**
 * One page of chats (getChats, 5000 requests an hour).
 *
 * Options: "limit" (1 to 20), "pageToken", "orderIds", "contexts" ([{"type": "ORDER" or
 * "RETURN", "id"}]), "contextTypes" (["ORDER", "RETURN", "DIRECT"]), "types" (["CHAT",
 * "ARBITRAGE"]), "statuses" (["NEW", "WAITING_FOR_PARTNER", …]), "callTimeoutMs". Arrays are not
 * empty, and hold nothing twice.
 * Result, as the service sent it: {"chats": […], "paging": {"nextPageToken"?}?}.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_chats(
    const struct ymchat_client *client, const char *options_json, char **out_json);

/**
 * All chats, page by page, each once. The whole counts as one call for "callTimeoutMs".
 *
 * Options: those of ymchat_get_chats; "limit" is the size of a page (20); "maxTotalBytes" (67108864:
 * a longer result is YMCHAT_PROTOCOL; read it page by page then).
 * Result: {"chats": […]}, each chat as the service sent it.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_all_chats(
    const struct ymchat_client *client, const char *options_json, char **out_json);

/**
 * A chat (getChat, 1000 requests an hour).
 *
 * Result, as the service sent it: {"chatId", "context", "type", "status", "createdAt",
 * "updatedAt", …}.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_chat(
    const struct ymchat_client *client, int64_t chat_id, char **out_json);

/**
 * One page of a chat's messages (getChatHistory, 10000 requests an hour).
 *
 * Options: "limit" (1 to 100), "pageToken", "messageIdFrom" (at least 1; whether that message is
 * among the result is not documented), "callTimeoutMs".
 * Result, as the service sent it: {"messages": […], "context", "paging": {"nextPageToken"?}?}.
 * The order of the messages is not documented.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_chat_history(
    const struct ymchat_client *client, int64_t chat_id, const char *options_json, char **out_json);

/**
 * All messages of a chat that are newer than one, ascending by "messageId", without duplicates
 * and without that one. The whole counts as one call for "callTimeoutMs".
 *
 * Options: "limit" (the size of a page, 1 to 100; default 100), "callTimeoutMs", "maxTotalBytes"
 * (67108864: a longer result is YMCHAT_PROTOCOL; read it page by page then).
 * Result: {"messages": […]}, each message as the service sent it.
 *
 * @param after_message_id The newest message that is known already; 0 for all messages.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_messages_since(
    const struct ymchat_client *client, int64_t chat_id, int64_t after_message_id,
    const char *options_json, char **out_json);

/**
 * A message (getChatMessage, 1000 requests an hour).
 *
 * Result, as the service sent it: {"messageId", "createdAt", "sender", "message"?, "payload"?}.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_get_chat_message(
    const struct ymchat_client *client, int64_t chat_id, int64_t message_id, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 4. WHAT IS NEW
 *
 * One question for the whole day: what is new since I last looked? Store the token "since" together
 * with what you make of the messages, in one transaction: then each message is processed once, and
 * none is left out, whatever fails, and wherever the program is killed. The same token gives the
 * same messages again (and what has come since, as far as "limit" reaches), the next token none of
 * them. After an error the old token is still the right one.
 * ------------------------------------------------------------------------------------------ */

/**
 * What is new since a token, and the next token.
 *
 * Options: "start" (with what to begin where since is empty: "waiting", everything in chats that
 * wait for an answer; "now"; "all"; or a date such as "2026-11-20T10:00:00+03:00"), "scope"
 * ("waiting": chats that are NEW, WAITING_FOR_PARTNER or WAITING_FOR_ARBITER, which bring all that
 * they have new; or "all"), "types" (CHAT, ARBITRAGE), "contextTypes" (ORDER, RETURN, DIRECT),
 * "limit" (500: messages in the result, 1 to 100000), "chatIds" (look at these chats only, such as
 * a notification names: one request for one new message), "waitMs" (0: how long to wait until
 * something is there), "callTimeoutMs" (for each look; a call lasts as long as both together).
 * Result: {"since", "chats": [{"chat", "messages"}], "more"}: chats and messages as the service
 * sent them, the messages ascending by "messageId". "more" says that there is more to fetch at
 * once. With "chatIds", a chat is what its history says of it.
 *
 * @param since The token of the result before this one; NULL or "" at first. It is ASCII, at most
 *              64 KiB, and belongs to one business, "scope", "types" and "contextTypes".
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_sync(
    const struct ymchat_client *client, const char *since, const char *options_json,
    char **out_json);

/**
 * The same as ymchat_sync, telling how far it has come: for the first look at many chats.
 *
 * @param progress  Is called now and then, on the calling thread, between requests. It cannot free
 *                  the client (YMCHAT_INVALID_ARGUMENT, and nothing happens). NULL for none.
 * @param user_data Is handed to progress; may be NULL.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_sync_with_progress(
    const struct ymchat_client *client, const char *since, const char *options_json,
    ymchat_sync_progress progress, void *user_data, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 5. FILES OF MESSAGES
 *
 * A message names its files in "payload": [{"name", "url", "size"}].
 * ------------------------------------------------------------------------------------------ */

/**
 * Brings a file to a path.
 *
 * The file is received beside the path, under a name of its own (.ymchat-….part), and gets its name
 * only when it is whole and safe on the disk. Whatever fails, the path is as it was. Choose the path
 * yourself: the name in a message is what the other side has written.
 *
 * Credentials are shown to the service's hosts alone ("fileHosts" of the configuration, and the
 * address of "baseUrl"), over https, the Api-Key first, and the OAuth token where that one is
 * refused. Each redirect is judged anew. A foreign host is refused, unless "allowHosts" names it; it
 * is shown nothing. Network faults and failures of the server are repeated, from the file's
 * beginning. No quota counts downloads.
 *
 * Options: "overwrite" (false: a file that is there is an error), "maxBytes" (52428800: a longer file
 * is YMCHAT_PROTOCOL), "allowHosts" ([]: foreign hosts that may be asked, without credentials, such
 * as "cdn.example.org"), "callTimeoutMs" ("attemptTimeoutMs" of the configuration is how long nothing
 * may come).
 * Result: {"path", "bytes", "contentType"?}. The path is that of the call; the type is what the
 * server says.
 * YMCHAT_INVALID_ARGUMENT is also a path that exists, and one that cannot be written.
 *
 * @param url  The address of the file, as the message gives it.
 * @param path Where it is to be, in a directory that exists; UTF-8 on each system.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_download_file(
    const struct ymchat_client *client, const char *url, const char *path, const char *options_json,
    char **out_json);

/**
 * The same as ymchat_download_file, telling how far it has come.
 *
 * @param progress  Is called for each part that is written, on the calling thread. It cannot free
 *                  the client (YMCHAT_INVALID_ARGUMENT, and nothing happens). NULL for none.
 * @param user_data Is handed to progress; may be NULL.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_download_file_with_progress(
    const struct ymchat_client *client, const char *url, const char *path, const char *options_json,
    ymchat_download_progress progress, void *user_data, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 6. NOTIFICATIONS
 *
 * The Market calls a shop's HTTPS address when something happens: then one look at one chat takes the
 * place of asking all day. Your web server takes the request; this function, which needs no client,
 * says what it is and what to answer. Then ymchat_sync with "chatIds" brings the messages.
 * ------------------------------------------------------------------------------------------ */

/**
 * Reads a notification of the Market, and makes the answer to it.
 *
 * Whatever comes from outside is YMCHAT_OK: a body that is no notification, or is longer than 64
 * KiB, is to be answered with HTTP 400, and a notification from a foreign address with 403. Answer
 * within 10 seconds (a PING within 1), as application/json; otherwise the Market sends it again. Where
 * you could not store what you were told, answer 500, and it will come again. The same event may come
 * several times, and from two connections at once: "key" is the same then.
 *
 * Options: "name" ("ymchat") and "version" (this library's) of your program, for the answer, 1 to
 * 100 characters each; "remoteAddress" (where the request came from, IPv4 or IPv6, with a port or
 * without: other addresses than the Market's are refused then), "allowFrom" (networks and addresses
 * in place of the Market's, ["10.0.0.0/8", "2001:db8::1"]).
 * Result: {"accepted", "type", "businessId"?, "chatId"?, "messageId"?, "key", "notification",
 * "reply": {"httpStatus", "body"}}. "type" is PING, CHAT_CREATED, CHAT_MESSAGE_SENT,
 * CHAT_ARBITRAGE_STARTED, CHAT_ARBITRAGE_FINISHED, or another one, which is about other things than
 * chats and is accepted, too. "key" is at most 200 characters of ASCII. "notification" is what was
 * sent. Of a refused request, "type" and "key" are empty and "notification" is null.
 *
 * @param body         The body of the HTTP request; it needs no NUL at its end. NULL where body_len
 *                     is 0.
 * @param body_len     Its length in bytes.
 * @param options_json The options, or NULL.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May be
 *                     NULL.
 * @return YMCHAT_OK, or YMCHAT_INVALID_ARGUMENT where an option or a pointer is wrong.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_parse_notification(
    const void *body, size_t body_len, const char *options_json, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 7. WRITING TO CUSTOMERS
 *
 * A send arrives once, or not at all, or its status is YMCHAT_OUTCOME_UNKNOWN: its answer was lost,
 * and the chat's history does not tell. Then look into the chat before you send it again. The error
 * document of every other failed send says "outcome": "notSent".
 * ------------------------------------------------------------------------------------------ */

/**
 * Sends a text (sendMessageToChat, 1000 requests an hour): once, or not at all, or the status is
 * YMCHAT_OUTCOME_UNKNOWN.
 *
 * Options: "afterMessageId" (the newest message of the chat that you know), "resolve" (true: when
 * the answer is lost, the message is looked for in the history), "resend" (send it again, as often
 * as the call's time allows, when the history proves that it did not arrive; the proof takes 11
 * seconds, and a message of the chat that was known before; true: the chat is read first where
 * none is; false: never; left out: where one was known anyway), "returnMessageId" (false: look up
 * the id after a plain success), "ticket" (of ymchat_prepare_send, or of an error),
 * "callTimeoutMs" (for this call instead of the client's).
 * Result: {"outcome": "sent" or "confirmed" (found in the history), "messageId"?, "attempts"}.
 * An error document says "outcome": "notSent" where it certainly did not arrive, and "unknown"
 * where it may have; that one holds a "ticket" to go on with.
 *
 * @param message      The text: 1 to 4096 UTF-16 units, not white space alone.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_send_message(
    const struct ymchat_client *client, int64_t chat_id, const char *message,
    const char *options_json, char **out_json);

/**
 * Sends a file (sendFileToChat, 1000 requests an hour); otherwise like ymchat_send_message. A
 * lost one is looked for by its name and size.
 *
 * @param file_name    The file's name, in any script, without a path.
 * @param data         The file's bytes.
 * @param data_len     How many: 1 to 5242880.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_send_file(
    const struct ymchat_client *client, int64_t chat_id, const char *file_name, const uint8_t *data,
    size_t data_len, const char *options_json, char **out_json);

/**
 * Prepares a send: gives a ticket, to be stored with your own document before the send. A send
 * with the option "ticket" arrives once, however often and by whichever process it is tried, also
 * after a crash: the history is looked at first, unless this process knows that the ticket was
 * never used. Reads the chat.
 *
 * A ticket is a text of at most 512 ASCII characters, for one content in one chat. Prepare it when
 * the sends before it in this chat are settled: what the shop writes after the preparation, and
 * this process has not sent, may be taken for it where it is equal, and leaves the outcome unclear
 * where it is not. Let one program use it at a time: two that do so in the same moment may both
 * send.
 *
 * Result: {"ticket"}.
 *
 * @param client       The client.
 * @param chat_id      The chat, at least 1.
 * @param content_json {"message"}, or {"fileName", "fileSize"} with the size in bytes.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
 *                     be NULL.
 * @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_prepare_send(
    const struct ymchat_client *client, int64_t chat_id, const char *content_json, char **out_json);

/**
 * Opens a chat about an order or a return, or finds the one that exists (createChat, 1000
 * requests an hour). It may be repeated safely.
 *
 * Result, as the service sent it: {"chatId"}.
 *
 * @param context_type "ORDER" or "RETURN"; only a customer can start a DIRECT chat.
 * @param context_id   The order's or the return's id, at least 1.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_create_chat(
    const struct ymchat_client *client, const char *context_type, int64_t context_id,
    char **out_json);

/**
 * Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone
 * numbers and messengers, in Russian and English texts, plain or disguised. Needs no client. The
 * Market reads the correspondence, and hides the goods of a shop that breaks the rules.
 *
 * The check is advisory: it sees neither all contacts nor contacts alone. Numbers of orders and
 * parcels, prices, dates, sizes, names of models and addresses of Yandex are none to it. With
 * "checkMessages": "reject" in the configuration, a text with findings is not sent, and the status is
 * YMCHAT_REJECTED.
 *
 * Options: "kinds" (what to look for, some of "link", "email", "phone", "messenger"; all of them),
 * "allowHosts" (host names to which links are allowed, ["cdek.ru"]; with the hosts below them).
 * Result: {"ok", "findings": [{"kind", "start", "length", "startUtf8", "lengthUtf8", "text"}]}, in the
 * order of the text. "start" and "length" count UTF-16 units (characters of 1C, C#, Delphi), the other
 * two bytes of UTF-8 (characters of C), all from 0.
 *
 * @param text         The text.
 * @param options_json The options, or NULL.
 * @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May be
 *                     NULL.
 * @return YMCHAT_OK, whatever was found, or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_check_message(
    const char *text, const char *options_json, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 8. WHILE CALLS ARE UNDER WAY
 *
 * These may be called from any thread.
 * ------------------------------------------------------------------------------------------ */

/**
 * Ends every call that is blocked in the client, from any thread: waits, back-offs, page loops
 * and sockets. They return YMCHAT_CANCELLED within 250 ms. Later calls are not touched, except in a
 * scope: see ymchat_client_scope.
 *
 * A send that is cancelled after the request had gone out may have arrived: its error document
 * says "outcome": "unknown" then, and "notSent" otherwise.
 *
 * @param client The client, or a scope.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_client_cancel(const struct ymchat_client *client);

/**
 * Makes a scope: another handle of the same client, for calls that are to be stopped together,
 * such as those of one thread or one job. It costs next to nothing, and serves wherever a client
 * does; settings, connections, limits and statistics are those of the client.
 *
 * ymchat_client_cancel of a scope ends its calls and no others, and it is for good: every call
 * that begins in the scope later returns YMCHAT_CANCELLED at once, and sends nothing. So it does
 * not matter whether the cancel comes before the call, during it, or between two calls. To go on,
 * use the client, or make another scope.
 *
 * ymchat_client_cancel of the client ends the calls that are under way in its scopes, too, and
 * ymchat_client_free of the client ends its scopes: their handles are stale then, and need not be
 * freed. A scope of a scope is cancelled and freed with it.
 *
 * @param client    The client, or a scope.
 * @param out_scope Receives the scope, to be freed with ymchat_client_free; NULL on failure. Must
 *                  not be NULL.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_client_scope(
    const struct ymchat_client *client, struct ymchat_client **out_scope);

/**
 * What the client has done, and what is known of the quotas.
 *
 * Result: {"operations": [{"operation", "attempts", "repeats", "limited" (answers 420), "waits",
 * "waitedMs", "quotaLimit", "quotaRemaining", "quotaResetsInMs"?}], "sends": {"sent",
 * "confirmed", "unknown", "notSent"}}.
 *
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_client_stats(
    const struct ymchat_client *client, char **out_json);

/* ------------------------------------------------------------------------------------------
 * 9. THE LOG
 *
 * For the day on which something is slow or refused.
 * ------------------------------------------------------------------------------------------ */

/**
 * Has the library tell what it does: a line for each request (operation, attempt, status, duration,
 * trace id), for each wait and each repetition, and why. No line holds a credential or the text of
 * a message. Without a callback it costs nothing.
 *
 * The callback is that of the process; a later one takes its place. When this function returns, no
 * call of the earlier one is under way, nor will there be one. The callback is called on the
 * thread that makes the request, which may be one of the library's, and on several threads at a
 * time. It must return, throw nothing, and not wait for a thread that calls this function. It may
 * call the library, which then tells nothing about that; this function it may not call
 * (YMCHAT_INVALID_ARGUMENT, and nothing changes). The child of a fork begins without a callback.
 *
 * @param callback  NULL ends it.
 * @param user_data Is handed to the callback; may be NULL.
 * @param level     The least important lines that are wanted: YMCHAT_LOG_ERROR to YMCHAT_LOG_DEBUG.
 *                  Not looked at where callback is NULL.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_set_log_callback(
    ymchat_log_callback callback, void *user_data, int32_t level);

/* ------------------------------------------------------------------------------------------
 * 10. VERSIONS
 *
 * YMCHAT_VERSION_NUMBER is for #if; these functions tell of the library that is loaded.
 * ------------------------------------------------------------------------------------------ */

/**
 * The version of the library that is loaded, such as "0.1.0".
 *
 * @return A static string; it must not be freed. Never NULL.
 */
YMCHAT_API const char *YMCHAT_CALL ymchat_version(void);

/**
 * The ABI of the library that is loaded; compare it with YMCHAT_ABI_VERSION, as is said there.
 *
 * @return The number.
 */
YMCHAT_API uint32_t YMCHAT_CALL ymchat_abi_version(void);

/* ------------------------------------------------------------------------------------------
 * 11. READING JSON
 *
 * For programs without a JSON reader of their own, or with one that keeps numbers as doubles:
 * ids above 2^53 are exact here. A document is parsed once; then its values are read by JSON
 * Pointer (RFC 6901): "" is the whole, "/messages/0/messageId" a member of the first message; "/"
 * in a key is written "~1", and "~" is written "~0".
 *
 * Each reader returns YMCHAT_OK, or YMCHAT_NOT_FOUND where nothing or null stands there, or
 * YMCHAT_INVALID_ARGUMENT: a value of another kind, a wrong pointer, a stale document. Then the
 * place for the value receives 0 or NULL.
 * ------------------------------------------------------------------------------------------ */

/**
 * Parses a text of at most 64 MiB, nested at most 127 levels deep. It is copied.
 *
 * @param text         The text.
 * @param out_document Receives the document, to be freed with ymchat_json_free; NULL on failure.
 * @return YMCHAT_OK, or YMCHAT_INVALID_ARGUMENT where the text is not JSON.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_parse(
    const char *text, struct ymchat_json **out_document);

/**
 * The characters of a string, escapes resolved. A U+0000 in it, which would end it, and half of a
 * surrogate pair become U+FFFD.
 *
 * @param document The document.
 * @param pointer  Where the value stands.
 * @param out_text Receives the text, to be freed with ymchat_string_free.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_text(
    const struct ymchat_json *document, const char *pointer, char **out_text);

/**
 * An integer, exactly. The service gives some ids as strings: those are read, too.
 *
 * @param document   The document.
 * @param pointer    Where the value stands.
 * @param out_number Receives the number.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_int64(
    const struct ymchat_json *document, const char *pointer, int64_t *out_number);

/**
 * True or false.
 *
 * @param document The document.
 * @param pointer  Where the value stands.
 * @param out_flag Receives 1 or 0.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_bool(
    const struct ymchat_json *document, const char *pointer, int32_t *out_flag);

/**
 * How many items an array has, or how many members an object.
 *
 * @param document  The document.
 * @param pointer   Where the array or object stands.
 * @param out_count Receives the number.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_count(
    const struct ymchat_json *document, const char *pointer, size_t *out_count);

/**
 * The key of an object's member, for objects whose keys are not known before.
 *
 * @param document The document.
 * @param pointer  Where the object stands.
 * @param index    Which member, from 0, in the order of the text.
 * @param out_key  Receives the key, to be freed with ymchat_string_free.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_key(
    const struct ymchat_json *document, const char *pointer, size_t index, char **out_key);

/**
 * The value's own JSON, of whatever kind, as it stands in the document; null is "null".
 *
 * @param document The document.
 * @param pointer  Where the value stands.
 * @param out_text Receives the text, to be freed with ymchat_string_free.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_raw(
    const struct ymchat_json *document, const char *pointer, char **out_text);

/**
 * Frees a document. What was read from it stays.
 *
 * @param document The document, or NULL. A second time it is YMCHAT_INVALID_ARGUMENT, and nothing
 *                 happens.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_free(struct ymchat_json *document);

/**
 * A text as a JSON string, with its quotation marks, for options and contents that are written by
 * hand.
 *
 * @param text     The text.
 * @param out_text Receives the JSON string, to be freed with ymchat_string_free; NULL on failure.
 * @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
 */
YMCHAT_API ymchat_status YMCHAT_CALL ymchat_json_quote(const char *text, char **out_text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* YMCHAT_H */
