/* Errors in Russian: those of calls, of arguments, and of opening the client. */
#include "check.h"

/* A call that fails with this status, and whose document says this. */
#define SAYS(expected, sentence, call)                                                             \
    do {                                                                                           \
        char *json = NULL;                                                                         \
        char **out = &json;                                                                        \
        CHECK_IN((call) == (expected), json);                                                      \
        CHECK_IN(json != NULL && strstr(json, "\"message\":\"" sentence) != NULL, json);           \
        ymchat_string_free(json);                                                                  \
    } while (0)

static void a_client_speaks_russian(void)
{
    ymchat_client *client = open_client_at(setting("YMCHAT_BASE_URL"), ", \"language\": \"ru\"");
    ymchat_client *scope = NULL;
    SAYS(YMCHAT_NOT_FOUND, "getChat: Маркет отклонил запрос (HTTP 404: ",
         ymchat_get_chat(client, 1, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "getChat: chatId: нужно число не меньше 1, а не 0.\"",
         ymchat_get_chat(client, 0, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "getChats: options_json: нет параметра с именем \\\"limti\\\"",
         ymchat_get_chats(client, "{\"limti\": 5}", out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "sendMessageToChat: message: передан NULL.\"",
         ymchat_send_message(client, 1, NULL, NULL, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "sendMessageToChat: message: текст не в UTF-8, начиная с байта 1",
         ymchat_send_message(client, 1, "x\xc0", NULL, out));
    /* So does a scope, and what was cancelled in it. */
    CHECK(ymchat_client_scope(client, &scope) == YMCHAT_OK);
    CHECK(ymchat_client_cancel(scope) == YMCHAT_OK);
    SAYS(YMCHAT_CANCELLED, "getChats: вызов отменён.\"", ymchat_get_chats(scope, NULL, out));
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

static void a_configuration_is_refused_in_its_language(void)
{
    ymchat_client *client = NULL;
    SAYS(YMCHAT_INVALID_ARGUMENT, "client_new: не задан apiKey",
         ymchat_client_new("{\"language\": \"ru\"}", &client, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "client_new: maxAttempts: допустимо от 1 до 100, а не 0.\"",
         ymchat_client_new("{\"maxAttempts\": 0, \"apiKey\": \"k\", \"language\": \"ru\"}",
                           &client, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "client_new: language must be \\\"en\\\" or \\\"ru\\\".\"",
         ymchat_client_new("{\"apiKey\": \"k\", \"language\": \"de\"}", &client, out));
    CHECK(client == NULL);
}

static void without_a_client_errors_are_english(void)
{
    SAYS(YMCHAT_INVALID_ARGUMENT, "getChats: client is NULL.\"", ymchat_get_chats(NULL, NULL, out));
    SAYS(YMCHAT_INVALID_ARGUMENT, "check_message: text is NULL.\"",
         ymchat_check_message(NULL, NULL, out));
}

int main(void)
{
    a_client_speaks_russian();
    a_configuration_is_refused_in_its_language();
    without_a_client_errors_are_english();
    puts("language: done");
    return 0;
}
