/* The header needs nothing before it, and may come twice. */
#include "ymchat.h"
#include "ymchat.h"

#if YMCHAT_VERSION_MAJOR < 0 || YMCHAT_ABI_VERSION < 1
#error "the preprocessor can compare versions"
#endif

int main(void)
{
    ymchat_client *client = 0;
    ymchat_status status = YMCHAT_OK;
    return (int)status + (client != 0);
}
