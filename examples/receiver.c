/*
 * Answers the Market's notifications, as a CGI program of a web server; inbox.c brings what they
 * tell of.
 *
 *     cargo build --release
 *     cc examples/receiver.c -Iinclude -Ltarget/release -lymchat \
 *         -Wl,-rpath,"$PWD/target/release" -o receiver
 *
 * The web server gives REMOTE_ADDR, CONTENT_LENGTH and the body, as RFC 3875 says, and the
 * environment RECEIVER_HINTS: a directory. There the program leaves an empty file with the chat's id
 * for its name. Have `inbox FILE hints FOLDER` run when something appears in it (a path unit of systemd, or
 * each minute), and `inbox FILE` each hour: a notification may get lost, and is not needed.
 *
 * RECEIVER_ALLOW_FROM, a JSON array such as ["127.0.0.1"], takes the place of the Market's
 * addresses.
 */
#define _XOPEN_SOURCE 700

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ymchat.h"

/* What is longer is refused, so that no more need be read. */
#define MOST (64 * 1024 + 1)

/* Without an answer of 200 the notification comes again. */
static int own_trouble(const char *what)
{
    fprintf(stderr, "receiver: %s\n", what);
    printf("Status: 500\r\nContent-Type: application/json\r\n\r\n"
           "{\"error\": {\"type\": \"UNKNOWN\", \"message\": \"own trouble\"}}");
    return 0;
}

static int hint(const char *directory, int64_t chat)
{
    char path[4096];
    int file;
    snprintf(path, sizeof path, "%s/%" PRId64, directory, chat);
    file = open(path, O_WRONLY | O_CREAT, 0600);
    return file >= 0 && close(file) == 0;
}

int main(void)
{
    static char body[MOST], options[8192];
    const char *address = getenv("REMOTE_ADDR"), *length = getenv("CONTENT_LENGTH");
    const char *hints = getenv("RECEIVER_HINTS"), *allow_from = getenv("RECEIVER_ALLOW_FROM");
    size_t wanted = length != NULL ? strtoul(length, NULL, 10) : 0;
    size_t size = fread(body, 1, wanted < MOST ? wanted : MOST, stdin);
    char *quoted = NULL, *json = NULL, *reply = NULL;
    ymchat_json *told = NULL;
    int64_t chat = 0, http_status = 0;

    if (hints == NULL || ymchat_json_quote(address != NULL ? address : "", &quoted) != YMCHAT_OK)
        return own_trouble("RECEIVER_HINTS is missing, or REMOTE_ADDR is not UTF-8");
    snprintf(options, sizeof options, "{\"name\": \"receiver.c\", \"remoteAddress\": %s%s%s}", quoted,
             allow_from != NULL ? ", \"allowFrom\": " : "", allow_from != NULL ? allow_from : "");
    if (ymchat_parse_notification(body, size, options, &json) != YMCHAT_OK)
        return own_trouble(json);
    ymchat_json_parse(json, &told);
    /* Before the answer. */
    if (ymchat_json_int64(told, "/chatId", &chat) == YMCHAT_OK && !hint(hints, chat))
        return own_trouble("the directory of hints cannot be written");
    ymchat_json_int64(told, "/reply/httpStatus", &http_status);
    ymchat_json_text(told, "/reply/body", &reply);
    printf("Status: %" PRId64 "\r\nContent-Type: application/json\r\n\r\n%s", http_status, reply);
    ymchat_string_free(reply);
    ymchat_string_free(json);
    ymchat_string_free(quoted);
    ymchat_json_free(told);
    return 0;
}
