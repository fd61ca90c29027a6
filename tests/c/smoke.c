/* Each function once, as it is meant to be used. */
#ifdef _WIN32
#include <windows.h>
#endif

#include "check.h"

#if YMCHAT_VERSION_NUMBER < 100
#error "the version can be compared"
#endif

static int64_t id_in(const char *json, const char *pointer)
{
    ymchat_json *document = NULL;
    int64_t id = 0;
    CHECK_IN(ymchat_json_parse(json, &document) == YMCHAT_OK, json);
    CHECK_IN(ymchat_json_int64(document, pointer, &id) == YMCHAT_OK && id >= 1, json);
    CHECK(ymchat_json_free(document) == YMCHAT_OK);
    return id;
}

/* A string of the library that must be this one. */
static void is_text(ymchat_status status, char *text, const char *expected)
{
    CHECK_IN(status == YMCHAT_OK, expected);
    CHECK_IN(strcmp(text, expected) == 0, text);
    ymchat_string_free(text);
}

static void json_is_read(void)
{
    const char *json = " {\"a\" : [1, {\"b\": \"]}\\\"\"}, null],\"t\":\"\\u0416\\ud83d\\ude00\\n\\ud83d\\u0000\","
                       "\"n\":null, \"big\":9007199254740993,\"id\":\"9007199254740995\",\"/~\":true}";
    ymchat_json *document = NULL;
    char *text = NULL;
    int64_t number = 0;
    int32_t flag = 0;
    size_t count = 0;
    ymchat_status status;
    CHECK(ymchat_json_parse(json, &document) == YMCHAT_OK);
    status = ymchat_json_text(document, "/t", &text);
    is_text(status, text, "\xd0\x96\xf0\x9f\x98\x80\n\xef\xbf\xbd\xef\xbf\xbd");
    status = ymchat_json_text(document, "/a/1/b", &text);
    is_text(status, text, "]}\"");
    status = ymchat_json_raw(document, "/a/1", &text);
    is_text(status, text, "{\"b\": \"]}\\\"\"}");
    status = ymchat_json_raw(document, "/n", &text);
    is_text(status, text, "null");
    status = ymchat_json_key(document, "", 1, &text);
    is_text(status, text, "t");
    CHECK(ymchat_json_int64(document, "/big", &number) == YMCHAT_OK && number == 9007199254740993);
    CHECK(ymchat_json_int64(document, "/id", &number) == YMCHAT_OK && number == 9007199254740995);
    CHECK(ymchat_json_bool(document, "/~1~0", &flag) == YMCHAT_OK && flag == 1);
    CHECK(ymchat_json_count(document, "/a", &count) == YMCHAT_OK && count == 3);
    CHECK(ymchat_json_count(document, "", &count) == YMCHAT_OK && count == 6);
    CHECK(ymchat_json_free(document) == YMCHAT_OK);
    status = ymchat_json_quote("Размер 5\" и \\\n", &text);
    is_text(status, text, "\"Размер 5\\\" и \\\\\\n\"");
}

/* How often it was called, and when it is to end the call. */
struct progress {
    int calls, end_at;
    uint64_t chats;
    ymchat_client *client;
};

static int32_t YMCHAT_CALL count(void *user_data, uint64_t chats, uint64_t messages)
{
    struct progress *progress = (struct progress *)user_data;
    CHECK(chats >= progress->chats && messages < 1000);
    /* It would wait for the call that calls this. */
    CHECK(ymchat_client_free(progress->client) == YMCHAT_INVALID_ARGUMENT);
    progress->chats = chats;
    progress->calls++;
    return progress->calls == progress->end_at;
}

/* What is new comes once: with the next token there is nothing. */
static void sync_brings_what_is_new(ymchat_client *client)
{
    struct progress told = {0, 0, 0, client}, ended = {0, 2, 0, client};
    const char *all = "{\"start\": \"all\", \"scope\": \"all\", \"limit\": 10000}";
    ymchat_json *document = NULL;
    char *json = NULL, *since = NULL;
    size_t chats = 0;
    int more = 1;
    ymchat_status status = ymchat_sync_with_progress(client, NULL, all, count, &told, &json);
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK(ymchat_json_parse(json, &document) == YMCHAT_OK);
    CHECK(ymchat_json_text(document, "/since", &since) == YMCHAT_OK);
    CHECK(ymchat_json_bool(document, "/more", &more) == YMCHAT_OK && more == 0);
    CHECK(ymchat_json_count(document, "/chats", &chats) == YMCHAT_OK && chats > 10);
    CHECK(told.calls > 2 && told.chats >= chats);
    ymchat_json_free(document);
    ymchat_string_free(json);
    GIVES("\"chats\":[]", ymchat_sync(client, since, all, out));
    GIVES("\"chats\":[]", ymchat_sync_with_progress(client, since, all, NULL, NULL, out));
    ymchat_string_free(since);

    status = ymchat_sync_with_progress(client, "", all, count, &ended, &json);
    CHECK_IN(status == YMCHAT_CANCELLED, json);
    CHECK(ended.calls == 2);
    ymchat_string_free(json);
}

/* What the log told, and with which client it is to be called from within. */
struct log {
    int lines, refused, requests;
    ymchat_client *client;
};

static void YMCHAT_CALL keep(void *user_data, int32_t level, const char *text)
{
    struct log *log = (struct log *)user_data;
    CHECK(level >= YMCHAT_LOG_ERROR && level <= YMCHAT_LOG_DEBUG);
    CHECK(strstr(text, getenv("YMCHAT_API_KEY")) == NULL);
    log->lines++;
    log->requests += strstr(text, "getChats: attempt 1, OK (HTTP 200), ") == text && strstr(text, ", trace ") != NULL;
    /* The library may be called, and tells nothing about it; the callback may not be changed. */
    CHECK(ymchat_get_token_info(log->client, NULL) == YMCHAT_OK);
    log->refused += ymchat_set_log_callback(NULL, NULL, 0) == YMCHAT_INVALID_ARGUMENT;
    /* The client that tells of a request cannot be ended before it. */
    CHECK(ymchat_client_free(log->client) == YMCHAT_INVALID_ARGUMENT);
}

static void the_log_tells_of_requests(ymchat_client *client)
{
    struct log log = {0, 0, 0, NULL}, none = {0, 0, 0, NULL};
    log.client = none.client = client;
    CHECK(ymchat_set_log_callback(keep, &log, YMCHAT_LOG_DEBUG) == YMCHAT_OK);
    CHECK(ymchat_get_chats(client, NULL, NULL) == YMCHAT_OK);
    CHECK(log.lines == 1 && log.requests == 1 && log.refused == 1);
    /* Another one takes its place, and hears of waits and repetitions alone. */
    CHECK(ymchat_set_log_callback(keep, &none, YMCHAT_LOG_INFO) == YMCHAT_OK);
    CHECK(ymchat_get_chats(client, NULL, NULL) == YMCHAT_OK);
    CHECK(ymchat_set_log_callback(NULL, NULL, 0) == YMCHAT_OK);
    CHECK(ymchat_get_chats(client, NULL, NULL) == YMCHAT_OK);
    CHECK(log.lines == 1 && none.lines == 0);
}

static int32_t YMCHAT_CALL received(void *user_data, uint64_t bytes, uint64_t total)
{
    struct progress *progress = (struct progress *)user_data;
    CHECK(bytes > 0 && bytes <= total);
    CHECK(ymchat_client_free(progress->client) == YMCHAT_INVALID_ARGUMENT);
    progress->calls++;
    return progress->calls == progress->end_at;
}

/* The C library of Windows takes names in the code page of the machine, the library in UTF-8. */
#ifdef _WIN32
static const wchar_t *wide(const char *name)
{
    static wchar_t text[300];
    CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, text, 300) > 0);
    return text;
}

static FILE *open_named_in_utf8(const char *name)
{
    return _wfopen(wide(name), L"rb");
}

static int remove_named_in_utf8(const char *name)
{
    return _wremove(wide(name));
}
#else
static FILE *open_named_in_utf8(const char *name)
{
    return fopen(name, "rb");
}

static int remove_named_in_utf8(const char *name)
{
    return remove(name);
}
#endif

/* The files of a chat come to a path of the caller's, whole or not at all. */
static void files_are_brought(ymchat_client *client)
{
    struct progress told = {0, 0, 0, client}, ended = {0, 1, 0, client};
    ymchat_json *document = NULL;
    char *json = NULL, *url = NULL;
    char path[300];
    FILE *file;
    ymchat_status status = ymchat_get_all_chats(client, NULL, &json);
    int64_t chat = 0;
    size_t count = 0, i;
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK(ymchat_json_parse(json, &document) == YMCHAT_OK);
    CHECK(ymchat_json_count(document, "/chats", &count) == YMCHAT_OK);
    for (i = 0; i < count && url == NULL; i++) {
        char pointer[64], *messages = NULL;
        ymchat_json *history = NULL;
        size_t found = 0, at;
        snprintf(pointer, sizeof pointer, "/chats/%u/chatId", (unsigned)i);
        CHECK(ymchat_json_int64(document, pointer, &chat) == YMCHAT_OK);
        CHECK(ymchat_get_messages_since(client, chat, 0, NULL, &messages) == YMCHAT_OK);
        CHECK(ymchat_json_parse(messages, &history) == YMCHAT_OK);
        CHECK(ymchat_json_count(history, "/messages", &found) == YMCHAT_OK);
        for (at = 0; at < found && url == NULL; at++) {
            snprintf(pointer, sizeof pointer, "/messages/%u/payload/0/url", (unsigned)at);
            if (ymchat_json_text(history, pointer, &url) != YMCHAT_OK)
                url = NULL;
        }
        ymchat_json_free(history);
        ymchat_string_free(messages);
    }
    ymchat_json_free(document);
    ymchat_string_free(json);
    CHECK(url != NULL);

    snprintf(path, sizeof path, "%s/\xd1\x87\xd0\xb5\xd0\xba-%ld.png", getenv("YMCHAT_FOLDER") ? getenv("YMCHAT_FOLDER") : ".", (long)chat);
    GIVES("\"bytes\":", ymchat_download_file(client, url, path, NULL, out));
    file = open_named_in_utf8(path);
    CHECK(file != NULL && fgetc(file) == 0x89);
    fclose(file);
    CHECK(ymchat_download_file(client, url, path, NULL, NULL) == YMCHAT_INVALID_ARGUMENT);
    GIVES("\"contentType\":", ymchat_download_file_with_progress(client, url, path, "{\"overwrite\": true}", received,
                                                               &told, out));
    CHECK(told.calls > 0 && remove_named_in_utf8(path) == 0);
    CHECK(ymchat_download_file_with_progress(client, url, path, NULL, received, &ended, NULL) == YMCHAT_CANCELLED);
    CHECK(ended.calls == 1 && remove_named_in_utf8(path) != 0);
    ymchat_string_free(url);
}

/* An empty string of Pascal is a pointer to "", and means the same as NULL. */
static void empty_options_are_none(ymchat_client *client, int64_t chat)
{
    static const uint8_t file[] = {1, 2, 3};
    GIVES("\"campaigns\"", ymchat_get_campaigns(client, "", out));
    GIVES("\"chats\"", ymchat_get_chats(client, "", out));
    GIVES("\"chats\"", ymchat_get_all_chats(client, "", out));
    GIVES("\"messages\"", ymchat_get_chat_history(client, chat, "", out));
    GIVES("\"messages\"", ymchat_get_messages_since(client, chat, 0, "", out));
    GIVES("\"outcome\"", ymchat_send_message(client, chat, "x", "", out));
    GIVES("\"outcome\"", ymchat_send_file(client, chat, "x", file, sizeof file, "", out));
}

int main(void)
{
    const char *text = "Добрый день, \"Анна\"! 🫖";
    static const uint8_t file[] = {'%', 'P', 'D', 'F', 0, 255};
    ymchat_client *client;
    char *json = NULL;
    /* The ticket's own document is the options of the send. */
    char options[600];
    int64_t chat, message;
    ymchat_status status;

    json_is_read();
    CHECK(strcmp(ymchat_status_name(YMCHAT_OUTCOME_UNKNOWN), "OUTCOME_UNKNOWN") == 0);
    CHECK(strcmp(ymchat_status_name(99), "UNKNOWN") == 0);
    CHECK_IN(strcmp(ymchat_version(), YMCHAT_VERSION) == 0, ymchat_version());
    CHECK(ymchat_abi_version() == YMCHAT_ABI_VERSION);

    client = open_client();
    GIVES("\"authScopes\"", ymchat_get_token_info(client, out));
    GIVES("\"campaigns\"", ymchat_get_campaigns(client, "{\"limit\": 1}", out));

    status = ymchat_get_chats(client, "{\"limit\": 1}", &json);
    CHECK_IN(status == YMCHAT_OK, json);
    chat = id_in(json, "/chats/0/chatId");
    expect_ok(YMCHAT_OK, json, "\"nextPageToken\"");
    GIVES("\"status\"", ymchat_get_chat(client, chat, out));
    GIVES("\"chats\"", ymchat_get_all_chats(client, NULL, out));
    GIVES("\"messages\"", ymchat_get_chat_history(client, chat, NULL, out));
    empty_options_are_none(client, chat);
    sync_brings_what_is_new(client);
    files_are_brought(client);
    the_log_tells_of_requests(client);

    status = ymchat_send_message(client, chat, text, "{\"returnMessageId\": true}", &json);
    CHECK_IN(status == YMCHAT_OK, json);
    message = id_in(json, "/messageId");
    expect_ok(YMCHAT_OK, json, "\"outcome\":\"sent\"");
    GIVES("\"PARTNER\"", ymchat_get_chat_message(client, chat, message, out));
    GIVES("\"outcome\":\"sent\"", ymchat_send_file(client, chat, "чек № 1.pdf", file, sizeof file, NULL, out));
    GIVES("чек № 1.pdf", ymchat_get_messages_since(client, chat, message, NULL, out));

    status = ymchat_prepare_send(client, chat, "{\"message\": \"\\u0414\\u0430\"}", &json);
    CHECK_IN(status == YMCHAT_OK, json);
    snprintf(options, sizeof options, "%s", json);
    ymchat_string_free(json);
    GIVES("\"outcome\":\"sent\"", ymchat_send_message(client, chat, "Да", options, out));
    GIVES("\"outcome\":\"confirmed\"", ymchat_send_message(client, chat, "Да", options, out));
    CHECK(ymchat_send_message(client, chat, "Нет", options, &json) == YMCHAT_INVALID_ARGUMENT);
    CHECK_IN(strstr(json, "another text") != NULL, json);
    ymchat_string_free(json);

    status = ymchat_create_chat(client, "ORDER", 52310447118, &json);
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK_IN(id_in(json, "/chatId") == chat, json);
    ymchat_string_free(json);

    GIVES("\"operations\"", ymchat_client_stats(client, out));
    CHECK(ymchat_client_cancel(client) == YMCHAT_OK);
    /* Calls that come after it are not touched; the document may be left alone. */
    CHECK(ymchat_get_chat(client, chat, NULL) == YMCHAT_OK);

    /* Each error is a document of its own kind. */
    CHECK(ymchat_get_chat(client, 1, &json) == YMCHAT_NOT_FOUND);
    CHECK_IN(strstr(json, "\"httpStatus\":404") != NULL && strstr(json, "\"traceId\"") != NULL, json);
    ymchat_string_free(json);
    ymchat_string_free(NULL);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    puts("smoke: done");
    return 0;
}
