/* Each function once, as it is meant to be used. */
#include "check.h"

#include "../../examples/json_mini.h"

static int64_t id_in(const char *json, const char *list, const char *name)
{
    const char *at = list != NULL ? json_first(json_member(json, list)) : json;
    int64_t id = json_integer(json_member(at, name), 0);
    CHECK_IN(id >= 1, json);
    return id;
}

static void json_mini_reads_json(void)
{
    const char *json = " {\"a\" : [1, {\"b\": \"]}\\\"\"}, null],\"t\":\"\\u0416\\ud83d\\ude00\\n\\ud83d\\u0000\","
                       "\"n\":null, \"big\":9007199254740993}";
    const char *object = json_space(json), *item = json_first(json_member(object, "a"));
    char *text = json_string(json_member(object, "t"));
    CHECK_IN(strcmp(text, "\xd0\x96\xf0\x9f\x98\x80\n\xef\xbf\xbd\xef\xbf\xbd") == 0, text);
    free(text);
    CHECK(json_integer(item, 0) == 1);
    item = json_next(item);
    text = json_string(json_member(item, "b"));
    CHECK_IN(strcmp(text, "]}\"") == 0, text);
    free(text);
    CHECK(json_is_null(json_next(item)) && json_next(json_next(item)) == NULL);
    CHECK(json_member(object, "n") == NULL && json_member(object, "none") == NULL);
    CHECK(json_integer(json_member(object, "big"), 0) == 9007199254740993);
    CHECK(json_first("[ ]") == NULL && json_string("5") == NULL && json_integer("\"5\"", 7) == 7);
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
    int64_t chat, message;
    ymchat_status status;

    json_mini_reads_json();
    CHECK_IN(strcmp(ymchat_version(), YMCHAT_VERSION) == 0, ymchat_version());
    CHECK(ymchat_abi_version() == YMCHAT_ABI_VERSION);

    client = open_client();
    GIVES("\"authScopes\"", ymchat_get_token_info(client, out));
    GIVES("\"campaigns\"", ymchat_get_campaigns(client, "{\"limit\": 1}", out));

    status = ymchat_get_chats(client, "{\"limit\": 1}", &json);
    CHECK_IN(status == YMCHAT_OK, json);
    chat = id_in(json, "chats", "chatId");
    expect_ok(YMCHAT_OK, json, "\"nextPageToken\"");
    GIVES("\"status\"", ymchat_get_chat(client, chat, out));
    GIVES("\"chats\"", ymchat_get_all_chats(client, NULL, out));
    GIVES("\"messages\"", ymchat_get_chat_history(client, chat, NULL, out));
    empty_options_are_none(client, chat);

    status = ymchat_send_message(client, chat, text, "{\"returnMessageId\": true}", &json);
    CHECK_IN(status == YMCHAT_OK, json);
    message = id_in(json, NULL, "messageId");
    expect_ok(YMCHAT_OK, json, "\"outcome\":\"sent\"");
    GIVES("\"PARTNER\"", ymchat_get_chat_message(client, chat, message, out));
    GIVES("\"outcome\":\"sent\"", ymchat_send_file(client, chat, "чек № 1.pdf", file, sizeof file, NULL, out));
    GIVES("чек № 1.pdf", ymchat_get_messages_since(client, chat, message, NULL, out));

    status = ymchat_create_chat(client, "ORDER", 52310447118, &json);
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK_IN(id_in(json, NULL, "chatId") == chat, json);
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
