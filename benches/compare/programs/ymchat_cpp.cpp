/* This library through its C++ binding. */
#include "contest.h"

#include <ymchat.hpp>

namespace {

struct client {
    ymchat::raw_client raw;
    ymchat::history_options options;
};

/* The text is the contestant's until `drop`, as in C. */
char *fetch(void *state)
{
    auto *mine = static_cast<client *>(state);
    return mine->raw.get_chat_history(CONTEST_CHAT_ID, mine->options).release();
}

void drop(void *, char *text)
{
    ymchat::json_text owned(text);
}

} // namespace

int main(int argc, char **argv)
{
    const contest_task task = contest_arguments(argc, argv);
    try {
        ymchat::config config;
        config.api_key = CONTEST_API_KEY;
        config.business_id = atoll(task.business);
        config.base_url = task.base_url;
        if (task.ca_file)
            config.ca_file = task.ca_file;
        const ymchat::client open(config);

        client mine{open.raw(), {}};
        mine.options.limit = CONTEST_LIMIT;
        const contestant who = {ymchat_version(), &mine, fetch, drop};
        return contest_run(&task, &who);
    } catch (const ymchat::error &error) {
        contest_fail("ymchat", error.what());
    }
}
