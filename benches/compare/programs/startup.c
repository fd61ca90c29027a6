/* What a plug-in's host waits for: load the library and open a client, in a fresh process.
 *
 * Loaded by name at run time, as plug-ins are, and with the default configuration, so that reading
 * the trusted roots counts too. Prints the nanoseconds. */
#include "contest.h"

#include <dlfcn.h>
#include <ymchat.h>

typedef ymchat_status (*client_new)(const char *, ymchat_client **, char **);
typedef void (*client_free)(ymchat_client *);

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (!found)
        contest_fail("dlsym", name);
    return found;
}

int main(int argc, char **argv)
{
    ymchat_client *client = NULL;
    char *error = NULL;
    if (argc != 2)
        contest_fail("usage", "LIBRARY");

    long long start = contest_wall_ns();
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library)
        contest_fail("dlopen", dlerror());
    client_new open_client = (client_new)symbol(library, "ymchat_client_new");
    ymchat_status status = open_client(
        "{\"apiKey\":\"" CONTEST_API_KEY "\",\"businessId\":1}", &client, &error);
    long long took = contest_wall_ns() - start;

    if (status != YMCHAT_OK)
        contest_fail("ymchat", error);
    ((client_free)symbol(library, "ymchat_client_free"))(client);
    printf("%lld\n", took);
    return 0;
}
