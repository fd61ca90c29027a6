// The header alone, first, and twice; everything public named once.
#include "ymchat.hpp"
#include "ymchat.hpp"

#include <array>
#include <iterator>

#ifdef YMCHAT_DETAIL_NOTHING
#error "no macro may leak"
#endif

static_assert(!std::is_copy_constructible_v<ymchat::client>);
static_assert(!std::is_copy_assignable_v<ymchat::client>);
static_assert(std::is_nothrow_move_constructible_v<ymchat::client>);
static_assert(std::is_nothrow_move_assignable_v<ymchat::client>);
static_assert(!std::is_convertible_v<ymchat::config, ymchat::client>);
static_assert(std::is_base_of_v<std::runtime_error, ymchat::error>);
static_assert(std::is_move_constructible_v<ymchat::stop_guard>);
static_assert(!std::is_copy_constructible_v<ymchat::stop_guard>);
static_assert(std::is_constructible_v<ymchat::bytes, std::vector<unsigned char>>);
static_assert(std::is_constructible_v<ymchat::bytes, std::array<std::byte, 4>>);
static_assert(std::is_constructible_v<ymchat::bytes, const char*>);
static_assert(!std::is_constructible_v<ymchat::bytes, std::vector<int>>);

using message_iterator = ymchat::paged<ymchat::message>::iterator;
static_assert(std::is_same_v<std::iterator_traits<message_iterator>::iterator_category,
                             std::input_iterator_tag>);
template class ymchat::paged<ymchat::message>;
template class ymchat::filter<std::int64_t>;
template class ymchat::open_enum<ymchat::sender>;

#if __cplusplus >= 202002L
static_assert(std::input_iterator<message_iterator>);
static_assert(std::sentinel_for<message_iterator, message_iterator>);

ymchat::config designated();
ymchat::config designated() {
    return {.api_key = "key", .business_id = 5, .call_timeout = std::chrono::seconds(5)};
}
#endif
