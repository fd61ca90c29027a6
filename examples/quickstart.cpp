// A whole conversation with the customer, in C++17. What it prints, and the arguments, stand at the
// top of quickstart.rs.
//
//     cargo build --release
//     c++ -std=c++17 examples/quickstart.cpp -Ibindings/cpp -Iinclude -Ltarget/release -lymchat
//         -Wl,-rpath,"$PWD/target/release" -o quickstart          (in one line)
//
// Against a simulated Market (`cargo run --bin ymchat-sandbox -- --auto-reply on`
// says which address and key):
//
//     YMCHAT_BASE_URL=http://127.0.0.1:… YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=1003417
//         ./quickstart --simulated                                 (in one line)

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "ymchat.hpp"

namespace {

constexpr std::string_view answer =
    "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇";
constexpr std::string_view picture_name = "сахарница.png";

// A picture of 4 × 4 pixels.
const std::vector<unsigned char> picture = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x81, 0x8a, 0xa3,
    0xd3, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x48, 0x60, 0xf8, 0x00,
    0x84, 0x09, 0x00, 0x0a, 0x88, 0x02, 0xa1, 0x42, 0x05, 0x3d, 0xdb, 0x00, 0x00, 0x00, 0x00, 0x49,
    0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

struct task {
    enum { read, send, converse } kind = read;
    std::int64_t chat_id = 0;
    std::string text{};
};

using messages = std::vector<ymchat::message>;
using conversation = std::pair<ymchat::chat, messages>;

bool older(const ymchat::message& a, const ymchat::message& b) {
    return a.message_id < b.message_id;
}

std::int64_t newest(const messages& all) {
    return all.empty() ? 0 : all.back().message_id;
}

std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text)
        line.append(c == '\n' ? " / " : std::string(1, c));
    return line;
}

std::ostream& operator<<(std::ostream& out, const ymchat::chat& chat) {
    const auto& context = chat.context;
    out << "chat " << chat.chat_id << ", "
        << (context && context->customer ? context->customer->name.value_or("a customer")
                                         : "a customer");
    if (!context)
        return out << ", about nothing known";
    switch (context->type) {
    case ymchat::context_type::order:
        return out << ", about order " << context->order_id.value_or(0);
    case ymchat::context_type::return_:
        return out << ", about return " << context->return_id.value_or(0);
    case ymchat::context_type::direct: return out << ", a question about no order";
    case ymchat::context_type::unknown: break;
    }
    return out << ", about " << context->type.text();
}

std::string_view who(const ymchat::message& message) {
    switch (message.sender) {
    case ymchat::sender::partner: return "Shop";
    case ymchat::sender::customer: return "Customer";
    case ymchat::sender::market: return "Market";
    case ymchat::sender::support: return "Support";
    case ymchat::sender::unknown: break;
    }
    return message.sender.text();
}

std::ostream& operator<<(std::ostream& out, const ymchat::message& message) {
    out << who(message) << ':';
    if (message.text && !message.text->empty())
        out << ' ' << on_one_line(*message.text);
    for (const ymchat::file& file : message.payload) {
        out << " [file: " << file.name;
        if (file.size)
            out << ", " << *file.size << " bytes";
        out << ']';
    }
    return out;
}

/// Lists the chats that wait; returns the one with the most messages, and them.
std::optional<conversation> show_waiting(const ymchat::client& client, std::int64_t business) {
    ymchat::chats_options waiting;
    waiting.statuses = {ymchat::chat_status::new_, ymchat::chat_status::waiting_for_partner};
    auto chats = client.get_all_chats(waiting);
    std::sort(chats.begin(), chats.end(), [](const ymchat::chat& a, const ymchat::chat& b) {
        return a.chat_id < b.chat_id;
    });
    std::cout << "Chats of business " << business << " that wait for the shop: " << chats.size()
              << '\n';
    std::optional<conversation> longest;
    for (std::size_t i = 0; i < chats.size() && i < 10; ++i) {
        std::cout << "  " << chats[i] << '\n';
        auto all = client.get_messages_since(chats[i].chat_id, 0);
        if (!all.empty())
            std::cout << "    " << all.back() << '\n';
        if (!longest || all.size() > longest->second.size())
            longest.emplace(std::move(chats[i]), std::move(all));
    }
    std::cout << (longest ? "\n" : "\nNobody waits for an answer.\n\n");
    return longest;
}

/// `for (const auto& message : client.messages(chat.chat_id))` would do; here the pages are shown.
void show_history(const ymchat::client& client, const ymchat::chat& chat) {
    std::cout << "The longest conversation: " << chat << '\n';
    messages all;
    ymchat::history_options options;
    options.limit = 100;
    for (int number = 1;; ++number) {
        auto page = client.get_chat_history(chat.chat_id, options);
        std::cout << "  page " << number << ": " << page.messages.size() << " messages\n";
        std::move(page.messages.begin(), page.messages.end(), std::back_inserter(all));
        if (!page.next_page_token)
            break;
        options.page_token = std::move(page.next_page_token);
    }
    // Their order is not documented.
    std::sort(all.begin(), all.end(), older);
    std::cout << "  The last three:\n";
    for (std::size_t i = all.size() > 3 ? all.size() - 3 : 0; i < all.size(); ++i)
        std::cout << "    " << all[i] << '\n';
    std::cout << '\n';
}

void show_outcome(const ymchat::send_result& sent) {
    std::cout << "  " << sent.outcome.text();
    if (sent.message_id)
        std::cout << ", message " << *sent.message_id;
    std::cout << "\n\n";
}

void show_new(const ymchat::client& client, std::int64_t chat_id, std::int64_t known) {
    messages news;
    bool answered = false;
    for (int turn = 0; turn < 10 && !answered; ++turn) {
        if (turn > 0)
            std::this_thread::sleep_for(std::chrono::seconds(1));
        news = client.get_messages_since(chat_id, known);
        answered = std::any_of(news.begin(), news.end(), [](const ymchat::message& message) {
            return message.sender == ymchat::sender::customer;
        });
    }
    std::cout << "New in chat " << chat_id << ":\n";
    for (const ymchat::message& message : news)
        std::cout << "  " << message << '\n';
    if (!answered)
        std::cout << "  The customer has not answered yet.\n";
}

void talk(const ymchat::client& client, std::int64_t business, const task& task) {
    const auto longest = show_waiting(client, business);
    if (longest)
        show_history(client, longest->first);
    std::int64_t chat_id = task.chat_id, known = 0;
    if (task.kind == task::send) {
        known = newest(client.get_messages_since(chat_id, 0));
    } else if (task.kind == task::converse && longest) {
        chat_id = longest->first.chat_id;
        known = newest(longest->second);
    } else {
        std::cout << "Nothing was sent. To answer: --send CHAT_ID TEXT\n";
        return;
    }
    ymchat::send_options options;
    options.return_message_id = true;
    if (known > 0)
        options.after_message_id = known;
    const std::string_view text = task.kind == task::send ? std::string_view(task.text) : answer;
    const auto sent = client.send_message(chat_id, text, options);
    std::cout << "The shop answers in chat " << chat_id << ":\n  Shop: " << on_one_line(text)
              << '\n';
    show_outcome(sent);
    if (task.kind == task::converse) {
        const auto file = client.send_file(chat_id, picture_name, picture, options);
        std::cout << "The shop sends a picture:\n  Shop: [file: " << picture_name << ", "
                  << picture.size() << " bytes]\n";
        show_outcome(file);
    }
    show_new(client, chat_id, known);
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

std::optional<task> read_arguments(const std::vector<std::string>& arguments) {
    task task;
    if (arguments.size() == 3 && arguments[0] == "--send" &&
        read_number(arguments[1], task.chat_id)) {
        task.kind = task::send;
        task.text = arguments[2];
        return task;
    }
    if (arguments.size() == 1 && arguments[0] == "--simulated") {
        task.kind = task::converse;
        return task;
    }
    return arguments.empty() ? std::optional(task) : std::nullopt;
}

std::optional<std::string> environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void run(const task& task) {
    ymchat::config config;
    config.api_key = environment("YMCHAT_API_KEY");
    config.base_url = environment("YMCHAT_BASE_URL");
    config.integration = "ymchat-quickstart/1.0";
    const auto business = environment("YMCHAT_BUSINESS_ID");
    if (!config.api_key || !business)
        throw std::runtime_error("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
    if (!read_number(*business, config.business_id.emplace()))
        throw std::runtime_error("YMCHAT_BUSINESS_ID is not a number");
    if (task.kind == task::converse &&
        config.base_url.value_or("").rfind("http://127.0.0.1:", 0) != 0)
        throw std::runtime_error(
            "--simulated needs a YMCHAT_BASE_URL that begins with http://127.0.0.1:");
    talk(ymchat::client(config), *config.business_id, task);
}

} // namespace

int main(int argc, char** argv) {
    const auto task = read_arguments({argv + 1, argv + argc});
    if (!task) {
        std::cerr << "quickstart: the arguments are: [--send CHAT_ID TEXT | --simulated]\n";
        return 2;
    }
    try {
        run(*task);
    } catch (const std::exception& error) {
        std::cout << std::flush;
        std::cerr << "quickstart: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
