/* The threads of this process. Linux alone shows them. */
#ifndef YMCHAT_TESTS_TASKS_H
#define YMCHAT_TESTS_TASKS_H

#include <dirent.h>
#include <time.h>

#include "check.h"

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

/* A thread that was joined may be listed for a moment longer. */
static inline int tasks_become(int wanted)
{
    int turn;
    for (turn = 0; turn < 100; turn++) {
        struct timespec pause = {0, 10000000};
        if (tasks() == wanted)
            return 1;
        nanosleep(&pause, NULL);
    }
    return 0;
}

#endif
