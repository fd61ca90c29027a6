/* A host that loads the library and unloads it again, as plug-in hosts do. */
#define _POSIX_C_SOURCE 200809L

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include "check.h"
#include "tasks.h"

/* A process has 1024 keys for thread-local data, and a library that was written in Rust does not
 * give its own back: it must stay where it is instead of coming anew each time. */
enum { TIMES = 1100 };

struct library {
    void *handle;
    ymchat_status (*client_new)(const char *, ymchat_client **, char **);
    ymchat_status (*client_free)(ymchat_client *);
    ymchat_status (*get_chat)(const ymchat_client *, int64_t, char **);
    ymchat_status (*get_chats)(const ymchat_client *, const char *, char **);
    void (*string_free)(char *);
};

/* ISO C cannot convert a pointer to data into one to a function; POSIX wants it so. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    CHECK_IN(symbol != NULL, name);
    memcpy(function, &symbol, sizeof symbol);
}

static struct library load(void)
{
    struct library library;
    library.handle = dlopen(setting("YMCHAT_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
    CHECK_IN(library.handle != NULL, dlerror());
    find(library.handle, "ymchat_client_new", &library.client_new);
    find(library.handle, "ymchat_client_free", &library.client_free);
    find(library.handle, "ymchat_get_chat", &library.get_chat);
    find(library.handle, "ymchat_get_chats", &library.get_chats);
    find(library.handle, "ymchat_string_free", &library.string_free);
    return library;
}

static void use(const struct library *library)
{
    char config[512], *json = NULL;
    ymchat_client *client = NULL;
    ymchat_status status;
    /* By name, so that a resolver thread comes and goes. */
    snprintf(config, sizeof config, "{\"apiKey\": \"%s\", \"businessId\": %s, \"baseUrl\": \"%s\"}",
             setting("YMCHAT_API_KEY"), setting("YMCHAT_BUSINESS_ID"),
             setting("YMCHAT_LOCALHOST_URL"));
    CHECK(library->client_new(config, &client, NULL) == YMCHAT_OK);
    status = library->get_chats(client, "{\"limit\": 1}", &json);
    CHECK_IN(status == YMCHAT_OK && strstr(json, "\"chats\"") != NULL, json);
    library->string_free(json);
    CHECK(library->get_chat(client, -1, &json) == YMCHAT_INVALID_ARGUMENT);
    library->string_free(json);
    CHECK(library->client_free(client) == YMCHAT_OK);
}

/* Pages of memory that are in use. */
static long resident(void)
{
    long all, used = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &all, &used) == 2);
    fclose(file);
    return used;
}

static void *use_once(void *library)
{
    use((const struct library *)library);
    return NULL;
}

static void again_and_again(void)
{
    int turn, before = tasks(), times = getenv("YMCHAT_SLOW") != NULL ? 3 : TIMES;
    long at_first = 0, grown;
    for (turn = 0; turn < times; turn++) {
        struct library library = load();
        pthread_t thread;
        /* In a thread that ends: what it holds thread-locally keeps no library in its place. */
        CHECK(pthread_create(&thread, NULL, use_once, &library) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK_IN(tasks_become(before), "no thread of the library is left");
        CHECK(dlclose(library.handle) == 0);
        if (turn == times / 10)
            at_first = resident();
    }
    grown = (resident() - at_first) * sysconf(_SC_PAGESIZE) / 1024;
    printf("plugin: %d times loaded, used and unloaded; %ld KiB grown\n", times, grown);
    CHECK_IN(grown < 4096, "memory does not grow with each load");
}

/* ---- a thread of the host that outlives the plug-in it has used ---- */

static struct library shared;
static pthread_barrier_t barrier;

static void *user(void *nothing)
{
    use(&shared);
    pthread_barrier_wait(&barrier); /* used */
    pthread_barrier_wait(&barrier); /* unloaded */
    return nothing;
}

static void threads_outlive_it(void)
{
    pthread_t thread;
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    shared = load();
    CHECK(pthread_create(&thread, NULL, user, NULL) == 0);
    pthread_barrier_wait(&barrier);
    CHECK(dlclose(shared.handle) == 0);
    pthread_barrier_wait(&barrier);
    /* It cleans up after itself now; the code for that must still be there. */
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_barrier_destroy(&barrier) == 0);
}

int main(void)
{
    threads_outlive_it();
    again_and_again();
    threads_outlive_it();
    puts("plugin: done");
    return 0;
}
