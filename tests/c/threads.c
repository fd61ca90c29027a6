/* Many threads in one client; ending calls, and the client, from another thread. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <time.h>

#include "check.h"
#include "tasks.h"

enum { THREADS = 4, CALLS = 12 };

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* What is promised, and what is granted to a busy machine now and then. Under valgrind, which
 * runs one thread at a time, nothing else counts. */
static const double PROMISED = 0.25, GRANTED = 2.5;

static double later(double a, double b)
{
    return a > b ? a : b;
}

/* One turn in three has to keep the promise, and each has to end soon. */
static void in_time(double (*turn)(void))
{
    double best = GRANTED;
    int i;
    for (i = 0; i < 3 && best >= PROMISED; i++) {
        double took = turn();
        CHECK_IN(took < GRANTED, "a cancelled call returns soon");
        if (took < best)
            best = took;
    }
    CHECK_IN(best < PROMISED || getenv("YMCHAT_SLOW") != NULL,
             "a cancelled call returns within 250 ms");
}

/* ---- several threads, one client ---- */

static void *read_chats(void *client_)
{
    const ymchat_client *client = (const ymchat_client *)client_;
    int i;
    for (i = 0; i < CALLS; i++) {
        GIVES("\"messages\"", ymchat_get_chat_history(client, 4000006, NULL, out));
        GIVES("\"sends\"", ymchat_client_stats(client, out));
        CHECK(ymchat_get_chat(client, -1, NULL) == YMCHAT_INVALID_ARGUMENT);
    }
    return NULL;
}

static void one_client(void)
{
    pthread_t threads[THREADS];
    ymchat_client *client = open_client();
    int i;
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_chats, client) == 0);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

/* ---- a log that is changed while others write into it ---- */

struct book {
    int is_open;
    int lines;
};

static void YMCHAT_CALL write_down(void *user_data, int32_t level, const char *text)
{
    struct book *book = (struct book *)user_data;
    CHECK(level >= YMCHAT_LOG_ERROR && level <= YMCHAT_LOG_DEBUG && text[0] != '\0');
    CHECK_IN(book->is_open, "a line comes after the end");
    /* Several threads may write at once. */
    __atomic_store_n(&book->lines, 1, __ATOMIC_RELAXED);
}

static void change_the_log(void)
{
    pthread_t threads[THREADS];
    ymchat_client *client = open_client();
    int i, books = 0;
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_chats, client) == 0);
    for (i = 0; i < 40; i++) {
        struct timespec moment = {0, 1000000};
        struct book *book = (struct book *)calloc(1, sizeof *book);
        book->is_open = 1;
        CHECK(ymchat_set_log_callback(write_down, book, YMCHAT_LOG_DEBUG) == YMCHAT_OK);
        if (i == 0)
            CHECK(ymchat_get_chat(client, 4000006, NULL) == YMCHAT_OK);
        nanosleep(&moment, NULL);
        CHECK(ymchat_set_log_callback(NULL, NULL, 0) == YMCHAT_OK);
        /* Nobody may be writing any more. */
        book->is_open = 0;
        books += book->lines;
        free(book);
    }
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_IN(books >= 1, "nothing was written");
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

/* ---- a service that never answers ---- */

struct blocked {
    pthread_t thread;
    const ymchat_client *client;
    int sends;
    ymchat_status status;
    char *json;
    double ended;
};

static void *wait_for_an_answer(void *blocked_)
{
    struct blocked *blocked = (struct blocked *)blocked_;
    if (blocked->sends)
        blocked->status = ymchat_send_message(blocked->client, 1, "x", NULL, &blocked->json);
    else
        blocked->status = ymchat_get_chat(blocked->client, 1, &blocked->json);
    blocked->ended = now();
    return NULL;
}

static void block(struct blocked *blocked, const ymchat_client *client, int sends)
{
    memset(blocked, 0, sizeof *blocked);
    blocked->client = client;
    blocked->sends = sends;
    CHECK(pthread_create(&blocked->thread, NULL, wait_for_an_answer, blocked) == 0);
}

/* Long enough to be inside; were it not, the calls would still have to end well. */
static void let_them_in(void)
{
    struct timespec pause = {0, 150000000};
    if (getenv("YMCHAT_SLOW") != NULL)
        pause.tv_sec = 1;
    nanosleep(&pause, NULL);
}

/* How long it took since then. */
static double expect_cancelled(struct blocked *blocked, double since)
{
    CHECK(pthread_join(blocked->thread, NULL) == 0);
    /* What may have arrived has one status, whatever the cause. */
    if (blocked->status == YMCHAT_OUTCOME_UNKNOWN) {
        CHECK_IN(blocked->sends, blocked->json);
        CHECK_IN(strstr(blocked->json, "\"cause\":\"CANCELLED\"") != NULL, blocked->json);
        CHECK_IN(strstr(blocked->json, "\"outcome\":\"unknown\"") != NULL, blocked->json);
    } else {
        CHECK_IN(blocked->status == YMCHAT_CANCELLED, blocked->json);
        if (blocked->sends)
            CHECK_IN(strstr(blocked->json, "\"outcome\":\"notSent\"") != NULL, blocked->json);
    }
    ymchat_string_free(blocked->json);
    return blocked->ended - since;
}

static double cancel_from_another_thread(void)
{
    ymchat_client *client = open_client_at(setting("YMCHAT_SILENT_URL"), "");
    struct blocked reader, sender;
    double since, took = 0;
    int turn;
    /* Twice: later calls are not touched. */
    for (turn = 0; turn < 2; turn++) {
        block(&reader, client, 0);
        block(&sender, client, 1);
        let_them_in();
        since = now();
        CHECK(ymchat_client_cancel(client) == YMCHAT_OK);
        took = later(took, now() - since);
        took = later(took, expect_cancelled(&reader, since));
        took = later(took, expect_cancelled(&sender, since));
    }
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    return took;
}

/* Two jobs of one client: the one that is stopped ends, and begins nothing more. */
static double stop_one_of_two_jobs(void)
{
    ymchat_client *client = open_client_at(setting("YMCHAT_SILENT_URL"), "");
    ymchat_client *job = NULL, *other = NULL;
    struct blocked of_job, of_other;
    double since, took;
    char *json = NULL;
    CHECK(ymchat_client_scope(client, &job) == YMCHAT_OK);
    CHECK(ymchat_client_scope(client, &other) == YMCHAT_OK);
    block(&of_job, job, 0);
    block(&of_other, other, 0);
    let_them_in();
    since = now();
    CHECK(ymchat_client_cancel(job) == YMCHAT_OK);
    took = expect_cancelled(&of_job, since);
    CHECK(ymchat_send_message(job, 1, "x", NULL, &json) == YMCHAT_CANCELLED);
    CHECK_IN(strstr(json, "\"outcome\":\"notSent\"") != NULL, json);
    CHECK_IN(strstr(json, "\"attempts\":0") != NULL, json);
    ymchat_string_free(json);
    /* The other one has ended if it was touched. */
    let_them_in();
    since = now();
    CHECK(ymchat_client_free(job) == YMCHAT_OK);
    CHECK(ymchat_get_chat(job, 1, NULL) == YMCHAT_INVALID_ARGUMENT);
    /* The client's end is its scopes' end. */
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    took = later(took, expect_cancelled(&of_other, since));
    CHECK_IN(of_other.ended >= since, "the other job was touched");
    CHECK(ymchat_client_free(other) == YMCHAT_INVALID_ARGUMENT);
    CHECK(ymchat_client_scope(client, &other) == YMCHAT_INVALID_ARGUMENT && other == NULL);
    return took;
}

static double free_while_others_wait(void)
{
    ymchat_client *client = open_client_at(setting("YMCHAT_SILENT_URL"), "");
    struct blocked blocked[3];
    double since, took;
    int i;
    for (i = 0; i < 3; i++)
        block(&blocked[i], client, i == 2);
    let_them_in();
    since = now();
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    took = now() - since;
    for (i = 0; i < 3; i++)
        took = later(took, expect_cancelled(&blocked[i], since));
    CHECK(ymchat_get_chat(client, 1, NULL) == YMCHAT_INVALID_ARGUMENT);
    return took;
}

/* ---- threads that go on and on while the client is freed ---- */

static void *until_it_is_gone(void *client_)
{
    const ymchat_client *client = (const ymchat_client *)client_;
    ymchat_status status = YMCHAT_OK;
    while (status != YMCHAT_INVALID_ARGUMENT) {
        status = ymchat_get_chat_history(client, 4000006, "{\"limit\": 1}", NULL);
        CHECK(status == YMCHAT_OK || status == YMCHAT_CANCELLED
              || status == YMCHAT_INVALID_ARGUMENT);
        CHECK(ymchat_client_stats(client, NULL) == YMCHAT_OK || status != YMCHAT_OK
              || ymchat_client_cancel(client) == YMCHAT_INVALID_ARGUMENT);
    }
    return NULL;
}

static void free_at_any_moment(void)
{
    int turn, i, rounds = getenv("YMCHAT_SLOW") != NULL ? 2 : 10;
    for (turn = 0; turn < rounds; turn++) {
        pthread_t threads[THREADS];
        struct timespec pause = {0, 1000000};
        ymchat_client *client = open_client();
        for (i = 0; i < THREADS; i++)
            CHECK(pthread_create(&threads[i], NULL, until_it_is_gone, client) == 0);
        pause.tv_nsec *= 3 * turn;
        nanosleep(&pause, NULL);
        CHECK(ymchat_client_free(client) == YMCHAT_OK);
        CHECK(ymchat_client_free(client) == YMCHAT_INVALID_ARGUMENT);
        for (i = 0; i < THREADS; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
}

/* ---- a job that goes on and on until it is stopped ---- */

static void *until_it_is_stopped(void *scope_)
{
    const ymchat_client *scope = (const ymchat_client *)scope_;
    ymchat_status status = YMCHAT_OK;
    while (status == YMCHAT_OK)
        status = ymchat_get_chat_history(scope, 4000006, "{\"limit\": 1}", NULL);
    CHECK(status == YMCHAT_CANCELLED);
    /* For good: there is no moment between two calls at which it is forgotten. */
    CHECK(ymchat_get_chat(scope, 4000006, NULL) == YMCHAT_CANCELLED);
    return NULL;
}

static void stop_at_any_moment(void)
{
    int turn, rounds = getenv("YMCHAT_SLOW") != NULL ? 2 : 20;
    ymchat_client *client = open_client();
    for (turn = 0; turn < rounds; turn++) {
        pthread_t thread;
        struct timespec pause = {0, 0};
        ymchat_client *scope = NULL;
        CHECK(ymchat_client_scope(client, &scope) == YMCHAT_OK);
        CHECK(pthread_create(&thread, NULL, until_it_is_stopped, scope) == 0);
        pause.tv_nsec = 300000 * turn;
        nanosleep(&pause, NULL);
        CHECK(ymchat_client_cancel(scope) == YMCHAT_OK);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(ymchat_get_chat(client, 4000006, NULL) == YMCHAT_OK);
        CHECK(ymchat_client_free(scope) == YMCHAT_OK);
    }
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

/* ---- nothing is left ---- */

static void no_thread_stays(void)
{
    int before = tasks_at_rest();
    ymchat_client *by_number = open_client();
    ymchat_client *by_name = open_client_at(setting("YMCHAT_LOCALHOST_URL"), "");
    CHECK(ymchat_get_chat(by_number, 4000006, NULL) == YMCHAT_OK);
    CHECK(ymchat_get_chat(by_name, 4000006, NULL) == YMCHAT_OK);
    CHECK(ymchat_client_free(by_number) == YMCHAT_OK);
    CHECK(ymchat_client_free(by_name) == YMCHAT_OK);
    CHECK_IN(tasks_become(before), "no thread of the library is left");
}

int main(void)
{
    one_client();
    change_the_log();
    in_time(cancel_from_another_thread);
    in_time(stop_one_of_two_jobs);
    in_time(free_while_others_wait);
    stop_at_any_moment();
    free_at_any_moment();
    no_thread_stays();
    puts("threads: done");
    return 0;
}
