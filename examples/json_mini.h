/*
 * Just enough JSON to read what ymchat hands out. C has no JSON of its own, and these examples
 * need no other library; a program of yours will have its own reader.
 *
 * A value is a pointer to its first character. NULL stands for "not there", and every function
 * takes it. The text must be JSON: ymchat has checked that.
 */
#ifndef JSON_MINI_H
#define JSON_MINI_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline const char *json_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* The first character after a string. */
static inline const char *json_skip_string(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

/* The first character after a value. */
static inline const char *json_skip(const char *at)
{
    int depth = 0;
    do {
        at = json_space(at);
        if (*at == '"') {
            at = json_skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (*at == ',' || *at == ':') {
            at++;
        } else if (*at != '\0') {
            at += strcspn(at, ",:{}[]\" \t\r\n");
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

static inline int json_is_null(const char *value)
{
    return value == NULL || strncmp(value, "null", 4) == 0;
}

/* A member of an object; NULL where there is none, or it is null. Names are compared as they are
 * written: those of this API need no escapes. */
static inline const char *json_member(const char *object, const char *name)
{
    const char *at;
    size_t length = strlen(name);
    if (object == NULL || *object != '{')
        return NULL;
    at = json_space(object + 1);
    while (*at == '"') {
        const char *key = at + 1, *end = json_skip_string(at);
        at = json_space(end);
        if (*at == ':')
            at = json_space(at + 1);
        if ((size_t)(end - 1 - key) == length && memcmp(key, name, length) == 0)
            return json_is_null(at) ? NULL : at;
        at = json_space(json_skip(at));
        if (*at == ',')
            at = json_space(at + 1);
    }
    return NULL;
}

/* The first item of an array: for (v = json_first(a); v != NULL; v = json_next(v)). */
static inline const char *json_first(const char *array)
{
    if (array == NULL || *array != '[')
        return NULL;
    array = json_space(array + 1);
    return *array == ']' || *array == '\0' ? NULL : array;
}

static inline const char *json_next(const char *item)
{
    item = json_space(json_skip(item));
    return *item == ',' ? json_space(item + 1) : NULL;
}

/* A whole number, exact up to 64 bits: ids do not fit into a double. */
static inline int64_t json_integer(const char *value, int64_t otherwise)
{
    if (value == NULL || (*value != '-' && (*value < '0' || *value > '9')))
        return otherwise;
    return (int64_t)strtoll(value, NULL, 10);
}

static inline int json_hex(const char *at, unsigned long *unit)
{
    char digits[5];
    if (strspn(at, "0123456789abcdefABCDEF") < 4)
        return 0;
    memcpy(digits, at, 4);
    digits[4] = '\0';
    *unit = strtoul(digits, NULL, 16);
    return 1;
}

static inline char *json_put_utf8(char *to, unsigned long c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | (c >> 6));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | (c >> 12));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | (c >> 18));
        *to++ = (char)(0x80 | ((c >> 12) & 0x3f));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* A string in UTF-8, without quotes and escapes; free() it. NULL where the value is no string.
 * Half a surrogate pair and \u0000 become U+FFFD. */
static inline char *json_string(const char *value)
{
    const char *at, *end;
    char *text, *to;
    unsigned long c, low;
    if (value == NULL || *value != '"')
        return NULL;
    end = json_skip_string(value) - 1;
    /* No escape is shorter than what it stands for. */
    to = text = (char *)malloc((size_t)(end - value) + 1);
    if (text == NULL)
        return NULL;
    for (at = value + 1; at < end; at++) {
        if (*at != '\\') {
            *to++ = *at;
            continue;
        }
        switch (*++at) {
        case 'b': *to++ = '\b'; break;
        case 'f': *to++ = '\f'; break;
        case 'n': *to++ = '\n'; break;
        case 'r': *to++ = '\r'; break;
        case 't': *to++ = '\t'; break;
        case 'u':
            if (!json_hex(at + 1, &c))
                break;
            at += 4;
            if (c >= 0xd800 && c < 0xdc00 && at[1] == '\\' && at[2] == 'u'
                && json_hex(at + 3, &low) && low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                at += 6;
            } else if ((c >= 0xd800 && c < 0xe000) || c == 0) {
                c = 0xfffd;
            }
            to = json_put_utf8(to, c);
            break;
        default: *to++ = *at;
        }
    }
    *to = '\0';
    return text;
}

/* Whether a value is this string; the text needs no escapes. */
static inline int json_is(const char *value, const char *text)
{
    size_t length = strlen(text);
    return value != NULL && *value == '"' && strncmp(value + 1, text, length) == 0
        && value[1 + length] == '"';
}

#endif /* JSON_MINI_H */
