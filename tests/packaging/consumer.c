/* The smallest program of somebody who has installed the library. */
#include <stdio.h>
#include <ymchat.h>

int main(void)
{
    puts(ymchat_version());
    return ymchat_abi_version() != YMCHAT_ABI_VERSION;
}
