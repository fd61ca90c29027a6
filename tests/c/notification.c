/* What needs no client: notifications, and the check of a text. */
#include "check.h"

/* The body in memory of exactly its size, so that valgrind sees a byte too many. */
static ymchat_json *parse(const char *body, size_t length, size_t said, const char *options)
{
    char *copy = (char *)malloc(length > 0 ? length : 1), *json = NULL;
    ymchat_json *document = NULL;
    ymchat_status status;
    memcpy(copy, body, length);
    status = ymchat_parse_notification(copy, said, options, &json);
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK(ymchat_parse_notification(copy, said, options, NULL) == YMCHAT_OK);
    CHECK_IN(ymchat_json_parse(json, &document) == YMCHAT_OK, json);
    ymchat_string_free(json);
    free(copy);
    return document;
}

static void is_text(const ymchat_json *document, const char *pointer, const char *expected)
{
    char *text = NULL;
    CHECK_IN(ymchat_json_text(document, pointer, &text) == YMCHAT_OK, pointer);
    CHECK_IN(strcmp(text, expected) == 0, text);
    ymchat_string_free(text);
}

static void is_number(const ymchat_json *document, const char *pointer, int64_t expected)
{
    int64_t number = 0;
    CHECK_IN(ymchat_json_int64(document, pointer, &number) == YMCHAT_OK, pointer);
    CHECK_IN(number == expected, pointer);
}

static void a_message_is_told(void)
{
    static const char body[] = "{\"notificationType\":\"CHAT_MESSAGE_SENT\",\"businessId\":5,"
                               "\"chatId\":7,\"messageId\":\"9007199254740993\"}";
    const char *options = "{\"name\": \"Лавка\", \"remoteAddress\": \"[::ffff:5.45.207.3]:443\"}";
    ymchat_json *told = parse(body, sizeof body - 1, sizeof body - 1, options), *reply = NULL;
    int32_t accepted = 0;
    char *text = NULL;
    CHECK(ymchat_json_bool(told, "/accepted", &accepted) == YMCHAT_OK && accepted == 1);
    is_text(told, "/type", "CHAT_MESSAGE_SENT");
    is_number(told, "/businessId", 5);
    is_number(told, "/chatId", 7);
    is_number(told, "/messageId", 9007199254740993);
    is_number(told, "/reply/httpStatus", 200);
    is_text(told, "/key", "CHAT_MESSAGE_SENT:5:7:9007199254740993");
    CHECK(ymchat_json_raw(told, "/notification", &text) == YMCHAT_OK);
    CHECK_IN(strcmp(text, body) == 0, text);
    ymchat_string_free(text);
    CHECK(ymchat_json_text(told, "/reply/body", &text) == YMCHAT_OK);
    CHECK_IN(ymchat_json_parse(text, &reply) == YMCHAT_OK, text);
    is_text(reply, "/name", "Лавка");
    ymchat_string_free(text);
    ymchat_json_free(reply);
    ymchat_json_free(told);
}

/* Whatever comes from outside is answered, and is no error. */
static void everything_is_answered(void)
{
    static const struct {
        const char *body;
        size_t length, said;
        const char *options;
        int64_t http_status;
    } all[] = {
        {"", 0, 0, NULL, 400},
        {"{", 1, 1, "", 400},
        {"\0", 1, 1, NULL, 400},
        {"\xff\xfe", 2, 2, NULL, 400},
        {"{\"notificationType\":\"PING\"} ", 27, 26, NULL, 400},
        {"{\"notificationType\":\"PING\"} ", 28, 27, NULL, 200},
        {"{\"notificationType\":\"PING\"}\0", 28, 28, NULL, 400},
        {"{\"notificationType\":\"PING\"}", 27, 27, "{\"remoteAddress\": \"127.0.0.1\"}", 403},
        /* Nothing is read of a body that is too long, whatever length is claimed. */
        {"x", 1, 65537, NULL, 400},
        {"x", 1, SIZE_MAX / 2, NULL, 400},
        {"x", 1, SIZE_MAX, NULL, 400},
    };
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        ymchat_json *told = parse(all[i].body, all[i].length, all[i].said, all[i].options);
        int32_t accepted = 7;
        CHECK(ymchat_json_bool(told, "/accepted", &accepted) == YMCHAT_OK);
        CHECK_IN(accepted == (all[i].http_status == 200), all[i].body);
        is_number(told, "/reply/httpStatus", all[i].http_status);
        ymchat_json_free(told);
    }
    GIVES("\"httpStatus\":400", ymchat_parse_notification(NULL, 0, NULL, out));
}

/* Places count UTF-16 units and bytes: the lorry takes two and four. */
static void a_text_is_checked(void)
{
    static const char text[] = "Ура \xf0\x9f\x9a\x9a! +7 912 345-67-89, cdek.ru";
    const char *options = "{\"allowHosts\": [\"cdek.ru\"], \"kinds\": [\"link\", \"phone\"]}";
    ymchat_json *found = NULL;
    char *json = NULL;
    size_t count = 0;
    CHECK(ymchat_check_message(text, options, &json) == YMCHAT_OK);
    CHECK_IN(ymchat_json_parse(json, &found) == YMCHAT_OK, json);
    CHECK_IN(ymchat_json_count(found, "/findings", &count) == YMCHAT_OK && count == 1, json);
    is_text(found, "/findings/0/kind", "phone");
    is_text(found, "/findings/0/text", "+7 912 345-67-89");
    is_number(found, "/findings/0/start", 8);
    is_number(found, "/findings/0/length", 16);
    is_number(found, "/findings/0/startUtf8", 13);
    is_number(found, "/findings/0/lengthUtf8", 16);
    CHECK(strncmp(text + 13, "+7 912 345-67-89", 16) == 0);
    ymchat_string_free(json);
    ymchat_json_free(found);
    GIVES("{\"findings\":[],\"ok\":true}", ymchat_check_message("", NULL, out));
    GIVES("{\"findings\":[],\"ok\":true}", ymchat_check_message("Заказ 44512233", "", out));
    CHECK(ymchat_check_message(text, NULL, NULL) == YMCHAT_OK);
}

int main(void)
{
    a_message_is_told();
    everything_is_answered();
    a_text_is_checked();
    printf("notification: done\n");
    return 0;
}
