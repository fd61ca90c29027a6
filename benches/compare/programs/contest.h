/* What the C and C++ contestants have in common: arguments, the timed loop, the line they print.
 *
 * Every contestant fetches the same page again and again, and ends with it as a NUL-terminated
 * string; in "tree" mode cJSON then parses that string. Only `fetch` differs. */
#ifndef CONTEST_H
#define CONTEST_H

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define CONTEST_API_KEY "ACMA:benchmark:0123456789abcdef"
#define CONTEST_CHAT_ID 530123456789
#define CONTEST_LIMIT 100

struct contest_task {
    const char *base_url; /* http://127.0.0.1:PORT or https://… */
    const char *business;
    long calls;
    long warmup;
    int tree;            /* parse each body with cJSON */
    int keep_alive;      /* the server keeps connections; only the bare socket has to be told */
    const char *ca_file; /* PEM; NULL in the plain regimes */
};

struct contestant {
    const char *version;
    void *state;
    char *(*fetch)(void *state); /* the body as a NUL-terminated string */
    void (*release)(void *state, char *text);
};

static inline void contest_fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail ? detail : "");
    exit(1);
}

static inline struct contest_task contest_arguments(int argc, char **argv)
{
    struct contest_task task;
    if (argc != 8)
        contest_fail("usage", "BASE_URL BUSINESS CALLS WARMUP text|tree close|keep CA_FILE|-");
    task.base_url = argv[1];
    task.business = argv[2];
    task.calls = atol(argv[3]);
    task.warmup = atol(argv[4]);
    task.tree = strcmp(argv[5], "tree") == 0;
    task.keep_alive = strcmp(argv[6], "keep") == 0;
    task.ca_file = strcmp(argv[7], "-") == 0 ? NULL : argv[7];
    return task;
}

/* Parses, counts and frees. The text is either the whole answer or its `result` alone. */
static inline int contest_tree_messages(const char *text)
{
    cJSON *root = cJSON_Parse(text);
    const cJSON *result = cJSON_GetObjectItemCaseSensitive(root, "result");
    const cJSON *messages =
        cJSON_GetObjectItemCaseSensitive(result ? result : root, "messages");
    int count = cJSON_GetArraySize(messages);
    cJSON_Delete(root);
    return count;
}

static inline int contest_text_messages(const char *text)
{
    int count = 0;
    while ((text = strstr(text, "\"messageId\":")) != NULL) {
        text++;
        count++;
    }
    return count;
}

static inline long long contest_wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline long long contest_cpu_ns(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000LL +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000LL;
}

/* Not ru_maxrss: that one survives exec and so would show the driver's size where it is larger. */
static inline long contest_peak_rss_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (status)
        fclose(status);
    return kib;
}

static inline void contest_calls(const struct contestant *who, int tree, long calls)
{
    for (long i = 0; i < calls; i++) {
        char *text = who->fetch(who->state);
        if (tree && contest_tree_messages(text) != CONTEST_LIMIT)
            contest_fail("wrong tree", text);
        who->release(who->state, text);
    }
}

static inline int contest_run(const struct contest_task *task, const struct contestant *who)
{
    contest_calls(who, task->tree, task->warmup);

    long long wall = contest_wall_ns();
    long long cpu = contest_cpu_ns();
    contest_calls(who, task->tree, task->calls);
    cpu = contest_cpu_ns() - cpu;
    wall = contest_wall_ns() - wall;

    /* Counting in the text costs more than some contestants spend on a call: once, afterwards. */
    char *text = who->fetch(who->state);
    int messages = contest_text_messages(text);
    size_t bytes = strlen(text);
    who->release(who->state, text);

    printf("{\"wall_ns\":%lld,\"cpu_ns\":%lld,\"calls\":%ld,\"peak_rss_kib\":%ld,"
           "\"messages\":%d,\"bytes\":%zu,\"version\":\"%s\"}\n",
           wall, cpu, task->calls, contest_peak_rss_kib(), messages, bytes, who->version);
    return 0;
}

#endif
