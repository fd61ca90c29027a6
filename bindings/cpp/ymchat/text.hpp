// The version of the library, and the texts that it hands out.
// A part of ymchat.hpp.

#ifndef YMCHAT_TEXT_HPP
#define YMCHAT_TEXT_HPP

#include "ymchat.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

/// The seller chats of the Yandex Market Partner API.
namespace ymchat {

/// The version of the library that is loaded, such as "0.1.0"; that of the header is
/// YMCHAT_VERSION.
inline std::string_view library_version() noexcept {
    return ymchat_version();
}

/// Whether the library that is loaded fits this header: the same major number of the ABI, and no
/// smaller minor number. ymchat::client asks this itself.
inline bool library_fits() noexcept {
    const std::uint32_t library = ymchat_abi_version();
    const std::uint32_t header = YMCHAT_ABI_VERSION;
    return library >> 16 == header >> 16 && (library & 0xffff) >= (header & 0xffff);
}

/// A JSON text that the library handed out; it is freed with this object. Move-only, so that the
/// text is never copied without being asked for.
///
/// It ends with a NUL, and its UTF-8 and its JSON have been checked by the library.
class json_text {
public:
    /// No text: an empty view.
    json_text() noexcept = default;

    /// Takes over a text from the C ABI, which is freed with ymchat_string_free; may be NULL.
    explicit json_text(char* text) noexcept
        : text_(text), size_(text == nullptr ? 0 : std::strlen(text)) {}

    json_text(json_text&& other) noexcept
        : text_(std::exchange(other.text_, nullptr)), size_(std::exchange(other.size_, 0)) {}

    json_text& operator=(json_text&& other) noexcept {
        json_text(std::move(other)).swap(*this);
        return *this;
    }

    json_text(const json_text&) = delete;
    json_text& operator=(const json_text&) = delete;

    ~json_text() { ymchat_string_free(text_); }

    /// The text; valid as long as this object owns it.
    std::string_view view() const noexcept { return {c_str(), size_}; }
    /// The same, so that it can be given to whatever takes a std::string_view.
    operator std::string_view() const noexcept { return view(); }
    /// The text with a NUL at its end; never null.
    const char* c_str() const noexcept { return text_ == nullptr ? "" : text_; }
    /// Its length in bytes.
    std::size_t size() const noexcept { return size_; }
    /// Whether there is no text.
    bool empty() const noexcept { return size_ == 0; }
    /// A copy.
    std::string str() const { return std::string(view()); }

    /// Gives the text to the caller, who frees it with ymchat_string_free. NULL where there is
    /// none.
    [[nodiscard]] char* release() noexcept {
        size_ = 0;
        return std::exchange(text_, nullptr);
    }

    /// Reads it with a JSON library whose type has a static `parse(begin, end)`, for instance
    /// `text.parse<nlohmann::json>()`.
    template <class Json>
    Json parse() const {
        return Json::parse(c_str(), c_str() + size_);
    }

    /// Exchanges two texts.
    void swap(json_text& other) noexcept {
        std::swap(text_, other.text_);
        std::swap(size_, other.size_);
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace ymchat

#endif // YMCHAT_TEXT_HPP
