// The part of the header that is there for programs with nlohmann/json.
#define YMCHAT_WITH_NLOHMANN
#include "ymchat.hpp"

#include "check.hpp"

int main() {
    ymchat::config config;
    config.base_url = setting("MARKET_URL");
    config.business_id = std::stoll(setting("MARKET_BUSINESS"));
    config.api_key = setting("MARKET_KEY");
    const ymchat::client client(config);
    const nlohmann::json page = ymchat::parse(client.raw().get_chats());
    CHECK_EQ(page.at("chats").size(), std::size_t{10});
    CHECK(client.raw().get_chats().parse<nlohmann::json>().at("chats") == page["chats"]);
    const ymchat::chat first = client.get_chats().chats.at(0);
    CHECK(ymchat::parse(first) == page["chats"][0]);
    CHECK_EQ(ymchat::parse(first).at("chatId").get<std::int64_t>(), first.chat_id);
    const auto error = THROWN(ymchat::not_found, client.get_chat(1));
    CHECK_EQ(ymchat::parse(error).at("name").get<std::string>(), std::string("NOT_FOUND"));
}
