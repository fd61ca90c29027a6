// What the calls return, read with nlohmann/json.
// A part of ymchat.hpp, for programs that define YMCHAT_WITH_NLOHMANN.

#ifndef YMCHAT_NLOHMANN_HPP
#define YMCHAT_NLOHMANN_HPP

#include "errors.hpp"
#include "text.hpp"

#include <nlohmann/json.hpp>

namespace ymchat {

/// Reads a text of the raw client. `text.parse<nlohmann::json>()` does the same without the macro.
inline nlohmann::json parse(const json_text& text) {
    return text.parse<nlohmann::json>();
}

/// Everything that the service sent of an object: a chat, a message, a page, …
template <class Object>
auto parse(const Object& object) -> decltype(nlohmann::json::parse(object.raw)) {
    return nlohmann::json::parse(object.raw);
}

/// The error document.
inline nlohmann::json parse(const error& error) {
    return nlohmann::json::parse(error.json());
}

} // namespace ymchat

#endif // YMCHAT_NLOHMANN_HPP
