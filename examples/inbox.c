/*
 * Every message in a file, once, whatever happens to this program.
 *
 *     inbox FILE          brings what is new
 *     inbox FILE HINTS    brings what is new in the chats that notifications have named:
 *                         receiver.c leaves a file for each in the directory HINTS
 *
 * It may be killed at any moment, and is started again.
 *
 *     cargo build --release
 *     cc examples/inbox.c -Iinclude -Ltarget/release -lymchat \
 *         -Wl,-rpath,"$PWD/target/release" -o inbox
 *     YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… ./inbox inbox.jsonl
 *
 * Each line of the file is what one sync gave: {"since", "chats": [{"chat", "messages"}], "more"}.
 * So the messages and the token that says what was received are written together. What stands
 * after the last line end was being written when the power failed, and does not count.
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

static size_t messages_in(const ymchat_json *news)
{
    size_t chats = 0, messages = 0, i;
    ymchat_json_count(news, "/chats", &chats);
    for (i = 0; i < chats; i++) {
        char place[64];
        size_t count = 0;
        snprintf(place, sizeof place, "/chats/%lu/messages", (unsigned long)i);
        ymchat_json_count(news, place, &count);
        messages += count;
    }
    return messages;
}

static void receive(int file, const ymchat_client *client, const char *options)
{
    char *since = last_token(file), *json = NULL;
    int32_t more = 1;
    while (more) {
        ymchat_json *news = NULL;
        size_t messages;
        if (ymchat_sync(client, since, options, &json) != YMCHAT_OK)
            fail_with(json);
        ymchat_json_parse(json, &news);
        messages = messages_in(news);
        ymchat_json_bool(news, "/more", &more);
        /* A token that brings nothing need not be kept: the one before it is as good. */
        if (messages > 0 || more || since == NULL)
            append(file, json);
        printf("%lu messages\n", (unsigned long)messages);
        fflush(stdout);
        ymchat_string_free(since);
        since = NULL;
        ymchat_json_text(news, "/since", &since);
        ymchat_json_free(news);
        ymchat_string_free(json);
    }
    ymchat_string_free(since);
}

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
    int file;
    if (count != 2 && count != 3)
        fail("the arguments are: FILE [HINTS]");
    file = open(arguments[1], O_RDWR | O_CREAT | O_APPEND, 0600);
    /* One program at a time. */
    if (file < 0 || lockf(file, F_LOCK, 0) != 0)
        fail("the file cannot be opened");
    if (count == 3) {
        hints.directory = arguments[2];
        take(&hints);
    }
    if (count == 2 || hints.count > 0) {
        ymchat_client *client = open_client();
        write_options(options, sizeof options, &hints);
        receive(file, client, options);
        ymchat_client_free(client);
        forget(&hints);
    }
    close(file);
    return 0;
}
