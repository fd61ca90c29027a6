/* A host like Delphi: floating-point exceptions raise signals, the rounding is unusual. */
#ifndef _GNU_SOURCE /* g++ has it already */
#define _GNU_SOURCE
#endif

#include <fenv.h>

#include "check.h"

#ifdef _WIN32
/* Functions of glibc, for both units of the processor. */
static int fegetexcept(void)
{
    unsigned short control;
    unsigned mxcsr;
    __asm__ volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(control), "=m"(mxcsr));
    CHECK_IN((~control & 0x3d) == (int)(~mxcsr >> 7 & 0x3d), "both units have the same masks");
    return ~control & 0x3d;
}

static int feenableexcept(int exceptions)
{
    unsigned short control;
    unsigned mxcsr;
    int before;
    __asm__ volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(control), "=m"(mxcsr));
    before = ~control & 0x3d;
    control = (unsigned short)(control & ~exceptions);
    mxcsr &= ~((unsigned)exceptions << 7);
    __asm__ volatile("fldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(mxcsr));
    return before;
}
#endif

static volatile double zero = 0.0, third = 3.0;

int main(void)
{
    const int unmasked = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW;
    const int all = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT;
    static const uint8_t data[] = {1};
    ymchat_client *client = NULL;
    char config[512];
    int turn;

    if (feenableexcept(0) == -1 || feenableexcept(FE_INVALID) == -1
        || fegetexcept() != FE_INVALID) {
        puts("NOT RUN: this processor has no floating-point exceptions");
        return 0;
    }
    snprintf(config, sizeof config, "{\"apiKey\": \"%s\", \"businessId\": %s, \"baseUrl\": \"%s\"}",
             setting("YMCHAT_API_KEY"), setting("YMCHAT_BUSINESS_ID"), setting("YMCHAT_BASE_URL"));

    /* A second time with sticky flags set: those must come back, too. */
    for (turn = 0; turn < 2; turn++) {
        int flags;
        CHECK(feenableexcept(unmasked) != -1);
        CHECK(fesetround(turn == 0 ? FE_UPWARD : FE_TOWARDZERO) == 0);
        CHECK(feclearexcept(all) == 0);
        if (turn == 1)
            zero = 1.0 / third; /* inexact */
        flags = fetestexcept(all);
        CHECK((flags != 0) == (turn == 1));

        CHECK(ymchat_client_new("{", &client, NULL) == YMCHAT_INVALID_ARGUMENT);
        CHECK(ymchat_client_new(config, &client, NULL) == YMCHAT_OK);
        GIVES("\"chats\"", ymchat_get_chats(client, NULL, out));
        GIVES("\"chats\"", ymchat_get_all_chats(client, NULL, out));
        GIVES("\"messages\"", ymchat_get_messages_since(client, 4000046, 0, NULL, out));
        GIVES("\"outcome\"", ymchat_send_file(client, 4000046, "x", data, 1, NULL, out));
        /* Reading this number overflows, which raises a signal where nobody masks it. */
        CHECK(ymchat_get_chats(client, "{\"limit\": 123456e305}", NULL) == YMCHAT_INVALID_ARGUMENT);
        GIVES("\"operations\"", ymchat_client_stats(client, out));
        CHECK(ymchat_get_chat(client, 1, NULL) == YMCHAT_NOT_FOUND);
        CHECK(ymchat_client_cancel(client) == YMCHAT_OK);
        CHECK(ymchat_client_free(client) == YMCHAT_OK);

        CHECK_IN(fegetexcept() == unmasked, "the same exceptions are unmasked");
        CHECK_IN(fetestexcept(all) == flags, "the same flags are raised");
        CHECK_IN(fegetround() == (turn == 0 ? FE_UPWARD : FE_TOWARDZERO), "the same rounding");
    }
    puts("floats: done");
    return 0;
}
