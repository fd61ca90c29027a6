/* libcurl's easy interface as a careful integrator would use it: one handle for all calls, so that
 * connections, TLS sessions and the loaded CA are reused wherever the server allows it. */
#include "contest.h"

#include <curl/curl.h>

struct body {
    char *text;
    size_t length;
    size_t capacity; /* one byte more is allocated, for the NUL */
};

struct client {
    CURL *curl;
    struct body body;
    char error[CURL_ERROR_SIZE];
};

static void reserve(struct body *body, size_t capacity)
{
    char *text = realloc(body->text, capacity + 1);
    if (!text)
        contest_fail("libcurl", "out of memory");
    body->text = text;
    body->capacity = capacity;
}

static size_t collect(char *data, size_t size, size_t count, void *user)
{
    struct client *client = user;
    struct body *body = &client->body;
    size_t length = size * count;
    if (!body->text) {
        /* The announced length spares the string every later growth. */
        curl_off_t announced = -1;
        curl_easy_getinfo(client->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        reserve(body, announced > 0 ? (size_t)announced : 16384);
    }
    if (body->length + length > body->capacity)
        reserve(body, 2 * (body->length + length));
    memcpy(body->text + body->length, data, length);
    body->length += length;
    return length;
}

static char *fetch(void *state)
{
    struct client *client = state;
    long status = 0;
    memset(&client->body, 0, sizeof client->body);
    if (curl_easy_perform(client->curl) != CURLE_OK)
        contest_fail("libcurl", client->error);
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || !client->body.text)
        contest_fail("libcurl", "not a 200 with a body");
    client->body.text[client->body.length] = '\0';
    return client->body.text;
}

static void release(void *state, char *text)
{
    (void)state;
    free(text);
}

int main(int argc, char **argv)
{
    struct contest_task task = contest_arguments(argc, argv);
    struct client client = {0};
    struct curl_slist *headers = NULL;
    char url[512];

    snprintf(url, sizeof url, "%s/v2/businesses/%s/chats/history?chatId=%lld&limit=%d",
             task.base_url, task.business, (long long)CONTEST_CHAT_ID, CONTEST_LIMIT);
    headers = curl_slist_append(headers, "Api-Key: " CONTEST_API_KEY);
    headers = curl_slist_append(headers, "Content-Type: application/json");

    curl_global_init(CURL_GLOBAL_DEFAULT);
    client.curl = curl_easy_init();
    if (!client.curl || !headers)
        contest_fail("libcurl", "cannot start");

    /* The request itself. */
    curl_easy_setopt(client.curl, CURLOPT_URL, url);
    curl_easy_setopt(client.curl, CURLOPT_POSTFIELDS, "{}");
    curl_easy_setopt(client.curl, CURLOPT_HTTPHEADER, headers);
    /* The body ends as a string, and a failure can be named. */
    curl_easy_setopt(client.curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(client.curl, CURLOPT_WRITEDATA, &client);
    curl_easy_setopt(client.curl, CURLOPT_ERRORBUFFER, client.error);
    /* No call may hang, and none needs a signal handler for that. */
    curl_easy_setopt(client.curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client.curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(client.curl, CURLOPT_TIMEOUT_MS, 15000L);
    /* The benchmark's own CA; the certificate and the host are checked, as by default. */
    if (task.ca_file)
        curl_easy_setopt(client.curl, CURLOPT_CAINFO, task.ca_file);
    /* All the rest stays as libcurl ships it: session cache and TCP_NODELAY are on, the verbose
     * log is off, the receive buffer has 16 KiB. */

#ifdef TUNED
    /* What only a profile tells. libcurl keeps the loaded CA for later connections, but not where
     * a CA path is set, and Debian's build sets one: a quarter of the CPU over TLS. */
    curl_easy_setopt(client.curl, CURLOPT_CAPATH, NULL);
    /* Fewer reads per body: a twentieth of the CPU with keep-alive. */
    curl_easy_setopt(client.curl, CURLOPT_BUFFERSIZE, 65536L);
#endif

    struct contestant who = {curl_version(), &client, fetch, release};
    int status = contest_run(&task, &who);
    curl_easy_cleanup(client.curl);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return status;
}
