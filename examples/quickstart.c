/*
 * A whole conversation with a customer, in C99. What it prints, and the arguments, stand at the
 * top of quickstart.rs.
 *
 *     cargo build --release
 *     cc examples/quickstart.c -Iinclude -Ltarget/release -lymchat \
 *         -Wl,-rpath,"$PWD/target/release" -o quickstart
 *
 * Against a simulated Market (`cargo run --bin ymchat-sandbox -- --auto-reply
 * on` says which address and key):
 *
 *     YMCHAT_BASE_URL=http://127.0.0.1:… YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=1003417 \
 *         ./quickstart --simulated
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <time.h>
#endif

#include "json_mini.h"
#include "ymchat.h"

static const char ANSWER[] =
    "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇";
static const char PICTURE_NAME[] = "сахарница.png";

/* A picture of 4 x 4 pixels. */
static const uint8_t PICTURE[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x81, 0x8a, 0xa3,
    0xd3, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x48, 0x60, 0xf8, 0x00,
    0x84, 0x09, 0x00, 0x0a, 0x88, 0x02, 0xa1, 0x42, 0x05, 0x3d, 0xdb, 0x00, 0x00, 0x00, 0x00, 0x49,
    0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

enum task { READ, SEND, CONVERSE };

/* ---- what the library hands out ---- */

/* Whether a call succeeded; says why not. The document is freed where it is an error. */
static int succeeded(ymchat_status status, char **json)
{
    char *message;
    if (status == YMCHAT_OK)
        return 1;
    message = json_string(json_member(*json, "message"));
    fprintf(stderr, "quickstart: %s\n", message != NULL ? message : "no message");
    free(message);
    ymchat_string_free(*json);
    *json = NULL;
    return 0;
}

static int64_t id_of(const char *object, const char *name)
{
    return json_integer(json_member(object, name), 0);
}

/* ---- the transcript ---- */

static void print_on_one_line(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs(" / ", stdout);
        else
            putchar(*text);
    }
}

/* Prints a JSON string, or else another text. */
static void print_string(const char *value, const char *otherwise)
{
    char *text = json_string(value);
    fputs(text != NULL ? text : otherwise, stdout);
    free(text);
}

static void print_chat(const char *chat)
{
    const char *context = json_member(chat, "context");
    const char *type = json_member(context, "type");
    printf("chat %" PRId64 ", ", id_of(chat, "chatId"));
    print_string(json_member(json_member(context, "customer"), "name"), "a customer");
    if (json_is(type, "ORDER")) {
        printf(", about order %" PRId64, id_of(context, "orderId"));
    } else if (json_is(type, "RETURN")) {
        printf(", about return %" PRId64, id_of(context, "returnId"));
    } else if (json_is(type, "DIRECT")) {
        fputs(", a question about no order", stdout);
    } else {
        fputs(", about ", stdout);
        print_string(type, "nothing known");
    }
    putchar('\n');
}

static void print_message(const char *message)
{
    const char *sender = json_member(message, "sender"), *file;
    char *text = json_string(json_member(message, "message"));
    if (json_is(sender, "PARTNER"))
        fputs("Shop:", stdout);
    else if (json_is(sender, "CUSTOMER"))
        fputs("Customer:", stdout);
    else if (json_is(sender, "MARKET"))
        fputs("Market:", stdout);
    else if (json_is(sender, "SUPPORT"))
        fputs("Support:", stdout);
    else {
        print_string(sender, "?");
        putchar(':');
    }
    if (text != NULL && *text != '\0') {
        putchar(' ');
        print_on_one_line(text);
    }
    free(text);
    for (file = json_first(json_member(message, "payload")); file != NULL; file = json_next(file)) {
        if (json_is_null(file))
            continue;
        fputs(" [file: ", stdout);
        print_string(json_member(file, "name"), "");
        if (json_member(file, "size") != NULL)
            printf(", %" PRId64 " bytes", id_of(file, "size"));
        putchar(']');
    }
    putchar('\n');
}

static void print_outcome(const char *result)
{
    fputs("  ", stdout);
    print_string(json_member(result, "outcome"), "?");
    if (json_member(result, "messageId") != NULL)
        printf(", message %" PRId64, id_of(result, "messageId"));
    fputs("\n\n", stdout);
}

/* ---- lists ---- */

struct list {
    const char **items;
    size_t length;
};

static int append(struct list *list, const char *array)
{
    const char *item;
    for (item = json_first(array); item != NULL; item = json_next(item)) {
        const char **longer = (const char **)realloc((void *)list->items,
                                                     (list->length + 1) * sizeof *longer);
        if (longer == NULL)
            return 0;
        longer[list->length++] = item;
        list->items = longer;
    }
    return 1;
}

static int by_chat_id(const void *a, const void *b)
{
    int64_t x = id_of(*(const char *const *)a, "chatId");
    int64_t y = id_of(*(const char *const *)b, "chatId");
    return (x > y) - (x < y);
}

static int by_message_id(const void *a, const void *b)
{
    int64_t x = id_of(*(const char *const *)a, "messageId");
    int64_t y = id_of(*(const char *const *)b, "messageId");
    return (x > y) - (x < y);
}

/* ---- the steps ---- */

/* What a conversation is about to go on with. */
struct longest {
    const char *chat; /* in the text of all chats; NULL where nobody waits */
    size_t messages;
    int64_t newest;
};

static int show_waiting(const ymchat_client *client, const char *business, char **chats_json,
                        struct longest *longest)
{
    struct list chats = {NULL, 0};
    size_t i;
    int fine = 1;
    ymchat_status status = ymchat_get_all_chats(
        client, "{\"statuses\": [\"NEW\", \"WAITING_FOR_PARTNER\"]}", chats_json);
    if (!succeeded(status, chats_json) || !append(&chats, json_member(*chats_json, "chats"))) {
        free((void *)chats.items);
        return 0;
    }
    if (chats.length > 0)
        qsort((void *)chats.items, chats.length, sizeof *chats.items, by_chat_id);
    printf("Chats of business %s that wait for the shop: %lu\n", business,
           (unsigned long)chats.length);
    for (i = 0; fine && i < chats.length && i < 10; i++) {
        char *json = NULL;
        const char *message, *last = NULL;
        size_t count = 0;
        fputs("  ", stdout);
        print_chat(chats.items[i]);
        status = ymchat_get_messages_since(client, id_of(chats.items[i], "chatId"), 0, NULL, &json);
        fine = succeeded(status, &json);
        /* Ascending by messageId: the last one is the newest. */
        for (message = json_first(json_member(json, "messages")); message != NULL;
             message = json_next(message)) {
            last = message;
            count++;
        }
        if (last != NULL) {
            fputs("    ", stdout);
            print_message(last);
        }
        if (fine && (longest->chat == NULL || count > longest->messages)) {
            longest->chat = chats.items[i];
            longest->messages = count;
            longest->newest = id_of(last, "messageId");
        }
        ymchat_string_free(json);
    }
    free((void *)chats.items);
    if (fine)
        puts(longest->chat != NULL ? "" : "\nNobody waits for an answer.\n");
    return fine;
}

static int show_history(const ymchat_client *client, const char *chat)
{
    enum { MOST_PAGES = 1000 };
    static char *pages[MOST_PAGES];
    struct list messages = {NULL, 0};
    size_t count = 0, i;
    char *options = NULL;
    int fine = 1;
    fputs("The longest conversation: ", stdout);
    print_chat(chat);
    while (fine && count < MOST_PAGES) {
        const char *token;
        size_t before = messages.length;
        ymchat_status status =
            ymchat_get_chat_history(client, id_of(chat, "chatId"),
                                    options != NULL ? options : "{\"limit\": 100}", &pages[count]);
        fine = succeeded(status, &pages[count])
            && append(&messages, json_member(pages[count], "messages"));
        if (!fine)
            break;
        printf("  page %lu: %lu messages\n", (unsigned long)count + 1,
               (unsigned long)(messages.length - before));
        token = json_member(json_member(pages[count], "paging"), "nextPageToken");
        count++;
        free(options);
        options = NULL;
        if (token == NULL)
            break;
        /* The token is JSON already, quotes and escapes included: copied as it stands. */
        i = (size_t)(json_skip_string(token) - token);
        options = (char *)malloc(i + 64);
        fine = options != NULL;
        if (fine)
            sprintf(options, "{\"limit\": 100, \"pageToken\": %.*s}", (int)i, token);
    }
    free(options);
    if (fine) {
        /* Their order is not documented. */
        if (messages.length > 0)
            qsort((void *)messages.items, messages.length, sizeof *messages.items, by_message_id);
        puts("  The last three:");
        for (i = messages.length > 3 ? messages.length - 3 : 0; i < messages.length; i++) {
            fputs("    ", stdout);
            print_message(messages.items[i]);
        }
        putchar('\n');
    }
    free((void *)messages.items);
    for (i = 0; i < MOST_PAGES; i++) {
        ymchat_string_free(pages[i]);
        pages[i] = NULL;
    }
    return fine;
}

static void wait_a_second(void)
{
#ifdef _WIN32
    Sleep(1000);
#else
    struct timespec second = {1, 0};
    nanosleep(&second, NULL);
#endif
}

static int show_new(const ymchat_client *client, int64_t chat_id, int64_t known)
{
    char *json = NULL;
    const char *message;
    int turn, answered = 0;
    for (turn = 0; turn < 10 && !answered; turn++) {
        if (turn > 0)
            wait_a_second();
        ymchat_string_free(json);
        json = NULL;
        if (!succeeded(ymchat_get_messages_since(client, chat_id, known, NULL, &json), &json))
            return 0;
        for (message = json_first(json_member(json, "messages")); message != NULL;
             message = json_next(message))
            if (json_is(json_member(message, "sender"), "CUSTOMER"))
                answered = 1;
    }
    printf("New in chat %" PRId64 ":\n", chat_id);
    for (message = json_first(json_member(json, "messages")); message != NULL;
         message = json_next(message)) {
        fputs("  ", stdout);
        print_message(message);
    }
    if (!answered)
        puts("  The customer has not answered yet.");
    ymchat_string_free(json);
    return 1;
}

/* The newest message of a chat, 0 where there is none; below 0 where that cannot be told. */
static int64_t newest_message(const ymchat_client *client, int64_t chat_id)
{
    char *json = NULL;
    const char *message;
    int64_t newest = 0;
    if (!succeeded(ymchat_get_messages_since(client, chat_id, 0, NULL, &json), &json))
        return -1;
    for (message = json_first(json_member(json, "messages")); message != NULL;
         message = json_next(message))
        newest = id_of(message, "messageId");
    ymchat_string_free(json);
    return newest;
}

static int answer(const ymchat_client *client, int64_t chat_id, int64_t known, const char *text,
                  int with_picture)
{
    char options[96], *json = NULL;
    if (known > 0)
        sprintf(options, "{\"returnMessageId\": true, \"afterMessageId\": %" PRId64 "}", known);
    else
        strcpy(options, "{\"returnMessageId\": true}");
    if (!succeeded(ymchat_send_message(client, chat_id, text, options, &json), &json))
        return 0;
    printf("The shop answers in chat %" PRId64 ":\n  Shop: ", chat_id);
    print_on_one_line(text);
    putchar('\n');
    print_outcome(json);
    ymchat_string_free(json);
    if (with_picture) {
        json = NULL;
        if (!succeeded(ymchat_send_file(client, chat_id, PICTURE_NAME, PICTURE, sizeof PICTURE,
                                        options, &json),
                       &json))
            return 0;
        printf("The shop sends a picture:\n  Shop: [file: %s, %lu bytes]\n", PICTURE_NAME,
               (unsigned long)sizeof PICTURE);
        print_outcome(json);
        ymchat_string_free(json);
    }
    return show_new(client, chat_id, known);
}

static int talk(const ymchat_client *client, const char *business, enum task task, int64_t chat_id,
                const char *text)
{
    char *chats = NULL;
    struct longest longest = {NULL, 0, 0};
    int64_t known;
    int fine = show_waiting(client, business, &chats, &longest)
        && (longest.chat == NULL || show_history(client, longest.chat));
    if (fine && task == SEND) {
        known = newest_message(client, chat_id);
        fine = known >= 0 && answer(client, chat_id, known, text, 0);
    } else if (fine && task == CONVERSE && longest.chat != NULL) {
        fine = answer(client, id_of(longest.chat, "chatId"), longest.newest, ANSWER, 1);
    } else if (fine) {
        puts("Nothing was sent. To answer: --send CHAT_ID TEXT");
    }
    ymchat_string_free(chats);
    return fine;
}

/* ---- configuration ---- */

/* Appends a JSON string; six bytes for each of the text, and two more, are enough. */
static char *put_json_string(char *to, const char *text)
{
    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\' || c < 0x20)
            to += sprintf(to, "\\u%04x", (unsigned)c);
        else
            *to++ = *text;
    }
    *to++ = '"';
    return to;
}

static char *configuration(const char *key, const char *business, const char *base_url)
{
    char *json = (char *)malloc(6 * (strlen(key) + strlen(base_url)) + strlen(business) + 128), *to;
    if (json == NULL)
        return NULL;
    to = json + sprintf(json, "{\"integration\": \"ymchat-quickstart/1.0\", \"businessId\": %s, "
                              "\"apiKey\": ", business);
    to = put_json_string(to, key);
    if (*base_url != '\0') {
        to += sprintf(to, ", \"baseUrl\": ");
        to = put_json_string(to, base_url);
    }
    strcpy(to, "}");
    return json;
}

static int run(enum task task, int64_t chat_id, const char *text)
{
    const char *key = getenv("YMCHAT_API_KEY"), *business = getenv("YMCHAT_BUSINESS_ID");
    const char *base_url = getenv("YMCHAT_BASE_URL");
    const char *here = "http://127.0.0.1:";
    ymchat_client *client = NULL;
    char *config, *json = NULL;
    int fine;
    if (base_url == NULL)
        base_url = "";
    if (key == NULL || business == NULL) {
        fputs("quickstart: YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed\n", stderr);
        return 0;
    }
    if (*business == '\0' || business[strspn(business, "0123456789")] != '\0') {
        fputs("quickstart: YMCHAT_BUSINESS_ID is not a number\n", stderr);
        return 0;
    }
    if (task == CONVERSE && strncmp(base_url, here, strlen(here)) != 0) {
        fprintf(stderr, "quickstart: --simulated needs a YMCHAT_BASE_URL that begins with %s\n",
                here);
        return 0;
    }
    config = configuration(key, business, base_url);
    if (config == NULL)
        return 0;
    fine = succeeded(ymchat_client_new(config, &client, &json), &json);
    free(config);
    if (fine) {
        fine = talk(client, business, task, chat_id, text);
        ymchat_client_free(client);
    }
    return fine;
}

int main(int argc, char **argv)
{
    enum task task = READ;
    int64_t chat_id = 0;
    char *end = NULL;
    if (argc == 2 && strcmp(argv[1], "--simulated") == 0) {
        task = CONVERSE;
    } else if (argc == 4 && strcmp(argv[1], "--send") == 0) {
        task = SEND;
        chat_id = strtoll(argv[2], &end, 10);
    }
    if ((argc != 1 && task == READ) || (task == SEND && (end == argv[2] || *end != '\0'))) {
        fputs("quickstart: the arguments are: [--send CHAT_ID TEXT | --simulated]\n", stderr);
        return 2;
    }
    return run(task, chat_id, task == SEND ? argv[3] : "") ? 0 : 1;
}
