// A second translation unit with the same header: what it throws and returns is the same type
// there and here.
#include "ymchat.hpp"

#include "other_unit.hpp"

ymchat::chat chat_from_other_unit(const ymchat::client& client, std::int64_t chat_id) {
    return client.get_chat(chat_id);
}

std::size_t count_from_other_unit(const ymchat::client& client, std::int64_t chat_id) {
    std::size_t count = 0;
    for (const ymchat::message& message : client.messages(chat_id))
        count += message.message_id > 0 ? 1 : 0;
    return count;
}
