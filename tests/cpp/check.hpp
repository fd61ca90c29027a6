// Just enough of a test framework, and the simulated Market's admin API.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct failed_check : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class T>
std::string shown(const T& value) {
    std::ostringstream out;
    if constexpr (std::is_enum_v<T>)
        out << static_cast<long long>(value);
    else
        out << value;
    return out.str();
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            throw failed_check(std::string(__FILE__ ":") + std::to_string(__LINE__) +              \
                               ": " #condition);                                                   \
    } while (false)

/// A function, so that what its arguments point to lives while they are compared.
template <class Left, class Right>
void check_equal(const Left& left, const Right& right, const char* place, const char* what) {
    if (!(left == right))
        throw failed_check(std::string(place) + ": " + what + " is " + shown(left) + ", not " +
                           shown(right));
}

#define TEXT_OF_NUMBER(number) #number
#define TEXT_OF(number) TEXT_OF_NUMBER(number)
#define CHECK_EQ(left, ...)                                                                        \
    check_equal(left, __VA_ARGS__, __FILE__ ":" TEXT_OF(__LINE__), #left)

/// The exception of exactly this class, which `body` must throw.
template <class Error, class Body>
Error thrown(const char* file, int line, const char* name, Body&& body) {
    try {
        body();
    } catch (const Error& error) {
        if (typeid(error) == typeid(Error))
            return error;
        throw failed_check(std::string(file) + ":" + std::to_string(line) + ": not " + name +
                           " itself but a class under it: " + error.what());
    } catch (const std::exception& error) {
        throw failed_check(std::string(file) + ":" + std::to_string(line) + ": not " + name +
                           " but " + typeid(error).name() + ": " + error.what());
    }
    throw failed_check(std::string(file) + ":" + std::to_string(line) + ": no " + name);
}

#define THROWN(error, ...) thrown<error>(__FILE__, __LINE__, #error, [&] { (void)(__VA_ARGS__); })

using test_list = std::vector<std::pair<const char*, std::function<void()>>>;

/// Runs the tests; the harness compares the number in the last line with that in the source.
inline int run_tests(const test_list& tests) {
    int failures = 0;
    for (const auto& [name, body] : tests) {
        const auto start = std::chrono::steady_clock::now();
        try {
            body();
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
            std::printf("ok %s (%.2f s)\n", name, took.count());
        } catch (const std::exception& error) {
            ++failures;
            std::printf("FAILED %s: %s\n", name, error.what());
        }
        std::fflush(stdout);
    }
    std::printf("%zu tests, %d failures\n", tests.size(), failures);
    return failures == 0 ? 0 : 1;
}

inline std::string setting(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(std::string(name) + " is not set: the harness sets it");
    return value;
}

/// Asks the simulated Market's admin API; returns the body of the answer.
inline std::string admin(const std::string& method, const std::string& call,
                         const std::string& body = "") {
    const std::string url = setting("MARKET_URL");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("the simulated Market is not there");
    const std::string request = method + " /_sandbox/" + call +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (write(connection, request.data(), request.size()) != static_cast<ssize_t>(request.size()))
        throw std::runtime_error("the simulated Market does not listen");
    std::string answer;
    char part[4096];
    for (ssize_t size; (size = read(connection, part, sizeof part)) > 0;)
        answer.append(part, static_cast<std::size_t>(size));
    close(connection);
    if (answer.find(" 200 ") != 8)
        throw std::runtime_error("the simulated Market refuses " + call + ": " + answer);
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

#endif
