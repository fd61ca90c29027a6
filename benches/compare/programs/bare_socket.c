/* The floor: a blocking socket, one write, and reads into one buffer that is never freed. Nothing
 * is parsed but the end of the header and Content-Length. */
#define _GNU_SOURCE
#include "contest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    struct sockaddr_in address;
    int keep_alive;
    int socket; /* -1: not connected */
    size_t request_length;
    char request[1024];
    char answer[256 * 1024];
};

static void dial(struct client *client)
{
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket < 0 || connect(client->socket, (struct sockaddr *)&client->address,
                                      sizeof client->address) != 0)
        contest_fail("bare socket", "cannot connect");
}

static size_t receive(struct client *client, size_t have)
{
    ssize_t got = recv(client->socket, client->answer + have, sizeof client->answer - 1 - have, 0);
    if (got <= 0)
        contest_fail("bare socket", "the answer ended early, or has no place");
    return have + (size_t)got;
}

static char *fetch(void *state)
{
    struct client *client = state;
    if (client->socket < 0)
        dial(client);
    if (send(client->socket, client->request, client->request_length, MSG_NOSIGNAL) !=
        (ssize_t)client->request_length)
        contest_fail("bare socket", "cannot send");

    size_t have = 0;
    char *end;
    do
        have = receive(client, have);
    while ((end = memmem(client->answer, have, "\r\n\r\n", 4)) == NULL);

    char *body = end + 4;
    const char *length = memmem(client->answer, (size_t)(end - client->answer),
                                "\r\nContent-Length: ", 18);
    if (strncmp(client->answer, "HTTP/1.1 200", 12) != 0 || !length)
        contest_fail("bare socket", "not a 200 with a length");
    size_t whole = (size_t)(body - client->answer) + strtoul(length + 18, NULL, 10);
    while (have < whole)
        have = receive(client, have);
    client->answer[whole] = '\0';

    if (!client->keep_alive) {
        close(client->socket);
        client->socket = -1;
    }
    return body;
}

static void release(void *state, char *text)
{
    (void)state;
    (void)text;
}

int main(int argc, char **argv)
{
    static struct client client;
    struct contest_task task = contest_arguments(argc, argv);
    unsigned port = 0;
    if (sscanf(task.base_url, "http://127.0.0.1:%u", &port) != 1)
        contest_fail("bare socket", "only http://127.0.0.1:PORT");
    client.address.sin_family = AF_INET;
    client.address.sin_port = htons((unsigned short)port);
    client.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client.keep_alive = task.keep_alive;
    client.socket = -1;
    client.request_length = (size_t)snprintf(
        client.request, sizeof client.request,
        "POST /v2/businesses/%s/chats/history?chatId=%lld&limit=%d HTTP/1.1\r\n"
        "Host: 127.0.0.1:%u\r\n"
        "Api-Key: " CONTEST_API_KEY "\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}",
        task.business, (long long)CONTEST_CHAT_ID, CONTEST_LIMIT, port);

    struct contestant who = {"-", &client, fetch, release};
    return contest_run(&task, &who);
}
