//! What `ymchat doctor` says.

use std::fmt::Display;

use super::Sentence;

ymchat::__sentences! {
    passed() => "passed", "пройдено";
    failed() => "failed", "ошибка";
    not_tried() => "not tried", "пропущено";

    configuration() => "configuration", "настройки";
    proxy() => "proxy", "прокси";
    name() => "name", "имя";
    route() => "route", "соединение";
    tls() => "TLS", "TLS";
    clock() => "clock", "часы";
    key() => "key", "ключ";
    businesses() => "businesses", "кабинеты";
    chats() => "chats", "чаты";
    quotas() => "quotas", "квоты";
    parallel() => "parallel requests", "параллельные запросы";

    settings_of_environment(address: &dyn Display) =>
        "The settings come from the environment; the service is {address}.",
        "Настройки взяты из переменных окружения; адрес сервиса: {address}.";

    settings_of_file(file: &dyn Display, address: &dyn Display) =>
        "The settings come from {file} and the environment; the service is {address}.",
        "Настройки взяты из файла {file} и переменных окружения; адрес сервиса: {address}.";

    correct_settings() =>
        "Correct the setting that the sentence names.",
        "Исправьте настройку, названную в сообщении.";
    no_key() => "There is no key.", "Ключ не задан.";

    set_key() =>
        "Set YMCHAT_API_KEY, or write apiKey into a configuration file with mode 0600.",
        "Задайте переменную YMCHAT_API_KEY или запишите apiKey в файл настроек с правами 0600.";

    no_proxy() => "Connections are direct: no proxy is set.", "Соединения прямые: прокси не задан.";

    unused_proxy(variables: &str) =>
        "Connections are direct. {variables} in the environment has no effect: set \"proxy\": \
         \"environment\" if it is to have one.",
        "Соединения прямые. Переменные окружения не действуют ({variables}): если они нужны, задайте \
         \"proxy\": \"environment\".";

    environment_without_effect(variables: &str) =>
        "The environment has no effect on it: {variables}.",
        "Переменные окружения на это не влияют: {variables}.";

    used_proxy(proxy: &dyn Display) =>
        "Connections go through {proxy}.",
        "Соединения идут через {proxy}.";

    proxy_of_environment(proxy: &dyn Display, variables: &str) =>
        "Connections go through {proxy}, as the environment says ({variables}).",
        "Соединения идут через {proxy}, как сказано в переменных окружения ({variables}).";

    no_proxy_in_environment() =>
        "Connections are direct: the environment, which is to name a proxy, names none.",
        "Соединения прямые: прокси должен быть в переменных окружения, но там его нет.";

    proxy_excepted(host: &str, variables: &str) =>
        "Connections are direct: the environment exempts {host} from its proxy ({variables}).",
        "Соединения прямые: переменные окружения исключают {host} из тех, что идут через прокси \
         ({variables}).";

    no_address() => "The address is none.", "Адрес сервиса не похож на адрес.";

    proxy_refuses(host: &str, why: &Sentence) =>
        "The proxy gives no way to {host}: {why}.",
        "Прокси не соединяет с {host}: {why}.";

    set_proxy_login() =>
        "Set the proxy's user name and password in \"proxy\".",
        "Укажите имя и пароль прокси в настройке \"proxy\".";

    ask_proxy(host: &str) =>
        "Have the administrator of the proxy allow connections to {host}.",
        "Попросите администратора прокси разрешить соединения с {host}.";

    name_found(host: &str, addresses: &str) =>
        "{host} is {addresses}.",
        "Имя {host} найдено: {addresses}.";

    name_not_found(host: &str, error: &Sentence) =>
        "{host} has no address: {error}.",
        "Адрес {host} не найден: {error}.";

    name_too_slow(host: &str, seconds: u64) =>
        "The name server did not answer for {host} in {seconds} s.",
        "Сервер имён за {seconds} с не нашёл {host}.";

    check_dns() =>
        "Check the network and the DNS settings of this computer.",
        "Проверьте сеть и настройки DNS этого компьютера.";

    connected(address: &dyn Display, milliseconds: u64) =>
        "{address} was reached in {milliseconds} ms.",
        "Связь с {address} установлена за {milliseconds} мс.";

    not_connected(error: &Sentence) =>
        "No address was reached: {error}.",
        "Ни с одним адресом связаться не удалось: {error}.";

    check_firewall(host: &str, port: u16) =>
        "Have the firewall allow connections to {host}, port {port}, or set \"proxy\".",
        "Разрешите в межсетевом экране соединения с {host}, порт {port}, или задайте \"proxy\".";

    tls_fine(version: &str, subject: &str, until: &str) =>
        "{version}; the certificate of {subject} is valid until {until}.",
        "{version}; сертификат {subject} действителен до {until}.";

    tls_link(subject: &str, issuer: &str, until: &str) =>
        "{subject}, by {issuer}, until {until}",
        "{subject}, издатель {issuer}, до {until}";

    tls_plain() =>
        "The address begins with http: there is no TLS.",
        "Адрес начинается с http: TLS не используется.";

    tls_failed(error: &Sentence) =>
        "The handshake failed: {error}.",
        "Защищённое соединение не установлено: {error}.";

    tls_unknown_issuer(issuer: &str) =>
        "The certificate was issued by {issuer}, who is not trusted.",
        "Издателю сертификата нет доверия: {issuer}.";

    trust_issuer(issuer: &str) =>
        "Something between here and the service shows a certificate of its own: ask who runs \
         {issuer}, and name its PEM file with \"caFile\".",
        "Кто-то между этим компьютером и сервисом подставляет свой сертификат: узнайте, чей он \
         ({issuer}), и укажите его PEM-файл в \"caFile\".";

    check_clock() =>
        "Set the clock of this computer: by it the certificate is not valid now.",
        "Переведите часы этого компьютера: по ним сертификат сейчас недействителен.";

    check_tls() =>
        "Look for a proxy, a firewall or an antivirus between here and the service.",
        "Проверьте, нет ли прокси, межсетевого экрана или антивируса между этим компьютером и \
         сервисом.";

    ca_unreadable(error: &Sentence) =>
        "The certificates of \"caFile\" or of the system cannot be read: {error}.",
        "Сертификаты из \"caFile\" или системы не читаются: {error}.";

    clock_right(seconds: u64) =>
        "The clock of this computer and that of the service differ by {seconds} s.",
        "Часы этого компьютера и сервиса расходятся на {seconds} с.";

    clock_ahead(seconds: u64) =>
        "The clock of this computer is {seconds} s ahead of that of the service.",
        "Часы этого компьютера спешат относительно сервиса на {seconds} с.";

    clock_behind(seconds: u64) =>
        "The clock of this computer is {seconds} s behind that of the service.",
        "Часы этого компьютера отстают от сервиса на {seconds} с.";

    set_clock() =>
        "Have the computer set its clock by the network (NTP).",
        "Включите на компьютере установку времени по сети (NTP).";

    no_date(error: &Sentence) =>
        "The service named no time: {error}.",
        "Сервис не назвал время: {error}.";

    key_fine(name: &str, scopes: &str) =>
        "The key \"{name}\" may do this: {scopes}.",
        "Ключ «{name}» разрешает: {scopes}.";

    key_reads(name: &str, scopes: &str) =>
        "The key \"{name}\" may read and not send: {scopes}.",
        "Ключ «{name}» позволяет читать, но не отправлять: {scopes}.";

    key_narrow(name: &str, scopes: &str) =>
        "The key \"{name}\" does not grant access to chats: {scopes}.",
        "Ключ «{name}» не даёт доступа к чатам: {scopes}.";

    grant_scope() =>
        "Give the key the scope \"communication\" in the business account.",
        "Дайте ключу в кабинете доступ «Общение с покупателями» (communication).";

    key_of_oauth() =>
        "With an OAuth token alone the service says nothing about scopes.",
        "По одному токену OAuth сервис не сообщает, что разрешено.";
    after_failure() => "It needs what failed above.", "Зависит от того, что не удалось выше.";

    businesses_found(businesses: &str) =>
        "The key grants access to {businesses}.",
        "Ключ даёт доступ к кабинетам: {businesses}.";

    business_missing(id: i64, businesses: &str) =>
        "Business {id} is not among those that the key grants access to: {businesses}.",
        "Кабинета {id} нет среди тех, к которым даёт доступ ключ: {businesses}.";

    business_unset(businesses: &str) =>
        "No business is set. The key grants access to {businesses}.",
        "Кабинет не задан. Ключ даёт доступ к кабинетам: {businesses}.";

    set_business() =>
        "Set YMCHAT_BUSINESS_ID, or \"businessId\" in the configuration file.",
        "Задайте YMCHAT_BUSINESS_ID или \"businessId\" в файле настроек.";

    chats_read(id: i64) =>
        "The chats of business {id} can be read.",
        "Чаты кабинета {id} читаются.";
    quotas_left(quotas: &str) => "Left in this hour: {quotas}.", "Осталось на этот час: {quotas}.";

    quota_used_up(quotas: &str) =>
        "A quota of this hour is used up: {quotas}.",
        "Квота этого часа исчерпана: {quotas}.";

    wait_for_quota() =>
        "Wait for the next hour, and see which program makes so many requests.",
        "Подождите до следующего часа и выясните, какая программа делает столько запросов.";

    quota_line(operation: &str, left: u32, limit: u32) =>
        "{operation} {left} of {limit}",
        "{operation} {left} из {limit}";

    parallel_fine(number: usize) =>
        "{number} requests at a time were answered.",
        "Одновременных запросов выполнено: {number}.";

    parallel_limited(number: usize) =>
        "The service refused some of {number} requests at a time.",
        "Сервис отклонил часть одновременных запросов (всего {number}).";

    share_limit() =>
        "Another program of this business makes requests, too: give each a smaller \
         \"maxParallel\".",
        "Запросы этого кабинета делает ещё одна программа: задайте каждой меньший \"maxParallel\".";

    report_written(file: &dyn Display) =>
        "The report is in {file}. It holds no key, no customer and no message.",
        "Отчёт записан в {file}. В нём нет ни ключа, ни покупателей, ни сообщений.";
}
