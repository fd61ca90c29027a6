/* The examples' reader of JSON needs no other header, and may come twice. */
#include "../../examples/json_mini.h"
#include "../../examples/json_mini.h"

int main(void)
{
    return json_is("\"ymchat\"", "ymchat") ? 0 : 1;
}
