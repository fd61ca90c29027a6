/*
 * Every message in a file, once, whatever happens to this program.
 *
 *     inbox FILE                        brings what is new
 *     inbox FILE hints FOLDER           brings what is new in the chats that notifications have
 *                                       named: receiver.c leaves a file for each in FOLDER
 *     inbox FILE answer FOLDER TEXT     reads a notification from stdin, saves the files of what is
 *                                       new in its chat in FOLDER, and sends TEXT
 *
 * What it prints stands at the top of inbox.rs. It may be killed at any moment, and is started
 * again; a reply that must not be lost then has its place in outbox.c.
 *
 *     cargo build --release
 *     cc examples/inbox.c -Iinclude -Ltarget/release -lymchat \
 *         -Wl,-rpath,"$PWD/target/release" -o inbox
 *     YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… ./inbox inbox.jsonl
 *
 * Each line of the file is what one sync gave: {"since", "chats": [{"chat", "messages"}], "more"}.
 * So the messages and the token that says what was received are written together. What stands
 * after the last line end was being written when the power failed, and does not count.
 *
 * It is written for POSIX (Linux, macOS). Windows has other functions in place of fsync, pread and lockf.
 */
#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ymchat.h"

static const char TAKEN[] = ".taken";

static void fail(const char *what)
{
    fprintf(stderr, "inbox: %s\n", what);
    exit(2);
}

static void fail_with(char *json)
{
    ymchat_json *document = NULL;
    char *message = NULL;
    ymchat_json_parse(json, &document);
    ymchat_json_text(document, "/message", &message);
    fprintf(stderr, "inbox: %s\n", message != NULL ? message : "?");
    exit(1);
}

/* ---- The file ---- */

/* The token of the last line; NULL where there is none. */
static char *last_token(int file)
{
    off_t size = lseek(file, 0, SEEK_END);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1), *line, *since = NULL;
    ymchat_json *document = NULL;
    if (text == NULL || pread(file, text, (size_t)size, 0) != size)
        fail("the file cannot be read");
    while (size > 0 && text[size - 1] != '\n')
        size--;
    /* Half of a line: the step was not taken. */
    if (ftruncate(file, size) != 0)
        fail("the file cannot be written");
    if (size > 0) {
        text[size - 1] = '\0';
        line = strrchr(text, '\n');
        if (ymchat_json_parse(line != NULL ? line + 1 : text, &document) != YMCHAT_OK ||
            ymchat_json_text(document, "/since", &since) != YMCHAT_OK)
            fail("the file holds a line that is not one of its own");
        ymchat_json_free(document);
    }
    free(text);
    return since;
}

/* The line is on the disk when this returns. */
static void append(int file, char *json)
{
    size_t length = strlen(json);
    char *c;
    /* The service may write JSON on several lines; within its strings there is no line end. */
    for (c = json; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    json[length] = '\n';
    if (write(file, json, length + 1) != (ssize_t)length + 1 || fsync(file) != 0)
        fail("the file cannot be written");
    json[length] = '\0';
}

/* ---- The hints ---- */

/* The chats that were named; the others have their turn with the next call. */
struct hints {
    const char *directory;
    int64_t chats[500];
    size_t count;
};

static void path_of(char *path, size_t size, const struct hints *hints, int64_t chat,
                    const char *ending)
{
    if (snprintf(path, size, "%s/%" PRId64 "%s", hints->directory, chat, ending) >= (int)size)
        fail("the name of the directory of hints is too long");
}

static void add(struct hints *hints, int64_t chat)
{
    size_t i;
    for (i = 0; i < hints->count; i++)
        if (hints->chats[i] == chat)
            return;
    if (hints->count < sizeof hints->chats / sizeof *hints->chats)
        hints->chats[hints->count++] = chat;
}

/*
 * Takes each file that is named for a chat, so that a notification that comes from here on makes a
 * new one; and what was taken before this program was killed.
 */
static void take(struct hints *hints)
{
    DIR *directory = opendir(hints->directory);
    struct dirent *entry;
    char from[4096], to[4096], *ending;
    if (directory == NULL)
        fail("the directory of hints cannot be read");
    while ((entry = readdir(directory)) != NULL) {
        int64_t chat = strtoll(entry->d_name, &ending, 10);
        if (chat < 1 || (*ending != '\0' && strcmp(ending, TAKEN) != 0))
            continue;
        path_of(from, sizeof from, hints, chat, "");
        path_of(to, sizeof to, hints, chat, TAKEN);
        /* It may have been taken a moment ago, under its other name. */
        if (*ending == '\0' && rename(from, to) != 0 && access(to, F_OK) != 0)
            fail("a hint cannot be taken");
        add(hints, chat);
    }
    closedir(directory);
}

static void forget(const struct hints *hints)
{
    char path[4096];
    size_t i;
    for (i = 0; i < hints->count; i++) {
        path_of(path, sizeof path, hints, hints->chats[i], TAKEN);
        unlink(path);
    }
}

/* The options of a sync: of these chats, or of all where there are none. */
static void write_options(char *options, size_t size, const struct hints *hints)
{
    size_t i, length;
    length = (size_t)snprintf(options, size, "{\"start\": \"all\", \"scope\": \"all\", \"limit\": 50");
    for (i = 0; i < hints->count; i++)
        length += (size_t)snprintf(options + length, size - length, "%s%" PRId64,
                                   i == 0 ? ", \"chatIds\": [" : ", ", hints->chats[i]);
    snprintf(options + length, size - length, "%s}", hints->count > 0 ? "]" : "");
}

/* ---- What is new ---- */

/* What is to be done with the messages besides storing them, and what came of it. */
struct visit {
    size_t messages;
    /* Where the files are saved; NULL: nothing is shown or saved. */
    const char *folder;
    /* The newest message of a customer; 0 where there is none. */
    int64_t asked;
};

static void show_message(const ymchat_client *client, const ymchat_json *news, const char *place,
                         struct visit *visit);

/* Stores everything that is new. */
static void receive(int file, const ymchat_client *client, const char *options, struct visit *visit)
{
    char *since = last_token(file), *json = NULL, place[96];
    int32_t more = 1;
    while (more) {
        ymchat_json *news = NULL;
        size_t before = visit->messages, chats = 0, messages, i, j;
        if (ymchat_sync(client, since, options, &json) != YMCHAT_OK)
            fail_with(json);
        ymchat_json_parse(json, &news);
        ymchat_json_bool(news, "/more", &more);
        ymchat_json_count(news, "/chats", &chats);
        for (i = 0; i < chats; i++) {
            snprintf(place, sizeof place, "/chats/%lu/messages", (unsigned long)i);
            ymchat_json_count(news, place, &messages);
            visit->messages += messages;
        }
        /* A token that brings nothing need not be kept: the one before it is as good. */
        if (visit->messages > before || more || since == NULL)
            append(file, json);
        for (i = 0; visit->folder != NULL && i < chats; i++) {
            snprintf(place, sizeof place, "/chats/%lu/messages", (unsigned long)i);
            ymchat_json_count(news, place, &messages);
            for (j = 0; j < messages; j++) {
                snprintf(place, sizeof place, "/chats/%lu/messages/%lu", (unsigned long)i,
                         (unsigned long)j);
                show_message(client, news, place, visit);
            }
        }
        ymchat_string_free(since);
        since = NULL;
        ymchat_json_text(news, "/since", &since);
        ymchat_json_free(news);
        ymchat_string_free(json);
    }
    ymchat_string_free(since);
}

/* ---- Answering ---- */

/* The text of a member; to be freed by ymchat_string_free. NULL where there is none. */
static char *text_of(const ymchat_json *document, const char *place, const char *member)
{
    char pointer[128], *text = NULL;
    snprintf(pointer, sizeof pointer, "%s%s", place, member);
    ymchat_json_text(document, pointer, &text);
    return text;
}

static int64_t number_of(const ymchat_json *document, const char *place, const char *member)
{
    char pointer[128];
    int64_t number = 0;
    snprintf(pointer, sizeof pointer, "%s%s", place, member);
    ymchat_json_int64(document, pointer, &number);
    return number;
}

static const char *who(const char *sender)
{
    static const char *const names[][2] = {{"PARTNER", "Shop"}, {"CUSTOMER", "Customer"},
                                           {"MARKET", "Market"}, {"SUPPORT", "Support"}};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(sender, names[i][0]) == 0)
            return names[i][1];
    return sender;
}

/* Saves a file of a message. The name is the customer's, and no path. */
static void save(const ymchat_client *client, const char *url, const char *folder, int64_t message,
                 size_t index)
{
    char path[4096], *json = NULL;
    ymchat_json *saved = NULL;
    snprintf(path, sizeof path, "%s/%" PRId64 "-%lu", folder, message, (unsigned long)index);
    if (ymchat_download_file(client, url, path, "{\"overwrite\": true}", &json) != YMCHAT_OK)
        fail_with(json);
    ymchat_json_parse(json, &saved);
    printf("  Saved %" PRId64 " bytes.\n", number_of(saved, "", "/bytes"));
    ymchat_json_free(saved);
    ymchat_string_free(json);
}

static void show_message(const ymchat_client *client, const ymchat_json *news, const char *place,
                         struct visit *visit)
{
    char *sender = text_of(news, place, "/sender"), *text = text_of(news, place, "/message"), *c;
    int64_t id = number_of(news, place, "/messageId");
    char files[128];
    size_t count = 0, i;
    printf("  %s:%s", who(sender), text != NULL && *text != '\0' ? " " : "");
    for (c = text; c != NULL && *c != '\0'; c++)
        printf(*c == '\n' ? " / " : "%c", *c);
    snprintf(files, sizeof files, "%s/payload", place);
    ymchat_json_count(news, files, &count);
    for (i = 0; i < count; i++) {
        char *name;
        snprintf(files, sizeof files, "%s/payload/%lu", place, (unsigned long)i);
        name = text_of(news, files, "/name");
        if (name != NULL)
            printf(" [file: %s, %" PRId64 " bytes]", name, number_of(news, files, "/size"));
        ymchat_string_free(name);
    }
    printf("\n");
    for (i = 0; i < count; i++) {
        char *url;
        snprintf(files, sizeof files, "%s/payload/%lu", place, (unsigned long)i);
        url = text_of(news, files, "/url");
        if (url != NULL)
            save(client, url, visit->folder, id, i);
        ymchat_string_free(url);
    }
    if (strcmp(sender, "CUSTOMER") == 0)
        visit->asked = id;
    ymchat_string_free(sender);
    ymchat_string_free(text);
}

/* Whether the rules of the chat allow the text, as far as can be seen. */
static int may_be_sent(const char *text)
{
    ymchat_json *check = NULL;
    char *json = NULL, place[64];
    size_t count = 0, i;
    if (ymchat_check_message(text, NULL, &json) != YMCHAT_OK)
        fail_with(json);
    ymchat_json_parse(json, &check);
    ymchat_json_count(check, "/findings", &count);
    for (i = 0; i < count; i++) {
        char *kind, *part;
        snprintf(place, sizeof place, "/findings/%lu", (unsigned long)i);
        kind = text_of(check, place, "/kind");
        part = text_of(check, place, "/text");
        printf("Not sent, because of %s: %s\n", kind, part);
        ymchat_string_free(kind);
        ymchat_string_free(part);
    }
    ymchat_json_free(check);
    ymchat_string_free(json);
    return count == 0;
}

static void send_reply(const ymchat_client *client, int64_t chat, int64_t asked, const char *text)
{
    char options[128], *json = NULL, *outcome;
    ymchat_json *sent = NULL;
    snprintf(options, sizeof options,
             "{\"afterMessageId\": %" PRId64 ", \"returnMessageId\": true}", asked);
    if (ymchat_send_message(client, chat, text, options, &json) != YMCHAT_OK)
        fail_with(json);
    ymchat_json_parse(json, &sent);
    outcome = text_of(sent, "", "/outcome");
    printf("  Shop: %s\n  %s, message %" PRId64 "\n", text, outcome,
           number_of(sent, "", "/messageId"));
    ymchat_string_free(outcome);
    ymchat_json_free(sent);
    ymchat_string_free(json);
}

/* The notification of stdin; returns the exit code. */
static int answer(int file, const ymchat_client *client, const char *folder, const char *text)
{
    static char body[64 * 1024 + 1];
    size_t size = fread(body, 1, sizeof body, stdin);
    struct visit visit = {0, NULL, 0};
    struct hints hints = {NULL, {0}, 1};
    ymchat_json *told = NULL;
    char *json = NULL, *type, options[256];
    int64_t chat, http_status;
    if (ymchat_parse_notification(body, size, "{\"name\": \"inbox\"}", &json) != YMCHAT_OK)
        fail_with(json);
    ymchat_json_parse(json, &told);
    type = text_of(told, "", "/type");
    chat = number_of(told, "", "/chatId");
    http_status = number_of(told, "", "/reply/httpStatus");
    printf("The Market says %s: answered with %" PRId64 ".\n", *type != '\0' ? type : "nothing",
           http_status);
    ymchat_string_free(type);
    ymchat_string_free(json);
    ymchat_json_free(told);
    if (chat == 0)
        return http_status == 200 ? 0 : 1;
    if (!may_be_sent(text))
        return 1;
    visit.folder = folder;
    hints.chats[0] = chat;
    write_options(options, sizeof options, &hints);
    receive(file, client, options, &visit);
    if (visit.asked > 0)
        send_reply(client, chat, visit.asked, text);
    else
        printf("Nothing to answer.\n");
    return 0;
}

/* ---- The program ---- */

static ymchat_client *open_client(void)
{
    const char *key = getenv("YMCHAT_API_KEY"), *business = getenv("YMCHAT_BUSINESS_ID");
    const char *url = getenv("YMCHAT_BASE_URL");
    ymchat_client *client = NULL;
    char *quoted_key = NULL, *quoted_url = NULL, *config, *json = NULL;
    size_t size;
    if (key == NULL || business == NULL)
        fail("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
    if (url == NULL)
        url = "https://api.partner.market.yandex.ru";
    if (ymchat_json_quote(key, &quoted_key) != YMCHAT_OK ||
        ymchat_json_quote(url, &quoted_url) != YMCHAT_OK)
        fail("the environment is not UTF-8");
    size = strlen(quoted_key) + strlen(business) + strlen(quoted_url) + 64;
    config = malloc(size);
    if (config == NULL)
        fail("no memory");
    snprintf(config, size, "{\"apiKey\": %s, \"businessId\": %s, \"baseUrl\": %s}", quoted_key,
             business, quoted_url);
    if (ymchat_client_new(config, &client, &json) != YMCHAT_OK)
        fail_with(json);
    ymchat_string_free(quoted_key);
    ymchat_string_free(quoted_url);
    free(config);
    return client;
}

int main(int count, char **arguments)
{
    static struct hints hints;
    static char options[500 * 24];
    struct visit visit = {0, NULL, 0};
    ymchat_client *client;
    int file, result = 0;
    int hinted = count == 4 && strcmp(arguments[2], "hints") == 0;
    int answers = count == 5 && strcmp(arguments[2], "answer") == 0;
    if (count != 2 && !hinted && !answers)
        fail("the arguments are: FILE [hints FOLDER | answer FOLDER TEXT]");
    file = open(arguments[1], O_RDWR | O_CREAT | O_APPEND, 0600);
    /* One program at a time. */
    if (file < 0 || lockf(file, F_LOCK, 0) != 0)
        fail("the file cannot be opened");
    client = open_client();
    if (answers) {
        result = answer(file, client, arguments[3], arguments[4]);
    } else {
        if (hinted) {
            hints.directory = arguments[3];
            take(&hints);
        }
        if (!hinted || hints.count > 0) {
            write_options(options, sizeof options, &hints);
            receive(file, client, options, &visit);
            forget(&hints);
        }
        printf("Received %lu messages.\n", (unsigned long)visit.messages);
    }
    ymchat_client_free(client);
    close(file);
    return result;
}
