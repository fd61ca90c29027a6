//! What to do: one sentence each, with its full stop.

use super::sentences;

sentences! {
    report_it() => "Please report it.", "Сообщите об этом разработчикам библиотеки.";

    ask_support() =>
        "Ask the Market's support, and give the trace id.",
        "Обратитесь в поддержку Маркета и назовите traceId.";

    ask_why_locked() =>
        "Ask the Market's support why the shop is locked.",
        "Узнайте в поддержке Маркета, почему магазин заблокирован.";

    call_again() => "Call again.", "Повторите вызов.";

    call_again_then() => "Call again then.", "Повторите вызов, когда пройдёт это время.";

    call_again_later() => "Call again later.", "Повторите вызов позже.";

    wait_and_call_again() => "Wait, then call again.", "Подождите и повторите вызов.";

    correct_the_request() => "Correct the request.", "Исправьте запрос.";

    copy_the_key() =>
        "Copy the key anew from the business account: all of it, without a prefix.",
        "Скопируйте ключ Api-Key из кабинета заново: целиком и без приставки.";

    set_business() =>
        "Set businessId to a business that the key grants access to: get_campaigns lists them.",
        "Укажите в businessId кабинет, к которому у ключа есть доступ: список кабинетов даёт get_campaigns.";

    give_access() =>
        "Give the key the access \"communication\" in the business account.",
        "Дайте ключу в кабинете доступ «Общение с покупателями» (communication).";

    check_ids() =>
        "Check the ids: there is nothing of that id in this business.",
        "Проверьте идентификаторы: в этом кабинете таких нет.";

    check_network_and_base_url() =>
        "Check the network and baseUrl, then call again.",
        "Проверьте сеть и baseUrl и повторите вызов.";

    check_network_and_proxy() =>
        "Check the network and the proxy, then call again.",
        "Проверьте сеть и прокси и повторите вызов.";

    check_network() =>
        "Check the network, then call again.",
        "Проверьте сеть и повторите вызов.";

    check_proxy() =>
        "Check that the proxy runs, and that proxy names it, then call again.",
        "Проверьте, что прокси работает и верно указан в proxy, и повторите вызов.";

    set_proxy_login() =>
        "Set the right ones in proxy, as in http://user:password@host:port.",
        "Укажите верные имя и пароль в proxy: http://user:password@host:port.";

    name_ca_file() =>
        "If the server's certificate is from an authority of your own, name that authority's \
         certificate in caFile.",
        "Если сертификат сервера выдан вашим собственным центром, укажите сертификат этого центра \
         в caFile.";

    check_port() =>
        "Check the port in baseUrl, and whether it should begin with http://.",
        "Проверьте порт в baseUrl и не должен ли адрес начинаться с http://.";

    check_base_url_and_proxy() =>
        "Check baseUrl and the proxy.",
        "Проверьте baseUrl и прокси.";

    raise_it_or_ask_for_less() => "Raise it, or ask for less.", "Увеличьте его или запросите меньше.";

    look_for_something_between() =>
        "Is something between this machine and the service?",
        "Проверьте, что стоит между этим компьютером и Маркетом.";

    look_before_sending_again() =>
        "Look into the chat before you send it again.",
        "Посмотрите чат, прежде чем отправлять снова.";

    fetch_by_other_means() =>
        "Fetch it by other means: a foreign host is shown no credential.",
        "Скачайте файл другим способом: чужим серверам ключ не передаётся.";

    set_oauth_too() =>
        "Set oauthToken as well: some file hosts want the OAuth token.",
        "Укажите ещё и oauthToken: некоторым серверам файлов нужен токен OAuth.";

    read_message_again() =>
        "Read the message again, and take the URL from it.",
        "Прочитайте сообщение заново и возьмите ссылку из него.";

    check_file_url() =>
        "Is the URL the one of the message?",
        "Проверьте, что это ссылка из сообщения.";

    check_whole_file_url() =>
        "Is the URL the one of the message, all of it?",
        "Проверьте, что это ссылка из сообщения, и она целая.";

    allow_host(host: &str) =>
        "If the file is to be fetched from there, without credentials, set allowHosts to [\"{host}\"].",
        "Если скачать файл нужно именно оттуда, без ключа, укажите в allowHosts: [\"{host}\"].";

    use_https() => "Use the https:// address.", "Возьмите адрес, который начинается с https://.";

    call_again_or_raise(setting: &str) =>
        "Call again, or raise {setting}.",
        "Повторите вызов или увеличьте {setting}.";

    raise_max_bytes() =>
        "Raise it, if you want files of that length.",
        "Увеличьте его, если нужны такие большие файлы.";

    look_or_use_ticket() =>
        "Look into the chat before you send it again, or send it with the ticket of this error.",
        "Посмотрите чат, прежде чем отправлять снова, или отправьте с билетом из этой ошибки.";

    correct_and_use_ticket() =>
        "Correct the call, and make it again with this ticket.",
        "Исправьте вызов и повторите его с этим билетом.";

    wait_for_that_call() =>
        "Wait for that call, then call again with the ticket.",
        "Дождитесь того вызова и повторите вызов с билетом.";

    look_into_the_chat() => "Look into the chat.", "Посмотрите чат.";

    raise_call_timeout() => "Raise callTimeoutMs.", "Увеличьте callTimeoutMs.";

    read_in_pages() =>
        "Read it with an iterator or with sync, which have one page at a time.",
        "Читайте его итератором или через sync: они берут по одной странице.";

    take_it_out() =>
        "Take it out: the rules of the chat forbid contacts and links.",
        "Уберите это: правила чата запрещают контакты и ссылки.";

    ask_for_fewer_items() =>
        "Ask for fewer items at a time.",
        "Запрашивайте меньше элементов за раз.";
    remove_byte_order_mark() => "Remove the first three bytes.", "Уберите первые три байта.";
    pass_on_as_received() =>
        "Pass on the text as it was received.",
        "Передайте текст таким, каким он получен.";
    read_as_text() => "Read it as a text.", "Читайте его как текст.";
    read_as_number() =>
        "Read it as int64, or as raw if it has a fraction.",
        "Читайте его как int64, а дробное – как raw.";
    read_as_boolean() => "Read it as a boolean.", "Читайте его как логическое.";
    read_as_raw() => "Read it as raw.", "Читайте его как raw.";
    read_inside() =>
        "Read what is in it, by a longer pointer.",
        "Читайте то, что внутри, более длинным указателем.";
    ask_kind_if_missing() =>
        "Ask for its kind first where it may be missing.",
        "Если значения может не быть, сначала узнайте его вид.";
    ask_kind_if_null() =>
        "Ask for its kind first where it may be null.",
        "Если там может быть null, сначала узнайте вид значения.";
    count_from_zero() => "Count from 0.", "Считайте с 0.";
    begin_with_slash() =>
        "Begin it with a slash, or leave it empty for the whole document.",
        "Начните с косой черты, а для всего документа оставьте пустым.";
    escape_tilde() =>
        "Write ~0 for a tilde and ~1 for a slash within a key.",
        "В имени пишите ~0 вместо тильды и ~1 вместо косой черты.";
}
