#ifndef OTHER_UNIT_HPP
#define OTHER_UNIT_HPP

#include "ymchat.hpp"

ymchat::chat chat_from_other_unit(const ymchat::client& client, std::int64_t chat_id);
std::size_t count_from_other_unit(const ymchat::client& client, std::int64_t chat_id);

#endif
