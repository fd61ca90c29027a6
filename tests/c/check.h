/* What the C tests share. A check that fails says where, and ends the program with 1. */
#ifndef YMCHAT_TESTS_CHECK_H
#define YMCHAT_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ymchat.h"

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__, "")
#define CHECK_IN(condition, text) check((condition) != 0, #condition, __FILE__, __LINE__, text)

static inline void check(int fine, const char *what, const char *file, int line, const char *text)
{
    if (!fine) {
        fprintf(stderr, "%s:%d: this does not hold: %s\n%s\n", file, line, what,
                text != NULL ? text : "(NULL)");
        exit(1);
    }
}

/* The harness says where the simulated Market is. */
static inline const char *setting(const char *name)
{
    const char *value = getenv(name);
    CHECK_IN(value != NULL, name);
    return value;
}

static inline ymchat_client *open_client_at(const char *base_url, const char *more)
{
    char config[1024], *json = NULL;
    ymchat_client *client = NULL;
    ymchat_status status;
    snprintf(config, sizeof config,
             "{\"apiKey\": \"%s\", \"businessId\": %s, \"baseUrl\": \"%s\"%s}",
             setting("YMCHAT_API_KEY"), setting("YMCHAT_BUSINESS_ID"), base_url, more);
    status = ymchat_client_new(config, &client, &json);
    CHECK_IN(status == YMCHAT_OK && client != NULL && json == NULL, json);
    return client;
}

static inline ymchat_client *open_client(void)
{
    return open_client_at(setting("YMCHAT_BASE_URL"), "");
}

static inline void expect_ok(ymchat_status status, char *json, const char *part)
{
    CHECK_IN(status == YMCHAT_OK, json);
    CHECK_IN(json != NULL && strstr(json, part) != NULL, json);
    ymchat_string_free(json);
}

/* A call that has to succeed, with "out" for its out_json, and with this text in its document. */
#define GIVES(part, call)                                                                          \
    do {                                                                                           \
        char *document = NULL;                                                                     \
        char **out = &document;                                                                    \
        ymchat_status status_of_call = call;                                                       \
        expect_ok(status_of_call, document, part);                                                 \
    } while (0)

#endif
