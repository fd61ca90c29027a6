//! What the add-in offers: names, parameters and properties. Everything follows from these two
//! lists, the tables of docs/1c.ru.md included.

/// What a method does; the arguments are in `calls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Open,
    Close,
    Cancel,
    Version,
    Stats,
    GetCampaigns,
    GetTokenInfo,
    GetChats,
    GetAllChats,
    GetChat,
    GetChatHistory,
    GetMessagesSince,
    GetChatMessage,
    Sync,
    PrepareSend,
    SendMessage,
    SendFile,
    CreateChat,
    CheckMessage,
    ParseNotification,
    DownloadFile,
    GetFile,
}

/// A method. The English name comes first, the Russian one second, as 1C numbers its languages.
#[derive(Debug)]
pub struct Method {
    pub names: [&'static str; 2],
    pub action: Action,
    /// Where its errors say that they come from: the operation of the library.
    pub operation: &'static str,
    pub parameters: &'static [Parameter],
    pub has_result: bool,
    /// In Russian.
    #[allow(dead_code, reason = "the documentation is made of it")]
    pub about: &'static str,
}

/// A parameter of a method.
#[derive(Debug)]
pub struct Parameter {
    pub names: [&'static str; 2],
    pub takes: Takes,
    /// What stands there if the caller leaves it out; it must not be left out where there is none.
    pub default: Option<DefaultValue>,
}

/// What a parameter or a property takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Text,
    /// A text; a date counts as the moment since which everything is new.
    TextOrDate,
    /// An id: a number, or a text of digits.
    Id,
    /// Binary data, or the path of a file.
    File,
    /// Binary data, or a text.
    Body,
    /// A whole number of at least 0.
    Whole,
    Flag,
    /// Texts with commas between them.
    List,
}

/// The value of a parameter that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultValue {
    EmptyText,
    Zero,
}

/// A property.
#[derive(Debug)]
pub struct Property {
    pub names: [&'static str; 2],
    pub holds: Holds,
    /// In Russian.
    #[allow(dead_code, reason = "the documentation is made of it")]
    pub about: &'static str,
}

/// What a property stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A setting, by its name in the JSON configuration.
    Setting { key: &'static str, takes: Takes, is_secret: bool },
    /// The language of sentences: `ru` or `en`.
    Language,
    /// The document of the last error. Read-only.
    LastError,
    /// Whether a client is open. Read-only.
    IsOpen,
}

impl Property {
    /// A credential can be set, and not be read.
    pub fn is_readable(&self) -> bool {
        !matches!(self.holds, Holds::Setting { is_secret: true, .. })
    }

    pub fn is_writable(&self) -> bool {
        matches!(self.holds, Holds::Setting { .. } | Holds::Language)
    }
}

const fn must(names: [&'static str; 2], takes: Takes) -> Parameter {
    Parameter { names, takes, default: None }
}

const fn may(names: [&'static str; 2], takes: Takes) -> Parameter {
    Parameter { names, takes, default: Some(DefaultValue::EmptyText) }
}

const CHAT: Parameter = must(["ChatId", "Чат"], Takes::Id);
const OPTIONS: Parameter = may(["Options", "Параметры"], Takes::Text);

pub const METHODS: &[Method] = &[
    Method {
        names: ["Open", "Открыть"],
        action: Action::Open,
        operation: "client_new",
        parameters: &[may(["Configuration", "Настройки"], Takes::Text)],
        has_result: false,
        about: "Открывает клиента с настройками из JSON и из свойств; то, что есть в JSON, важнее. \
                В сеть ничего не уходит. Уже открытый клиент перед этим закрывается.",
    },
    Method {
        names: ["Close", "Закрыть"],
        action: Action::Close,
        operation: "client_free",
        parameters: &[],
        has_result: false,
        about: "Закрывает клиента. Вызовы, которые ещё идут в других потоках, отменяются. Без \
                этого клиент закрывается вместе с объектом.",
    },
    Method {
        names: ["Cancel", "Отменить"],
        action: Action::Cancel,
        operation: "client_cancel",
        parameters: &[],
        has_result: false,
        about: "Отменяет вызовы этого объекта, которые идут в других потоках.",
    },
    Method {
        names: ["Version", "Версия"],
        action: Action::Version,
        operation: "version",
        parameters: &[],
        has_result: true,
        about: "Версия компоненты, например `0.1.0`. Клиент не нужен.",
    },
    Method {
        names: ["Stats", "Статистика"],
        action: Action::Stats,
        operation: "client_stats",
        parameters: &[],
        has_result: true,
        about: "Что сделал клиент и что известно о лимитах: `operations`, `sends`.",
    },
    Method {
        names: ["GetCampaigns", "ПолучитьМагазины"],
        action: Action::GetCampaigns,
        operation: "getCampaigns",
        parameters: &[OPTIONS],
        has_result: true,
        about: "Страница магазинов, которые доступны ключу, с номерами кабинетов: `campaigns`, \
                `paging`. Параметры: `limit` (1–100), `pageToken`. Свойство `Кабинет` не нужно.",
    },
    Method {
        names: ["GetTokenInfo", "ПолучитьСведенияОКлюче"],
        action: Action::GetTokenInfo,
        operation: "getAuthTokenInfo",
        parameters: &[],
        has_result: true,
        about: "Имя и права ключа: `apiKey`: `name`, `authScopes`. Свойство `Кабинет` не нужно.",
    },
    Method {
        names: ["GetChats", "ПолучитьЧаты"],
        action: Action::GetChats,
        operation: "getChats",
        parameters: &[OPTIONS],
        has_result: true,
        about: "Страница чатов: `chats`, `paging`. Параметры: `limit` (1–20), `pageToken`, \
                `statuses`, `types`, `contextTypes`, `contexts`, `orderIds`, `callTimeoutMs`.",
    },
    Method {
        names: ["GetAllChats", "ПолучитьВсеЧаты"],
        action: Action::GetAllChats,
        operation: "getChats",
        parameters: &[OPTIONS],
        has_result: true,
        about: "Все чаты, каждый один раз: `chats`. Параметры те же и `maxTotalBytes`.",
    },
    Method {
        names: ["GetChat", "ПолучитьЧат"],
        action: Action::GetChat,
        operation: "getChat",
        parameters: &[CHAT],
        has_result: true,
        about: "Чат: `chatId`, `context`, `type`, `status`, `createdAt`, `updatedAt`.",
    },
    Method {
        names: ["GetChatHistory", "ПолучитьИсторию"],
        action: Action::GetChatHistory,
        operation: "getChatHistory",
        parameters: &[CHAT, OPTIONS],
        has_result: true,
        about: "Страница сообщений чата: `messages`, `paging`. Параметры: `limit` (1–100), \
                `pageToken`, `messageIdFrom`, `callTimeoutMs`. Порядок сообщений не обещан.",
    },
    Method {
        names: ["GetMessagesSince", "ПолучитьСообщенияПосле"],
        action: Action::GetMessagesSince,
        operation: "getChatHistory",
        parameters: &[
            CHAT,
            Parameter {
                names: ["AfterMessageId", "ПослеСообщения"],
                takes: Takes::Id,
                default: Some(DefaultValue::Zero),
            },
            OPTIONS,
        ],
        has_result: true,
        about: "Все сообщения чата новее данного (0 – все), по возрастанию номера, без повторов: \
                `messages`. Параметры: `limit`, `callTimeoutMs`, `maxTotalBytes`.",
    },
    Method {
        names: ["GetChatMessage", "ПолучитьСообщение"],
        action: Action::GetChatMessage,
        operation: "getChatMessage",
        parameters: &[CHAT, must(["MessageId", "Сообщение"], Takes::Id)],
        has_result: true,
        about: "Сообщение: `messageId`, `createdAt`, `sender`, `message`, `payload`.",
    },
    Method {
        names: ["Sync", "ПолучитьНовое"],
        action: Action::Sync,
        operation: "sync",
        parameters: &[may(["Since", "Метка"], Takes::TextOrDate), OPTIONS],
        has_result: true,
        about: "Всё новое после метки и следующая метка: `since`, `chats`, `more`. Метка – \
                `since` прошлого ответа; сначала пустая строка или дата (тип Дата), с которой \
                начать. Параметры: `start`, `scope`, `types`, `contextTypes`, `limit`, `chatIds`, \
                `waitMs`, `callTimeoutMs`.",
    },
    Method {
        names: ["PrepareSend", "ПодготовитьОтправку"],
        action: Action::PrepareSend,
        operation: "prepareSend",
        parameters: &[CHAT, must(["Content", "Содержимое"], Takes::Text)],
        has_result: true,
        about: "Билет для отправки ровно один раз: `ticket`. Содержимое – JSON: \
                `{\"message\": …}` или `{\"fileName\": …, \"fileSize\": …}`.",
    },
    Method {
        names: ["SendMessage", "ОтправитьСообщение"],
        action: Action::SendMessage,
        operation: "sendMessageToChat",
        parameters: &[CHAT, must(["Text", "Текст"], Takes::Text), OPTIONS],
        has_result: true,
        about: "Отправляет текст: `outcome`, `messageId`, `attempts`. Параметры: `ticket`, \
                `resend`, `resolve`, `afterMessageId`, `returnMessageId`, `callTimeoutMs`.",
    },
    Method {
        names: ["SendFile", "ОтправитьФайл"],
        action: Action::SendFile,
        operation: "sendFileToChat",
        parameters: &[
            CHAT,
            must(["File", "Файл"], Takes::File),
            may(["FileName", "ИмяФайла"], Takes::Text),
            OPTIONS,
        ],
        has_result: true,
        about: "Отправляет файл не больше 5 МБ: двоичные данные (тогда имя обязательно) или путь \
                на компьютере, где работает компонента. Ответ и параметры как у \
                `ОтправитьСообщение`.",
    },
    Method {
        names: ["CreateChat", "СоздатьЧат"],
        action: Action::CreateChat,
        operation: "createChat",
        parameters: &[
            must(["ContextType", "ВидОснования"], Takes::Text),
            must(["ContextId", "Основание"], Takes::Id),
        ],
        has_result: true,
        about: "Открывает чат по заказу (`ORDER`) или возврату (`RETURN`) или находит уже \
                открытый: `chatId`.",
    },
    Method {
        names: ["CheckMessage", "ПроверитьСообщение"],
        action: Action::CheckMessage,
        operation: "checkMessage",
        parameters: &[must(["Text", "Текст"], Takes::Text), OPTIONS],
        has_result: true,
        about: "Ищет в тексте контакты и ссылки, которые запрещены правилами чата: `ok`, \
                `findings` (`start` считается с нуля). Клиент не нужен, в сеть ничего не уходит.",
    },
    Method {
        names: ["ParseNotification", "РазобратьУведомление"],
        action: Action::ParseNotification,
        operation: "parseNotification",
        parameters: &[must(["Body", "Тело"], Takes::Body), OPTIONS],
        has_result: true,
        about: "Разбирает уведомление Маркета (тело запроса – двоичные данные или строка) и \
                готовит ответ: `accepted`, `type`, `chatId`, `messageId`, `key`, `reply`. \
                Параметры: `name`, `version`, `remoteAddress`, `allowFrom`. Клиент не нужен.",
    },
    Method {
        names: ["DownloadFile", "СкачатьФайл"],
        action: Action::DownloadFile,
        operation: "downloadFile",
        parameters: &[
            must(["Url", "Адрес"], Takes::Text),
            must(["Path", "Путь"], Takes::Text),
            OPTIONS,
        ],
        has_result: true,
        about: "Скачивает файл из сообщения (`url` из `payload`) на компьютер, где работает \
                компонента: `path`, `bytes`, `contentType`. Параметры: `overwrite`, `maxBytes`, \
                `allowHosts`, `callTimeoutMs`.",
    },
    Method {
        names: ["GetFile", "ПолучитьФайл"],
        action: Action::GetFile,
        operation: "downloadFile",
        parameters: &[must(["Url", "Адрес"], Takes::Text), OPTIONS],
        has_result: true,
        about: "То же, но возвращает ДвоичныеДанные. Параметры те же, кроме `overwrite`.",
    },
];

const fn setting(
    key: &'static str,
    names: [&'static str; 2],
    takes: Takes,
    about: &'static str,
) -> Property {
    Property { names, holds: Holds::Setting { key, takes, is_secret: false }, about }
}

const fn secret(key: &'static str, names: [&'static str; 2], about: &'static str) -> Property {
    let holds = Holds::Setting { key, takes: Takes::Text, is_secret: true };
    Property { names, holds, about }
}

pub const PROPERTIES: &[Property] = &[
    secret(
        "apiKey",
        ["ApiKey", "КлючAPI"],
        "Ключ кабинета, `ACMA:…`, без слова `Bearer`. Обязателен он или `ТокенOAuth`.",
    ),
    secret("oauthToken", ["OAuthToken", "ТокенOAuth"], "Устаревший токен OAuth."),
    setting("businessId", ["BusinessId", "Кабинет"], Takes::Id, "Номер кабинета (businessId)."),
    setting(
        "baseUrl",
        ["BaseUrl", "АдресСервиса"],
        Takes::Text,
        "Адрес API, если он не `https://api.partner.market.yandex.ru`.",
    ),
    setting(
        "integration",
        ["Integration", "Интеграция"],
        Takes::Text,
        "`имя/версия` вашей программы латиницей, до 100 знаков: подпись в журнале запросов.",
    ),
    secret(
        "proxy",
        ["Proxy", "Прокси"],
        "`http://имя:пароль@узел:порт`, `socks5://…` или `environment`. Читать нельзя из-за пароля.",
    ),
    setting(
        "connectTimeoutMs",
        ["ConnectTimeoutMs", "ВремяСоединения"],
        Takes::Whole,
        "Сколько миллисекунд ждать соединения (5000).",
    ),
    setting(
        "attemptTimeoutMs",
        ["AttemptTimeoutMs", "ВремяПопытки"],
        Takes::Whole,
        "Сколько миллисекунд ждать ответа на один запрос (15000).",
    ),
    setting(
        "callTimeoutMs",
        ["CallTimeoutMs", "ВремяВызова"],
        Takes::Whole,
        "Сколько миллисекунд длится вызов вместе с ожиданиями и повторами (60000).",
    ),
    setting(
        "maxAttempts",
        ["MaxAttempts", "ЧислоПопыток"],
        Takes::Whole,
        "Сколько раз повторять один запрос (4).",
    ),
    setting(
        "maxParallel",
        ["MaxParallel", "ОдновременныхЗапросов"],
        Takes::Whole,
        "Сколько запросов кабинета идёт одновременно (4).",
    ),
    setting(
        "caFile",
        ["CaFile", "ФайлСертификатов"],
        Takes::Text,
        "Файл PEM с сертификатами, которым доверять дополнительно.",
    ),
    setting(
        "trust",
        ["Trust", "Доверие"],
        Takes::Text,
        "`bundled` – сертификаты внутри компоненты, `system` – сертификаты компьютера.",
    ),
    setting(
        "maxResponseBytes",
        ["MaxResponseBytes", "НаибольшийОтвет"],
        Takes::Whole,
        "Самый длинный ответ в байтах, который будет прочитан (16777216).",
    ),
    setting(
        "fileHosts",
        ["FileHosts", "УзлыФайлов"],
        Takes::List,
        "Узлы службы через запятую, которым при скачивании файлов показывать ключ \
         (`*.yandex.net,*.yandex.ru,*.yandex.com`).",
    ),
    setting(
        "checkMessages",
        ["CheckMessages", "ПроверкаСообщений"],
        Takes::Text,
        "`off` или `reject`: не отправлять тексты с контактами и ссылками.",
    ),
    setting(
        "allowInsecureHttp",
        ["AllowInsecureHttp", "РазрешитьHTTP"],
        Takes::Flag,
        "Разрешить `http://` не только к этому компьютеру. Ключ тогда идёт открытым текстом.",
    ),
    Property {
        names: ["Language", "Язык"],
        holds: Holds::Language,
        about: "Язык сообщений об ошибках: `ru` или `en`. Сначала – язык платформы, а если она его \
                не сообщила, русский. Действует сразу.",
    },
    Property {
        names: ["LastError", "ПоследняяОшибка"],
        holds: Holds::LastError,
        about: "Документ ошибки последнего вызова; пустая строка, если он удался.",
    },
    Property {
        names: ["IsOpen", "Открыта"],
        holds: Holds::IsOpen,
        about: "Истина, если клиент открыт.",
    },
];

/// The number of the item of this name, in either language and whatever the case.
pub fn find<T>(
    items: &[T],
    names: impl Fn(&T) -> [&'static str; 2],
    wanted: &str,
) -> Option<usize> {
    let wanted = wanted.to_lowercase();
    items.iter().position(|item| names(item).iter().any(|name| name.to_lowercase() == wanted))
}
