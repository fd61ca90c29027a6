/* This library through its C ABI. */
#include "contest.h"

#include <ymchat.h>

struct client {
    ymchat_client *handle;
    char options[32];
};

static char *fetch(void *state)
{
    struct client *client = state;
    char *text = NULL;
    if (ymchat_get_chat_history(client->handle, CONTEST_CHAT_ID, client->options, &text) !=
        YMCHAT_OK)
        contest_fail("ymchat", text);
    return text;
}

static void release(void *state, char *text)
{
    (void)state;
    ymchat_string_free(text);
}

int main(int argc, char **argv)
{
    struct contest_task task = contest_arguments(argc, argv);
    struct client client = {0};
    char config[1024];
    char *error = NULL;

    snprintf(config, sizeof config,
             "{\"apiKey\":\"%s\",\"businessId\":%s,\"baseUrl\":\"%s\"%s%s%s}", CONTEST_API_KEY,
             task.business, task.base_url, task.ca_file ? ",\"caFile\":\"" : "",
             task.ca_file ? task.ca_file : "", task.ca_file ? "\"" : "");
    snprintf(client.options, sizeof client.options, "{\"limit\":%d}", CONTEST_LIMIT);
    if (ymchat_client_new(config, &client.handle, &error) != YMCHAT_OK)
        contest_fail("ymchat", error);

    struct contestant who = {ymchat_version(), &client, fetch, release};
    int status = contest_run(&task, &who);
    ymchat_client_free(client.handle);
    return status;
}
