//! What `ymchat doctor` says, in both languages.

use std::fmt::Display;

use ymchat::Language;

/// A sentence with places such as `{host}`.
#[derive(Debug)]
pub struct Text {
    en: &'static str,
    ru: &'static str,
}

impl Text {
    /// The sentence in this language, with these values in their places.
    pub fn say(&self, language: Language, values: &[(&str, &dyn Display)]) -> String {
        let sentence = match language {
            Language::Russian => self.ru,
            _ => self.en,
        };
        let mut said = String::new();
        let mut rest = sentence;
        // A value is not looked into: it may hold braces of its own.
        while let Some((before, after)) = rest.split_once('{') {
            let (place, behind) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(name, _)| *name == place);
            debug_assert!(value.is_some(), "no value for {place} in {sentence}");
            said.push_str(before);
            said.push_str(&value.map(|(_, value)| value.to_string()).unwrap_or_default());
            rest = behind;
        }
        said + rest
    }
}

macro_rules! catalogue {
    ($($name:ident { $en:literal $ru:literal })+) => {
        $(pub const $name: Text = Text { en: $en, ru: $ru };)+
        #[cfg(test)]
        const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),+];
    };
}

catalogue! {
    PASSED { "passed" "пройдено" }
    FAILED { "failed" "ошибка" }
    NOT_TRIED { "not tried" "пропущено" }

    CONFIGURATION { "configuration" "настройки" }
    PROXY { "proxy" "прокси" }
    NAME { "name" "имя" }
    ROUTE { "route" "соединение" }
    TLS { "TLS" "TLS" }
    CLOCK { "clock" "часы" }
    KEY { "key" "ключ" }
    BUSINESSES { "businesses" "кабинеты" }
    CHATS { "chats" "чаты" }
    QUOTAS { "quotas" "квоты" }
    PARALLEL { "parallel requests" "параллельные запросы" }

    SETTINGS_OF_ENVIRONMENT {
        "The settings come from the environment; the service is {address}."
        "Настройки взяты из переменных окружения; адрес сервиса: {address}."
    }
    SETTINGS_OF_FILE {
        "The settings come from {file} and the environment; the service is {address}."
        "Настройки взяты из файла {file} и переменных окружения; адрес сервиса: {address}."
    }
    SETTINGS_WRONG { "{error}" "{error}" }
    CORRECT_SETTINGS {
        "Correct the setting that the sentence names."
        "Исправьте настройку, названную в сообщении."
    }
    NO_KEY {
        "There is no key."
        "Ключ не задан."
    }
    SET_KEY {
        "Set YMCHAT_API_KEY, or write apiKey into a configuration file with mode 0600."
        "Задайте переменную YMCHAT_API_KEY или запишите apiKey в файл настроек с правами 0600."
    }

    NO_PROXY {
        "Connections are direct: no proxy is set."
        "Соединения прямые: прокси не задан."
    }
    UNUSED_PROXY {
        "Connections are direct. The environment names a proxy, which is not used: set \"proxy\": \"environment\" if it is needed."
        "Соединения прямые. В переменных окружения указан прокси, но он не используется: если он нужен, задайте \"proxy\": \"environment\"."
    }
    USED_PROXY {
        "Connections go through {proxy}."
        "Соединения идут через {proxy}."
    }
    PROXY_REFUSES {
        "The proxy refuses the connection to {host}: {answer}."
        "Прокси отказывается соединить с {host}: {answer}."
    }
    ASK_PROXY {
        "Give the proxy's user and password in \"proxy\", or have its administrator allow {host}."
        "Укажите имя и пароль в настройке \"proxy\" или попросите администратора прокси разрешить {host}."
    }

    NAME_FOUND {
        "{host} is {addresses}."
        "Имя {host} найдено: {addresses}."
    }
    NAME_NOT_FOUND {
        "{host} has no address: {error}."
        "Адрес {host} не найден: {error}."
    }
    NAME_TOO_SLOW {
        "The name server did not answer for {host} in {seconds} s."
        "Сервер имён не ответил про {host} за {seconds} с."
    }
    CHECK_DNS {
        "Check the network and the DNS settings of this computer."
        "Проверьте сеть и настройки DNS этого компьютера."
    }

    CONNECTED {
        "{address} was reached in {milliseconds} ms."
        "Связь с {address} установлена за {milliseconds} мс."
    }
    NOT_CONNECTED {
        "No address was reached: {error}."
        "Ни с одним адресом связаться не удалось: {error}."
    }
    CHECK_FIREWALL {
        "Have the firewall allow connections to {host}, port {port}, or set \"proxy\"."
        "Разрешите в межсетевом экране соединения с {host}, порт {port}, или задайте \"proxy\"."
    }

    TLS_FINE {
        "{version}; the certificate of {subject} is valid until {until}."
        "{version}; сертификат {subject} действителен до {until}."
    }
    TLS_LINK {
        "{subject}, by {issuer}, until {until}"
        "{subject}, выдан {issuer}, до {until}"
    }
    TLS_PLAIN {
        "The address begins with http: there is no TLS."
        "Адрес начинается с http: TLS не используется."
    }
    TLS_SOCKS {
        "It is not looked at through a SOCKS proxy; the calls below show whether it works."
        "Через прокси SOCKS не проверяется; работает ли он, покажут вызовы ниже."
    }
    TLS_FAILED {
        "The handshake failed: {error}."
        "Защищённое соединение не установлено: {error}."
    }
    TLS_UNKNOWN_ISSUER {
        "The certificate was issued by {issuer}, who is not trusted."
        "Сертификат выдан {issuer}, которому нет доверия."
    }
    TRUST_ISSUER {
        "Something between here and the service shows a certificate of its own: ask who runs {issuer}, and name its PEM file with \"caFile\"."
        "Кто-то между этим компьютером и сервисом подставляет свой сертификат: узнайте, чей это {issuer}, и укажите его PEM-файл в \"caFile\"."
    }
    CHECK_CLOCK {
        "Set the clock of this computer: by it the certificate is not valid now."
        "Поставьте часы этого компьютера: по ним сертификат сейчас недействителен."
    }
    CHECK_TLS {
        "Look for a proxy, a firewall or an antivirus between here and the service."
        "Ищите прокси, межсетевой экран или антивирус между этим компьютером и сервисом."
    }
    CA_UNREADABLE {
        "The certificates of \"caFile\" or of the system cannot be read: {error}."
        "Сертификаты из \"caFile\" или системы не читаются: {error}."
    }

    CLOCK_RIGHT {
        "The clock of this computer and that of the service differ by {seconds} s."
        "Часы этого компьютера и сервиса расходятся на {seconds} с."
    }
    CLOCK_AHEAD {
        "The clock of this computer is {seconds} s ahead of that of the service."
        "Часы этого компьютера спешат относительно сервиса на {seconds} с."
    }
    CLOCK_BEHIND {
        "The clock of this computer is {seconds} s behind that of the service."
        "Часы этого компьютера отстают от сервиса на {seconds} с."
    }
    SET_CLOCK {
        "Have the computer set its clock by the network (NTP)."
        "Включите на компьютере установку времени по сети (NTP)."
    }
    NO_DATE {
        "The service named no time: {error}."
        "Сервис не назвал время: {error}."
    }

    KEY_FINE {
        "The key \"{name}\" may do this: {scopes}."
        "Ключ «{name}», доступ: {scopes}."
    }
    KEY_READS {
        "The key \"{name}\" may read and not send: {scopes}."
        "Ключ «{name}» позволяет читать, но не отправлять: {scopes}."
    }
    KEY_NARROW {
        "The key \"{name}\" does not grant access to chats: {scopes}."
        "Ключ «{name}» не даёт доступа к чатам: {scopes}."
    }
    GRANT_SCOPE {
        "Give the key the scope \"communication\" in the business account."
        "Дайте ключу в кабинете доступ «communication»."
    }
    KEY_OF_OAUTH {
        "With an OAuth token alone the service says nothing about scopes."
        "По одному OAuth-токену сервис не сообщает о доступах."
    }
    CALL_FAILED { "{error}" "{error}" }
    AFTER_FAILURE {
        "It needs what failed above."
        "Зависит от того, что не удалось выше."
    }

    BUSINESSES_FOUND {
        "The key grants access to {businesses}."
        "Ключ даёт доступ к кабинетам: {businesses}."
    }
    BUSINESS_MISSING {
        "Business {id} is not among those that the key grants access to: {businesses}."
        "Кабинета {id} нет среди тех, к которым даёт доступ ключ: {businesses}."
    }
    BUSINESS_UNSET {
        "No business is set. The key grants access to {businesses}."
        "Кабинет не задан. Ключ даёт доступ к кабинетам: {businesses}."
    }
    SET_BUSINESS {
        "Set YMCHAT_BUSINESS_ID, or \"businessId\" in the configuration file."
        "Задайте YMCHAT_BUSINESS_ID или \"businessId\" в файле настроек."
    }

    CHATS_READ {
        "The chats of business {id} can be read."
        "Чаты кабинета {id} читаются."
    }
    QUOTAS_LEFT {
        "Left in this hour: {quotas}."
        "Осталось в этом часе: {quotas}."
    }
    QUOTA_USED_UP {
        "A quota of this hour is used up: {quotas}."
        "Квота этого часа исчерпана: {quotas}."
    }
    WAIT_FOR_QUOTA {
        "Wait for the next hour, and see which program makes so many requests."
        "Подождите до следующего часа и выясните, какая программа делает столько запросов."
    }
    QUOTA_LINE { "{operation} {left} of {limit}" "{operation} {left} из {limit}" }
    PARALLEL_FINE {
        "{number} requests at a time were answered."
        "Одновременных запросов выполнено: {number}."
    }
    PARALLEL_LIMITED {
        "The service refused some of {number} requests at a time."
        "Сервис отклонил часть одновременных запросов (всего {number})."
    }
    SHARE_LIMIT {
        "Another program of this business makes requests, too: give each a smaller \"maxParallel\"."
        "Запросы этого кабинета делает ещё одна программа: задайте каждой меньший \"maxParallel\"."
    }

    REPORT_WRITTEN {
        "The report is in {file}. It holds no key, no customer and no message."
        "Отчёт записан в {file}. В нём нет ни ключа, ни покупателей, ни сообщений."
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn places(sentence: &str) -> BTreeSet<&str> {
        sentence.split('{').skip(1).map(|part| part.split_once('}').expect("closed").0).collect()
    }

    #[test]
    fn every_sentence_is_there_in_both_languages_with_the_same_places() {
        for (name, Text { en, ru }) in ALL {
            assert_eq!(places(en), places(ru), "{name}");
            let cyrillic = |c: char| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё');
            assert!(!en.chars().any(cyrillic), "{name}");
            let has_words = en.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 3);
            let only_places = en.starts_with('{') && en.ends_with('}');
            assert!(ru.chars().any(cyrillic) || !has_words || only_places, "{name}");
        }
    }

    #[test]
    fn a_value_is_not_looked_into() {
        let said =
            NAME_FOUND.say(Language::English, &[("host", &"{addresses}"), ("addresses", &1)]);
        assert_eq!(said, "{addresses} is 1.");
    }
}
