//! Settings of a client.

use std::fmt::Display;

use super::{Sentence, sentences};

sentences! {
    the_configuration() => "the configuration", "настройки";

    no_credential() =>
        "apiKey is missing (or oauthToken, for the deprecated OAuth): make a key in the business \
         account under \"API and modules\"",
        "не задан apiKey (или oauthToken для устаревшей авторизации OAuth): создайте ключ Api-Key в \
         кабинете, в разделе «API и модули»";

    credential_is_empty(name: &str) => "{name} is empty", "{name}: значение пустое";

    credential_with_prefix(name: &str, prefix: &str) =>
        "{name} begins with \"{prefix}\": give the key alone, the library writes the header around \
         it",
        "{name} начинается с «{prefix}»: укажите только сам ключ, заголовок библиотека составит \
         сама";

    credential_with_space_around(name: &str) =>
        "{name} has white space or a line break around it: cut it off",
        "{name}: в начале или в конце пробел либо перевод строки, уберите их";

    credential_with_strange_letters(name: &str) =>
        "{name} holds white space, a control character or a letter that is not ASCII: copy it anew \
         from the business account",
        "{name}: внутри пробел, управляющий знак или буква не из ASCII, скопируйте ключ из кабинета \
         заново";

    out_of_range(name: &str, least: u64, most: u64, value: u64) =>
        "{name} must be {least} to {most}, not {value}",
        "{name}: допустимо от {least} до {most}, а не {value}";

    ca_file_not_read(path: &str, why: &dyn Display) =>
        "caFile{path} cannot be read: {why}",
        "caFile{path}: файл не читается: {why}";

    trust_unknown() =>
        "trust must be \"bundled\" or \"system\"",
        "trust: допустимо \"bundled\" или \"system\"";

    check_messages_unknown() =>
        "checkMessages must be \"off\" or \"reject\"",
        "checkMessages: допустимо \"off\" или \"reject\"";

    language_unknown() =>
        "language must be \"en\" or \"ru\"",
        "language: допустимо \"en\" или \"ru\"";

    integration_without_version() =>
        "integration must be \"name/version\", for instance \"my-erp/1.4\"",
        "integration: нужно имя и версия через косую черту, например \"my-erp/1.4\"";

    integration_too_long() =>
        "integration must be at most 100 printable ASCII characters",
        "integration: нужно не больше 100 печатных знаков ASCII";

    integration_no_header() =>
        "integration cannot stand in an HTTP header",
        "integration: такое значение нельзя передать в заголовке HTTP";

    base_url_not_ascii() =>
        "baseUrl must be ASCII; write an international host name in its xn-- form",
        "baseUrl: допустимы только знаки ASCII, имя сервера с другими буквами запишите в форме xn--";

    base_url_with_fragment() =>
        "baseUrl must not have a fragment (#…)",
        "baseUrl: фрагмент (#…) не нужен";

    base_url_is_none() => "baseUrl is not a URL", "baseUrl: это не URL";

    base_url_unparsed(why: &dyn Display) => "baseUrl: {why}", "baseUrl: {why}";

    base_url_without_host() =>
        "baseUrl must begin with https:// and a host",
        "baseUrl: адрес должен начинаться с https:// и имени сервера";

    base_url_with_login() =>
        "baseUrl must not hold a user name or a password; credentials go to apiKey or oauthToken",
        "baseUrl: имя и пароль в адресе недопустимы, для ключа есть apiKey и oauthToken";

    base_url_with_query() =>
        "baseUrl must not have a query (?…)",
        "baseUrl: параметры запроса (?…) не нужны";

    base_url_empty_host() => "baseUrl has no host", "baseUrl: нет имени сервера";

    base_url_in_the_clear() =>
        "baseUrl is plain http, which would send the key in the clear: use https, or set \
         allowInsecureHttp if that is really meant",
        "baseUrl: по http ключ уйдёт открытым текстом, укажите https, а если так и задумано, \
         включите allowInsecureHttp";

    base_url_scheme() =>
        "baseUrl must begin with https://",
        "baseUrl: адрес должен начинаться с https://";

    base_url_port() =>
        "baseUrl has a port that is not 1 to 65535",
        "baseUrl: порт должен быть от 1 до 65535";

    base_url_no_header() =>
        "baseUrl has a host that cannot stand in an HTTP header",
        "baseUrl: такое имя сервера нельзя передать в заголовке HTTP";

    base_url_is_wrong(why: &Sentence) => "baseUrl {why}", "baseUrl: {why}";

    host_without_certificate() =>
        "has a host that no certificate can name",
        "сертификата на такое имя сервера быть не может";

    too_many_hosts(name: &str, most: usize) =>
        "{name} must hold at most {most} hosts",
        "{name}: в списке слишком много серверов, предел: {most}";

    hosts_are_wrong(name: &str) =>
        "{name} must hold host names such as \"files.example.org\", \"*.example.org\" or \
         \"files.example.org:8443\", international ones in their xn-- form",
        "{name}: нужны имена серверов, например \"files.example.org\", \"*.example.org\" или \
         \"files.example.org:8443\", имена с другими буквами – в форме xn--";

    proxy_login_length(name: &str) =>
        "{name} has a user name or password of a wrong length",
        "{name}: имя или пароль недопустимой длины";

    proxy_is_wrong(name: &str) =>
        "{name} must be http://host:port or socks5://host:port, or \"environment\"",
        "{name}: нужно http://host:port, socks5://host:port или \"environment\"";

    proxy_escape_is_wrong(name: &str) =>
        "{name} has a user name or password with a wrong %-escape",
        "{name}: в имени или пароле неверная %-последовательность";

    no_system_certificates() =>
        "trust is \"system\", but the system lists no certificate",
        "trust: выбрано \"system\", но в системе нет ни одного сертификата";

    ca_file_is_no_pem(why: &dyn Display) =>
        "caFile is not valid PEM: {why}",
        "caFile: это не PEM: {why}";

    ca_file_certificate_is_wrong(why: &dyn Display) =>
        "caFile holds a wrong certificate: {why}",
        "caFile: в файле неверный сертификат: {why}";

    ca_file_is_empty() =>
        "caFile holds no certificate (-----BEGIN CERTIFICATE-----)",
        "caFile: в файле нет сертификата (-----BEGIN CERTIFICATE-----)";

    no_tls(why: &dyn Display) => "TLS cannot be set up: {why}", "не удалось подготовить TLS: {why}";

    no_business() =>
        "the client was opened without businessId: get_campaigns lists the businesses that the key \
         grants access to",
        "клиент открыт без businessId: список кабинетов, к которым у ключа есть доступ, даёт \
         get_campaigns";
}
