/* The threads of this process. Linux and Windows show them. */
#ifndef YMCHAT_TESTS_TASKS_H
#define YMCHAT_TESTS_TASKS_H

#include <time.h>

#include "check.h"

#ifdef _WIN32
#include <windows.h>
#include <tlhelp32.h>

static inline int tasks(void)
{
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry;
    BOOL more;
    int count = 0;
    CHECK(all != INVALID_HANDLE_VALUE);
    entry.dwSize = sizeof entry;
    for (more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry))
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
    return count;
}

static inline void pause_briefly(void)
{
    Sleep(10);
}
#else
#include <dirent.h>

static inline int tasks(void)
{
    DIR *directory = opendir("/proc/self/task");
    int count = 0;
    CHECK(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2; /* . and .. */
}

static inline void pause_briefly(void)
{
    struct timespec pause = {0, 10000000};
    nanosleep(&pause, NULL);
}
#endif

/* A thread that was joined may be listed for a moment longer: the least of some looks. */
static inline int tasks_at_rest(void)
{
    int turn, least = tasks();
    for (turn = 0; turn < 20; turn++) {
        int now;
        pause_briefly();
        now = tasks();
        if (now < least)
            least = now;
    }
    return least;
}

/* The same, where it is known how many there are to be. */
static inline int tasks_become(int wanted)
{
    int turn;
    for (turn = 0; turn < 200; turn++) {
        if (tasks() == wanted)
            return 1;
        pause_briefly();
    }
    return 0;
}

#endif
