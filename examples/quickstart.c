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

/*
 * Whether a call succeeded, and its result as a document; says why not. The text is freed.
 * Make the call in a statement of its own: C does not say in which order arguments are evaluated.
 */
static int succeeded(ymchat_status status, char *json, ymchat_json **document)
{
    ymchat_status parsed = ymchat_json_parse(json, document);
    ymchat_string_free(json);
    if (status != YMCHAT_OK) {
        char *message = NULL;
        ymchat_json_text(*document, "/message", &message);
        fprintf(stderr, "quickstart: %s\n", message != NULL ? message : ymchat_status_name(status));
        ymchat_string_free(message);
        ymchat_json_free(*document);
        *document = NULL;
    }
    return status == YMCHAT_OK && parsed == YMCHAT_OK;
}

/* Where an object stands: "/chats/3" in a document, for instance. */
struct place {
    const ymchat_json *document;
    char pointer[64];
};

static struct place item_of(const ymchat_json *document, const char *array, size_t index)
{
    struct place item;
    item.document = document;
    snprintf(item.pointer, sizeof item.pointer, "%s/%lu", array, (unsigned long)index);
    return item;
}

static size_t count_of(const ymchat_json *document, const char *array)
{
    size_t count = 0;
    ymchat_json_count(document, array, &count);
    return count;
}

/* The text of a member, which ymchat_string_free frees; NULL where there is none. */
static char *text_of(const struct place *object, const char *member)
{
    char pointer[128], *text = NULL;
    snprintf(pointer, sizeof pointer, "%s%s", object->pointer, member);
    ymchat_json_text(object->document, pointer, &text);
    return text;
}

/* The number of a member; 0 where there is none. */
static int64_t id_of(const struct place *object, const char *member)
{
    char pointer[128];
    int64_t id = 0;
    snprintf(pointer, sizeof pointer, "%s%s", object->pointer, member);
    ymchat_json_int64(object->document, pointer, &id);
    return id;
}

static int is(const struct place *object, const char *member, const char *word)
{
    char *text = text_of(object, member);
    int same = text != NULL && strcmp(text, word) == 0;
    ymchat_string_free(text);
    return same;
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

/* Prints a member, or else another text. */
static void print_text(const struct place *object, const char *member, const char *otherwise)
{
    char *text = text_of(object, member);
    fputs(text != NULL ? text : otherwise, stdout);
    ymchat_string_free(text);
}

static void print_chat(const struct place *chat)
{
    printf("chat %" PRId64 ", ", id_of(chat, "/chatId"));
    print_text(chat, "/context/customer/name", "a customer");
    if (is(chat, "/context/type", "ORDER")) {
        printf(", about order %" PRId64, id_of(chat, "/context/orderId"));
    } else if (is(chat, "/context/type", "RETURN")) {
        printf(", about return %" PRId64, id_of(chat, "/context/returnId"));
    } else if (is(chat, "/context/type", "DIRECT")) {
        fputs(", a question about no order", stdout);
    } else {
        fputs(", about ", stdout);
        print_text(chat, "/context/type", "nothing known");
    }
    putchar('\n');
}

static void print_message(const struct place *message)
{
    static const char *const writers[][2] = {
        {"PARTNER", "Shop"}, {"CUSTOMER", "Customer"}, {"MARKET", "Market"}, {"SUPPORT", "Support"},
    };
    char payload[80], *text = text_of(message, "/message"), *sender = text_of(message, "/sender");
    const char *writer = sender != NULL ? sender : "?";
    size_t i, files, members;
    for (i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writer, writers[i][0]) == 0)
            writer = writers[i][1];
    printf("%s:", writer);
    if (text != NULL && *text != '\0') {
        putchar(' ');
        print_on_one_line(text);
    }
    ymchat_string_free(sender);
    ymchat_string_free(text);
    snprintf(payload, sizeof payload, "%s/payload", message->pointer);
    files = count_of(message->document, payload);
    for (i = 0; i < files; i++) {
        struct place file = item_of(message->document, payload, i);
        /* The service's own documentation shows a null among them. */
        if (ymchat_json_count(file.document, file.pointer, &members) != YMCHAT_OK)
            continue;
        fputs(" [file: ", stdout);
        print_text(&file, "/name", "");
        if (id_of(&file, "/size") > 0)
            printf(", %" PRId64 " bytes", id_of(&file, "/size"));
        putchar(']');
    }
    putchar('\n');
}

static void print_outcome(const ymchat_json *result)
{
    struct place whole;
    whole.document = result;
    *whole.pointer = '\0';
    fputs("  ", stdout);
    print_text(&whole, "/outcome", "?");
    if (id_of(&whole, "/messageId") > 0)
        printf(", message %" PRId64, id_of(&whole, "/messageId"));
    fputs("\n\n", stdout);
}

/* ---- lists ---- */

struct list {
    struct place *items;
    size_t length;
};

static int append(struct list *list, const ymchat_json *document, const char *array)
{
    size_t count = count_of(document, array), i;
    struct place *longer = (struct place *)realloc(
        list->items, (list->length + count + 1) * sizeof *longer);
    if (longer == NULL)
        return 0;
    list->items = longer;
    for (i = 0; i < count; i++)
        longer[list->length++] = item_of(document, array, i);
    return 1;
}

static int by_id(const void *a, const void *b, const char *member)
{
    int64_t x = id_of((const struct place *)a, member), y = id_of((const struct place *)b, member);
    return (x > y) - (x < y);
}

static int by_chat_id(const void *a, const void *b)
{
    return by_id(a, b, "/chatId");
}

static int by_message_id(const void *a, const void *b)
{
    return by_id(a, b, "/messageId");
}

/* ---- the steps ---- */

/* What a conversation is about to go on with. */
struct longest {
    struct place chat; /* without a document where nobody waits */
    size_t messages;
    int64_t newest;
};

static int show_waiting(const ymchat_client *client, const char *business, ymchat_json **document,
                        struct longest *longest)
{
    struct list chats = {NULL, 0};
    char *json = NULL;
    size_t i;
    int fine = 1;
    ymchat_status status = ymchat_get_all_chats(
        client, "{\"statuses\": [\"NEW\", \"WAITING_FOR_PARTNER\"]}", &json);
    if (!succeeded(status, json, document) || !append(&chats, *document, "/chats")) {
        free(chats.items);
        return 0;
    }
    qsort(chats.items, chats.length, sizeof *chats.items, by_chat_id);
    printf("Chats of business %s that wait for the shop: %lu\n", business,
           (unsigned long)chats.length);
    for (i = 0; fine && i < chats.length && i < 10; i++) {
        const struct place *chat = &chats.items[i];
        ymchat_json *messages = NULL;
        struct place last;
        size_t count;
        fputs("  ", stdout);
        print_chat(chat);
        status = ymchat_get_messages_since(client, id_of(chat, "/chatId"), 0, NULL, &json);
        fine = succeeded(status, json, &messages);
        count = count_of(messages, "/messages");
        /* Ascending by messageId: the last one is the newest. */
        last = item_of(messages, "/messages", count > 0 ? count - 1 : 0);
        if (count > 0) {
            fputs("    ", stdout);
            print_message(&last);
        }
        if (fine && (longest->chat.document == NULL || count > longest->messages)) {
            longest->chat = *chat;
            longest->messages = count;
            longest->newest = id_of(&last, "/messageId");
        }
        ymchat_json_free(messages);
    }
    free(chats.items);
    if (fine)
        puts(longest->chat.document != NULL ? "" : "\nNobody waits for an answer.\n");
    return fine;
}

static int show_history(const ymchat_client *client, const struct place *chat)
{
    enum { MOST_PAGES = 1000 };
    static ymchat_json *pages[MOST_PAGES];
    struct list messages = {NULL, 0};
    size_t count = 0, i;
    char *options = NULL, *token, *json = NULL;
    int fine = 1;
    fputs("The longest conversation: ", stdout);
    print_chat(chat);
    while (fine && count < MOST_PAGES) {
        size_t before = messages.length;
        ymchat_status status = ymchat_get_chat_history(
            client, id_of(chat, "/chatId"), options != NULL ? options : "{\"limit\": 100}", &json);
        free(options);
        options = NULL;
        fine = succeeded(status, json, &pages[count])
            && append(&messages, pages[count], "/messages");
        if (!fine)
            break;
        printf("  page %lu: %lu messages\n", (unsigned long)count + 1,
               (unsigned long)(messages.length - before));
        /* Its JSON, quotation marks and escapes included, goes into the next options as it is. */
        if (ymchat_json_raw(pages[count++], "/paging/nextPageToken", &token) != YMCHAT_OK)
            break;
        options = (char *)malloc(strlen(token) + 64);
        fine = options != NULL;
        if (fine)
            sprintf(options, "{\"limit\": 100, \"pageToken\": %s}", token);
        ymchat_string_free(token);
    }
    free(options);
    if (fine) {
        /* Their order is not documented. */
        if (messages.length > 0)
            qsort(messages.items, messages.length, sizeof *messages.items, by_message_id);
        puts("  The last three:");
        for (i = messages.length > 3 ? messages.length - 3 : 0; i < messages.length; i++) {
            fputs("    ", stdout);
            print_message(&messages.items[i]);
        }
        putchar('\n');
    }
    free(messages.items);
    for (i = 0; i < MOST_PAGES; i++) {
        ymchat_json_free(pages[i]);
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
    ymchat_json *messages = NULL;
    struct place message;
    char *json = NULL;
    size_t count = 0, i;
    ymchat_status status;
    int turn, answered = 0;
    for (turn = 0; turn < 10 && !answered; turn++) {
        if (turn > 0)
            wait_a_second();
        ymchat_json_free(messages);
        status = ymchat_get_messages_since(client, chat_id, known, NULL, &json);
        if (!succeeded(status, json, &messages))
            return 0;
        count = count_of(messages, "/messages");
        for (i = 0; i < count; i++) {
            message = item_of(messages, "/messages", i);
            answered |= is(&message, "/sender", "CUSTOMER");
        }
    }
    printf("New in chat %" PRId64 ":\n", chat_id);
    for (i = 0; i < count; i++) {
        message = item_of(messages, "/messages", i);
        fputs("  ", stdout);
        print_message(&message);
    }
    if (!answered)
        puts("  The customer has not answered yet.");
    ymchat_json_free(messages);
    return 1;
}

/* The newest message of a chat, 0 where there is none; below 0 where that cannot be told. */
static int64_t newest_message(const ymchat_client *client, int64_t chat_id)
{
    ymchat_json *messages = NULL;
    char *json = NULL;
    struct place last;
    size_t count;
    int64_t newest = 0;
    ymchat_status status = ymchat_get_messages_since(client, chat_id, 0, NULL, &json);
    if (!succeeded(status, json, &messages))
        return -1;
    count = count_of(messages, "/messages");
    if (count > 0) {
        last = item_of(messages, "/messages", count - 1);
        newest = id_of(&last, "/messageId");
    }
    ymchat_json_free(messages);
    return newest;
}

static int answer(const ymchat_client *client, int64_t chat_id, int64_t known, const char *text,
                  int with_picture)
{
    char options[96], *json = NULL;
    ymchat_json *result = NULL;
    ymchat_status status;
    if (known > 0)
        sprintf(options, "{\"returnMessageId\": true, \"afterMessageId\": %" PRId64 "}", known);
    else
        strcpy(options, "{\"returnMessageId\": true}");
    status = ymchat_send_message(client, chat_id, text, options, &json);
    if (!succeeded(status, json, &result))
        return 0;
    printf("The shop answers in chat %" PRId64 ":\n  Shop: ", chat_id);
    print_on_one_line(text);
    putchar('\n');
    print_outcome(result);
    ymchat_json_free(result);
    if (with_picture) {
        status = ymchat_send_file(client, chat_id, PICTURE_NAME, PICTURE, sizeof PICTURE, options,
                                  &json);
        if (!succeeded(status, json, &result))
            return 0;
        printf("The shop sends a picture:\n  Shop: [file: %s, %lu bytes]\n", PICTURE_NAME,
               (unsigned long)sizeof PICTURE);
        print_outcome(result);
        ymchat_json_free(result);
    }
    return show_new(client, chat_id, known);
}

static int talk(const ymchat_client *client, const char *business, enum task task, int64_t chat_id,
                const char *text)
{
    ymchat_json *chats = NULL;
    struct longest longest = {{NULL, ""}, 0, 0};
    int64_t known;
    int fine = show_waiting(client, business, &chats, &longest)
        && (longest.chat.document == NULL || show_history(client, &longest.chat));
    if (fine && task == SEND) {
        known = newest_message(client, chat_id);
        fine = known >= 0 && answer(client, chat_id, known, text, 0);
    } else if (fine && task == CONVERSE && longest.chat.document != NULL) {
        fine = answer(client, id_of(&longest.chat, "/chatId"), longest.newest, ANSWER, 1);
    } else if (fine) {
        puts("Nothing was sent. To answer: --send CHAT_ID TEXT");
    }
    ymchat_json_free(chats);
    return fine;
}

/* ---- configuration ---- */

/* Texts from outside are quoted: they may hold quotation marks, or wrong UTF-8. */
static char *configuration(const char *key, const char *business, const char *base_url)
{
    char *quoted_key = NULL, *quoted_url = NULL, *json = NULL;
    if (ymchat_json_quote(key, &quoted_key) == YMCHAT_OK
        && ymchat_json_quote(base_url, &quoted_url) == YMCHAT_OK) {
        size_t room = strlen(quoted_key) + strlen(quoted_url) + strlen(business) + 128;
        json = (char *)malloc(room);
        if (json != NULL)
            snprintf(json, room,
                     "{\"integration\": \"ymchat-quickstart/1.0\", \"businessId\": %s, "
                     "\"apiKey\": %s, \"baseUrl\": %s}",
                     business, quoted_key, *base_url != '\0' ? quoted_url : "null");
    }
    ymchat_string_free(quoted_key);
    ymchat_string_free(quoted_url);
    return json;
}

static int run(enum task task, int64_t chat_id, const char *text)
{
    const char *key = getenv("YMCHAT_API_KEY"), *business = getenv("YMCHAT_BUSINESS_ID");
    const char *base_url = getenv("YMCHAT_BASE_URL");
    const char *here = "http://127.0.0.1:";
    ymchat_client *client = NULL;
    ymchat_json *error = NULL;
    ymchat_status status;
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
    status = ymchat_client_new(config, &client, &json);
    free(config);
    fine = status == YMCHAT_OK || succeeded(status, json, &error);
    if (fine) {
        fine = talk(client, business, task, chat_id, text);
        ymchat_client_free(client);
    }
    return fine;
}

/* Windows has the arguments, and what is shown, in the code page of the machine; the library
 * speaks UTF-8. */
static void speak_utf8(int argc, char **argv)
{
#ifdef _WIN32
    int count, i;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    SetConsoleOutputCP(CP_UTF8);
    for (i = 0; wide != NULL && i < argc && i < count; i++) {
        int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);
        char *text = malloc((size_t)size); /* Until the program ends. */
        if (text != NULL && WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, text, size, NULL, NULL) > 0)
            argv[i] = text;
    }
    LocalFree(wide);
#else
    (void)argc;
    (void)argv;
#endif
}

int main(int argc, char **argv)
{
    enum task task = READ;
    int64_t chat_id = 0;
    char *end = NULL;
    speak_utf8(argc, argv);
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
