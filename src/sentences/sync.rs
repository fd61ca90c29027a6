//! Sync: its token, its options, its walk through the lists.

use super::{Sentence, sentences};

sentences! {
    scope_unknown() =>
        "scope must be \"waiting\" or \"all\"",
        "scope: допустимо \"waiting\" или \"all\"";

    start_unknown() =>
        "start must be \"waiting\", \"now\", \"all\", or a date such as \
         \"2026-11-20T10:00:00+03:00\"",
        "start: допустимо \"waiting\", \"now\", \"all\" или дата, например \
         \"2026-11-20T10:00:00+03:00\"";

    chat_ids_are_wrong(wanted: &Sentence) =>
        "chatIds must hold ids: each is {wanted}",
        "chatIds: неверный идентификатор, {wanted}";

    chat_ids_too_many(most: usize) =>
        "chatIds must hold 1 to {most} ids; leave it out to look at all chats",
        "chatIds: в списке допустимо от 1 до {most} чатов; чтобы смотреть все чаты, не передавайте \
         его";

    values_too_many(name: &str, most: usize) =>
        "{name} must hold 1 to {most} values",
        "{name}: в списке допустимо от 1 до {most} значений";

    value_too_long(name: &str) =>
        "{name} holds a value that is too long",
        "{name}: слишком длинное значение";

    wait_too_long(most: u64) =>
        "waitMs must be 0 to {most} (a day)",
        "waitMs: допустимо от 0 до {most} (сутки)";

    token_of_other_business(was: i64, is: i64) =>
        "since belongs to business {was}, and this client to business {is}: keep a token for each",
        "since: метка сделана для кабинета {was}, а клиент открыт для кабинета {is}; храните для \
         каждого кабинета свою";

    token_of_other_scope(was: &str, is: &str) =>
        "since was made with scope \"{was}\", and this call says \"{is}\": give the same scope with \
         each call, or begin without a token",
        "since: метка сделана со scope \"{was}\", а в этом вызове \"{is}\"; указывайте всегда \
         один scope или начните без метки";

    token_of_other_filter(name: &str, was: &str, is: &str) =>
        "since was made with {name} {was}, and this call says {is}: give the same {name} with each \
         call, or begin without a token",
        "since: метка сделана с {name} {was}, а в этом вызове {is}; указывайте всегда одно и то \
         же {name} или начните без метки";

    token_is_damaged() =>
        "since is damaged: it is not a token as sync returned it. Store and pass the whole text",
        "since: метка повреждена, это не то, что вернул sync. Храните и передавайте текст целиком";

    token_of_other_version(version: u8) =>
        "since has the format {version}, which this version of ymchat does not know: use the \
         version that made it, or a newer one",
        "since: формат метки {version} этой версии ymchat неизвестен; возьмите версию, которая её \
         сделала, или новее";

    out_of_time() =>
        "the call's time was over before the chats were looked at",
        "время вызова истекло раньше, чем удалось просмотреть чаты";

    circle_of_pages() =>
        "the list of pages goes in a circle: the same page token came twice",
        "страницы списка идут по кругу: один и тот же pageToken пришёл два раза";

    history_without_message() =>
        "the history has ended without a message",
        "история чата закончилась, а сообщений в ней нет";
}
