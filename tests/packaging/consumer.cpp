// The smallest program of somebody who has installed the library.
#include <iostream>
#include <ymchat.hpp>

int main() {
    std::cout << ymchat_version() << '\n';
    try {
        const ymchat::client client{ymchat::config{}};
    } catch (const ymchat::invalid_argument&) {
        return 0;
    }
    return 1;
}
