// What ymchat.hpp makes of texts: JSON, dates, enumerations, errors.
#include "ymchat.hpp"

#include "check.hpp"

#include <limits>

using ymchat::detail::json_error;

namespace {

/// Whether the text is JSON.
bool is_json(std::string_view text) {
    try {
        const std::string whole(text);
        const ymchat::detail::json_reader in(ymchat::detail::without_nul(whole));
        return true;
    } catch (const json_error&) {
        return false;
    }
}

template <class T>
T read(std::string_view text) {
    return ymchat::detail::read_whole<T>(std::string(text));
}

void valid_json() {
    for (const char* text : {
             "null", "true", "false", "0", "-0", "-1", "10", "1.5", "1e5", "1E+5", "1.25e-5", "\"\"",
             "{}", "[]", " \t\r\n[ 1 , 2 ] \n", "[[[]]]", "{\"a\":{\"b\":[{}]}}", "{\"a\":1,\"a\":2}",
             "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
             "\"\\ude00\"", "\"Привет 🙂\"", "\"\x7f\"", "123456789012345678901234567890",
         }) {
        if (!is_json(text))
            throw failed_check(std::string("refused: ") + text);
    }
}

void invalid_json() {
    for (const char* text : {
             "", " ", "nul", "nulll", "True", "tru", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10",
             "NaN", "Infinity", "'a'", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u123g\"",
             "\"\\ud83d\\u12\"", "\"a\nb\"", "\"\t\"", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]",
             "[1 2]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\" 1}", "{a:1}",
             "{1:1}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "1 2", "[] []", "{}x", "// a\n1", "--1",
         }) {
        if (is_json(text))
            throw failed_check(std::string("accepted: ") + text);
    }
    CHECK(!is_json(std::string_view("1\0", 2)));
    CHECK(!is_json(std::string_view("\"\0\"", 3)));
    // A view may end in the middle of a longer text.
    CHECK(!is_json(std::string_view("true", 3)));
    CHECK(!is_json(std::string_view("\"abc\"", 4)));
    CHECK(is_json(std::string_view("12x", 2)));
}

void strings() {
    CHECK_EQ(read<std::string>(R"("a\"\\\/\b\f\n\r\tz")"), std::string("a\"\\/\b\f\n\r\tz"));
    CHECK_EQ(read<std::string>(R"("\u0041\u0416\u20AC\uffff")"), std::string("AЖ€\xef\xbf\xbf"));
    CHECK_EQ(read<std::string>(R"("\uD83D\ude00!")"), std::string("😀!"));
    CHECK_EQ(read<std::string>(R"("\udbff\udfff")"), std::string("\xf4\x8f\xbf\xbf"));
    // As for every language: a NUL would end the text in C. `raw` has it as it came.
    CHECK_EQ(read<std::string>(R"("a\u0000b")"), std::string("a\uFFFDb"));
    // Halves of pairs: what is whole around them stays.
    CHECK_EQ(read<std::string>(R"("a\ud83d")"), std::string("a\uFFFD"));
    CHECK_EQ(read<std::string>(R"("\ude00z")"), std::string("\uFFFDz"));
    CHECK_EQ(read<std::string>(R"("\ud83d\u0041")"), std::string("\uFFFDA"));
    CHECK_EQ(read<std::string>(R"("\ud83d\ud83d\ude00")"), std::string("\uFFFD😀"));
    CHECK_EQ(read<std::string>(R"("\ud83d\n")"), std::string("\uFFFD\n"));
}

void numbers() {
    CHECK_EQ(read<std::int64_t>("9007199254740993"), 9007199254740993);
    CHECK_EQ(read<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    CHECK_EQ(read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    CHECK_EQ(read<std::int64_t>("-0"), 0);
    for (const char* text : {"9223372036854775808", "-9223372036854775809", "1.0", "1e3", "\"a\"",
                             "null", "true", "[1]", "{}", "\"1.0\"", "\" 1\"", "\"\""})
        THROWN(json_error, read<std::int64_t>(text));
    // The service gives some ids as strings.
    CHECK_EQ(read<std::int64_t>("\"9007199254740993\""), 9007199254740993);
    THROWN(json_error, read<bool>("1"));
    THROWN(json_error, read<std::vector<std::int64_t>>("{}"));
    THROWN(json_error, read<std::vector<std::int64_t>>("{\"0\": 1}"));
    THROWN(json_error, read<std::vector<std::int64_t>>("[1, null]"));
    THROWN(json_error, read<std::vector<std::int64_t>>("null"));
    THROWN(json_error, read<std::string>("null"));
    CHECK(!read<std::optional<std::int64_t>>("null"));
    CHECK_EQ(read<std::vector<std::int64_t>>(" [ 1 , -2 ] ").size(), std::size_t{2});
}

void depth() {
    const auto nested = [](int levels) {
        const auto count = static_cast<std::size_t>(levels);
        return std::string(count, '[') + std::string(count, ']');
    };
    CHECK(is_json(nested(127)));
    CHECK(!is_json(nested(128)));
    // Neither the stack nor the time gives out.
    CHECK(!is_json(std::string(10'000'000, '[')));
    std::string objects;
    for (int i = 0; i < 200; ++i)
        objects += "{\"a\":";
    CHECK(!is_json(objects));
    // Brackets side by side are not deep.
    std::string wide = "[[]";
    for (int i = 0; i < 1000; ++i)
        wide += ",[]";
    CHECK(is_json(wide + "]"));
}

void objects_keep_their_text() {
    const auto chat = read<ymchat::chat>(
        " { \"chatId\" : 5 , \"context\":{ \"type\":\"ORDER\",\"vip\":[1] } ,\"new\": {\"x\": 1.50} } ");
    CHECK_EQ(chat.raw,
             std::string("{ \"chatId\" : 5 , \"context\":{ \"type\":\"ORDER\",\"vip\":[1] } ,\"new\": "
                         "{\"x\": 1.50} }"));
    CHECK_EQ(chat.context->raw, std::string("{ \"type\":\"ORDER\",\"vip\":[1] }"));
    CHECK_EQ(ymchat::raw_member(chat.raw, "new").value_or("none"), "{\"x\": 1.50}");
    CHECK_EQ(ymchat::raw_member(chat.context->raw, "vip").value_or("none"), "[1]");
    CHECK(!ymchat::raw_member(chat.raw, "vip"));
    CHECK(!ymchat::raw_member("[1]", "vip"));
    CHECK(!ymchat::raw_member("[1]", "0"));
    CHECK_EQ(ymchat::raw_member(" {\"a/b~\": {\"c\" :1} } ", "a/b~").value_or("none"),
             "{\"c\" :1}");
    CHECK(!ymchat::raw_member("{\"a\": {\"b\": 1}}", "a/b"));
    CHECK(!ymchat::raw_member("{\"vip\": 1", "vip"));
    CHECK_EQ(ymchat::raw_member("{\"\\u0076ip\": null}", "vip").value_or("none"), "null");
}

void members_that_are_missing_or_wrong() {
    for (const char* text : {
             "{}", "[]", "null", R"({"chatId": null})", R"({"chatId": "five"})", R"({"chatId": 1.5})",
             R"({"chatId": 5, "context": {}})", R"({"chatId": 5, "context": []})",
             R"({"chatId": 5, "status": 7})", R"({"chatId": 5} x)",
         })
        THROWN(json_error, read<ymchat::chat>(text));
    const auto chat = read<ymchat::chat>(R"({"chatId": 5, "context": null, "status": null})");
    CHECK(!chat.context && !chat.status && !chat.created_at);
    for (const char* text : {
             R"({"createdAt": "x", "sender": "CUSTOMER"})", R"({"messageId": 1, "sender": "CUSTOMER"})",
             R"({"messageId": 1, "createdAt": "x"})",
             R"({"messageId": 1, "createdAt": "x", "sender": "CUSTOMER", "payload": {}})",
         })
        THROWN(json_error, read<ymchat::message>(text));
    const auto message = read<ymchat::message>(
        R"({"messageId": 1, "createdAt": "x", "sender": "CUSTOMER",
            "payload": [null, {"name": "a", "url": "u", "size": null}, null]})");
    CHECK(!message.text);
    CHECK_EQ(message.payload.size(), std::size_t{1});
    CHECK(!message.payload[0].size);
    THROWN(json_error, read<ymchat::messages_page>(R"({"paging": {}})"));
    THROWN(json_error, read<ymchat::messages_page>(R"({"messages": [], "paging": 1})"));
    THROWN(json_error, read<ymchat::messages_page>(R"({"messages": [null]})"));
    const auto wrong = THROWN(json_error, read<ymchat::chats_page>(R"({"chats": [{"chatId": []}]})"));
    CHECK(std::string(wrong.what()).find("\"/chats/0/chatId\"") != std::string::npos);
    const auto missing = THROWN(json_error, read<ymchat::chats_page>(R"({"chats": [{}]})"));
    CHECK_EQ(std::string(missing.what()), std::string("/chats/0/chatId is missing"));
    CHECK(!read<ymchat::messages_page>(R"({"messages": []})").next_page_token);
    CHECK(!read<ymchat::messages_page>(R"({"messages": [], "paging": {"nextPageToken": ""}})")
               .next_page_token);
    CHECK_EQ(read<ymchat::chats_page>(R"({"chats": [], "paging": {"nextPageToken": "a+/="}})")
                 .next_page_token.value_or(""),
             std::string("a+/="));
}

void enumerations() {
    using status = ymchat::open_enum<ymchat::chat_status>;
    const auto known = status::from_text("WAITING_FOR_PARTNER");
    CHECK(known == ymchat::chat_status::waiting_for_partner);
    CHECK(ymchat::chat_status::new_ != known);
    CHECK_EQ(known.text(), "WAITING_FOR_PARTNER");
    const auto unknown = status::from_text("ON_FIRE");
    CHECK(unknown == ymchat::chat_status::unknown);
    CHECK_EQ(unknown.text(), "ON_FIRE");
    CHECK(unknown != status::from_text("ON_ICE"));
    CHECK(unknown == status(unknown));
    switch (known) {
    case ymchat::chat_status::waiting_for_partner: break;
    default: CHECK(false);
    }
    CHECK_EQ(status().text(), "");
    CHECK(status::from_text("new") == ymchat::chat_status::unknown);
}

void dates() {
    const auto micros = [](const char* text) {
        const auto time = ymchat::date_time(text).time();
        return time ? time->time_since_epoch().count() : -1;
    };
    CHECK_EQ(micros("1970-01-01T00:00:00Z"), 0);
    CHECK_EQ(micros("1970-01-01T03:00:01.5+03:00"), 1'500'000);
    CHECK_EQ(micros("2024-02-29T23:59:59.123456789Z"), 1'709'251'199'123'456);
    CHECK_EQ(micros("2000-03-01T00:00:00+0000"), 951'868'800'000'000);
    CHECK_EQ(micros("2026-07-09T12:00:00,25-05:30"), 1'783'618'200'250'000);
    CHECK_EQ(micros("1969-12-31T23:59:58-00:00"), -2'000'000);
    CHECK_EQ(micros("9999-12-31T23:59:59Z"), 253'402'300'799'000'000);
    for (const char* text : {"", "x", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
                             "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-01T24:00:00Z",
                             "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00",
                             "2024-01-01", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+3",
                             "2024-01-01T00:00:00Zx", "24-01-01T00:00:00Z", "2024-1-1T00:00:00Z"})
        if (ymchat::date_time(text).time())
            throw failed_check(std::string("accepted: ") + text);
}

void options_are_written_as_the_library_names_them() {
    using namespace std::chrono_literals;
    using ymchat::detail::to_json;
    CHECK_EQ(to_json(ymchat::chats_options{}), std::string("{}"));
    ymchat::chats_options chats;
    chats.limit = 7;
    chats.page_token = "a\"\\\n\x01Ж🙂";
    chats.order_ids = {9007199254740993};
    chats.contexts = {{ymchat::context_type::order, 5}, {ymchat::context_type::return_, 6}};
    chats.context_types = {ymchat::context_type::direct};
    chats.types = {ymchat::chat_type::arbitrage};
    chats.statuses = {ymchat::chat_status::new_,
                      ymchat::open_enum<ymchat::chat_status>::from_text("ON_FIRE")};
    chats.call_timeout = 2s;
    CHECK_EQ(to_json(chats),
             std::string(R"({"limit":7,"pageToken":"a\"\\\u000a\u0001Ж🙂","orderIds":[9007199254740993],)"
                         R"("contexts":[{"type":"ORDER","id":5},{"type":"RETURN","id":6}],)"
                         R"("contextTypes":["DIRECT"],"types":["ARBITRAGE"],)"
                         R"("statuses":["NEW","ON_FIRE"],"callTimeoutMs":2000})"));
    chats = {};
    chats.order_ids = std::vector<std::int64_t>();
    CHECK_EQ(to_json(chats), std::string(R"({"orderIds":[]})"));
    ymchat::send_options send;
    send.after_message_id = 5;
    send.resolve = false;
    send.resend = false;
    send.return_message_id = true;
    CHECK_EQ(to_json(send), std::string(R"({"afterMessageId":5,"resolve":false,"resend":false,)"
                                        R"("returnMessageId":true})"));
    ymchat::config config;
    config.api_key = "k";
    config.trust = ymchat::trust::system;
    config.connect_timeout = 3s;
    config.allow_insecure_http = true;
    CHECK_EQ(to_json(config), std::string(R"({"apiKey":"k","connectTimeoutMs":3000,)"
                                          R"("trust":"system","allowInsecureHttp":true})"));
}

template <class Error>
void has_class(ymchat_status status, const char* name) {
    const std::string document = "{\"status\":" + std::to_string(status) + ",\"name\":\"" + name +
                                 "\",\"message\":\"It is so.\",\"retryable\":true}";
    const Error error = THROWN(Error, ymchat::detail::throw_document(status, document));
    CHECK_EQ(static_cast<ymchat_status>(error.status()), status);
    CHECK_EQ(std::string(error.what()), std::string("It is so."));
    CHECK_EQ(error.json(), document);
}

void each_status_has_its_class() {
    has_class<ymchat::invalid_argument>(YMCHAT_INVALID_ARGUMENT, "INVALID_ARGUMENT");
    has_class<ymchat::unauthorized>(YMCHAT_UNAUTHORIZED, "UNAUTHORIZED");
    has_class<ymchat::forbidden>(YMCHAT_FORBIDDEN, "FORBIDDEN");
    has_class<ymchat::not_found>(YMCHAT_NOT_FOUND, "NOT_FOUND");
    has_class<ymchat::bad_request>(YMCHAT_BAD_REQUEST, "BAD_REQUEST");
    has_class<ymchat::rate_limited>(YMCHAT_RATE_LIMITED, "RATE_LIMITED");
    has_class<ymchat::server_error>(YMCHAT_SERVER, "SERVER");
    has_class<ymchat::network_error>(YMCHAT_NETWORK, "NETWORK");
    has_class<ymchat::timeout>(YMCHAT_TIMEOUT, "TIMEOUT");
    has_class<ymchat::outcome_unknown>(YMCHAT_OUTCOME_UNKNOWN, "OUTCOME_UNKNOWN");
    has_class<ymchat::protocol_error>(YMCHAT_PROTOCOL, "PROTOCOL");
    has_class<ymchat::cancelled>(YMCHAT_CANCELLED, "CANCELLED");
    has_class<ymchat::rejected>(YMCHAT_REJECTED, "REJECTED");
    has_class<ymchat::internal_error>(YMCHAT_INTERNAL, "INTERNAL");
    // A newer library, and one that hands out nothing.
    has_class<ymchat::error>(99, "NEW");
    const auto mute = THROWN(ymchat::timeout, ymchat::detail::throw_document(YMCHAT_TIMEOUT, ""));
    CHECK(mute.status() == ymchat::status_code::timeout && !mute.message().empty());
}

void an_error_holds_the_whole_document() {
    const char* const document =
        R"({"status":10,"name":"OUTCOME_UNKNOWN","message":"Может быть.","operation":"sendFileToChat",
            "httpStatus":502,"errors":[{"code":"A","message":"b"},{"code":"C"}],"retryable":false,
            "retryAfterMs":1201,"action":"check_history","traceId":"0af7","attempts":3,
            "outcome":"unknown","known":{"searched":true,"candidates":[9007199254740993],
            "afterMessageId":7,"cause":"NETWORK"},"future":[1]})";
    const auto error = THROWN(ymchat::outcome_unknown,
                              ymchat::detail::throw_document(YMCHAT_OUTCOME_UNKNOWN, document));
    CHECK_EQ(error.message(), "Может быть.");
    CHECK_EQ(error.operation(), "sendFileToChat");
    CHECK_EQ(error.http_status().value_or(0), 502);
    CHECK_EQ(error.errors().size(), std::size_t{2});
    CHECK_EQ(error.errors()[0].code, std::string("A"));
    CHECK(!error.errors()[1].message);
    CHECK(!error.retryable());
    CHECK(error.retry_after() == std::chrono::milliseconds(1201));
    CHECK(error.action() == ymchat::action::check_history);
    CHECK_EQ(error.trace_id().value_or(""), "0af7");
    CHECK_EQ(error.attempts(), 3);
    CHECK(error.outcome() == ymchat::delivery_status::unknown);
    CHECK_EQ(error.known()->candidates.at(0), 9007199254740993);
    CHECK_EQ(error.known()->after_message_id.value_or(0), 7);
    CHECK_EQ(error.json(), document);
    // Copying an exception must not throw.
    static_assert(std::is_nothrow_copy_constructible_v<ymchat::outcome_unknown>);
}

struct other_json {
    std::string text;
    static other_json parse(const char* from, const char* to) { return {std::string(from, to)}; }
};

void texts_are_owned() {
    static_assert(!std::is_copy_constructible_v<ymchat::json_text>);
    static_assert(std::is_nothrow_move_constructible_v<ymchat::json_text>);
    ymchat::json_text nothing;
    CHECK(nothing.empty() && *nothing.c_str() == '\0' && nothing.release() == nullptr);
    char* document = nullptr;
    ymchat_client_stats(nullptr, &document);
    ymchat::json_text first(document);
    const std::string copy = first.str();
    CHECK(copy.find("client_stats") != std::string::npos);
    CHECK_EQ(first.parse<other_json>().text, copy);
    ymchat::json_text second(std::move(first));
    CHECK_EQ(second.view(), copy);
    nothing = std::move(second);
    CHECK_EQ(std::string_view(nothing), copy);
    ymchat_string_free(nothing.release());
    CHECK(nothing.empty());
}

} // namespace

int main() {
    return run_tests({
        {"valid_json", valid_json},
        {"invalid_json", invalid_json},
        {"strings", strings},
        {"numbers", numbers},
        {"depth", depth},
        {"objects_keep_their_text", objects_keep_their_text},
        {"members_that_are_missing_or_wrong", members_that_are_missing_or_wrong},
        {"enumerations", enumerations},
        {"dates", dates},
        {"options_are_written", options_are_written_as_the_library_names_them},
        {"each_status_has_its_class", each_status_has_its_class},
        {"an_error_holds_the_whole_document", an_error_holds_the_whole_document},
        {"texts_are_owned", texts_are_owned},
    });
}
