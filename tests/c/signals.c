/* A host whose timer interrupts every system call, as profilers and old schedulers do. */
#define _XOPEN_SOURCE 600

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "check.h"

static volatile sig_atomic_t ticks;

static void tick(int number)
{
    (void)number;
    ticks++;
}

int main(void)
{
    static uint8_t file[1 << 20];
    struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    struct timespec start, end;
    ymchat_client *client, *waiting;
    char *json = NULL;
    double took;

    memset(&action, 0, sizeof action);
    action.sa_handler = tick; /* without SA_RESTART: calls fail with EINTR */
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);

    client = open_client_at(setting("YMCHAT_LOCALHOST_URL"), "");
    GIVES("\"chats\"", ymchat_get_all_chats(client, NULL, out));
    GIVES("\"messages\"", ymchat_get_messages_since(client, 4000046, 0, NULL, out));
    GIVES("\"attempts\":1", ymchat_send_file(client, 4000046, "x", file, sizeof file, NULL, out));

    /* And a time-out is still one, neither late nor early. */
    waiting = open_client_at(setting("YMCHAT_SILENT_URL"), ", \"callTimeoutMs\": 300");
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK_IN(ymchat_get_chat(waiting, 1, &json) == YMCHAT_TIMEOUT, json);
    clock_gettime(CLOCK_MONOTONIC, &end);
    ymchat_string_free(json);
    took = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    CHECK(took >= 0.29 && took < 3.0);

    CHECK(ymchat_client_free(waiting) == YMCHAT_OK);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(ticks > 50);
    puts("signals: done");
    return 0;
}
