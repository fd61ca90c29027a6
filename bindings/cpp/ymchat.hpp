// ymchat for C++: the seller chats of the Yandex Market Partner API.
//
//     #include <ymchat.hpp>
//
//     ymchat::config config;
//     config.api_key = "ACMA:…";
//     config.business_id = 123456;
//     ymchat::client client(config);
//     for (const ymchat::message& message : client.messages(chat_id))
//         std::cout << message.text.value_or("") << '\n';
//
// Headers for C++17 and newer: this one includes all that are in the directory ymchat beside it. They
// need ymchat.h, the standard library and libymchat (-lymchat). They may be included by any number of
// translation units.
//
// Errors. Whatever fails throws a class derived from ymchat::error; its classes are the statuses
// of the C ABI. A destructor throws nothing.
//
// Threads. A client may be used by many threads at once, and so may client::close and
// client::cancel; only moving and destroying it must be left to one. All other objects here are
// plain values: give each thread its own, or look after them yourself.
//
// Texts are UTF-8, times are std::chrono durations, ids are std::int64_t and exact. What the
// service adds in the future is not lost: values of enumerations that are not known here keep
// their text (ymchat::open_enum), and each object keeps the JSON that it was read from (`raw`).
// The texts as they came, without any reading, are had from client::raw(). U+0000 in a string, and
// half of a surrogate pair, read as U+FFFD.

#ifndef YMCHAT_HPP
#define YMCHAT_HPP

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 201703L
#error "ymchat.hpp needs C++17 or newer (-std=c++17)"
#endif

#include "ymchat/client.hpp"
#include "ymchat/enums.hpp"
#include "ymchat/errors.hpp"
#include "ymchat/log.hpp"
#include "ymchat/message_check.hpp"
#include "ymchat/models.hpp"
#include "ymchat/notification.hpp"
#include "ymchat/options.hpp"
#include "ymchat/pages.hpp"
#include "ymchat/raw_client.hpp"
#include "ymchat/stop.hpp"
#include "ymchat/text.hpp"

// Only where the program asks for it, before it includes this header: whoever merely has that
// library installed shall not have to compile it.
#ifdef YMCHAT_WITH_NLOHMANN
#include "ymchat/nlohmann.hpp"
#endif

#endif // YMCHAT_HPP
