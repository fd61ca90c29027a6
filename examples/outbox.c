/*
 * Replies that arrive once, whatever happens to this program: a file with a line for each step.
 *
 *     outbox FILE add CHAT_ID TEXT    puts a reply into the file
 *     outbox FILE send                sends what has not been sent
 *
 * It may be killed at any moment, and is started again until nothing is left. Each reply has a
 * ticket, which is on the disk before the reply is sent for the first time.
 *
 *     cargo build --release
 *     cc examples/outbox.c -Iinclude -Ltarget/release -lymchat \
 *         -Wl,-rpath,"$PWD/target/release" -o outbox
 *     YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… ./outbox outbox.jsonl send
 *
 * The file only grows. Each line is a JSON document: {"reply", "chat", "text"}, {"reply",
 * "ticket"} or {"reply", "sent"}. What stands after the last line end was being written when the
 * power failed, and does not count.
 *
 * It is written for POSIX (Linux, macOS). Windows has other functions in place of fsync and pread.
 */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ymchat.h"

struct reply {
    int64_t number, chat;
    char *text, *ticket;
    int sent, blocked;
};

struct outbox {
    int file;
    struct reply *replies;
    size_t count;
};

static void fail(const char *what)
{
    fprintf(stderr, "outbox: %s\n", what);
    exit(2);
}

/* ---- The file ---- */

/* The line is on the disk when this returns. */
static void append(const struct outbox *box, const char *line)
{
    size_t length = strlen(line);
    if (write(box->file, line, length) != (ssize_t)length || fsync(box->file) != 0)
        fail("the file cannot be written");
}

static struct reply *find(struct outbox *box, int64_t number)
{
    size_t i;
    for (i = 0; i < box->count; i++)
        if (box->replies[i].number == number)
            return &box->replies[i];
    box->replies = realloc(box->replies, (box->count + 1) * sizeof *box->replies);
    if (box->replies == NULL)
        fail("no memory");
    memset(&box->replies[box->count], 0, sizeof *box->replies);
    box->replies[box->count].number = number;
    return &box->replies[box->count++];
}

static void read_line(struct outbox *box, const char *line)
{
    ymchat_json *document = NULL;
    struct reply *reply;
    int64_t number = 0;
    int32_t sent = 0;
    if (ymchat_json_parse(line, &document) != YMCHAT_OK ||
        ymchat_json_int64(document, "/reply", &number) != YMCHAT_OK)
        fail("the file holds a line that is not one of its own");
    reply = find(box, number);
    if (reply->text == NULL && ymchat_json_text(document, "/text", &reply->text) == YMCHAT_OK)
        ymchat_json_int64(document, "/chat", &reply->chat);
    if (reply->ticket == NULL)
        ymchat_json_text(document, "/ticket", &reply->ticket);
    if (ymchat_json_bool(document, "/sent", &sent) == YMCHAT_OK)
        reply->sent |= sent;
    ymchat_json_free(document);
}

static struct outbox open_outbox(const char *path)
{
    struct outbox box = {-1, NULL, 0};
    char *text = NULL, *line, *end;
    off_t size;
    box.file = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    size = box.file < 0 ? -1 : lseek(box.file, 0, SEEK_END);
    text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text == NULL || pread(box.file, text, (size_t)size, 0) != size)
        fail("the file cannot be read");
    text[size] = '\0';
    for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        read_line(&box, line);
    }
    /* Half of a line: the step was not taken. */
    if (*line != '\0' && ftruncate(box.file, line - text) != 0)
        fail("the file cannot be written");
    free(text);
    return box;
}

static void close_outbox(struct outbox *box)
{
    size_t i;
    for (i = 0; i < box->count; i++) {
        ymchat_string_free(box->replies[i].text);
        ymchat_string_free(box->replies[i].ticket);
    }
    free(box->replies);
    close(box->file);
}

/* ---- JSON ---- */

/* The parts one after the other; to be freed. */
static char *joined(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(size);
    if (text == NULL)
        fail("no memory");
    snprintf(text, size, "%s%s%s", a, b, c);
    return text;
}

/* `before`, the text as a JSON string, `after`; to be freed. */
static char *with_text(const char *before, const char *text, const char *after)
{
    char *quoted = NULL, *json;
    if (ymchat_json_quote(text, &quoted) != YMCHAT_OK)
        fail("the text is not UTF-8");
    json = joined(before, quoted, after);
    ymchat_string_free(quoted);
    return json;
}

/* The text at a place of a document; to be freed by ymchat_string_free. Frees the document. */
static char *text_in(char *json, const char *pointer)
{
    ymchat_json *document = NULL;
    char *text = NULL;
    ymchat_json_parse(json, &document);
    ymchat_json_text(document, pointer, &text);
    ymchat_json_free(document);
    ymchat_string_free(json);
    return text;
}

/* ---- The replies ---- */

static void add(struct outbox *box, const char *chat, const char *text)
{
    char before[128], *line;
    snprintf(before, sizeof before, "{\"reply\": %lu, \"chat\": %" PRId64 ", \"text\": ",
             (unsigned long)box->count + 1, (int64_t)strtoll(chat, NULL, 10));
    line = with_text(before, text, "}\n");
    append(box, line);
    free(line);
}

/* Whether the reply has arrived. */
static int send_one(const struct outbox *box, const ymchat_client *client, struct reply *reply)
{
    char *json = NULL, *line, *message;
    char before[64];
    ymchat_status status;
    if (reply->ticket == NULL) {
        char *content = with_text("{\"message\": ", reply->text, "}");
        status = ymchat_prepare_send(client, reply->chat, content, &json);
        free(content);
        if (status == YMCHAT_OK) {
            reply->ticket = text_in(json, "/ticket");
            snprintf(before, sizeof before, "{\"reply\": %" PRId64 ", \"ticket\": ", reply->number);
            line = with_text(before, reply->ticket, "}\n");
            append(box, line);
            free(line);
        }
    } else {
        status = YMCHAT_OK;
    }
    if (status == YMCHAT_OK) {
        char *options = with_text("{\"ticket\": ", reply->ticket, "}");
        status = ymchat_send_message(client, reply->chat, reply->text, options, &json);
        free(options);
        if (status == YMCHAT_OK) {
            char done[64];
            ymchat_string_free(json);
            snprintf(done, sizeof done, "{\"reply\": %" PRId64 ", \"sent\": true}\n", reply->number);
            append(box, done);
            reply->sent = 1;
            printf("%" PRId64 ": sent\n", reply->number);
            return 1;
        }
    }
    message = text_in(json, "/message");
    fprintf(stderr, "%" PRId64 ": %s\n", reply->number, message ? message : "?");
    ymchat_string_free(message);
    return 0;
}

static int send_all(struct outbox *box, const ymchat_client *client)
{
    size_t i, j;
    int waiting = 0;
    for (i = 0; i < box->count; i++) {
        struct reply *reply = &box->replies[i];
        if (reply->sent || reply->text == NULL)
            continue;
        /* A reply goes out when the one before it in its chat is settled: its ticket names the
         * newest message of the chat. */
        for (j = 0; j < i; j++)
            reply->blocked |= box->replies[j].blocked && box->replies[j].chat == reply->chat;
        if (!reply->blocked)
            reply->blocked = !send_one(box, client, reply);
        waiting += reply->blocked;
    }
    return waiting;
}

static ymchat_client *open_client(void)
{
    const char *key = getenv("YMCHAT_API_KEY"), *business = getenv("YMCHAT_BUSINESS_ID");
    const char *url = getenv("YMCHAT_BASE_URL");
    ymchat_client *client = NULL;
    char *config, *more, *json = NULL;
    if (key == NULL || business == NULL)
        fail("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
    config = with_text("{\"apiKey\": ", key, ", \"businessId\": ");
    more = joined(config, business, "");
    free(config);
    if (url != NULL) {
        char *address = with_text(", \"baseUrl\": ", url, "");
        config = joined(more, address, "");
        free(address);
        free(more);
        more = config;
    }
    config = joined(more, "}", "");
    free(more);
    if (ymchat_client_new(config, &client, &json) != YMCHAT_OK) {
        char *message = text_in(json, "/message");
        fprintf(stderr, "outbox: %s\n", message ? message : "?");
        ymchat_string_free(message);
    }
    free(config);
    return client;
}

int main(int count, char **arguments)
{
    struct outbox box;
    int result = 0;
    if (count == 5 && strcmp(arguments[2], "add") == 0) {
        box = open_outbox(arguments[1]);
        add(&box, arguments[3], arguments[4]);
    } else if (count == 3 && strcmp(arguments[2], "send") == 0) {
        ymchat_client *client = open_client();
        box = open_outbox(arguments[1]);
        result = client == NULL || send_all(&box, client) > 0;
        ymchat_client_free(client);
    } else {
        fail("the arguments are: FILE (add CHAT_ID TEXT | send)");
        return 2;
    }
    close_outbox(&box);
    return result;
}
