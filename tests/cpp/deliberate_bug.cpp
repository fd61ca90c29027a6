// Proof that the sanitizers are on: each of these must end the program with a report.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

int main([[maybe_unused]] int argc, char**) {
    // argc is 1, and the compiler does not know it.
#if defined(OVERFLOW)
    int number = std::numeric_limits<int>::max();
    number += argc;
    std::printf("%d\n", number);
#elif defined(HEAP)
    char* const heap = static_cast<char*>(std::malloc(8));
    std::memset(heap, 1, 8);
    std::printf("%d\n", heap[7 + argc]);
    std::free(heap);
#elif defined(LEAK)
    void* volatile lost = std::malloc(static_cast<std::size_t>(argc) * 100);
    lost = nullptr;
    std::printf("%p\n", lost);
#endif
    return 0;
}
