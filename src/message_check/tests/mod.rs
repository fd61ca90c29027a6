mod quality;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn checked(text: &str) -> MessageCheck {
    check_message(text, &MessageCheckOptions::new()).unwrap()
}

/// Kinds and texts of the findings.
fn found(text: &str) -> Vec<(FindingKind, String)> {
    checked(text).findings.into_iter().map(|finding| (finding.kind, finding.text)).collect()
}

#[test]
fn spans_are_given_in_utf16_and_in_utf8() {
    // An emoji has two UTF-16 code units and four bytes; a Cyrillic letter has one, and two bytes.
    let text = "😀 Пишите: shop@mail.ru или t.me/shop_x";
    let document: Value = serde_json::from_str(&checked(text).to_json()).unwrap();
    assert_eq!(
        document,
        json!({"ok": false, "findings": [
            {"kind": "email", "start": 11, "length": 12, "startUtf8": 19, "lengthUtf8": 12,
                "text": "shop@mail.ru"},
            {"kind": "messenger", "start": 28, "length": 11, "startUtf8": 39, "lengthUtf8": 11,
                "text": "t.me/shop_x"},
        ]})
    );
    assert_eq!(checked("").to_json(), r#"{"findings":[],"ok":true}"#);
}

#[test]
fn invisible_characters_hide_nothing() {
    for text in ["8\u{200b}9123456789", "8912\u{ad}345\u{2060}6789", "８９１２３４５６７８９"]
    {
        assert_eq!(found(text), [(FindingKind::Phone, text.to_owned())]);
    }
    assert_eq!(found("sho\u{200b}p＠mail．ru")[0].0, FindingKind::Email);
}

#[test]
fn lines_are_not_joined() {
    for text in ["Размеры:\n8\n912\n345\n67\n89", "my-shop\n.ru", "shop\n@\nmail.ru\n"] {
        let found = found(text);
        assert!(
            found.iter().all(|(kind, _)| *kind == FindingKind::Link && !text.contains("my-shop")),
            "{text:?}: {found:?}"
        );
    }
}

#[test]
fn own_addresses_are_none_and_their_imitations_are() {
    for text in [
        "https://market.yandex.ru/product/89123456789?do-waremd5=89123456789",
        "market.yandex.ru/product/89123456789",
        "HTTPS://YANDEX.RU/x",
        "Yandex.ru",
        "ya.ru",
        "https://yandex.ru:443/x",
        "https://market.yandex.com.tr/x",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    for text in [
        "https://notyandex.ru",
        "https://yandex.ru.evil.com/x",
        "https://yandex.ru@evil.com/x",
        "https://evil.com/yandex.ru",
        "https://evil.com\\yandex.ru",
        "yandex.ru.evil.com",
        "myandex.ru",
        "уandex.ru",
        "https://уandex.ru",
    ] {
        let found = found(text);
        assert!(matches!(found[..], [(FindingKind::Link, _)]), "{text}: {found:?}");
    }
    // An address at Yandex is an address.
    assert_eq!(found("shop@yandex.ru")[0].0, FindingKind::Email);
    assert_eq!(found("shop @ yandex.ru")[0].0, FindingKind::Email);
}

#[test]
fn options_narrow_what_is_found() {
    let text = "my-shop.ru, lk.cdek.ru/x, https://CDEK.ru, notcdek.ru, shop@cdek.ru, +79123456789";
    let texts = |options: MessageCheckOptions| -> Vec<String> {
        let check = check_message(text, &options).unwrap();
        check.findings.into_iter().map(|finding| finding.text).collect()
    };
    let options = MessageCheckOptions::new();
    assert_eq!(
        texts(options.clone().allow_hosts(["Cdek.ru"])),
        ["my-shop.ru", "notcdek.ru", "shop@cdek.ru", "+79123456789"]
    );
    assert_eq!(texts(options.kinds([FindingKind::Phone])), ["+79123456789"]);

    let json = check_message_json(text, r#"{"kinds": ["link"], "allowHosts": ["cdek.ru"]}"#);
    let document: Value = serde_json::from_str(&json.unwrap()).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 2);
    assert!(check_message_json(text, "{}").unwrap().contains("+79123456789"));
}

#[test]
fn wrong_options_are_named() {
    for (options, name) in [
        (r#"{"kind": ["link"]}"#, "kind"),
        (r#"{"kinds": []}"#, "kinds"),
        (r#"{"kinds": ["links"]}"#, "kinds"),
        (r#"{"kinds": "link"}"#, "kinds"),
        (r#"{"kinds": [1]}"#, "kinds"),
        (r#"{"allowHosts": "cdek.ru"}"#, "allowHosts"),
        (r#"{"allowHosts": [1]}"#, "allowHosts"),
        (r#"{"allowHosts": ["cdek.ru", ""]}"#, "item 1"),
        (r#"{"allowHosts": ["ru"]}"#, "item 0"),
        (r#"{"allowHosts": [".ru"]}"#, "item 0"),
        (r#"{"allowHosts": ["https://cdek.ru"]}"#, "item 0"),
        (r#"{"allowHosts": ["cdek.ru/x"]}"#, "item 0"),
        ("[]", "options"),
    ] {
        let error = check_message_json("", options).expect_err(options);
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().starts_with("check_message: "), "{error}");
        assert!(error.to_string().contains(name), "{options}: {error}");
    }
}

#[test]
fn a_rejection_says_what_where_and_what_to_do() {
    let check = checked("Звоните +7 912 345-67-89 или пишите на shop@mail.ru");
    let error = check.ensure_ok().unwrap_err();
    assert_eq!(error.status(), Status::Rejected);
    assert_eq!(
        error.to_string(),
        "check_message: the message has a telephone number at characters 9 to 24: \
         \"+7 912 345-67-89\", and 1 more finding. Take it out: the rules of the chat forbid \
         contacts and links."
    );
    let error = check.rejection("sendMessageToChat").unwrap();
    assert!(error.to_string().starts_with("sendMessageToChat: the message has "), "{error}");
    assert!(checked("Добрый день!").ensure_ok().is_ok());
    // A link of any length makes no long error.
    let long = format!("https://evil.com/{}", "я".repeat(4000));
    let error = checked(&long).ensure_ok().unwrap_err();
    assert!(error.to_string().chars().count() < 400, "{error}");
}

/// Texts in which many places look like the beginning of something.
fn hostile() -> Vec<String> {
    let pieces = [
        "8 ",
        "8-",
        "+7 ",
        "(8",
        "9",
        "8 9 1 2 3 4 5 6 7 8 ",
        "89123456789 ",
        "8912345678 ",
        "1-",
        "восемь ",
        "девятьсот ",
        "8 девятьсот ",
        "тел ",
        "тел,,,,,,",
        "заказ 8 912 345 67 8 ",
        "a.",
        "a-",
        "a.b-",
        "a . ",
        "www . ",
        "a точка ",
        "ru.",
        "a.ru.",
        "a.ru ",
        "my-shop.ru/",
        "http",
        "http://",
        "://",
        "a://a.",
        "https://yandex.ru ",
        "yandex.ru/a ",
        "@",
        "a@",
        "@a",
        "a@a.",
        "@a.b-",
        "a собака ",
        "собака-",
        "собака ",
        "at ",
        "at-",
        "(at)",
        "(",
        "(@",
        "[.]",
        "a[.]",
        "пишите ",
        "в телеграм ",
        "пишите в ",
        "пишите в телеграм ",
        "телеграм:",
        "тг ",
        "тг a_",
        "_",
        "__",
        "ё",
        "\u{301}",
        "\u{200b}",
        "\u{fe0f}\u{20e3}",
        "😀",
        "\n",
        " ",
        ".",
        "-",
        "a\u{200b}",
        "0",
        "о",
        "o8",
        "xn--",
    ];
    let mut texts: Vec<String> = pieces.iter().map(|piece| piece.repeat(3_000)).collect();
    for (one, other) in [
        ("8 912 345 67 ", "89 "),
        ("a.", "ru "),
        ("a-", "@mail.ru "),
        ("собака-", "mail.ru "),
        ("((((((((", "8 912 345 67 8"),
        (",,,,,,,,", "8 "),
        ("https://", "ya.ru "),
        ("пишите ", "телеграм "),
        ("a.b.c.d.e.f.g.", "h@"),
        ("восемь ", "+"),
    ] {
        texts.push(one.repeat(2_000) + other);
        texts.push(one.to_owned() + &other.repeat(2_000));
        texts.push(format!("{one}{other}").repeat(1_500));
        texts.push(format!("{}{other}", one.repeat(50)).repeat(40));
    }
    texts
}

#[test]
fn the_work_grows_with_the_length_alone() {
    for text in hostile() {
        let tokens = Tokens::of(&text);
        candidates(&tokens, &[]);
        let (looks, length) = (tokens.looks.get(), tokens.len());
        let begin: String = text.chars().take(60).collect();
        assert!(looks <= 250 * (length + 10), "{looks} looks at {length} tokens: {begin:?}");
    }
}

#[test]
fn a_text_of_a_mebibyte_is_checked() {
    let talk = "Добрый день! Заказ 44512233 собран, пишите на shop@mail.ru или +7 912 345-67-89.\n";
    let repeats = (1 << 20) / talk.len();
    let check = checked(&talk.repeat(repeats));
    assert_eq!(check.findings.len(), 2 * repeats);
}

fn check_consistency(text: &str) {
    let check = checked(text);
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut passed = 0;
    for finding in &check.findings {
        let Finding { start, length, start_utf8, length_utf8, text: part, .. } = finding;
        assert!(passed <= *start_utf8 && *length_utf8 > 0, "{check:?}");
        passed = start_utf8 + length_utf8;
        assert_eq!(&text[*start_utf8..passed], part);
        assert_eq!(String::from_utf16(&utf16[*start..start + length]).unwrap(), *part);
    }
    assert_eq!(check.is_ok(), check.ensure_ok().is_ok());
    let document: Value = serde_json::from_str(&check.to_json()).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), check.findings.len());
}

proptest! {
    #[test]
    fn findings_are_parts_of_the_text_in_order(
        text: String,
        pieces in prop::collection::vec(prop::sample::select(&[
            "8", "912", "+7", " ", "-", "(", ")", ".", "@", "shop", "ru", "mail", "точка", "собака",
            "пишите", "в", "телеграм", "t", "me", "/", "https://", "\n", "\u{200b}", "😀", "O", "yandex",
        ][..]), 0..30),
    ) {
        check_consistency(&text);
        check_consistency(&pieces.concat());
        check_consistency(&pieces.join(" "));
    }

    #[test]
    fn russian_numbers_are_found_in_every_usual_form(
        code in "[3489][0-9]{2}", a in "[0-9]{3}", b in "[0-9]{2}", c in "[0-9]{2}",
        prefix in prop::sample::select(&["+7", "8", "7"][..]),
        form in 0..8,
    ) {
        let number = match form {
            0 => format!("{prefix}{code}{a}{b}{c}"),
            1 => format!("{prefix} {code} {a} {b} {c}"),
            2 => format!("{prefix}-{code}-{a}-{b}-{c}"),
            3 => format!("{prefix} ({code}) {a}-{b}-{c}"),
            4 => format!("{prefix}({code}){a}{b}{c}"),
            5 => format!("{prefix} {code} {a}-{b}-{c}"),
            6 => format!("{prefix} {code} {a}{b}{c}"),
            _ => format!("{prefix}.{code}.{a}.{b}.{c}"),
        };
        let text = format!("Здравствуйте, мой телефон {number}, спасибо");
        prop_assert_eq!(found(&text), [(FindingKind::Phone, number)]);
    }

    #[test]
    fn numbers_of_orders_parcels_and_documents_are_none(
        name in prop::sample::select(&[
            "Заказ", "Номер заказа", "Заказ №", "Трек-номер", "Отправление", "ИНН", "Артикул",
            "Накладная", "Возврат №", "Обращение", "Order", "Tracking number", "Штрихкод",
        ][..]),
        digits in "[1-9][0-9]{5,19}",
    ) {
        let text = format!("{name} {digits} уже в пути");
        prop_assert_eq!(found(&text), []);
    }

    #[test]
    fn prices_sizes_and_dates_are_none(
        thousands in 1..999u32, rest in 0..999u32, width in 1..4000u32, height in 1..4000u32,
        day in 1..=31u32, month in 1..=12u32, year in 2020..2030u32, hour in 0..24u32,
    ) {
        let text = format!(
            "Цена {thousands} {rest:03} руб., было {thousands}{rest:03} ₽, размер {width}х{height}, \
             {width}-{height} мм, {day:02}.{month:02}.{year} {hour:02}:30, {year}-{month:02}-{day:02}"
        );
        prop_assert_eq!(found(&text), []);
    }
}
