/* A host that loads the DLL and frees it again, as plug-in hosts do, and whose threads are small.
 *
 *     plugin.exe DLL [TIMES]
 *     plugin.exe DLL time     says how long loading takes, and does no more
 */
#include <windows.h>

#include "../c/tasks.h"

/* A process has 1,088 TLS indexes, and the standard library of Rust keeps three of them each time that
 * it is loaded: without the pin, a host is ended after some 360 rounds. */
enum { TIMES = 1500, SMALL_STACK = 65536 };

struct library {
    HMODULE module;
    ymchat_status (*client_new)(const char *, ymchat_client **, char **);
    ymchat_status (*client_free)(ymchat_client *);
    ymchat_status (*get_chat)(const ymchat_client *, int64_t, char **);
    ymchat_status (*get_chats)(const ymchat_client *, const char *, char **);
    ymchat_status (*send_message)(const ymchat_client *, int64_t, const char *, const char *, char **);
    ymchat_status (*sync)(const ymchat_client *, const char *, const char *, char **);
    uint32_t (*abi_version)(void);
    void (*string_free)(char *);
};

static const char *dll;

static void find(HMODULE module, const char *name, void *function)
{
    FARPROC symbol = GetProcAddress(module, name);
    CHECK_IN(symbol != NULL, name);
    memcpy(function, &symbol, sizeof symbol);
}

static struct library load(void)
{
    struct library library;
    library.module = LoadLibraryA(dll);
    CHECK_IN(library.module != NULL, dll);
    find(library.module, "ymchat_client_new", &library.client_new);
    find(library.module, "ymchat_client_free", &library.client_free);
    find(library.module, "ymchat_get_chat", &library.get_chat);
    find(library.module, "ymchat_get_chats", &library.get_chats);
    find(library.module, "ymchat_send_message", &library.send_message);
    find(library.module, "ymchat_sync", &library.sync);
    find(library.module, "ymchat_abi_version", &library.abi_version);
    find(library.module, "ymchat_string_free", &library.string_free);
    return library;
}

static ymchat_client *open_with(const struct library *library)
{
    char config[512];
    ymchat_client *client = NULL;
    /* By name, so that a resolver thread comes and goes. */
    snprintf(config, sizeof config, "{\"apiKey\": \"%s\", \"businessId\": %s, \"baseUrl\": \"%s\"}",
             setting("YMCHAT_API_KEY"), setting("YMCHAT_BUSINESS_ID"),
             setting("YMCHAT_LOCALHOST_URL"));
    CHECK(library->client_new(config, &client, NULL) == YMCHAT_OK);
    return client;
}

static void use(const struct library *library)
{
    char *json = NULL;
    ymchat_client *client = open_with(library);
    ymchat_status status = library->get_chats(client, "{\"limit\": 1}", &json);
    CHECK_IN(status == YMCHAT_OK && strstr(json, "\"chats\"") != NULL, json);
    library->string_free(json);
    CHECK(library->get_chat(client, -1, &json) == YMCHAT_INVALID_ARGUMENT);
    library->string_free(json);
    CHECK(library->client_free(client) == YMCHAT_OK);
}

static DWORD handles(void)
{
    DWORD count = 0;
    CHECK(GetProcessHandleCount(GetCurrentProcess(), &count));
    return count;
}

static double milliseconds(void)
{
    LARGE_INTEGER at, frequency;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&at);
    return (double)at.QuadPart * 1000.0 / (double)frequency.QuadPart;
}

static void in_thread(DWORD stack, LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE thread = CreateThread(NULL, stack, routine, argument,
                                 stack != 0 ? STACK_SIZE_PARAM_IS_A_RESERVATION : 0, NULL);
    CHECK(thread != NULL);
    CHECK(WaitForSingleObject(thread, 120000) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

/* ---- loading does nothing ---- */

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* From LoadLibrary to its handle. The reader judges the numbers: on a busy machine they say little. */
static void loading_does_nothing(void)
{
    enum { ROUNDS = 50 };
    double took[ROUNDS];
    struct library library;
    int before = tasks(), turn;
    for (turn = -1; turn < ROUNDS; turn++) {
        double start = milliseconds(), end;
        HMODULE module = LoadLibraryA(dll);
        end = milliseconds();
        CHECK_IN(module != NULL, dll);
        /* The first round reads the file from the disk. */
        if (turn >= 0)
            took[turn] = end - start;
        CHECK_IN(tasks() == before, "loading starts no thread");
        CHECK(FreeLibrary(module));
        CHECK_IN(GetModuleHandleA(dll) == NULL, "what was not used is really unloaded");
    }
    library = load();
    CHECK(library.abi_version() >= 1);
    CHECK(FreeLibrary(library.module));
    CHECK_IN(GetModuleHandleA(dll) == NULL, "what was only asked for its version is unloaded");
    qsort(took, ROUNDS, sizeof took[0], by_size);
    printf("plugin: loaded in %.1f ms at best, %.1f ms in the median, %.1f ms at worst\n", took[0],
           took[ROUNDS / 2], took[ROUNDS - 1]);
}

/* ---- again and again ---- */

static DWORD WINAPI use_once(void *library)
{
    use((const struct library *)library);
    return 0;
}

static void again_and_again(int times)
{
    int turn, before = tasks();
    DWORD at_first = 0, at_last;
    for (turn = 0; turn < times; turn++) {
        struct library library = load();
        /* In a thread that ends: what it holds thread-locally keeps no library in its place. */
        in_thread(0, use_once, &library);
        CHECK(FreeLibrary(library.module));
        if (turn == times / 10)
            at_first = handles();
    }
    at_last = handles();
    CHECK_IN(tasks_become(before), "no thread of the library is left");
    printf("plugin: %d times loaded, used and freed; %ld handles more\n", times,
           (long)at_last - (long)at_first);
    CHECK_IN(at_last < at_first + 32, "handles do not grow with each load");
}

/* ---- a thread of the host that outlives the plug-in it has used ---- */

static struct library shared;
static HANDLE used, freed;

static DWORD WINAPI user(void *nothing)
{
    (void)nothing;
    use(&shared);
    SetEvent(used);
    WaitForSingleObject(freed, INFINITE);
    return 0;
}

static void threads_outlive_it(void)
{
    HANDLE thread;
    used = CreateEventA(NULL, FALSE, FALSE, NULL);
    freed = CreateEventA(NULL, FALSE, FALSE, NULL);
    shared = load();
    thread = CreateThread(NULL, 0, user, NULL, 0, NULL);
    CHECK(WaitForSingleObject(used, 120000) == WAIT_OBJECT_0);
    CHECK(FreeLibrary(shared.module));
    CHECK_IN(GetModuleHandleA(dll) != NULL, "what was used stays");
    SetEvent(freed);
    /* It cleans up after itself now; the code for that must still be there. */
    CHECK(WaitForSingleObject(thread, 120000) == WAIT_OBJECT_0);
    CloseHandle(thread);
    CloseHandle(used);
    CloseHandle(freed);
}

/* ---- threads with little stack ---- */

static DWORD WINAPI converse(void *library_)
{
    const struct library *library = (const struct library *)library_;
    char *json = NULL;
    ymchat_client *client = open_with(library);
    ymchat_status status = library->send_message(client, 4000006, "Здравствуйте!",
                                                 "{\"resend\": true}", &json);
    CHECK_IN(status == YMCHAT_OK && strstr(json, "\"sent\"") != NULL, json);
    library->string_free(json);
    status = library->sync(client, "", NULL, &json);
    CHECK_IN(status == YMCHAT_OK && strstr(json, "\"chats\"") != NULL, json);
    library->string_free(json);
    CHECK(library->client_free(client) == YMCHAT_OK);
    return 0;
}

int main(int argc, char **argv)
{
    struct library library;
    CHECK_IN(argc >= 2, "the DLL is named");
    dll = argv[1];
    loading_does_nothing();
    if (argc >= 3 && strcmp(argv[2], "time") == 0)
        return 0;
    threads_outlive_it();
    library = load();
    in_thread(SMALL_STACK, converse, &library);
    puts("plugin: a thread with 64 KiB of stack has sent and synced");
    again_and_again(argc >= 3 ? atoi(argv[2]) : TIMES);
    threads_outlive_it();
    puts("plugin: done");
    return 0;
}
