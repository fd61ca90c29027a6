// JSON, read and written with the library's own functions. Not for use from outside.
// A part of ymchat.hpp.

#ifndef YMCHAT_DETAIL_JSON_HPP
#define YMCHAT_DETAIL_JSON_HPP

#include "../enums.hpp"
#include "../models.hpp"
#include "../text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ymchat::detail {

/// A text that is not JSON, or not what was expected of it.
class json_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// Whether an object keeps the JSON that it was read from.
template <class Object, class = void>
struct has_raw : std::false_type {};
template <class Object>
struct has_raw<Object, std::void_t<decltype(std::declval<Object&>().raw)>> : std::true_type {};

/// Reads the values of a JSON text. It stands at a place in the text, at first at the whole.
///
/// Each `read` is false where nothing or null stands there, and throws json_error where it is a
/// value of another kind. A type of object has its `read_members`.
class json_reader {
public:
    explicit json_reader(const char* text) {
        if (ymchat_json_parse(text, &document_) != YMCHAT_OK)
            throw json_error("it is not JSON, or nests too deeply, or is too long");
    }
    json_reader(const json_reader&) = delete;
    json_reader& operator=(const json_reader&) = delete;
    ~json_reader() { ymchat_json_free(document_); }

    /// Reads a member, if it is there.
    template <class T>
    json_reader& get(std::string_view name, T& out) {
        const step into(*this, name);
        read(out);
        return *this;
    }

    /// Reads a member that must be there.
    template <class T>
    json_reader& need(std::string_view name, T& out) {
        const step into(*this, name);
        if (!read(out))
            throw json_error(place_ + " is missing");
        return *this;
    }

    bool read(std::int64_t& out) {
        return found(ymchat_json_int64(document_, place_.c_str(), &out),
                     "a whole number of 64 bits");
    }

    bool read(std::size_t& out) {
        std::int64_t count = 0;
        const bool there = read(count);
        if (count < 0)
            fail("a number from 0 on");
        out = static_cast<std::size_t>(count);
        return there;
    }

    bool read(bool& out) {
        std::int32_t flag = 0;
        if (!found(ymchat_json_bool(document_, place_.c_str(), &flag), "true or false"))
            return false;
        out = flag != 0;
        return true;
    }

    bool read(std::string& out) {
        char* text = nullptr;
        const ymchat_status status = ymchat_json_text(document_, place_.c_str(), &text);
        out = json_text(text).str();
        return found(status, "a string");
    }

    bool read(date_time& out) {
        std::string text;
        const bool there = read(text);
        out = date_time(std::move(text));
        return there;
    }

    bool read(std::chrono::milliseconds& out) {
        std::int64_t count = 0;
        const bool there = read(count);
        out = std::chrono::milliseconds(count);
        return there;
    }

    template <class Enum>
    bool read(open_enum<Enum>& out) {
        std::string text;
        const bool there = read(text);
        out = open_enum<Enum>::from_text(text);
        return there;
    }

    template <class T>
    bool read(std::optional<T>& out) {
        out.emplace();
        if (!read(*out))
            out.reset();
        return out.has_value();
    }

    template <class T>
    bool read(std::vector<T>& out) {
        std::size_t count = 0;
        if (!container(false, count))
            return false;
        out.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const step into(*this, std::to_string(i));
            if (!read(out.emplace_back()) && !is_optional<T>::value)
                throw json_error(place_ + " is null");
        }
        return true;
    }

    /// An object.
    template <class Object>
    bool read(Object& out) {
        if constexpr (has_raw<Object>::value) {
            out.raw = raw();
            if (out.raw.empty() || out.raw == "null")
                return false;
            if (out.raw.front() != '{')
                fail("an object");
        } else {
            std::size_t count = 0;
            if (!container(true, count))
                return false;
        }
        read_members(*this, out);
        return true;
    }

    /// The value's own JSON; empty where there is none.
    std::string raw() const {
        char* text = nullptr;
        ymchat_json_raw(document_, place_.c_str(), &text);
        return json_text(text).str();
    }

    /// The JSON of a member of an object, if it is there.
    std::optional<std::string> member(std::string_view name) {
        std::string escaped;
        for (const char c : name)
            escaped.append(c == '~' ? "~0" : c == '/' ? "~1" : std::string_view(&c, 1));
        std::size_t count = 0;
        container(true, count);
        const step into(*this, escaped);
        std::string text = raw();
        return text.empty() ? std::nullopt : std::optional<std::string>(std::move(text));
    }

private:
    /// A step down, and back at its end.
    class step {
    public:
        step(json_reader& reader, std::string_view name)
            : place_(reader.place_), size_(place_.size()) {
            place_.append("/").append(name);
        }
        step(const step&) = delete;
        step& operator=(const step&) = delete;
        ~step() { place_.resize(size_); }

    private:
        std::string& place_;
        std::size_t size_;
    };

    [[noreturn]] void fail(const char* wanted) const {
        throw json_error(std::string(wanted) + " was expected at \"" + place_ + "\"");
    }

    bool found(ymchat_status status, const char* wanted) const {
        if (status != YMCHAT_OK && status != YMCHAT_NOT_FOUND)
            fail(wanted);
        return status == YMCHAT_OK;
    }

    /// Whether an array or an object is there, and of how many items.
    bool container(bool is_object, std::size_t& count) const {
        const char* const wanted = is_object ? "an object" : "an array";
        if (!found(ymchat_json_count(document_, place_.c_str(), &count), wanted))
            return false;
        // Nothing but an object has keys.
        char* key = nullptr;
        const ymchat_status status = ymchat_json_key(document_, place_.c_str(), 0, &key);
        ymchat_string_free(key);
        if ((status != YMCHAT_INVALID_ARGUMENT) != is_object)
            fail(wanted);
        return true;
    }

    ymchat_json* document_ = nullptr;
    std::string place_;
};

/// Reads a value that makes up the whole text.
template <class T>
T read_whole(const char* text) {
    json_reader in(text);
    T out{};
    if (!in.read(out) && !is_optional<T>::value)
        throw json_error("it is null");
    return out;
}
/// A text that may hold a NUL, which no JSON does.
inline const char* without_nul(const std::string& text) {
    if (text.find('\0') != std::string::npos)
        throw json_error("it holds a NUL");
    return text.c_str();
}
template <class T>
T read_whole(const std::string& text) {
    return read_whole<T>(without_nul(text));
}

inline std::optional<std::string> read_member(const std::string& object, std::string_view name) {
    return json_reader(without_nul(object)).member(name);
}

inline void append_quoted(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out.append("\\u00");
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 15]);
        } else {
            if (c == '"' || c == '\\')
                out.push_back('\\');
            out.push_back(c);
        }
    }
    out.push_back('"');
}

/// JSON that is being written. A type of its own, so that the overloads below are found wherever
/// they stand.
struct json_out {
    std::string text;
};

inline void append_json(json_out& out, std::string_view text) {
    append_quoted(out.text, text);
}
inline void append_json(json_out& out, bool flag) {
    out.text.append(flag ? "true" : "false");
}
inline void append_json(json_out& out, std::int64_t number) {
    out.text.append(std::to_string(number));
}
inline void append_json(json_out& out, std::chrono::milliseconds time) {
    out.text.append(std::to_string(time.count()));
}
template <class Enum>
void append_json(json_out& out, const open_enum<Enum>& value) {
    append_quoted(out.text, value.text());
}
// A pointer would be taken for a bool.
void append_json(json_out& out, const char* text) = delete;

/// Writes an object, member by member.
class json_writer {
public:
    template <class T>
    json_writer& add(std::string_view name, const T& value) {
        out_.text.append(out_.text.size() == 1 ? "" : ",");
        append_quoted(out_.text, name);
        out_.text.push_back(':');
        append_json(out_, value);
        return *this;
    }

    template <class T>
    json_writer& add(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, *value) : *this;
    }

    std::string finish() { return std::move(out_.text.append("}")); }

private:
    json_out out_{"{"};
};

} // namespace ymchat::detail

#endif // YMCHAT_DETAIL_JSON_HPP
