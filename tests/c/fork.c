/* The child of a fork: other threads of the parent are inside the library at that moment, and hold
 * whatever they hold. The child opens a client of its own and calls; the parent's handle is stale in
 * it. Nothing hangs, and no place of the parent is missing. */

#define _XOPEN_SOURCE 600

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* CALLS keeps them below the quota of an hour. */
enum { THREADS = 6, CALLS = 700, FORKS = 60, PATIENCE = 60 };

static volatile sig_atomic_t stop;

static void call(const ymchat_client *client)
{
    GIVES("\"chats\"", ymchat_get_chats(client, "{\"limit\": 1}", out));
}

/* Every other thread opens a client for each call. */
static void *work(void *shared)
{
    int number;
    for (number = 0; number < CALLS && !stop; number++) {
        if (shared != NULL) {
            call((const ymchat_client *)shared);
        } else {
            ymchat_client *own = open_client();
            call(own);
            CHECK(ymchat_client_free(own) == YMCHAT_OK);
        }
    }
    return NULL;
}

static void child(ymchat_client *of_parent)
{
    char *json = NULL;
    ymchat_client *own;
    alarm(PATIENCE);
    CHECK(ymchat_get_chats(of_parent, NULL, &json) == YMCHAT_INVALID_ARGUMENT);
    CHECK(json != NULL && strstr(json, "forked") != NULL);
    ymchat_string_free(json);
    CHECK(ymchat_client_cancel(of_parent) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_client_free(of_parent) == YMCHAT_INVALID_ARGUMENT);
    own = open_client();
    CHECK(own != of_parent);
    call(own);
    CHECK(ymchat_client_free(own) == YMCHAT_OK);
    _exit(0);
}

int main(void)
{
    pthread_t threads[THREADS];
    ymchat_client *shared;
    int number;
    shared = open_client();
    for (number = 0; number < THREADS; number++)
        CHECK(pthread_create(&threads[number], NULL, work, number % 2 ? shared : NULL) == 0);
    for (number = 0; number < FORKS; number++) {
        int status = 0;
        pid_t process = fork();
        CHECK(process >= 0);
        if (process == 0)
            child(shared);
        CHECK(waitpid(process, &status, 0) == process);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "child %d ended with %#x\n", number, (unsigned)status);
            return 1;
        }
    }
    stop = 1;
    for (number = 0; number < THREADS; number++)
        CHECK(pthread_join(threads[number], NULL) == 0);
    call(shared);
    CHECK(ymchat_client_free(shared) == YMCHAT_OK);
    puts("fork: done");
    return 0;
}
