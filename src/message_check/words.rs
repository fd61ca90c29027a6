//! Words that give something away, and comparing words in whatever letters they are written.

/// Whether `text` is one of `words`; a word that ends with `*` stands for all that begin so.
/// Letters that look the same in Latin and Cyrillic are the same.
pub(super) fn is_one_of(text: &str, words: &[&str]) -> bool {
    let first = text.chars().next().map(look);
    let may_be = |word: &&&str| word.chars().next().map(look) == first;
    words.iter().filter(may_be).any(|word| match word.strip_suffix('*') {
        Some(stem) => {
            let mut letters = text.chars().map(look);
            stem.chars().map(look).all(|letter| letters.next() == Some(letter))
        }
        None => text.chars().map(look).eq(word.chars().map(look)),
    })
}

/// One letter for all that look alike.
fn look(letter: char) -> char {
    match letter {
        'а' => 'a',
        'в' => 'b',
        'е' | 'ё' => 'e',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'о' => 'o',
        'р' => 'p',
        'с' => 'c',
        'т' => 't',
        'у' => 'y',
        'х' => 'x',
        'і' => 'i',
        // The accent is not seen if it is a character of its own.
        'й' => 'и',
        other => other,
    }
}

pub(super) fn is_latin(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Domains of the highest level that a bare host name may end with, in whatever case.
pub(super) const STRONG_DOMAINS: &[&str] =
    &["ru", "com", "net", "org", "su", "рф", "рус", "info", "biz", "ua", "kz", "uz"];

/// Such domains that are words besides: they count in small letters, because a sentence that
/// begins without a space before it begins with a capital letter.
pub(super) const MEDIUM_DOMAINS: &[&str] = &[
    "online", "shop", "store", "site", "website", "club", "space", "xyz", "app", "dev", "tech",
    "io", "ai", "cc", "tv", "ws", "eu", "de", "uk", "cn", "fr", "pl", "cz", "lv", "lt", "ee", "ge",
    "az", "kg", "tj", "tm", "ltd", "agency", "studio", "design", "company", "moscow", "pw", "ink",
    "fun", "promo", "delivery", "fashion",
];

/// Such domains that are common words: they count where a path follows, or a hyphen or digit
/// stands in the name.
pub(super) const WEAK_DOMAINS: &[&str] = &[
    "me",
    "to",
    "in",
    "it",
    "is",
    "at",
    "be",
    "us",
    "am",
    "im",
    "by",
    "gg",
    "ly",
    "gl",
    "gd",
    "gle",
    "md",
    "co",
    "pro",
    "top",
    "link",
    "page",
    "live",
    "blog",
    "news",
    "help",
    "center",
    "team",
    "life",
    "world",
    "group",
    "art",
    "market",
    "sale",
    "one",
    "онлайн",
    "сайт",
    "москва",
    "дети",
    "ком",
    "орг",
];

/// Domains after a dot that is spaced, or written as a word.
pub(super) const SPELT_DOMAINS: &[&str] = &[
    "ru", "ру", "рф", "com", "ком", "net", "org", "орг", "su", "info", "shop", "store", "online",
    "site", "ua", "kz", "by", "me", "рус",
];

/// Latin host names that are names of software.
pub(super) const NO_HOSTS: &[&str] = &["asp.net", "vb.net", "ado.net", "paint.net", "ml.net"];

/// Hosts of the Market and of the rest of Yandex, subdomains included.
pub(super) const OWN_HOSTS: &[&str] = &[
    "yandex.ru",
    "yandex.com",
    "yandex.net",
    "yandex.by",
    "yandex.kz",
    "yandex.uz",
    "yandex.com.tr",
    "ya.ru",
    "ya.cc",
];

/// Hosts of messengers, subdomains included.
pub(super) const MESSENGER_HOSTS: &[&str] = &[
    "t.me",
    "telegram.me",
    "telegram.dog",
    "telegram.org",
    "wa.me",
    "whatsapp.com",
    "viber.com",
    "viber.click",
    "vk.me",
    "m.me",
    "ig.me",
    "discord.gg",
    "signal.me",
    "join.skype.com",
    "max.ru",
];

/// The same without their last part.
pub(super) const MESSENGER_NAMES: &[&str] = &["t", "wa"];

pub(super) const MESSENGER_SCHEMES: &[&str] = &["tg", "viber", "whatsapp", "skype"];

pub(super) const DOT_WORDS: &[&str] = &["точка", "тчк", "dot"];

pub(super) const AT_WORDS: &[&str] = &["собака", "собачка", "sobaka", "sobachka"];

/// Mail services, by their names and as they sound.
pub(super) const MAIL_SERVICES: &[&str] = &[
    "mail",
    "gmail",
    "yandex",
    "ya",
    "bk",
    "inbox",
    "list",
    "rambler",
    "outlook",
    "hotmail",
    "icloud",
    "yahoo",
    "proton",
    "protonmail",
    "мейл",
    "мэйл",
    "майл",
    "маил",
    "яндекс",
    "гмайл",
    "гмейл",
    "гмаил",
    "джимейл",
    "джимэйл",
    "жмейл",
    "рамблер",
    "аутлук",
    "инбокс",
];

pub(super) const MESSENGERS: &[&str] = &[
    "telegram*",
    "телеграм*",
    "тг",
    "tg",
    "телега",
    "телегу",
    "телеге",
    "телеги",
    "whatsapp*",
    "whatsap",
    "watsapp",
    "watsap",
    "wa",
    "ватсап*",
    "вацап*",
    "вотсап*",
    "воцап*",
    "уотсап*",
    "вотсапп*",
    "ватс",
    "ватсе",
    "viber*",
    "вайбер*",
    "instagram*",
    "insta",
    "инстаграм*",
    "инста",
    "инсту",
    "инсте",
    "вк",
    "vk",
    "вконтакте",
    "скайп*",
    "skype",
    "дискорд*",
    "discord",
    "wechat",
    "вичат*",
    "facebook",
    "фейсбук*",
    "max",
    "макс",
    "imo",
    "signal",
];

/// Words that name what is asked for or offered, before a messenger's name.
pub(super) const CONTACT_WORDS: &[&str] = &[
    "пиши",
    "пишите",
    "напиши",
    "напишите",
    "свяжитесь",
    "свяжись",
    "свяжемся",
    "связывайтесь",
    "скинь",
    "скиньте",
    "скину",
    "скинем",
    "кинь",
    "киньте",
    "кину",
    "пришли",
    "пришлите",
    "пришлю",
    "пришлем",
    "присылайте",
    "вышлю",
    "вышлем",
    "отправлю",
    "отправьте",
    "отправь",
    "добавь*",
    "добавляйтесь",
    "подпишитесь",
    "подпишись",
    "подписывай*",
    "найдите",
    "найдете",
    "ищите",
    "ждем",
    "обращайтесь",
    "перейдем",
    "перейдите",
    "переходите",
    "заходите",
    "вступайте",
    "звоните",
    "позвоните",
    "наберите",
    "созвонимся",
    "спишемся",
    "пообщаемся",
    "продолжим",
    "обсудим",
    "черкните",
    "стучите",
    "стучитесь",
    "маякните",
];

/// The same for words that need one of [`POSSIBLE_WORDS`] before them.
pub(super) const CONTACT_INFINITIVES: &[&str] =
    &["писать", "написать", "связаться", "позвонить", "найти", "скинуть", "прислать"];

pub(super) const POSSIBLE_WORDS: &[&str] =
    &["можете", "можешь", "нам", "мне", "нами", "мной", "нас"];

pub(super) const GIVE_WORDS: &[&str] =
    &["дай", "дайте", "скажите", "подскажите", "оставьте", "сообщите", "есть", "укажите"];

pub(super) const YOUR_WORDS: &[&str] = &["ваш", "твой", "вас", "свой", "тебя"];

pub(super) const PREPOSITIONS: &[&str] =
    &["в", "во", "на", "по", "через", "on", "via", "in", "at", "through", "to", "by"];

/// English words before "me" or "us".
pub(super) const ENGLISH_CONTACT_WORDS: &[&str] = &[
    "text", "message", "msg", "write", "contact", "call", "add", "dm", "ping", "reach", "find",
    "follow", "with", "to", "send",
];

/// Words near which a number is one that is dialled.
pub(super) const PHONE_WORDS: &[&str] = &[
    "тел",
    "телефон*",
    "моб",
    "мобильн*",
    "сотов*",
    "звон*",
    "позвон*",
    "перезвон*",
    "дозвон*",
    "набер*",
    "набрать",
    "связ*",
    "контакт*",
    "phone*",
    "tel",
    "mobile",
    "call",
    "cell",
    "telegram*",
    "телеграм*",
    "whatsapp*",
    "ватсап*",
    "вацап*",
    "вотсап*",
    "viber*",
    "вайбер*",
    "tg",
    "тг",
    "городской",
    "горяч*",
    "hotline",
    "сбп",
];

/// Words after which a number is something else.
pub(super) const NUMBER_WORDS: &[&str] = &[
    "заказ*",
    "отправлен*",
    "посылк*",
    "трек*",
    "track*",
    "инн",
    "огрн*",
    "кпп",
    "бик",
    "счет*",
    "артикул*",
    "арт",
    "код*",
    "sku",
    "штрих*",
    "ean*",
    "серийн*",
    "sn",
    "накладн*",
    "imei",
    "order*",
    "invoice*",
    "id",
    "ид",
    "обращени*",
    "заявк*",
    "тикет*",
    "возврат*",
    "чек*",
    "упд",
    "договор*",
    "полис*",
    "gtin",
    "isbn",
    "модел*",
    "model*",
    "парт*",
    "паспорт*",
    "гост",
    "ту",
    "карт*",
    "serial",
    "лот",
    "снилс",
    "окпо",
    "размер*",
];

/// Numbers as words, with the digits that they add.
pub(super) fn number_word(text: &str) -> Option<u16> {
    let first = text.chars().next().map(look);
    let table: &[(&str, u16)] = &[
        ("ноль", 0),
        ("нуль", 0),
        ("один", 1),
        ("одна", 1),
        ("два", 2),
        ("две", 2),
        ("три", 3),
        ("четыре", 4),
        ("пять", 5),
        ("шесть", 6),
        ("семь", 7),
        ("восемь", 8),
        ("девять", 9),
        ("десять", 10),
        ("одиннадцать", 11),
        ("двенадцать", 12),
        ("тринадцать", 13),
        ("четырнадцать", 14),
        ("пятнадцать", 15),
        ("шестнадцать", 16),
        ("семнадцать", 17),
        ("восемнадцать", 18),
        ("девятнадцать", 19),
        ("двадцать", 20),
        ("тридцать", 30),
        ("сорок", 40),
        ("пятьдесят", 50),
        ("шестьдесят", 60),
        ("семьдесят", 70),
        ("восемьдесят", 80),
        ("девяносто", 90),
        ("сто", 100),
        ("двести", 200),
        ("триста", 300),
        ("четыреста", 400),
        ("пятьсот", 500),
        ("шестьсот", 600),
        ("семьсот", 700),
        ("восемьсот", 800),
        ("девятьсот", 900),
        ("zero", 0),
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
    ];
    table
        .iter()
        .filter(|(word, _)| word.chars().next().map(look) == first)
        .find(|(word, _)| is_one_of(text, &[word]))
        .map(|(_, value)| *value)
}
