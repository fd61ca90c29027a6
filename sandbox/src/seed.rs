//! The business's shops, and the conversations that are there from the start.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::conversations::{self, Conversations, Draft, StoredChat};
use super::ids::BEYOND_DOUBLE;
use super::wire;
use ymchat::{Campaign, ChatStatus, ChatType, ContextType, OtherFields, Sender};

const SHOPS: [(&str, &str); 3] =
    [("samovar-lavka.ru", "FBS"), ("Лавка «Самовар» Экспресс", "DBS"), ("samovar-fby", "FBY")];

pub(super) fn first_campaign(business: i64) -> i64 {
    business.saturating_mul(10).saturating_add(1)
}

/// The shops of a business.
pub(super) fn campaigns(business: i64) -> Vec<Campaign> {
    let shop = |(number, (domain, placement)): (i64, &(&str, &str))| {
        let campaign = json!({
            "id": first_campaign(business).saturating_add(number),
            "domain": domain,
            "business": {"id": business, "name": "Лавка «Самовар»"},
            "placementType": placement,
            "apiAvailability": "AVAILABLE",
        });
        wire::value(campaign, &OtherFields::new())
    };
    (0..).zip(&SHOPS).map(shop).collect()
}

/// A valid PNG of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x56, 0xc7, 0x2f, 0x0d, 0, 0,
    0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

use Sender::{Customer, Market, Partner, Support};

/// Fills an empty memory.
pub(super) fn fill(conversations: &mut Conversations, business: i64, now: Timestamp) {
    let campaign = first_campaign(business);
    let at = now.saturating_sub(SignedDuration::from_hours(24 * 40)).unwrap_or(now);
    let mut seeds = Seeds { conversations, campaign, at, big_ids: false };
    seeds.everyday_chats();
    seeds.disputes();
    seeds.oddities();
    seeds.long_history();
    seeds.finished_chats();
    seeds.great_ids();
}

struct Seeds<'a> {
    conversations: &'a mut Conversations,
    campaign: i64,
    at: Timestamp,
    big_ids: bool,
}

impl Seeds<'_> {
    fn pass(&mut self, seconds: i64) {
        self.at = self.at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.at);
    }

    fn chat(
        &mut self,
        context_type: ContextType,
        id: Option<i64>,
        customer: &str,
        texts: &[(Sender, &str)],
    ) -> i64 {
        self.pass(79_200);
        let context = conversations::context(context_type, id, self.campaign, customer);
        let chat = self.conversations.open(context, ChatType::Chat, self.at, self.big_ids).id;
        for (sender, text) in texts {
            self.say(chat, Draft::text(sender.clone(), *text));
        }
        chat
    }

    fn say(&mut self, chat: i64, draft: Draft) {
        self.pass(97);
        self.conversations.write(chat, draft, self.at, self.big_ids);
    }

    fn file(&mut self, chat: i64, text: Option<&str>, name: &str, bytes: &'static [u8]) {
        let files = vec![(name.to_owned(), Bytes::from_static(bytes))];
        let text = text.map(str::to_owned);
        self.say(chat, Draft { sender: Customer, text, files, request: None });
    }

    fn edit(&mut self, chat: i64, change: impl FnOnce(&mut StoredChat)) {
        if let Some(chat) = self.conversations.chats.get_mut(&chat) {
            change(chat);
        }
    }

    fn everyday_chats(&mut self) {
        let chat = self.chat(
            ContextType::Order,
            Some(52_310_447_118),
            "Анна К.",
            &[
                (Customer, "Здравствуйте! Заказала самовар 🫖, а пришёл без трубы."),
                (Partner, "Здравствуйте, Анна! Пришлите, пожалуйста, фото упаковки."),
            ],
        );
        self.file(chat, Some("Вот, смотрите 📦👇"), "фото упаковки.png", PNG);
        self.chat(
            ContextType::Order,
            Some(52_310_450_002),
            "Пётр",
            &[(Market, "Покупатель открыл чат по заказу. Ответьте ему в течение 24 часов.")],
        );
        let last = self.conversations.chats.keys().next_back().copied().unwrap_or_default();
        self.edit(last, |chat| chat.status = ChatStatus::New);
        self.chat(
            ContextType::Return,
            Some(3_000_517),
            "Мария С.",
            &[
                (Customer, "Хочу вернуть чашку: откололся край 😢"),
                (Partner, "Очень жаль! Оформите возврат, деньги вернутся за 3 дня."),
            ],
        );
        let chat = self.chat(
            ContextType::Direct,
            None,
            "Иван Ж.",
            &[(Customer, "Добрый день! Есть ли у вас самовары на дровах? 🔥🪵")],
        );
        self.file(chat, None, "хочу такой.png", PNG);
        self.chat(
            ContextType::Order,
            Some(52_310_460_771),
            "Ольга 👩‍👩‍👧",
            &[
                (Customer, "Когда приедет заказ?"),
                (Partner, "Завтра с 10 до 14 🚚"),
                (Customer, "Спасибо!\nА можно после 18?"),
            ],
        );
    }

    fn disputes(&mut self) {
        let chat = self.chat(
            ContextType::Return,
            Some(3_000_611),
            "Николай",
            &[
                (Customer, "Самовар течёт, магазин не отвечает!"),
                (Partner, "Пришлите видео, пожалуйста."),
                (Support, "Я арбитр Маркета. Прошу обе стороны прислать фото до пятницы."),
            ],
        );
        self.conversations.open_dispute(chat);
        let chat = self.chat(
            ContextType::Order,
            Some(52_310_470_333),
            "Светлана",
            &[
                (Customer, "Списали деньги дважды 😡"),
                (Market, "Проверяем платёж, это займёт до двух дней."),
            ],
        );
        self.conversations.open_dispute(chat);
        self.edit(chat, |chat| chat.status = ChatStatus::WaitingForMarket);
    }

    /// What the documentation promises never to send, and what a newer service may.
    fn oddities(&mut self) {
        let chat = self.chat(
            ContextType::Order,
            Some(52_310_480_905),
            "Игорь",
            &[
                (Customer, "Сообщение с payload: [null], как в примере документации"),
                (Customer, "Ответьте, пожалуйста 🙏"),
            ],
        );
        self.edit(chat, |chat| chat.messages[0].null_payload = true);
        let chat = self.chat(
            ContextType::Order,
            Some(52_310_481_220),
            "Тимур",
            &[
                (Sender::Unknown("COURIER_BOT".to_owned()), "Курьер уже рядом 🛵"),
                (Customer, "Передайте курьеру, что домофон не работает"),
            ],
        );
        self.edit(chat, |chat| {
            chat.other.insert("unreadCount".to_owned(), json!(1));
            chat.context.other.insert("loyalty".to_owned(), json!({"level": "GOLD"}));
            chat.messages[0].other.insert("reactions".to_owned(), json!(["❤️", {"count": 2}]));
        });
    }

    fn long_history(&mut self) {
        let chat =
            self.chat(ContextType::Order, Some(52_310_499_999), "Екатерина Длиннописова", &[]);
        for number in 1..=130 {
            self.say(chat, Draft::text(Customer, format!("Вопрос № {number}: а чай входит? 🍵")));
            self.say(chat, Draft::text(Partner, format!("Ответ № {number}: да, {number} г.")));
        }
        self.say(chat, Draft::text(Customer, "Последний вопрос: а сахар? 🍬"));
    }

    fn finished_chats(&mut self) {
        for number in 1..=14 {
            let chat = self.chat(
                ContextType::Order,
                Some(52_310_500_000 + number),
                &format!("Покупатель {number}"),
                &[(Customer, "Всё пришло, спасибо! ⭐⭐⭐⭐⭐"), (Partner, "Спасибо за отзыв!")],
            );
            self.edit(chat, |chat| chat.status = ChatStatus::Finished);
            self.pass(-72_000);
        }
    }

    fn great_ids(&mut self) {
        self.big_ids = true;
        self.chat(
            ContextType::Order,
            Some(BEYOND_DOUBLE),
            "Зоя",
            &[
                (Customer, "У моего заказа очень длинный номер 🔢"),
                (Partner, "Видим его, всё в порядке."),
                (Customer, "Тогда жду доставку!"),
            ],
        );
    }
}
