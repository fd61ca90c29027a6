// Reads moments in ISO 8601. Not for use from outside.
// A part of ymchat.hpp.

#ifndef YMCHAT_DETAIL_MOMENT_HPP
#define YMCHAT_DETAIL_MOMENT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ymchat::detail {

using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Days since 1970-01-01 in the Gregorian calendar, for any year of four digits.
constexpr std::int64_t days_since_1970(std::int64_t year, std::int64_t month,
                                       std::int64_t day) noexcept {
    // Years begin in March here, so that the leap day is the last one.
    const std::int64_t shifted = month <= 2 ? year - 1 : year;
    const std::int64_t month_from_march = month <= 2 ? month + 9 : month - 3;
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 +
           (153 * month_from_march + 2) / 5 + day - 1 - 719468;
}

/// Takes an ISO 8601 text apart.
class moment_reader {
public:
    explicit moment_reader(std::string_view text) noexcept : rest_(text) {}

    /// A number of exactly `count` digits; -1 where there is none.
    std::int64_t digits(std::size_t count) noexcept {
        std::int64_t value = 0;
        if (rest_.size() < count)
            return -1;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit(rest_[i]))
                return -1;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    /// Microseconds of a fraction of any length, which may be missing; -1 where it is malformed.
    std::int64_t fraction() noexcept {
        if (!take('.') && !take(','))
            return 0;
        if (rest_.empty() || !is_digit(rest_[0]))
            return -1;
        std::int64_t value = 0;
        for (std::int64_t unit = 100000; !rest_.empty() && is_digit(rest_[0]); unit /= 10) {
            value += unit * (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    bool take(char wanted) noexcept {
        if (rest_.empty() || rest_[0] != wanted)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool ended() const noexcept { return rest_.empty(); }

private:
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    std::string_view rest_;
};

inline std::optional<time_point> read_moment(std::string_view text) noexcept {
    moment_reader in(text);
    const std::int64_t year = in.digits(4);
    const bool date_dash = in.take('-');
    const std::int64_t month = in.digits(2);
    const bool day_dash = in.take('-');
    const std::int64_t day = in.digits(2);
    if (year < 0 || !date_dash || month < 1 || month > 12 || !day_dash || day < 1 || day > 31)
        return std::nullopt;
    const std::int64_t days = days_since_1970(year, month, day);
    // 30 February is the same day as 1 or 2 March, and no date.
    const std::int64_t next = month == 12 ? days_since_1970(year + 1, 1, 1)
                                          : days_since_1970(year, month + 1, 1);
    if (days >= next || !(in.take('T') || in.take('t') || in.take(' ')))
        return std::nullopt;
    const std::int64_t hour = in.digits(2);
    const bool first_colon = in.take(':');
    const std::int64_t minute = in.digits(2);
    const bool second_colon = in.take(':');
    const std::int64_t second = in.digits(2);
    const std::int64_t micros = in.fraction();
    if (hour < 0 || hour > 23 || !first_colon || minute < 0 || minute > 59 || !second_colon ||
        second < 0 || second > 60 || micros < 0)
        return std::nullopt;
    std::int64_t offset = 0;
    if (!in.take('Z') && !in.take('z')) {
        const std::int64_t sign = in.take('+') ? 1 : in.take('-') ? -1 : 0;
        const std::int64_t hours = in.digits(2);
        in.take(':');
        const std::int64_t minutes = in.digits(2);
        if (sign == 0 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
            return std::nullopt;
        offset = sign * (hours * 60 + minutes) * 60;
    }
    if (!in.ended())
        return std::nullopt;
    const std::int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
    return time_point(std::chrono::microseconds(seconds * 1000000 + micros));
}

} // namespace ymchat::detail

#endif // YMCHAT_DETAIL_MOMENT_HPP
