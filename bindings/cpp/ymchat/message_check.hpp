// The check of texts, which needs no client.
// A part of ymchat.hpp.

#ifndef YMCHAT_MESSAGE_CHECK_HPP
#define YMCHAT_MESSAGE_CHECK_HPP

#include "detail/session.hpp"
#include "options.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ymchat {

/// What the rules of the chat forbid.
enum class finding_kind {
    /// A value that this header does not know.
    unknown,
    /// A link to another site than the Market's.
    link,
    /// An e-mail address.
    email,
    /// A telephone number.
    phone,
    /// A contact in a messenger.
    messenger,
};

/// A part of a text that the rules of the chat may forbid: text.substr(start, length).
struct finding {
    /// What it is.
    open_enum<finding_kind> kind;
    /// Where it begins, in bytes of UTF-8.
    std::size_t start = 0;
    /// How long it is, in bytes of UTF-8.
    std::size_t length = 0;
    /// Where it begins, in UTF-16 units.
    std::size_t start_utf16 = 0;
    /// How long it is, in UTF-16 units.
    std::size_t length_utf16 = 0;
    /// The part itself.
    std::string text;
};

/// What was found in a text.
struct message_check {
    /// Whether nothing was found.
    bool ok = false;
    /// In the order of the text; they do not overlap.
    std::vector<finding> findings;
};

/// What a text is searched for: everything, unless told otherwise.
struct message_check_options {
    /// What to look for.
    filter<open_enum<finding_kind>> kinds{};
    /// Host names to which links are allowed, such as "cdek.ru"; the hosts below them are allowed,
    /// too.
    filter<std::string> allow_hosts{};
};

namespace detail {

template <>
struct enum_names<finding_kind> {
    static constexpr enum_name<finding_kind> all[] = {
        {finding_kind::link, "link"},
        {finding_kind::email, "email"},
        {finding_kind::phone, "phone"},
        {finding_kind::messenger, "messenger"},
    };
};

inline void read_members(json_reader& in, finding& out) {
    in.get("kind", out.kind)
        .get("start", out.start_utf16)
        .get("length", out.length_utf16)
        .get("startUtf8", out.start)
        .get("lengthUtf8", out.length)
        .get("text", out.text);
}

inline void read_members(json_reader& in, message_check& out) {
    in.need("ok", out.ok).get("findings", out.findings);
}

inline std::string to_json(const message_check_options& options) {
    return json_writer()
        .add("kinds", options.kinds.values())
        .add("allowHosts", options.allow_hosts.values())
        .finish();
}

} // namespace detail

/// Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone
/// numbers and messengers, in Russian and English texts, plain or disguised.
///
/// The check is advisory: it sees neither all contacts nor contacts alone. With
/// config::check_messages, a text with findings is not sent: ymchat::rejected is thrown.
inline message_check check_message(std::string_view text,
                                   const message_check_options& options = {}) {
    const char* const operation = "check_message";
    return detail::read_result<message_check>(
        operation,
        detail::call_without_client(ymchat_check_message, detail::c_text(operation, "text", text),
                                    detail::to_json(options)));
}

} // namespace ymchat

#endif // YMCHAT_MESSAGE_CHECK_HPP
