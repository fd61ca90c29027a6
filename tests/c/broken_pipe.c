/* A host that leaves SIGPIPE alone: a peer that closes too early must not end it. */
#define _XOPEN_SOURCE 600

#include <signal.h>

#include "check.h"

enum { ROUNDS = 5 };

static ymchat_client *open_https(const char *url, const char *ca_file, const char *proxy)
{
    char more[512];
    snprintf(more, sizeof more, ", \"caFile\": \"%s\", \"maxAttempts\": 2%s%s%s", ca_file,
             proxy != NULL ? ", \"proxy\": \"" : "", proxy != NULL ? proxy : "",
             proxy != NULL ? "\"" : "");
    return open_client_at(url, more);
}

/* The service, over TLS or not, refuses an upload by its header, and closes. */
static void upload(ymchat_client *client)
{
    static uint8_t file[5 << 20];
    int round;
    for (round = 0; round < ROUNDS; round++) {
        char *json = NULL;
        ymchat_status status = ymchat_send_file(client, 7, "x", file, sizeof file, NULL, &json);
        CHECK_IN(status == YMCHAT_BAD_REQUEST || status == YMCHAT_NETWORK, json);
        ymchat_string_free(json);
    }
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

/* The proxy says yes to everything at once, and closes. */
static void read_through(ymchat_client *client)
{
    int round;
    for (round = 0; round < ROUNDS; round++) {
        char *json = NULL;
        CHECK_IN(ymchat_get_chat(client, 7, &json) == YMCHAT_NETWORK, json);
        ymchat_string_free(json);
    }
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

int main(int argc, char **argv)
{
    struct sigaction action;
    CHECK(argc == 6);
    /* Whoever started this program may ignore the signal, and that is inherited. */
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);

    upload(open_client_at(argv[1], ", \"maxAttempts\": 2"));
    upload(open_https(argv[2], argv[3], NULL));
    read_through(open_https(argv[2], argv[3], argv[4]));
    read_through(open_https(argv[2], argv[3], argv[5]));
    puts("broken_pipe: done");
    return 0;
}
