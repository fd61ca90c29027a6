"""The answers that the server gives: pages of a Russian chat, the same bytes in every run."""

import json
import random
from datetime import datetime, timedelta, timezone

MESSAGES_PER_PAGE = 100
# The size that the targets were set for; another size would measure something else.
PAGE_BYTES = 40_000

MOSCOW = timezone(timedelta(hours=3))
NAMES = ["Анна", "Сергей Петрович", "Ольга", "Дмитрий", "Екатерина", "Игорь", "Мария Ивановна", "Рустам"]
GOODS = ["чайник", "детский комбинезон", "наушники", "набор кастрюль", "настольная лампа", "кроссовки", "рюкзак"]
CUSTOMER = [
    "Здравствуйте! Подскажите, пожалуйста, когда отправите {goods}?",
    "Меня зовут {name}, заказ № {order}.",
    "Курьер обещал приехать до обеда, но так и не позвонил 😕",
    "Коробка пришла помятой, а внутри не хватает инструкции.",
    "В описании указано «в комплекте 2 шт.», а приехала одна штука.",
    "Спасибо большое, всё работает, {goods} очень понравился! 👍",
    "Можно ли поменять размер, если бирки ещё не срезаны?",
    "Хочу оформить возврат: цвет совсем не такой, как на фотографии.",
    "Сколько дней хранится заказ в пункте выдачи?",
    "Прикладываю фотографии упаковки и чека.\nНа второй видно трещину.",
]
PARTNER = [
    "Добрый день, {name}! Спасибо, что обратились к нам.",
    "Мы уже передали {goods} в службу доставки, номер отправления {order}.",
    "Приносим извинения за задержку — склад был закрыт на инвентаризацию.",
    "Пожалуйста, пришлите фотографию товара и заводской этикетки.",
    "Проверили заказ № {order}: вложение \"инструкция\" действительно забыли.",
    "Вышлем недостающее сегодня же, платить за доставку не нужно 🙏",
    "Гарантия на {goods} — 12 месяцев со дня покупки.",
    "Возврат можно оформить в разделе «Мои заказы» в течение 7 дней.",
    "Если появятся вопросы, напишите нам, ответим за 15–20 минут.",
]
SENTENCES = {"CUSTOMER": CUSTOMER, "PARTNER": PARTNER, "MARKET": PARTNER, "SUPPORT": PARTNER}


def page(number=1, next_token=None):
    """One page of the history as the service writes it: compact, with Cyrillic unescaped."""
    chance = random.Random(number)
    first_id = 1_000_000_000 + number * MESSAGES_PER_PAGE
    at = datetime(2024, 3, 5, 9, 0, tzinfo=MOSCOW) + timedelta(hours=number)
    messages = []
    written = 0
    for index in range(MESSAGES_PER_PAGE):
        at += timedelta(seconds=chance.randint(5, 30))
        # Lengths vary from message to message, but the page's stays where it belongs.
        due = PAGE_BYTES * (index + 1) // MESSAGES_PER_PAGE - written
        message = _message(chance, first_id + index, at, due + chance.randint(-200, 100))
        written += len(_compact(message))
        messages.append(message)
    result = {
        "orderId": 530_123_456_789,
        "context": {"type": "ORDER", "orderId": 530_123_456_789, "campaignId": 21_098_765},
        "messages": messages,
        "paging": {"nextPageToken": next_token} if next_token else {},
    }
    body = _compact({"status": "OK", "result": result})
    if abs(len(body) - PAGE_BYTES) > PAGE_BYTES // 40:
        raise AssertionError(f"page {number} has {len(body)} bytes, not about {PAGE_BYTES}")
    return body


def _compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _message(chance, message_id, at, size):
    """A message of about `size` bytes, but never without a sentence."""
    sender = chance.choices(list(SENTENCES), [50, 44, 3, 3])[0]
    message = {"messageId": message_id, "createdAt": at.isoformat(), "sender": sender, "message": ""}
    if chance.random() < 0.06:
        number = chance.randint(1000, 9999)
        message["payload"] = [
            {
                "name": f"фото_{number}.jpg",
                "url": f"https://files.example/chat/{message_id}/{number}",
                "size": chance.randint(40_000, 4_000_000),
            }
        ]
    for sentence in chance.sample(SENTENCES[sender], 6):
        if message["message"] and len(_compact(message)) >= size:
            break
        message["message"] += " " * bool(message["message"]) + sentence.format(
            name=chance.choice(NAMES),
            goods=chance.choice(GOODS),
            order=chance.randint(530_000_000_000, 539_999_999_999),
        )
    return message


def write_pages(folder, count):
    """A chat of `count` pages; the token of each page is the next one's file name."""
    for number in range(1, count + 1):
        token = page_token(number + 1) if number < count else None
        (folder / f"{page_token(number)}.json").write_bytes(page(number, token))


def page_token(number):
    """The token, and file name, of a page."""
    return f"page-{number:04}"
