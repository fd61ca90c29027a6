/* Everything that a caller can do wrong and still be answered: INVALID_ARGUMENT, with the name. */
#include "check.h"

static int calls;

/* Every failed send says what became of it, refused arguments included. */
static int says_outcome(const char *call, const char *json)
{
    int is_send = strncmp(call, "ymchat_send_", strlen("ymchat_send_")) == 0;
    return (strstr(json, "\"outcome\":\"notSent\"") != NULL) == is_send;
}

/* The operation of the document: the API's name, or the function's without its prefix. */
static int says_operation(const char *call, const char *json)
{
    static const struct {
        const char *function, *operation;
    } names[] = {
        {"ymchat_client_new", "client_new"},
        {"ymchat_client_stats", "client_stats"},
        {"ymchat_get_chats", "getChats"},
        {"ymchat_get_all_chats", "getChats"},
        {"ymchat_get_chat_history", "getChatHistory"},
        {"ymchat_get_messages_since", "getChatHistory"},
        {"ymchat_get_chat_message", "getChatMessage"},
        {"ymchat_get_chat", "getChat"},
        {"ymchat_send_message", "sendMessageToChat"},
        {"ymchat_send_file", "sendFileToChat"},
        {"ymchat_prepare_send", "prepare_send"},
        {"ymchat_create_chat", "createChat"},
        {"ymchat_sync", "sync"},
        {"ymchat_download_file", "download_file"},
        {"ymchat_download_file_with_progress", "download_file"},
        {"ymchat_sync_with_progress", "sync"},
        {"ymchat_parse_notification", "parse_notification"},
        {"ymchat_check_message", "check_message"},
        {"ymchat_get_campaigns", "getCampaigns"},
        {"ymchat_get_token_info", "getAuthTokenInfo"},
    };
    size_t i, length = strcspn(call, "(");
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (length == strlen(names[i].function) && strncmp(call, names[i].function, length) == 0) {
            char expected[80];
            sprintf(expected, "\"operation\":\"%s\"", names[i].operation);
            return strstr(json, expected) != NULL;
        }
    return 0;
}

/* The answer to a misuse names the argument, in a document that says so. */
#define REFUSED(argument, call)                                                                    \
    do {                                                                                           \
        char *json = NULL;                                                                         \
        char **out = &json;                                                                        \
        ymchat_status status = call;                                                               \
        calls++;                                                                                   \
        CHECK_IN(status == YMCHAT_INVALID_ARGUMENT, json != NULL ? json : argument);               \
        CHECK_IN(json != NULL && strstr(json, "\"name\":\"INVALID_ARGUMENT\"") != NULL, json);     \
        CHECK_IN(strstr(json, argument) != NULL, json);                                            \
        CHECK_IN(strstr(json, "\"action\":\"fix_request\"") != NULL, json);                        \
        CHECK_IN(says_operation(#call, json), json);                                               \
        CHECK_IN(says_outcome(#call, json), json);                                                 \
        ymchat_string_free(json);                                                                  \
        out = NULL;                                                                                \
        CHECK_IN((call) == YMCHAT_INVALID_ARGUMENT, "without out_json: " #call);                   \
    } while (0)

static const char BAD[] = "\xc0\xe9"; /* windows-1251 */
static void YMCHAT_CALL no_log(void *user_data, int32_t level, const char *text)
{
    CHECK(user_data == NULL && level == 0 && text == NULL);
}

static const char URL[] = "https://files.yandex.net/x";
static const uint8_t DATA[] = {1, 2, 3};

/* Never reached: nothing is sent. */
static int32_t YMCHAT_CALL no_progress(void *user_data, uint64_t chats, uint64_t messages)
{
    CHECK(user_data == NULL && chats == 0 && messages == 0);
    return 0;
}

/* A handle that is none, in each function that takes one. */
static void no_client(ymchat_client *client)
{
    ymchat_client *scope = client;
    REFUSED("client", ymchat_client_stats(client, out));
    REFUSED("client", ymchat_get_chats(client, NULL, out));
    REFUSED("client", ymchat_get_chat(client, 1, out));
    REFUSED("client", ymchat_get_chat_history(client, 1, NULL, out));
    REFUSED("client", ymchat_get_chat_message(client, 1, 1, out));
    REFUSED("client", ymchat_send_message(client, 1, "x", NULL, out));
    REFUSED("client", ymchat_send_file(client, 1, "x", DATA, sizeof DATA, NULL, out));
    REFUSED("client", ymchat_prepare_send(client, 1, "{\"message\": \"x\"}", out));
    REFUSED("client", ymchat_create_chat(client, "ORDER", 1, out));
    REFUSED("client", ymchat_get_campaigns(client, NULL, out));
    REFUSED("client", ymchat_get_token_info(client, out));
    REFUSED("client", ymchat_get_all_chats(client, NULL, out));
    REFUSED("client", ymchat_get_messages_since(client, 1, 0, NULL, out));
    REFUSED("client", ymchat_sync(client, NULL, NULL, out));
    REFUSED("client", ymchat_sync_with_progress(client, "", NULL, no_progress, NULL, out));
    REFUSED("client", ymchat_download_file(client, URL, "f", NULL, out));
    REFUSED("client", ymchat_download_file_with_progress(client, URL, "f", NULL, no_progress, NULL, out));
    CHECK(ymchat_client_cancel(client) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_client_scope(client, NULL) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_client_scope(client, &scope) == YMCHAT_INVALID_ARGUMENT && scope == NULL);
    /* Freeing nothing is nothing. */
    CHECK(ymchat_client_free(client) == (client == NULL ? YMCHAT_OK : YMCHAT_INVALID_ARGUMENT));
    calls += 4;
}

static void wrong_configurations(void)
{
    static const struct {
        const char *config, *names;
    } wrong[] = {
        {NULL, "config_json is NULL"},
        {BAD, "config_json is not UTF-8"},
        {"", "configuration"},
        {"[]", "configuration"},
        {"{\"apiKey\": \"k\"", "configuration"},
        {"{}", "apiKey"},
        {"{\"apiKey\": \"k\", \"businesId\": 1}", "businesId"},
        {"{\"apiKey\": \"k\", \"businessId\": 0}", "businessId"},
        {"{\"apiKey\": \"k\", \"businessId\": \"one\"}", "businessId"},
        {"{\"apiKey\": \"k\", \"apiKey\": \"k\"}", "apiKey\\\" twice"},
        {"{\"apiKey\": \"k\\n\", \"businessId\": 1}", "apiKey"},
        {"{\"apiKey\": \"Bearer k\", \"businessId\": 1}", "bearer"},
        {"{\"apiKey\": \"k\", \"baseUrl\": \"http://example.org\"}", "baseUrl"},
        {"{\"apiKey\": \"k\", \"baseUrl\": \"https://u:p@example.org\"}", "baseUrl"},
        {"{\"apiKey\": \"k\", \"attemptTimeoutMs\": -1}", "attemptTimeoutMs"},
        {"{\"apiKey\": \"k\", \"maxParallel\": 0}", "maxParallel"},
        {"{\"apiKey\": \"k\", \"trust\": \"all\"}", "trust"},
        {"{\"apiKey\": \"k\", \"caFile\": \"/nonexistent.pem\"}", "caFile"},
    };
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        /* Not NULL before: it must be set. */
        ymchat_client *client = (ymchat_client *)(void *)&client;
        REFUSED(wrong[i].names, ymchat_client_new(wrong[i].config, &client, out));
        CHECK_IN(client == NULL, wrong[i].config);
    }
    REFUSED("out_client is NULL", ymchat_client_new("{\"apiKey\": \"k\"}", NULL, out));
    REFUSED("out_client is NULL", ymchat_client_new(NULL, NULL, out));
}

/* The ids have the API's names, as everywhere in these documents. */
static void wrong_ids(const ymchat_client *client)
{
    static const int64_t ids[] = {0, -1, INT64_MIN};
    size_t i;
    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        REFUSED("chatId", ymchat_get_chat(client, ids[i], out));
        REFUSED("chatId", ymchat_get_chat_history(client, ids[i], NULL, out));
        REFUSED("chatId", ymchat_get_chat_message(client, ids[i], 1, out));
        REFUSED("messageId", ymchat_get_chat_message(client, 1, ids[i], out));
        REFUSED("chatId", ymchat_send_message(client, ids[i], "x", NULL, out));
        REFUSED("chatId", ymchat_send_file(client, ids[i], "x", DATA, sizeof DATA, NULL, out));
        REFUSED("chatId", ymchat_prepare_send(client, ids[i], "{\"message\": \"x\"}", out));
        REFUSED("contextId", ymchat_create_chat(client, "ORDER", ids[i], out));
        REFUSED("chatId", ymchat_get_messages_since(client, ids[i], 0, NULL, out));
    }
    REFUSED("afterMessageId", ymchat_get_messages_since(client, 1, -1, NULL, out));
    REFUSED("afterMessageId", ymchat_get_messages_since(client, 1, INT64_MIN, NULL, out));
}

/* Options that fit no function. */
static void wrong_options(const ymchat_client *client)
{
    static const struct {
        const char *options, *names;
    } wrong[] = {
        {BAD, "options_json is not UTF-8"},
        {" ", "options_json"},
        {"null", "options_json"},
        {"[]", "options_json"},
        {"{", "options_json"},
        {"{} {}", "options_json"},
        {"{\"lmit\": 1}", "lmit"},
        {"{\"LIMIT\": 1}", "LIMIT"},
        {"{\"LIMIT\": 1, \"LIMIT\": 1}", "LIMIT\\\" twice"},
    };
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *options = wrong[i].options, *names = wrong[i].names;
        REFUSED(names, ymchat_get_chats(client, options, out));
        REFUSED(names, ymchat_get_all_chats(client, options, out));
        REFUSED(names, ymchat_get_chat_history(client, 1, options, out));
        REFUSED(names, ymchat_get_messages_since(client, 1, 0, options, out));
        REFUSED(names, ymchat_get_campaigns(client, options, out));
        REFUSED(names, ymchat_sync(client, NULL, options, out));
        REFUSED(names, ymchat_sync_with_progress(client, NULL, options, no_progress, NULL, out));
        REFUSED(names, ymchat_download_file(client, URL, "f", options, out));
        REFUSED(names, ymchat_download_file_with_progress(client, URL, "f", options, no_progress, NULL, out));
        REFUSED(names, ymchat_parse_notification("{}", 2, options, out));
        REFUSED(names, ymchat_check_message("x", options, out));
        REFUSED(names, ymchat_send_message(client, 1, "x", options, out));
        REFUSED(names, ymchat_send_file(client, 1, "x", DATA, sizeof DATA, options, out));
    }
    REFUSED("limit", ymchat_get_chats(client, "{\"limit\": 21}", out));
    REFUSED("limit", ymchat_get_all_chats(client, "{\"limit\": 0}", out));
    REFUSED("limit", ymchat_get_chat_history(client, 1, "{\"limit\": 101}", out));
    REFUSED("limit", ymchat_get_messages_since(client, 1, 0, "{\"limit\": 101}", out));
    REFUSED("limit", ymchat_get_campaigns(client, "{\"limit\": 101}", out));
    REFUSED("messageIdFrom", ymchat_get_chat_history(client, 1, "{\"messageIdFrom\": 0}", out));
    REFUSED("chatIds", ymchat_sync(client, NULL, "{\"chatIds\": []}", out));
    REFUSED("since is not UTF-8", ymchat_sync(client, BAD, NULL, out));
    CHECK(ymchat_set_log_callback(no_log, NULL, 0) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_set_log_callback(no_log, NULL, 5) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_set_log_callback(no_log, NULL, -1) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_set_log_callback(NULL, NULL, 77) == YMCHAT_OK);
    REFUSED("url is NULL", ymchat_download_file(client, NULL, "f", NULL, out));
    REFUSED("path is NULL", ymchat_download_file(client, URL, NULL, NULL, out));
    REFUSED("url is not UTF-8", ymchat_download_file(client, BAD, "f", NULL, out));
    REFUSED("path is not UTF-8", ymchat_download_file(client, URL, BAD, NULL, out));
    REFUSED("path", ymchat_download_file(client, URL, "", NULL, out));
    REFUSED("directory", ymchat_download_file(client, URL, "no/such/directory/f", NULL, out));
    REFUSED("url must begin", ymchat_download_file(client, "", "f", NULL, out));
    REFUSED("evil.example", ymchat_download_file(client, "https://evil.example/", "f", NULL, out));
    REFUSED("maxBytes", ymchat_download_file(client, URL, "f", "{\"maxBytes\": 0}", out));
    REFUSED("allowHosts", ymchat_download_file(client, URL, "f", "{\"allowHosts\": [\"*\"]}", out));
    REFUSED("since is damaged", ymchat_sync(client, "x", NULL, out));
    REFUSED("since is damaged", ymchat_sync_with_progress(client, "x", NULL, NULL, NULL, out));
    REFUSED("statuses", ymchat_get_chats(client, "{\"statuses\": []}", out));
    REFUSED("afterMessageId", ymchat_send_message(client, 1, "x", "{\"afterMessageId\": 0}", out));
    REFUSED("resend", ymchat_send_message(client, 1, "x", "{\"resolve\":false,\"resend\":true}", out));
}

/* What a ticket cannot be prepared for. */
static void wrong_contents(const ymchat_client *client)
{
    static const struct {
        const char *content, *names;
    } wrong[] = {
        {NULL, "content_json is NULL"},
        {BAD, "content_json is not UTF-8"},
        {"", "content_json"},
        {"[]", "content_json"},
        {"{}", "message"},
        {"{\"mesage\": \"x\"}", "mesage"},
        {"{\"message\": \" \"}", "empty"},
        {"{\"message\": \"x\", \"fileSize\": 1}", "either"},
        {"{\"fileName\": \"a/b\", \"fileSize\": 1}", "path"},
        {"{\"fileName\": \"a\", \"fileSize\": 5242881}", "5 MB"},
        {"{\"fileName\": \"a\", \"fileSize\": -1}", "fileSize"},
    };
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSED(wrong[i].names, ymchat_prepare_send(client, 1, wrong[i].content, out));
}

/* Neither needs a client; what comes from outside is no misuse. */
static void wrong_notifications_and_checks(void)
{
    static const char *const addresses[] = {"{\"allowFrom\": [\"10.0.0.0/8\"]}",
                                            "{\"remoteAddress\": 5}"};
    REFUSED("body is NULL", ymchat_parse_notification(NULL, 1, NULL, out));
    REFUSED("body is NULL", ymchat_parse_notification(NULL, SIZE_MAX, NULL, out));
    REFUSED("name", ymchat_parse_notification("{}", 2, "{\"name\": \"\"}", out));
    REFUSED("version", ymchat_parse_notification(NULL, 0, "{\"version\": 5}", out));
    REFUSED("remoteAddress", ymchat_parse_notification("{}", 2, addresses[0], out));
    REFUSED("remoteAddress", ymchat_parse_notification("{}", 2, addresses[1], out));
    REFUSED("text is NULL", ymchat_check_message(NULL, NULL, out));
    REFUSED("text is not UTF-8", ymchat_check_message(BAD, NULL, out));
    REFUSED("kinds", ymchat_check_message("x", "{\"kinds\": []}", out));
    REFUSED("kinds", ymchat_check_message("x", "{\"kinds\": [\"fax\"]}", out));
    REFUSED("allowHosts", ymchat_check_message("x", "{\"allowHosts\": [\"cdek\"]}", out));
}

static void wrong_texts(const ymchat_client *client)
{
    static char long_text[4098];
    memset(long_text, 'x', 4097);
    REFUSED("message is NULL", ymchat_send_message(client, 1, NULL, NULL, out));
    REFUSED("message is not UTF-8", ymchat_send_message(client, 1, BAD, NULL, out));
    REFUSED("message", ymchat_send_message(client, 1, "", NULL, out));
    REFUSED("message", ymchat_send_message(client, 1, " \n\t\xc2\xa0", NULL, out));
    REFUSED("message", ymchat_send_message(client, 1, long_text, NULL, out));
    REFUSED("context_type is NULL", ymchat_create_chat(client, NULL, 1, out));
    REFUSED("context_type is not UTF-8", ymchat_create_chat(client, BAD, 1, out));
    REFUSED("contextType", ymchat_create_chat(client, "", 1, out));
    REFUSED("contextType", ymchat_create_chat(client, "DIRECT", 1, out));
    REFUSED("contextType", ymchat_create_chat(client, "order", 1, out));
}

static void wrong_files(const ymchat_client *client)
{
    static const char *const names[] = {"", "/etc/passwd", "..\\x", "a\"b", "a\nb", ".", ".."};
    size_t i;
    REFUSED("file_name is NULL", ymchat_send_file(client, 1, NULL, DATA, 1, NULL, out));
    REFUSED("file_name is not UTF-8", ymchat_send_file(client, 1, BAD, DATA, 1, NULL, out));
    for (i = 0; i < sizeof names / sizeof *names; i++)
        REFUSED("file", ymchat_send_file(client, 1, names[i], DATA, 1, NULL, out));
    REFUSED("data is NULL", ymchat_send_file(client, 1, "x", NULL, 1, NULL, out));
    REFUSED("data is NULL", ymchat_send_file(client, 1, "x", NULL, SIZE_MAX, NULL, out));
    REFUSED("file is", ymchat_send_file(client, 1, "x", NULL, 0, NULL, out));
    REFUSED("file is", ymchat_send_file(client, 1, "x", DATA, 0, NULL, out));
    /* Lengths that no array has are refused before a byte of it is read. */
    REFUSED("at most 5 MB", ymchat_send_file(client, 1, "x", DATA, SIZE_MAX, NULL, out));
    REFUSED("at most 5 MB", ymchat_send_file(client, 1, "x", DATA, SIZE_MAX / 2, NULL, out));
    REFUSED("5242881 bytes", ymchat_send_file(client, 1, "x", DATA, 5242881, NULL, out));
    REFUSED("каталог.pdf", ymchat_send_file(client, 1, "каталог.pdf", DATA, 419430400, NULL, out));
    REFUSED("400.0 MB", ymchat_send_file(client, 1, "каталог.pdf", DATA, 419430400, NULL, out));
}

/* Documents go to any place for a pointer, aligned or not, and overwrite what is there. */
static void odd_places(const ymchat_client *client)
{
    char bytes[1 + sizeof(char *)], *json;
    memset(bytes, 0x55, sizeof bytes);
    CHECK(ymchat_get_chat(client, 0, (char **)(void *)(bytes + 1)) == YMCHAT_INVALID_ARGUMENT);
    memcpy(&json, bytes + 1, sizeof json);
    CHECK_IN(strstr(json, "chatId") != NULL, json);
    ymchat_string_free(json);
    ymchat_string_free(NULL);
    calls++;
}

/* Readers give 0 or NULL and a status, and never a document. */
static void wrong_json(const ymchat_client *client)
{
    static const struct {
        const char *pointer;
        ymchat_status text, number, flag, count;
    } misses[] = {
        {"/absent", YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND},
        {"/n", YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND},
        {"/a/2", YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND, YMCHAT_NOT_FOUND},
        {"a", YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {"/~", YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {NULL, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {BAD, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {"/f", YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {"/t", YMCHAT_OK, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT,
         YMCHAT_INVALID_ARGUMENT},
        {"/a", YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_INVALID_ARGUMENT, YMCHAT_OK},
    };
    static const char *const no_json[] = {NULL, BAD, "", "{", "{} {}", "'a'", "{\"a\":01}"};
    ymchat_json *document = (ymchat_json *)(void *)&document, *stale;
    char *text = NULL;
    size_t i;
    for (i = 0; i < sizeof no_json / sizeof *no_json; i++) {
        CHECK(ymchat_json_parse(no_json[i], &document) == YMCHAT_INVALID_ARGUMENT);
        CHECK(document == NULL);
    }
    CHECK(ymchat_json_parse("{}", NULL) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_json_parse("{\"n\":null,\"a\":[1,2],\"f\":1.5,\"t\":\"x\"}", &document) == YMCHAT_OK);
    for (i = 0; i < sizeof misses / sizeof *misses; i++) {
        const char *pointer = misses[i].pointer, *name = pointer != NULL ? pointer : "NULL";
        int64_t number = 7;
        int32_t flag = 7;
        size_t count = 7;
        text = (char *)&number;
        CHECK_IN(ymchat_json_text(document, pointer, &text) == misses[i].text, name);
        CHECK_IN((text != NULL) == (misses[i].text == YMCHAT_OK), name);
        ymchat_string_free(text);
        CHECK_IN(ymchat_json_int64(document, pointer, &number) == misses[i].number, name);
        CHECK_IN(number == 0, name);
        CHECK_IN(ymchat_json_bool(document, pointer, &flag) == misses[i].flag, name);
        CHECK_IN(flag == 0, name);
        CHECK_IN(ymchat_json_count(document, pointer, &count) == misses[i].count, name);
        CHECK_IN(count == (misses[i].count == YMCHAT_OK ? 2 : 0), name);
        calls += 4;
    }
    CHECK(ymchat_json_key(document, "", 4, &text) == YMCHAT_NOT_FOUND && text == NULL);
    CHECK(ymchat_json_key(document, "/a", 0, &text) == YMCHAT_INVALID_ARGUMENT && text == NULL);
    CHECK(ymchat_json_raw(document, "/x", &text) == YMCHAT_NOT_FOUND && text == NULL);
    CHECK(ymchat_json_text(document, "/t", NULL) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_json_int64(document, "/a/0", NULL) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_json_quote(NULL, &text) == YMCHAT_INVALID_ARGUMENT && text == NULL);
    CHECK(ymchat_json_quote(BAD, &text) == YMCHAT_INVALID_ARGUMENT && text == NULL);
    /* A client is no document, nor is a document a client. */
    CHECK(ymchat_json_raw((const ymchat_json *)(const void *)client, "", &text) ==
          YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_json_free((ymchat_json *)(uintptr_t)client) == YMCHAT_INVALID_ARGUMENT);
    no_client((ymchat_client *)(void *)document);
    CHECK(ymchat_json_free(NULL) == YMCHAT_OK);
    CHECK(ymchat_json_raw(NULL, "", &text) == YMCHAT_INVALID_ARGUMENT);
    stale = document;
    CHECK(ymchat_json_free(document) == YMCHAT_OK);
    CHECK(ymchat_json_free(stale) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_json_raw(stale, "", &text) == YMCHAT_INVALID_ARGUMENT && text == NULL);
    calls += 16;
}

int main(void)
{
    int local = 0;
    void *heap = malloc(64);
    ymchat_client *client = open_client(), *another = open_client(), *stale;

    no_client(NULL);
    no_client((ymchat_client *)(void *)&local);
    no_client((ymchat_client *)heap);
    no_client((ymchat_client *)(void *)((char *)heap + 1));
    no_client((ymchat_client *)(uintptr_t)BAD);
    no_client((ymchat_client *)(intptr_t)-1);
    no_client((ymchat_client *)(intptr_t)2);
    free(heap);

    wrong_configurations();
    wrong_ids(client);
    wrong_options(client);
    wrong_contents(client);
    wrong_notifications_and_checks();
    wrong_texts(client);
    wrong_files(client);
    odd_places(client);
    wrong_json(client);

    /* A handle stays stale, also when others come after it. */
    stale = another;
    CHECK(ymchat_client_free(another) == YMCHAT_OK);
    no_client(stale);
    another = open_client();
    CHECK(another != stale);
    no_client(stale);
    CHECK(ymchat_client_free(another) == YMCHAT_OK);

    /* And none of this has touched the client that lives. */
    CHECK(ymchat_get_token_info(client, NULL) == YMCHAT_OK);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    no_client(client);
    no_client(stale);
    printf("misuse: %d calls refused\n", calls);
    return 0;
}
