// Every operation, each failure, cancelling and closing, against the simulated Market.
//
// MARKET_URL, MARKET_BUSINESS, MARKET_KEY, MARKET_REVOKED_KEY, MARKET_NO_SCOPE_KEY: the simulated
// Market. ODD_URL: a server whose answers the real one may give one day (tests/cpp_binding.rs).
#include "ymchat.hpp"

#include "check.hpp"
#include "other_unit.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr std::int64_t beyond_double = 9007199254740993;

ymchat::config market() {
    ymchat::config config;
    config.base_url = setting("MARKET_URL");
    config.business_id = std::stoll(setting("MARKET_BUSINESS"));
    config.api_key = setting("MARKET_KEY");
    config.integration = "ymchat-cpp-tests/1.0";
    return config;
}

ymchat::config once(ymchat::config config = market()) {
    config.max_attempts = 1;
    return config;
}

ymchat::client odd() {
    ymchat::config config;
    config.base_url = setting("ODD_URL");
    config.business_id = 1;
    config.api_key = "key";
    return ymchat::client(config);
}

void fault(const std::string& json) {
    admin("POST", "faults", json);
}

std::int64_t new_chat(const std::string& text) {
    const std::string answer = admin("POST", "chats", "{\"text\": \"" + text + "\"}");
    return ymchat::detail::read_whole<ymchat::chat>(answer).chat_id;
}

/// The chat whose customer has this name.
ymchat::chat chat_of(const ymchat::client& client, std::string_view name) {
    for (ymchat::chat& chat : client.chats())
        if (chat.context && chat.context->customer && chat.context->customer->name == name)
            return std::move(chat);
    throw failed_check("no chat of " + std::string(name));
}

/// Waits until the simulated Market has a request in its hands that it does not answer yet.
void wait_for_request() {
    const auto until = steady_clock::now() + 10s;
    while (steady_clock::now() < until) {
        const std::string traffic = admin("GET", "requests");
        const auto requests = ymchat::raw_member(traffic, "requests").value_or("");
        if (requests.find("\"status\":null") != std::string_view::npos)
            return;
        std::this_thread::sleep_for(10ms);
    }
    throw failed_check("no request arrives: " + admin("GET", "requests"));
}

void versions() {
    CHECK_EQ(ymchat::library_version(), YMCHAT_VERSION);
    CHECK(ymchat::library_fits());
}

void chats() {
    const ymchat::client client(market());
    const auto page = client.get_chats();
    CHECK_EQ(page.chats.size(), std::size_t{10});
    CHECK(page.next_page_token.has_value());
    ymchat::chats_options second;
    second.page_token = page.next_page_token;
    second.limit = 10;
    CHECK(client.get_chats(second).chats.at(0).chat_id != page.chats[0].chat_id);

    const auto all = client.get_all_chats();
    std::set<std::int64_t> ids, walked;
    for (const auto& chat : all)
        ids.insert(chat.chat_id);
    CHECK(ids.size() == all.size() && ids.size() > 20);
    CHECK(*ids.rbegin() > beyond_double);
    for (const auto& chat : client.chats())
        walked.insert(chat.chat_id);
    CHECK(walked == ids);

    ymchat::chats_options waiting;
    waiting.statuses = {ymchat::chat_status::waiting_for_partner, ymchat::chat_status::new_};
    for (const auto& chat : client.chats(waiting))
        CHECK(chat.status == ymchat::chat_status::waiting_for_partner ||
              chat.status == ymchat::chat_status::new_);
    ymchat::chats_options about;
    about.contexts = {{ymchat::context_type::order, beyond_double}};
    const auto found = client.get_all_chats(about);
    CHECK_EQ(found.size(), std::size_t{1});
    CHECK_EQ(found[0].context->order_id.value_or(0), beyond_double);
    about = {};
    about.types = {ymchat::chat_type::arbitrage};
    CHECK_EQ(client.get_all_chats(about).size(), std::size_t{2});
    about = {};
    about.context_types = {ymchat::context_type::return_};
    for (const auto& chat : client.chats(about))
        CHECK(chat.context->type == ymchat::context_type::return_);

    about.page_token = "a";
    THROWN(ymchat::invalid_argument, client.chats(about));
    about = {};
    about.statuses = std::vector<ymchat::open_enum<ymchat::chat_status>>();
    const auto error = THROWN(ymchat::invalid_argument, client.get_chats(about));
    CHECK(error.message().find("statuses") != std::string_view::npos);
}

void a_chat_and_its_history() {
    const ymchat::client client(market());
    const auto anna = client.get_chat(chat_of(client, "Анна К.").chat_id);
    CHECK(anna.context->type == ymchat::context_type::order);
    CHECK_EQ(anna.context->order_id.value_or(0), 52310447118);
    CHECK(anna.type == ymchat::chat_type::chat);
    CHECK(anna.created_at->time() && anna.updated_at->time() > anna.created_at->time());
    const auto history = client.get_chat_history(anna.chat_id);
    CHECK_EQ(history.messages.size(), std::size_t{3});
    CHECK(history.context->type == ymchat::context_type::order);
    CHECK_EQ(history.messages[0].text.value_or(""),
             std::string("Здравствуйте! Заказала самовар 🫖, а пришёл без трубы."));
    CHECK(history.messages[0].sender == ymchat::sender::customer);
    CHECK(history.messages[1].sender == ymchat::sender::partner);
    const auto& file = history.messages[2].payload.at(0);
    CHECK_EQ(file.name, std::string("фото упаковки.png"));
    CHECK(file.size.value_or(0) > 0 && file.url.rfind("http", 0) == 0);
    const auto one = client.get_chat_message(anna.chat_id, history.messages[1].message_id);
    CHECK_EQ(one.raw, history.messages[1].raw);
    CHECK_EQ(client.get_messages_since(anna.chat_id, one.message_id).size(), std::size_t{1});
    ymchat::since_options since;
    since.limit = 1;
    since.call_timeout = 20s;
    CHECK_EQ(client.get_messages_since(anna.chat_id, 0, since).size(), std::size_t{3});
}

void the_log_tells_of_requests() {
    const ymchat::client client(market());
    std::mutex lock;
    std::vector<std::string> lines;
    ymchat::set_log_callback(
        [&](ymchat::log_level level, std::string_view text) {
            const std::lock_guard<std::mutex> held(lock);
            CHECK(level == ymchat::log_level::debug || level == ymchat::log_level::info);
            lines.emplace_back(text);
            throw std::runtime_error("nobody sees it");
        },
        ymchat::log_level::debug);
    client.get_chats();
    ymchat::set_log_callback({});
    const auto told = lines.size();
    CHECK(told >= 1);
    CHECK(lines[0].find("getChats: attempt 1, OK (HTTP 200), ") == 0);
    client.get_chats();
    CHECK_EQ(lines.size(), told);
    THROWN(ymchat::invalid_argument,
           ymchat::set_log_callback([](ymchat::log_level, std::string_view) {}, ymchat::log_level(9)));
}

void files_are_brought() {
    namespace fs = std::filesystem;
    const ymchat::client client(market());
    const auto anna = chat_of(client, "Анна К.");
    const auto history = client.get_chat_history(anna.chat_id);
    const auto& file = history.messages[2].payload.at(0);
    const fs::path folder = fs::temp_directory_path() / ("ymchat-cpp-" + std::to_string(new_chat("x")));
    fs::create_directory(folder);
    const fs::path path = folder / fs::u8path("фото.png");
    const auto brought = client.download_file(file.url, path);
    CHECK(brought.path == path && fs::file_size(path) == static_cast<std::uintmax_t>(brought.bytes));
    CHECK_EQ(brought.bytes, file.size.value_or(0));
    CHECK(brought.content_type.value_or("") == "application/octet-stream");
    THROWN(ymchat::invalid_argument, client.download_file(file.url, path));
    ymchat::download_options again;
    again.overwrite = true;
    again.call_timeout = 20s;
    again.allow_hosts = {"cdn.example.org"};
    std::uint64_t told = 0;
    client.download_file(file.url, path, again, [&](const ymchat::download_progress& at) {
        told = at.total;
        return at.bytes > 0;
    });
    CHECK_EQ(static_cast<std::int64_t>(told), brought.bytes);
    THROWN(ymchat::cancelled, client.download_file(file.url, folder / "g", {},
                                                   [](const ymchat::download_progress&) { return false; }));
    bool own = false;
    try {
        client.download_file(file.url, folder / "g", {}, [](const ymchat::download_progress&) -> bool {
            throw std::runtime_error("mine");
        });
    } catch (const std::runtime_error& error) {
        own = std::string(error.what()) == "mine";
    }
    CHECK(own);
    again.max_bytes = 1;
    THROWN(ymchat::protocol_error, client.download_file(file.url, path, again));
    const auto foreign = THROWN(ymchat::invalid_argument, client.download_file("https://evil.example/x", folder / "g"));
    CHECK(foreign.message().find("evil.example") != std::string_view::npos);
    auto elsewhere = market();
    elsewhere.file_hosts = {"*.example.org"};
    THROWN(ymchat::invalid_argument,
           ymchat::client(elsewhere).download_file("https://files.yandex.net/x", folder / "g"));
    CHECK_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), std::ptrdiff_t{1});
    fs::remove_all(folder);
}

void sync_brings_what_is_new() {
    const ymchat::client client(market());
    ymchat::sync_options all;
    all.start = "all";
    all.scope = "all";
    all.limit = 100;
    std::string since;
    std::vector<std::int64_t> received;
    for (bool more = true; more;) {
        const auto news = client.sync(since, all);
        for (const auto& found : news.chats) {
            CHECK(!found.messages.empty() && found.chat.chat_id > 0 && found.chat.status);
            for (const auto& message : found.messages)
                received.push_back(message.message_id);
        }
        since = news.since;
        more = news.more;
    }
    std::sort(received.begin(), received.end());
    CHECK(received.size() > 300);
    CHECK(std::adjacent_find(received.begin(), received.end()) == received.end());
    CHECK(client.sync(since, all).chats.empty());

    ymchat::sync_options hint = all;
    const auto chat_id = new_chat("Есть вопрос");
    CHECK_EQ(client.sync(since, all).chats.size(), std::size_t{1});
    since = client.sync(since, all).since;
    hint.chat_ids = {chat_id};
    admin("POST", "chats/" + std::to_string(chat_id) + "/messages", R"({"text": "Алло?"})");
    const auto news = client.sync(since, hint);
    CHECK_EQ(news.chats.at(0).messages.at(0).text.value_or(""), std::string("Алло?"));
    THROWN(ymchat::invalid_argument, client.sync(since));
    THROWN(ymchat::invalid_argument, client.sync("x", all));

    std::uint64_t told = 0;
    client.sync("", all, [&](const ymchat::sync_progress& at) {
        told = at.chats;
        return true;
    });
    CHECK(told > 10);
    THROWN(ymchat::cancelled,
           client.sync("", all, [](const ymchat::sync_progress&) { return false; }));
    bool thrown_on = false;
    try {
        client.sync("", all, [](const ymchat::sync_progress&) -> bool {
            throw std::range_error("mine");
        });
    } catch (const std::range_error&) {
        thrown_on = true;
    }
    CHECK(thrown_on);
}

/// Whatever comes from outside is answered.
void notifications_are_answered() {
    const std::string body = R"({"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":7,)"
                             R"("messageId":"9007199254740993","deep":[{"a":null}]})";
    ymchat::notification_options options;
    options.name = "Лавка";
    options.version = "2.0";
    options.remote_address = "[::ffff:5.45.207.3]:443";
    const auto told = ymchat::parse_notification(body, options);
    CHECK(told.accepted && told.type == ymchat::notification_type::chat_message_sent);
    CHECK_EQ(told.business_id.value_or(0), std::int64_t{5});
    CHECK_EQ(told.chat_id.value_or(0), std::int64_t{7});
    CHECK_EQ(told.message_id.value_or(0), std::int64_t{9007199254740993});
    CHECK_EQ(told.key, std::string("CHAT_MESSAGE_SENT:5:7:9007199254740993"));
    CHECK_EQ(told.raw, body);
    CHECK_EQ(told.reply.http_status, std::int64_t{200});
    CHECK(told.reply.body.find("\"name\":\"Лавка\"") != std::string::npos);

    const auto other = ymchat::parse_notification(R"({"notificationType":"ORDER_CREATED"})");
    CHECK(other.accepted && other.type == ymchat::notification_type::unknown);
    CHECK_EQ(std::string(other.type.text()), std::string("ORDER_CREATED"));
    CHECK(!other.chat_id && !other.message_id);

    const std::vector<unsigned char> nothing;
    const auto refused = ymchat::parse_notification(nothing);
    CHECK(!refused.accepted && refused.key.empty() && refused.raw.empty());
    CHECK_EQ(refused.reply.http_status, std::int64_t{400});
    CHECK_EQ(ymchat::parse_notification(std::string(70000, ' ')).reply.http_status,
             std::int64_t{400});
    options.remote_address = "10.0.0.1";
    CHECK_EQ(ymchat::parse_notification(body, options).reply.http_status, std::int64_t{403});
    options.allow_from = {"10.0.0.0/8"};
    CHECK_EQ(ymchat::parse_notification(body, options).reply.http_status, std::int64_t{200});
    options.allow_from = {"moscow"};
    THROWN(ymchat::invalid_argument, ymchat::parse_notification(body, options));
}

void texts_are_checked() {
    const std::string text = "Ура 🚚! Почта shop@mail.ru, сайт cdek.ru";
    ymchat::message_check_options options;
    options.allow_hosts = {"cdek.ru"};
    const auto check = ymchat::check_message(text, options);
    CHECK(!check.ok);
    CHECK_EQ(check.findings.size(), std::size_t{1});
    const auto& mail = check.findings.at(0);
    CHECK(mail.kind == ymchat::finding_kind::email);
    CHECK_EQ(mail.text, std::string("shop@mail.ru"));
    CHECK_EQ(text.substr(mail.start, mail.length), mail.text);
    CHECK_EQ(mail.start_utf16, std::size_t{14});
    CHECK_EQ(mail.length_utf16, std::size_t{12});
    options.kinds = {ymchat::finding_kind::phone, ymchat::finding_kind::messenger};
    CHECK(ymchat::check_message(text, options).ok);
    CHECK(ymchat::check_message("").ok);
    THROWN(ymchat::invalid_argument, ymchat::check_message(std::string_view("a\0b", 3)));
    options.allow_hosts = {"cdek"};
    THROWN(ymchat::invalid_argument, ymchat::check_message(text, options));
}

void a_long_history_page_by_page() {
    const ymchat::client client(market());
    const auto chat_id = chat_of(client, "Екатерина Длиннописова").chat_id;
    for (const char* switches :
         {"{}", R"({"emptyPages": true})", R"({"historyOrder": "descending"})"}) {
        admin("POST", "switches", switches);
        std::vector<std::int64_t> ids;
        admin("DELETE", "record");
        for (const auto& message : client.messages(chat_id)) {
            ids.push_back(message.message_id);
            if (ids.size() == 1)
                // Only what is needed is read: the page, or the empty one before none.
                CHECK_EQ(admin("GET", "requests").find("\"number\""),
                         admin("GET", "requests").rfind("\"number\""));
        }
        CHECK_EQ(ids.size(), std::size_t{261});
        CHECK_EQ(std::set<std::int64_t>(ids.begin(), ids.end()).size(), std::size_t{261});
        const auto since = client.get_messages_since(chat_id, 0);
        CHECK_EQ(since.size(), std::size_t{261});
        CHECK(std::is_sorted(since.begin(), since.end(), [](const auto& a, const auto& b) {
            return a.message_id < b.message_id;
        }));
        ymchat::messages_options newer;
        newer.after = since[200].message_id;
        newer.limit = 7;
        std::int64_t count = 0;
        for (const auto& message : client.messages(chat_id, newer))
            count += message.message_id > since[200].message_id ? 1 : -1000;
        CHECK_EQ(count, 60);
    }
    admin("POST", "switches", R"({"historyOrder": "ascending", "emptyPages": false})");

    // The iterators are what the standard's algorithms expect.
    const auto messages = client.messages(chat_id);
    CHECK_EQ(std::distance(messages.begin(), messages.end()), 261);
    const auto found = std::find_if(messages.begin(), messages.end(), [](const auto& message) {
        return message.text == "Вопрос № 2: а чай входит? 🍵";
    });
    CHECK(found != messages.end());
    auto it = messages.begin();
    const std::int64_t first = it->message_id;
    CHECK_EQ((*it++).message_id, first);
    CHECK(it->message_id != first);
    std::vector<ymchat::message> moved(std::make_move_iterator(messages.begin()),
                                       std::make_move_iterator(messages.end()));
    CHECK(moved.size() == 261 && moved[260].text == "Последний вопрос: а сахар? 🍬");
    const auto empty = ymchat::detail::read_whole<ymchat::chat>(admin("POST", "chats", "{}"));
    CHECK(client.messages(empty.chat_id).begin() == messages.end());
}

void sends() {
    const ymchat::client client(market());
    const auto chat_id = new_chat("Есть кто живой?");
    const auto known = client.get_messages_since(chat_id, 0).back().message_id;
    CHECK(known > beyond_double);
    ymchat::send_options options;
    options.after_message_id = known;
    options.return_message_id = true;
    const std::string text = "Да! \"Кавычки\", \\ и\nперевод строки. 🙂👩‍👧";
    const auto sent = client.send_message(chat_id, text, options);
    CHECK(sent.outcome == ymchat::send_outcome::sent);
    CHECK_EQ(sent.attempts, 1);
    CHECK(sent.message_id.value_or(0) > known);
    CHECK_EQ(client.get_chat_message(chat_id, *sent.message_id).text.value_or(""), text);
    CHECK(!client.send_message(chat_id, "И ещё").message_id);

    ymchat::send_options once;
    once.ticket = client.prepare_send(chat_id, "Ровно раз");
    once.call_timeout = 30s;
    CHECK(client.send_message(chat_id, "Ровно раз", once).outcome == ymchat::send_outcome::sent);
    const auto again = client.send_message(chat_id, "Ровно раз", once);
    CHECK(again.outcome == ymchat::send_outcome::confirmed);
    CHECK_EQ(again.attempts, 0);
    THROWN(ymchat::invalid_argument, client.send_message(chat_id, "Два раза", once));
    once.ticket = client.prepare_send(chat_id, "чек.pdf", 3);
    CHECK(client.send_file(chat_id, "чек.pdf", "pdf", once).outcome == ymchat::send_outcome::sent);

    const std::array<std::byte, 3> data = {std::byte{1}, std::byte{0}, std::byte{255}};
    options.after_message_id = sent.message_id;
    const auto file = client.send_file(chat_id, "чек 🧾.bin", data, options);
    const auto message = client.get_chat_message(chat_id, file.message_id.value());
    CHECK_EQ(message.payload.at(0).name, std::string("чек 🧾.bin"));
    CHECK_EQ(message.payload[0].size.value_or(0), 3);
    CHECK(!message.text);
    client.send_file(chat_id, "a.txt", "text");
    client.send_file(chat_id, "b.txt", std::string("text"));
    client.send_file(chat_id, "c.bin", std::vector<unsigned char>{1, 2, 3, 4});
    client.send_file(chat_id, "d.bin", {data.data(), 2});
    const auto messages = client.get_messages_since(chat_id, *file.message_id);
    CHECK_EQ(messages.size(), std::size_t{4});
    for (std::size_t i = 0; i < 3; ++i)
        CHECK_EQ(messages[i].payload.at(0).size.value_or(0), 4);

    // The answer is lost, the message is not.
    fault(R"({"operation": "sendMessageToChat", "when": "after", "kind": "close"})");
    const auto lost = client.send_message(chat_id, "Потерялся ответ");
    CHECK(lost.outcome == ymchat::send_outcome::confirmed && lost.message_id);
    const auto stats = client.stats();
    CHECK(stats.sends.sent == 9 && stats.sends.confirmed == 2);
    const auto counted = std::find_if(
        stats.operations.begin(), stats.operations.end(),
        [](const auto& operation) { return operation.operation == "sendMessageToChat"; });
    CHECK(counted != stats.operations.end() && counted->attempts == 4);
    CHECK_EQ(counted->quota_limit, 1000);
    CHECK(counted->quota_remaining < 1000 && counted->waited >= 0ms);
}

void other_operations() {
    const ymchat::client client(market());
    const auto chat_id = client.create_chat(ymchat::context_type::order, 777);
    CHECK_EQ(client.create_chat(ymchat::context_type::order, 777), chat_id);
    CHECK_EQ(client.get_chat(chat_id).context->order_id.value_or(0), 777);
    ymchat::campaigns_options two;
    two.limit = 2;
    const auto campaigns = client.get_campaigns(two);
    CHECK_EQ(campaigns.campaigns.size(), std::size_t{2});
    CHECK_EQ(campaigns.campaigns[0].business->name.value_or(""), std::string("Лавка «Самовар»"));
    CHECK_EQ(campaigns.campaigns[0].placement_type.value_or(""), std::string("FBS"));
    two.page_token = campaigns.next_page_token.value();
    CHECK_EQ(client.get_campaigns(two).campaigns.size(), std::size_t{1});
    const auto token = client.get_token_info();
    CHECK(token.api_key->name && !token.api_key->auth_scopes.empty());
}

void texts_as_they_came() {
    const ymchat::client client(market());
    const auto raw = client.raw();
    const auto chat_id = chat_of(client, "Анна К.").chat_id;
    const ymchat::json_text page = raw.get_chat_history(chat_id);
    CHECK_EQ(page.view(), client.get_chat_history(chat_id).raw);
    CHECK_EQ(raw.get_chat(chat_id).view(), client.get_chat(chat_id).raw);
    CHECK(raw.get_chats().view().find("\"paging\"") != std::string_view::npos);
    CHECK(raw.get_all_chats().view().find("\"chats\"") != std::string_view::npos);
    CHECK(raw.get_messages_since(chat_id, 0).view().find("Анна") != std::string_view::npos);
    CHECK(raw.get_campaigns().view().find("самовар") == std::string_view::npos);
    CHECK(raw.get_token_info().view().find("authScopes") != std::string_view::npos);
    CHECK(raw.stats().view().find("getChatHistory") != std::string_view::npos);
    const auto chat = new_chat("Привет");
    const auto id = client.get_messages_since(chat, 0).at(0).message_id;
    CHECK(raw.get_chat_message(chat, id).view().find("Привет") != std::string_view::npos);
    CHECK(raw.send_message(chat, "a").view().find("\"sent\"") != std::string_view::npos);
    CHECK(raw.send_file(chat, "a", "b").view().find("\"sent\"") != std::string_view::npos);
    CHECK_EQ(ymchat::raw_member(raw.create_chat(ymchat::context_type::return_, 5), "chatId")
                 .has_value(),
             true);
}

void what_the_service_adds_survives() {
    const ymchat::client client(market());
    const auto timur = chat_of(client, "Тимур");
    CHECK_EQ(ymchat::raw_member(timur.raw, "unreadCount").value_or(""), "1");
    CHECK_EQ(ymchat::raw_member(timur.context->raw, "loyalty").value_or(""),
             R"({"level":"GOLD"})");
    const auto message = client.get_messages_since(timur.chat_id, 0).at(0);
    CHECK(message.sender == ymchat::sender::unknown);
    CHECK_EQ(message.sender.text(), "COURIER_BOT");
    CHECK(ymchat::raw_member(message.raw, "reactions").has_value());

    const ymchat::client other = odd();
    const auto chat = other.get_chat(1);
    CHECK_EQ(chat.chat_id, std::numeric_limits<std::int64_t>::max());
    CHECK_EQ(chat.context->type.text(), "GALAXY");
    CHECK_EQ(chat.type->text(), "PODCAST");
    CHECK(chat.status == ymchat::chat_status::unknown);
    CHECK_EQ(chat.status->text(), "ON_FIRE");
    CHECK_EQ(chat.context->customer->name.value_or(""), std::string("Аня 🙂"));
    CHECK_EQ(ymchat::raw_member(chat.context->customer->raw, "vip").value_or(""), "true");
    CHECK_EQ(ymchat::raw_member(chat.raw, "future").value_or(""), R"({"a": [1, 2.50, null]})");
    CHECK(chat.created_at && !chat.created_at->time());

    const auto messages = other.get_chat_history(4).messages;
    CHECK_EQ(messages.at(0).text.value_or(""), std::string("\uFFFD"));
    CHECK_EQ(messages.at(1).text.value_or(""), std::string("whole 😀 \"q\""));
    CHECK(messages[0].payload.empty() && messages[1].payload.empty());
}

void answers_that_break_the_promise() {
    const ymchat::client client = odd();
    const auto circle = client.messages(2);
    std::int64_t count = 0;
    const auto walk = [&] {
        for (const auto& message : circle)
            count += message.message_id > 0 ? 1 : 0;
    };
    const auto error = THROWN(ymchat::protocol_error, walk());
    CHECK(error.message().find("page token") != std::string_view::npos);
    CHECK_EQ(count, 2);
    THROWN(ymchat::protocol_error, client.get_messages_since(2, 0));

    const auto missing = THROWN(ymchat::protocol_error, client.get_chat_history(3));
    CHECK(missing.message().find("messageId") != std::string_view::npos);
    CHECK_EQ(missing.operation(), "getChatHistory");
    CHECK(missing.action() == ymchat::action::contact_support);
    CHECK(client.raw().get_chat_history(3).size() > 0);
}

void failures_of_the_service() {
    const ymchat::client client(once());
    const auto chat_id = new_chat("Ошибки");
    auto config = once();
    config.api_key = setting("MARKET_REVOKED_KEY");
    const auto revoked = THROWN(ymchat::unauthorized, ymchat::client(config).get_chats());
    CHECK(revoked.action() == ymchat::action::check_credentials);
    CHECK_EQ(revoked.http_status().value_or(0), 401);
    CHECK(!revoked.errors().empty() && revoked.errors()[0].code == "UNAUTHORIZED");
    CHECK(revoked.message().find(*config.api_key) == std::string_view::npos);
    config.api_key = setting("MARKET_NO_SCOPE_KEY");
    const auto scope = THROWN(ymchat::forbidden, ymchat::client(config).get_chats());
    CHECK(scope.action() == ymchat::action::grant_access);

    const auto nobody = THROWN(ymchat::not_found, client.get_chat(1));
    CHECK_EQ(nobody.operation(), "getChat");
    CHECK_EQ(nobody.attempts(), 1);
    CHECK(nobody.trace_id().has_value() && !nobody.retryable() && !nobody.outcome());
    fault(R"({"kind": {"error": "shopLocked"}})");
    CHECK_EQ(THROWN(ymchat::bad_request, client.get_chat(chat_id)).http_status().value_or(0), 423);
    fault(R"({"kind": {"error": "serverError"}})");
    CHECK(THROWN(ymchat::server_error, client.get_chat(chat_id)).retryable());
    fault(R"({"kind": "noResult"})");
    THROWN(ymchat::protocol_error, client.get_chat(chat_id));
    fault(R"({"kind": "close"})");
    THROWN(ymchat::network_error, client.get_chat(chat_id));
    config = once();
    config.attempt_timeout = 200ms;
    fault(R"({"kind": "slow", "delayBeforeWorkMs": 2000})");
    THROWN(ymchat::timeout, ymchat::client(config).get_chat(chat_id));

    fault(R"({"operation": "sendMessageToChat", "when": "after", "kind": "close"})");
    ymchat::send_options blind;
    blind.resolve = false;
    blind.after_message_id = 7;
    const auto lost =
        THROWN(ymchat::outcome_unknown, client.send_message(chat_id, "Дошло?", blind));
    CHECK(lost.outcome() == ymchat::delivery_status::unknown);
    CHECK(lost.action() == ymchat::action::check_history && !lost.retryable());
    CHECK(lost.known() && !lost.known()->searched);
    CHECK_EQ(lost.known()->after_message_id.value_or(0), 7);
    fault(R"({"operation": "sendMessageToChat", "kind": {"error": "badRequest"}})");
    const auto refused = THROWN(ymchat::bad_request, client.send_message(chat_id, "Нет"));
    CHECK(refused.outcome() == ymchat::delivery_status::not_sent);

    admin("POST", "quotas", R"({"createChat": {"used": 1000}})");
    config = once();
    config.call_timeout = 1s;
    const ymchat::client hasty(config);
    const auto limited = THROWN(ymchat::rate_limited,
                                hasty.create_chat(ymchat::context_type::order, 778));
    CHECK(limited.retry_after() > 1s && limited.retry_after() <= 3601s);
    CHECK(limited.action() == ymchat::action::wait && limited.retryable());
    // It is a std::runtime_error like any other.
    try {
        hasty.create_chat(ymchat::context_type::order, 778);
        CHECK(false);
    } catch (const std::runtime_error& error) {
        CHECK(std::string(error.what()).size() > 10);
    }
}

void wrong_arguments() {
    auto config = market();
    config.base_url = "ftp://example.org";
    CHECK(THROWN(ymchat::invalid_argument, ymchat::client(config)).message().find("baseUrl") !=
          std::string_view::npos);
    THROWN(ymchat::invalid_argument, ymchat::client(ymchat::config()));
    config = market();
    config.connect_timeout = -5ms;
    THROWN(ymchat::invalid_argument, ymchat::client(config));
    config = market();
    config.api_key = "\xff";
    THROWN(ymchat::invalid_argument, ymchat::client(config));
    const ymchat::client client(market());
    THROWN(ymchat::invalid_argument, client.get_chat(0));
    THROWN(ymchat::invalid_argument, client.send_message(5, " "));
    THROWN(ymchat::invalid_argument, client.send_message(5, "\xff"));
    THROWN(ymchat::invalid_argument, client.send_file(5, "a/b", "x"));
    THROWN(ymchat::invalid_argument, client.send_file(5, "a", std::string()));
    // A text must not be cut short at a NUL.
    const auto cut = THROWN(ymchat::invalid_argument,
                            client.send_message(5, std::string_view("Да\0нет", 11)));
    CHECK(cut.message().find("NUL") != std::string_view::npos);
    THROWN(ymchat::invalid_argument, client.send_file(5, std::string_view("a\0b", 3), "x"));
    CHECK_EQ(cut.operation(), "sendMessageToChat");
}

/// A file of the test's own; gone with the object.
class temporary_file {
public:
    temporary_file(const std::filesystem::path& name, std::uintmax_t size)
        : path_(std::filesystem::temp_directory_path() / std::to_string(getpid()) / name) {
        std::filesystem::create_directories(path_.parent_path());
        std::ofstream(path_, std::ios::binary) << "%PDF";
        // Without blocks on the disk.
        std::filesystem::resize_file(path_, size);
    }
    ~temporary_file() { std::filesystem::remove_all(path_.parent_path()); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void refused_sends_did_not_arrive() {
    const ymchat::client client(market());
    const auto chat_id = new_chat("Куда?");
    ymchat::client closed(market());
    closed.close();
    ymchat::send_options nowhere;
    nowhere.after_message_id = 0;
    const std::string too_large(5 * 1024 * 1024 + 1, 'x');
    const temporary_file large("Каталог.pdf", std::uintmax_t{400} << 20);
    const temporary_file empty("пусто.pdf", 0);
    const std::vector<std::pair<std::string, std::function<void()>>> sends = {
        {"NUL", [&] { client.send_message(chat_id, std::string_view("Да\0нет", 11)); }},
        {"UTF-8", [&] { client.send_message(chat_id, "\xff"); }},
        {"empty", [&] { client.send_message(chat_id, " "); }},
        {"chatId", [&] { client.send_message(0, "Да"); }},
        {"afterMessageId", [&] { client.send_message(chat_id, "Да", nowhere); }},
        {"closed", [&] { closed.send_message(chat_id, "Да"); }},
        {"closed", [&] { closed.send_file(chat_id, "a", "x"); }},
        {"NUL", [&] { client.send_file(chat_id, std::string_view("a\0b", 3), "x"); }},
        {"5242881 bytes", [&] { client.send_file(chat_id, "a", too_large); }},
        {"\"Каталог.pdf\" has 400.0 MB", [&] { client.send_file(chat_id, large.path()); }},
        {"empty", [&] { client.send_file(chat_id, empty.path()); }},
        {"/nowhere/чек.pdf", [&] { client.send_file(chat_id, std::filesystem::path("/nowhere/чек.pdf")); }},
        {"/tmp", [&] { client.send_file(chat_id, std::filesystem::path("/tmp")); }},
    };
    for (const auto& wrong : sends) {
        const std::string& named = wrong.first;
        const auto error = THROWN(ymchat::invalid_argument, wrong.second());
        const std::string message(error.message());
        if (message.find(named) == std::string::npos)
            throw failed_check(named + " is not named: " + message);
        CHECK(error.outcome() == ymchat::delivery_status::not_sent);
        CHECK_EQ(std::string(error.operation()).rfind("send", 0), std::size_t{0});
        CHECK_EQ(message.rfind(std::string(error.operation()) + ": ", 0), std::size_t{0});
    }
    CHECK_EQ(client.get_messages_since(chat_id).size(), std::size_t{1});
}

void a_file_from_the_disk() {
    const ymchat::client client(market());
    const auto chat_id = new_chat("Пришлите чек.");
    const temporary_file receipt("чек № 1.pdf", 5 * 1024 * 1024);
    client.send_file(chat_id, receipt.path());
    const auto sent = client.get_messages_since(chat_id).back();
    CHECK_EQ(sent.payload.at(0).name, "чек № 1.pdf");
    CHECK_EQ(sent.payload.at(0).size.value(), 5 * 1024 * 1024);
}

/// The most memory that this process has had at a time since the last call.
long peak_kib() {
    std::ifstream status("/proc/self/status");
    std::string word;
    long peak = 0;
    while (status >> word)
        if (word == "VmHWM:")
            status >> peak;
    std::ofstream("/proc/self/clear_refs") << "5";
    return peak;
}

void a_file_from_the_disk_is_held_once() {
    const ymchat::client client(market());
    const auto chat_id = new_chat("Пришлите каталог.");
    const temporary_file large("Каталог.pdf", 5 * 1024 * 1024);
    client.send_file(chat_id, "a.txt", "text");
    peak_kib();
    const long before = peak_kib();
    client.send_file(chat_id, large.path());
    const long grown = peak_kib() - before;
    std::printf("a file of 5120 KiB: %ld KiB more\n", grown);
    // A sanitizer keeps what was freed.
    if (std::getenv("SANITIZED") == nullptr)
        CHECK(grown < 5120 * 16 / 10);
}

void words_and_dates_are_written_as_they_came() {
    const ymchat::client client(market());
    const auto message = client.get_messages_since(new_chat("Когда?")).front();
    std::ostringstream out;
    out << message.sender << ' ' << message.created_at;
    CHECK_EQ(out.str(), "CUSTOMER " + message.created_at.text());
    out.str("");
    out << ymchat::open_enum<ymchat::sender>::from_text("ROBOT");
    CHECK_EQ(out.str(), "ROBOT");
}

void several_units() {
    const ymchat::client client(market());
    const auto chat_id = chat_of(client, "Анна К.").chat_id;
    CHECK_EQ(chat_from_other_unit(client, chat_id).raw, client.get_chat(chat_id).raw);
    CHECK_EQ(count_from_other_unit(client, chat_id), std::size_t{3});
    THROWN(ymchat::not_found, chat_from_other_unit(client, 1));
}

void closed_and_moved() {
    ymchat::client first(market());
    const auto chat_id = chat_of(first, "Анна К.").chat_id;
    const auto range = first.messages(chat_id);
    const auto raw = first.raw();
    ymchat::client second(std::move(first));
    CHECK(second.is_open());
    CHECK(!first.is_open()); // NOLINT: what is asked for
    const auto moved = THROWN(ymchat::invalid_argument, first.get_chat(chat_id));
    CHECK(moved.message().find("moved") != std::string_view::npos);
    first.cancel();
    first.close();
    // What was made before the move still works.
    CHECK_EQ(std::distance(range.begin(), range.end()), 3);
    CHECK(!raw.get_chat(chat_id).empty());
    first = std::move(second);
    CHECK_EQ(first.get_chat(chat_id).chat_id, chat_id);
    auto walk = range.begin();
    const auto canceller = first.get_canceller();
    first.close();
    first.close();
    canceller.cancel();
    const auto closed = THROWN(ymchat::invalid_argument, first.get_chat(chat_id));
    CHECK(closed.message().find("closed") != std::string_view::npos);
    CHECK_EQ(closed.operation(), "getChat");
    THROWN(ymchat::invalid_argument, first.stats());
    THROWN(ymchat::invalid_argument, raw.get_chat(chat_id));
    THROWN(ymchat::invalid_argument, range.begin());
    // The page is in memory already.
    CHECK_EQ(std::distance(walk, range.end()), 3);
    {
        ymchat::client inner(market());
        first = std::move(inner);
    }
    CHECK(first.is_open());
    std::optional<ymchat::paged<ymchat::message>> longer;
    {
        const ymchat::client gone(market());
        longer = gone.messages(chat_id);
    }
    THROWN(ymchat::invalid_argument, longer->begin());
}

/// Has `end` end a call that would last for 20 s; returns how long that takes, the best of three,
/// because other programs run here as well.
template <class End>
std::chrono::milliseconds ends_a_call(const ymchat::client& client, std::int64_t chat_id,
                                      End&& end) {
    auto best = std::chrono::milliseconds::max();
    for (int round = 0; round < 3 && best > 250ms; ++round) {
        admin("DELETE", "faults");
        admin("DELETE", "record");
        fault(R"({"operation": "getChatHistory", "kind": "slow", "delayBeforeWorkMs": 20000})");
        std::string failure;
        steady_clock::time_point ended;
        std::thread caller([&] {
            try {
                THROWN(ymchat::cancelled, client.get_chat_history(chat_id));
            } catch (const std::exception& error) {
                failure = error.what();
            }
            ended = steady_clock::now();
        });
        steady_clock::time_point begun;
        try {
            wait_for_request();
            begun = steady_clock::now();
            end();
        } catch (const std::exception& error) {
            failure = error.what();
            client.cancel();
        }
        caller.join();
        if (!failure.empty())
            throw failed_check(failure);
        best = std::min(best,
                        std::chrono::duration_cast<std::chrono::milliseconds>(ended - begun));
    }
    admin("DELETE", "faults");
    return best;
}

void cancelling() {
    ymchat::client client(market());
    const auto chat_id = new_chat("Отмена");
    CHECK(ends_a_call(client, chat_id, [&] { client.cancel(); }) <= 250ms);
    CHECK_EQ(client.get_chat(chat_id).chat_id, chat_id);
    const auto canceller = client.get_canceller();
    CHECK(ends_a_call(client, chat_id, [&] { canceller.cancel(); }) <= 250ms);
    ymchat::client closing(market());
    admin("DELETE", "record");
    fault(R"({"operation": "getChatHistory", "kind": "slow", "delayBeforeWorkMs": 20000})");
    std::string what;
    std::thread caller([&] {
        try {
            closing.get_chat_history(chat_id);
        } catch (const ymchat::cancelled&) {
            what = "cancelled";
        }
    });
    wait_for_request();
    closing.close();
    caller.join();
    CHECK_EQ(what, std::string("cancelled"));
    admin("DELETE", "faults");
}

void stopping() {
    const ymchat::client client(market());
    const auto chat_id = new_chat("Остановка");
    {
        ymchat::stop_source source;
        auto guard = ymchat::cancel_on(client, source.get_token());
        CHECK_EQ(client.get_chat(chat_id).chat_id, chat_id);
        const auto time =
            ends_a_call(client, chat_id, [&] { CHECK(source.request_stop()); });
        CHECK(time <= 250ms);
        CHECK(source.stop_requested() && source.get_token().stop_requested());
        CHECK(!source.request_stop());
        // Later calls are met as well, and nothing is sent.
        admin("DELETE", "record");
        const auto late = THROWN(ymchat::cancelled, client.get_chat(chat_id));
        CHECK(late.message().find("cancelled") != std::string_view::npos);
        CHECK_EQ(late.attempts(), 0);
        CHECK_EQ(admin("GET", "requests").find("\"number\""), std::string::npos);
        // A guard that comes late, and one that ends early.
        const auto other = ymchat::cancel_on(client, source.get_token());
        guard = ymchat::cancel_on(client, ymchat::stop_source().get_token());
        THROWN(ymchat::cancelled, client.get_chat(chat_id));
    }
    CHECK_EQ(client.get_chat(chat_id).chat_id, chat_id);

    // No request is lost between two calls, however often the moment is tried.
    for (int round = 0; round < 30; ++round) {
        ymchat::stop_source source;
        bool ended = false;
        std::thread caller([&] {
            const auto guard = ymchat::cancel_on(client, source.get_token());
            try {
                for (;;)
                    client.get_chat(chat_id);
            } catch (const ymchat::cancelled&) {
                ended = true;
            }
        });
        std::this_thread::sleep_for(std::chrono::microseconds(200 * round));
        source.request_stop();
        caller.join();
        CHECK(ended);
        admin("POST", "quotas", R"({"getChat": {"used": 0}})");
    }

    // The same moment held open: a call that has begun, and has not reached the library yet.
    {
        ymchat_client* handle = nullptr;
        CHECK_EQ(ymchat_client_new(ymchat::detail::to_json(market()).c_str(), &handle, nullptr),
                 YMCHAT_OK);
        ymchat::detail::session open(handle);
        const auto begun = open.calls();
        const auto read = [&](const auto& calls) {
            return ymchat_get_chat_history(calls->handle(), chat_id, nullptr, nullptr);
        };
        open.stop();
        CHECK_EQ(read(begun), YMCHAT_CANCELLED);
        open.stop();
        open.resume(std::make_shared<ymchat::detail::call_scope>());
        CHECK_EQ(read(open.calls()), YMCHAT_CANCELLED);
        open.resume(std::make_shared<ymchat::detail::call_scope>());
        CHECK_EQ(read(begun), YMCHAT_CANCELLED);
        CHECK_EQ(read(open.calls()), YMCHAT_OK);
    }

    // A part of the calls, for good.
    {
        ymchat::client job = client.scope();
        const ymchat::client other = client.scope();
        CHECK(ends_a_call(job, chat_id, [&] { job.cancel(); }) <= 250ms);
        admin("DELETE", "record");
        const auto late = THROWN(ymchat::cancelled, job.send_message(chat_id, "Поздно"));
        CHECK(late.outcome() == ymchat::delivery_status::not_sent && late.attempts() == 0);
        CHECK_EQ(admin("GET", "requests").find("\"number\""), std::string::npos);
        THROWN(ymchat::cancelled, job.scope().get_chat(chat_id));
        CHECK_EQ(client.get_chat(chat_id).chat_id, chat_id);
        CHECK_EQ(other.get_chat(chat_id).chat_id, chat_id);
        job.close();
        THROWN(ymchat::invalid_argument, job.scope());
        ymchat::client outer(market());
        const ymchat::client inner = outer.scope();
        outer.close();
        THROWN(ymchat::invalid_argument, inner.get_chat(chat_id));
    }

    // A guard may outlive its client, and a source its guards.
    std::optional<ymchat::stop_guard> longer;
    ymchat::stop_source source;
    {
        const ymchat::client gone(market());
        longer.emplace(ymchat::cancel_on(gone, source.get_token()));
    }
    source.request_stop();
    longer.reset();

#ifdef __cpp_lib_jthread
    std::jthread caller([&](std::stop_token token) {
        const auto guard = ymchat::cancel_on(client, token);
        try {
            for (;;)
                client.get_chat(chat_id);
        } catch (const ymchat::cancelled&) {
        }
    });
    std::this_thread::sleep_for(50ms);
    caller.request_stop();
    caller.join();
    CHECK_EQ(client.get_chat(chat_id).chat_id, chat_id);
    std::puts("with std::stop_token");
#endif
}

void many_threads() {
    const ymchat::client client(market());
    const auto chat_id = chat_of(client, "Анна К.").chat_id;
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int call = 0; call < 5; ++call)
                right += client.get_chat_history(chat_id).messages.size() == 3 ? 1 : 0;
        });
    for (auto& thread : threads)
        thread.join();
    CHECK_EQ(right.load(), 40);
}

long resident_kib() {
    std::ifstream statm("/proc/self/statm");
    long size = 0, resident = 0;
    statm >> size >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void a_thousand_clients() {
    const auto open_and_close = [](int count) {
        for (int i = 0; i < count; ++i) {
            const ymchat::client client(market());
            if (i % 50 == 0)
                client.get_token_info();
        }
    };
    open_and_close(200);
    admin("POST", "quotas", R"({"getAuthTokenInfo": {"used": 0}})");
    const long before = resident_kib();
    open_and_close(1000);
    const long after = resident_kib();
    std::printf("1000 clients: %ld KiB before, %ld KiB after\n", before, after);
    // A sanitizer keeps what was freed.
    if (std::getenv("SANITIZED") == nullptr)
        CHECK(after - before < 512);
}

} // namespace

int main() {
    return run_tests({
        {"versions", versions},
        {"chats", chats},
        {"a_chat_and_its_history", a_chat_and_its_history},
        {"sync_brings_what_is_new", sync_brings_what_is_new},
        {"files_are_brought", files_are_brought},
        {"the_log_tells_of_requests", the_log_tells_of_requests},
        {"notifications_are_answered", notifications_are_answered},
        {"texts_are_checked", texts_are_checked},
        {"a_long_history_page_by_page", a_long_history_page_by_page},
        {"sends", sends},
        {"other_operations", other_operations},
        {"texts_as_they_came", texts_as_they_came},
        {"what_the_service_adds_survives", what_the_service_adds_survives},
        {"answers_that_break_the_promise", answers_that_break_the_promise},
        {"failures_of_the_service", failures_of_the_service},
        {"wrong_arguments", wrong_arguments},
        {"refused_sends_did_not_arrive", refused_sends_did_not_arrive},
        {"a_file_from_the_disk", a_file_from_the_disk},
        {"a_file_from_the_disk_is_held_once", a_file_from_the_disk_is_held_once},
        {"words_and_dates_are_written_as_they_came", words_and_dates_are_written_as_they_came},
        {"several_units", several_units},
        {"closed_and_moved", closed_and_moved},
        {"cancelling", cancelling},
        {"stopping", stopping},
        {"many_threads", many_threads},
        {"a_thousand_clients", a_thousand_clients},
    });
}
