// Each message in a file, once; a notification, answered; a customer's file, saved; a reply, checked
// and sent. What it prints, and the arguments, stand at the top of inbox.rs.
//
//     cargo build --release
//     c++ -std=c++17 -o inbox examples/inbox.cpp -Ibindings/cpp -Iinclude -Ltarget/release -lymchat
//     export LD_LIBRARY_PATH="$PWD/target/release"
//     YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… ./inbox inbox.txt
//
// Each line of the file is the token of a result, a tab, and the messages as a JSON array: they are
// written together, and the program may be killed at any moment. Let one program use a file at a
// time.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <ymchat.hpp>

namespace {

std::string setting(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed");
    return value;
}

ymchat::client open_client() {
    ymchat::config config;
    config.api_key = setting("YMCHAT_API_KEY");
    config.business_id = std::stoll(setting("YMCHAT_BUSINESS_ID"));
    if (const char* const url = std::getenv("YMCHAT_BASE_URL"))
        config.base_url = url;
    return ymchat::client(config);
}

// ---- The file ----

std::string last_token(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto end = text.rfind('\n');
    const auto whole = end == std::string::npos ? 0 : end + 1;
    if (whole < text.size())
        // Half of a line: the step was not taken.
        std::filesystem::resize_file(path, whole);
    if (whole == 0)
        return "";
    const auto before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const auto start = before == std::string::npos ? 0 : before + 1;
    return text.substr(start, text.find('\t', start) - start);
}

void append(const std::filesystem::path& path, const ymchat::sync_result& news) {
    std::string line = news.since + "\t[";
    for (const ymchat::sync_chat& found : news.chats)
        for (const ymchat::message& message : found.messages)
            line += (line.back() == '[' ? "" : ",") + message.raw;
    // The service may write JSON on several lines; within its strings there is no line end.
    for (char& c : line)
        if (c == '\n' || c == '\r')
            c = ' ';
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out << line + "]\n" << std::flush;
    if (!out)
        throw std::runtime_error("the file cannot be written");
}

/// Stores what is new, and returns it.
std::vector<ymchat::message> receive(const ymchat::client& client,
                                     const std::filesystem::path& path,
                                     ymchat::sync_options options = {}) {
    options.start = "all";
    options.scope = "all";
    std::vector<ymchat::message> messages;
    std::string since = last_token(path);
    for (bool more = true; more;) {
        ymchat::sync_result news = client.sync(since, options);
        append(path, news);
        for (ymchat::sync_chat& found : news.chats)
            std::move(found.messages.begin(), found.messages.end(), std::back_inserter(messages));
        since = news.since;
        more = news.more;
    }
    return messages;
}

// ---- Answering ----

std::string message_line(const ymchat::message& message) {
    std::string line;
    switch (message.sender) {
    case ymchat::sender::partner: line = "Shop:"; break;
    case ymchat::sender::customer: line = "Customer:"; break;
    case ymchat::sender::market: line = "Market:"; break;
    case ymchat::sender::support: line = "Support:"; break;
    default: line = std::string(message.sender.text()) + ":";
    }
    const std::string text = message.text.value_or("");
    if (!text.empty())
        line += " ";
    for (const char c : text)
        line += c == '\n' ? std::string(" / ") : std::string(1, c);
    for (const ymchat::file& file : message.payload) {
        line += " [file: " + file.name;
        if (file.size)
            line += ", " + std::to_string(*file.size) + " bytes";
        line += "]";
    }
    return line;
}

int answer(const ymchat::client& client, const std::filesystem::path& path,
           const std::filesystem::path& folder, const std::string& text) {
    const std::string body{std::istreambuf_iterator<char>(std::cin), {}};
    ymchat::notification_options name;
    name.name = "inbox";
    const ymchat::notification told = ymchat::parse_notification(body, name);
    std::cout << "The Market says " << (told.accepted ? told.type.text() : "nothing")
              << ": answered with " << told.reply.http_status << ".\n";
    if (!told.chat_id)
        return told.accepted ? 0 : 1;

    const ymchat::message_check check = ymchat::check_message(text);
    for (const ymchat::finding& finding : check.findings)
        std::cout << "Not sent, because of " << finding.kind << ": " << finding.text << '\n';
    if (!check.ok)
        return 1;

    ymchat::sync_options hint;
    hint.chat_ids = {*told.chat_id};
    ymchat::send_options options;
    for (const ymchat::message& message : receive(client, path, hint)) {
        std::cout << "  " << message_line(message) << '\n';
        for (std::size_t index = 0; index < message.payload.size(); ++index) {
            // The name is the customer's, and no path.
            const auto place = std::to_string(message.message_id) + "-" + std::to_string(index);
            ymchat::download_options again;
            again.overwrite = true;
            const auto saved =
                client.download_file(message.payload[index].url, folder / place, again);
            std::cout << "  Saved " << saved.bytes << " bytes.\n";
        }
        if (message.sender == ymchat::sender::customer)
            options.after_message_id = message.message_id;
    }
    if (!options.after_message_id) {
        std::cout << "Nothing to answer.\n";
        return 0;
    }
    options.return_message_id = true;
    const ymchat::send_result sent = client.send_message(*told.chat_id, text, options);
    std::cout << "  Shop: " << text << "\n  " << sent.outcome << ", message "
              << sent.message_id.value_or(0) << '\n';
    return 0;
}

} // namespace

int main(int count, char** values) try {
    const std::vector<std::string> arguments(values + 1, values + count);
    if (arguments.size() == 1) {
        std::cout << "Received " << receive(open_client(), arguments[0]).size() << " messages.\n";
        return 0;
    }
    if (arguments.size() == 4 && arguments[1] == "answer")
        return answer(open_client(), arguments[0], arguments[2], arguments[3]);
    std::cerr << "inbox: the arguments are: FILE [answer FOLDER TEXT]\n";
    return 2;
} catch (const std::exception& error) {
    std::cerr << "inbox: " << error.what() << '\n';
    return 1;
}
