"""Every operation, against the simulated Market."""

import os
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

import ymchat
from support import GREAT_ID, MarketTest, admin

LONG_ORDER = 52_310_499_999


def _peak_memory():
    """The most bytes that this process has had at a time since the last call."""
    with open("/proc/self/status", encoding="ascii") as status:
        [line] = [line for line in status if line.startswith("VmHWM:")]
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return int(line.split()[1]) * 1024


class Reading(MarketTest):
    def test_a_page_of_chats(self):
        first = self.client.get_chats(limit=3)
        self.assertEqual(len(first.chats), 3)
        second = self.client.get_chats(limit=3, page_token=first.next_page_token)
        ids = {chat.chat_id for chat in first.chats + second.chats}
        self.assertEqual(len(ids), 6)

    def test_every_filter_reaches_the_market(self):
        order = self.new_chat(contextType="ORDER", contextId=777)
        back = self.new_chat(contextType="RETURN", contextId=888)

        def chats(**filters):
            page = self.client.get_chats(limit=20, **filters)
            self.assertTrue(page.chats)
            return page.chats

        def found(**filters):
            return {chat.chat_id for chat in chats(**filters)}

        self.assertEqual(found(order_ids=[777]), {order})
        self.assertEqual(
            found(contexts=[("ORDER", 777), (ymchat.ContextType.RETURN, 888)]), {order, back}
        )
        of_returns = chats(context_types=[ymchat.ContextType.RETURN])
        self.assertEqual({chat.context.type for chat in of_returns}, {"RETURN"})
        disputes = chats(types=[ymchat.ChatType.ARBITRAGE])
        self.assertEqual({chat.type for chat in disputes}, {"ARBITRAGE"})
        statuses = [ymchat.ChatStatus.FINISHED, "WAITING_FOR_MARKET"]
        self.assertEqual({chat.status for chat in chats(statuses=statuses)}, set(statuses))

    def test_a_chat(self):
        number = self.new_chat(
            contextType="ORDER", contextId=777, customer="Анна 👩", text="Где он?"
        )
        chat = self.client.get_chat(number)
        self.assertEqual((chat.chat_id, chat.type), (number, ymchat.ChatType.CHAT))
        self.assertEqual(chat.status, admin("GET", f"/chats/{number}")["chat"]["status"])
        self.assertEqual(
            (chat.context.type, chat.context.order_id), (ymchat.ContextType.ORDER, 777)
        )
        self.assertEqual(chat.context.customer.name, "Анна 👩")
        self.assertEqual(chat.created_at.utcoffset(), timedelta(hours=3))
        age = datetime.now(timezone.utc) - chat.created_at
        self.assertLess(abs(age), timedelta(minutes=1))
        self.assertEqual(chat.raw["chatId"], number)

    def test_a_page_of_messages_and_the_next(self):
        chat = self.long_chat()
        first = self.client.get_chat_history(chat, limit=100)
        self.assertEqual((len(first.messages), first.context.order_id), (100, LONG_ORDER))
        second = self.client.get_chat_history(chat, limit=100, page_token=first.next_page_token)
        self.assertFalse(set(first.messages) & set(second.messages))
        newest = max(message.message_id for message in second.messages)
        rest = self.client.get_chat_history(chat, limit=100, message_id_from=newest)
        self.assertTrue(all(message.message_id >= newest for message in rest.messages))
        self.assertIsNone(rest.next_page_token)

    def test_a_message(self):
        chat = self.new_chat(text="Привет 👋\nКак дела?")
        number = self.client.get_messages_since(chat)[0].message_id
        message = self.client.get_chat_message(chat, number)
        self.assertEqual(message.text, "Привет 👋\nКак дела?")
        self.assertEqual(message.sender, ymchat.Sender.CUSTOMER)
        self.assertEqual(message.payload, ())

    def test_all_chats(self):
        everything = self.client.get_all_chats(limit=7)
        ids = [chat.chat_id for chat in everything]
        self.assertEqual(sorted(ids), sorted(_known_chats()))
        self.assertEqual(len(ids), len(set(ids)))
        finished = self.client.get_all_chats(statuses=["FINISHED"])
        self.assertEqual({chat.status for chat in finished}, {ymchat.ChatStatus.FINISHED})

    def test_messages_since(self):
        admin("POST", "/switches", {"historyOrder": "descending"})
        chat = self.long_chat()
        messages = self.client.get_messages_since(chat, limit=50)
        ids = [message.message_id for message in messages]
        self.assertEqual((len(ids), ids), (261, sorted(ids)))
        self.assertEqual(self.client.get_messages_since(chat, ids[-3]), messages[-2:])

    def test_shops_and_key(self):
        shops = self.client.get_campaigns(limit=2)
        self.assertEqual(len(shops.campaigns), 2)
        more = self.client.get_campaigns(limit=2, page_token=shops.next_page_token)
        names = [shop.domain for shop in shops.campaigns + more.campaigns]
        self.assertIn("Лавка «Самовар» Экспресс", names)
        self.assertEqual(shops.campaigns[0].business.id, self.start["businessId"])
        self.assertEqual(shops.campaigns[0].placement_type, "FBS")
        key = self.new_client(business_id=None).get_token_info().api_key
        self.assertEqual((key.name, key.auth_scopes), ("full", ("ALL_METHODS",)))

    def long_chat(self):
        return self.client.get_chats(order_ids=[LONG_ORDER]).chats[0].chat_id


class Iterators(MarketTest):
    def test_nothing_is_asked_for_in_advance(self):
        def asked():
            return len(admin("GET", "/requests")["requests"])

        chats = self.client.chats(page_size=5)
        self.assertEqual(asked(), 0)
        first = next(chats)
        self.assertEqual(asked(), 1)
        for _ in range(4):
            next(chats)
        self.assertEqual(asked(), 1)
        next(chats)
        self.assertEqual(asked(), 2)
        rest = list(chats)
        everything = {chat.chat_id for chat in self.client.get_all_chats()}
        self.assertEqual(len(rest) + 6, len(everything))
        self.assertIn(first.chat_id, everything)

    def test_the_market_is_asked_for_newer_messages_alone(self):
        chat = self.client.get_chats(order_ids=[LONG_ORDER]).chats[0].chat_id
        newest = self.client.get_messages_since(chat)[-1].message_id
        admin("DELETE", "/record")
        self.assertEqual(list(self.client.messages(chat, after=newest)), [])
        self.assertEqual(len(admin("GET", "/requests")["requests"]), 1)

    def test_filters(self):
        chats = list(self.client.chats(statuses=["FINISHED"], page_size=3))
        self.assertEqual(chats, self.client.get_all_chats(statuses=["FINISHED"]))
        self.assertGreater(len(chats), 3)

    def test_messages_after_one_whatever_the_market_does(self):
        for order in ("ascending", "descending"):
            for bound in ("inclusive", "exclusive"):
                for empty in (True, False):
                    with self.subTest(order=order, bound=bound, empty=empty):
                        admin(
                            "POST",
                            "/switches",
                            {"historyOrder": order, "messageIdFrom": bound, "emptyPages": empty},
                        )
                        chat = self.client.get_chats(order_ids=[LONG_ORDER]).chats[0].chat_id
                        everything = self.client.get_messages_since(chat)
                        seen = list(self.client.messages(chat, page_size=100))
                        self.assertEqual(sorted(seen, key=lambda m: m.message_id), everything)
                        after = everything[99].message_id
                        newer = list(self.client.messages(chat, after=after, page_size=60))
                        newer.sort(key=lambda message: message.message_id)
                        self.assertEqual(newer, everything[100:])


class Writing(MarketTest):
    def test_a_text(self):
        chat = self.new_chat()
        text = "Здравствуйте! Отправим завтра 🚚, «как обещали»\n👩‍👩‍👧"
        plain = self.client.send_message(chat, text)
        self.assertEqual((plain.outcome, plain.attempts), (ymchat.SendOutcome.SENT, 1))
        sent = self.client.send_message(chat, text, return_message_id=True)
        message = self.client.get_chat_message(chat, sent.message_id)
        self.assertEqual((message.text, message.sender), (text, ymchat.Sender.PARTNER))

    def test_a_lost_answer_is_looked_up(self):
        chat = self.new_chat()
        known = self.client.get_messages_since(chat)[-1].message_id
        self.fault("close", operation="sendMessageToChat", when="after")
        sent = self.client.send_message(chat, "Один раз", after_message_id=known)
        self.assertEqual(sent.outcome, ymchat.SendOutcome.CONFIRMED)
        texts = [message.text for message in self.client.get_messages_since(chat, known)]
        self.assertEqual(texts, ["Один раз"])
        self.assertEqual(self.client.stats().sends.confirmed, 1)

    def test_a_message_that_did_not_arrive_is_sent_again_where_that_is_asked_for(self):
        chat = self.new_chat()
        known = self.client.get_messages_since(chat)[-1].message_id
        self.fault("close", operation="sendMessageToChat")
        sent = self.client.send_message(chat, "Ещё раз", after_message_id=known, resend=True)
        self.assertEqual(sent.attempts, 2)
        self.assertEqual(len(self.client.get_messages_since(chat, known)), 1)

    def test_a_ticket_makes_a_send_arrive_once(self):
        chat = self.new_chat()
        ticket = self.client.prepare_send(chat, "Ровно раз")
        self.assertTrue(ticket.isascii() and len(ticket) <= 512)
        for outcome in ymchat.SendOutcome.SENT, ymchat.SendOutcome.CONFIRMED:
            sent = self.client.send_message(chat, "Ровно раз", ticket=ticket, call_timeout=30)
            self.assertEqual(sent.outcome, outcome)
        with self.assertRaisesRegex(ymchat.InvalidArgument, "another text"):
            self.client.send_message(chat, "Два раза", ticket=ticket)
        ticket = self.client.prepare_send(chat, file_name="a.png", file_size=3)
        self.client.send_file(chat, b"png", name="a.png", ticket=ticket)
        with self.assertRaisesRegex(ymchat.InvalidArgument, "needs either"):
            self.client.prepare_send(chat)

    def test_what_may_have_arrived_goes_on_with_the_ticket_of_its_error(self):
        chat = self.new_chat()
        self.fault("close", operation="sendMessageToChat", when="after")
        with self.assertRaises(ymchat.OutcomeUnknown) as caught:
            self.client.send_message(chat, "Дошло?", resolve=False)
        sent = self.client.send_message(chat, "Дошло?", ticket=caught.exception.ticket)
        self.assertEqual(sent.outcome, ymchat.SendOutcome.CONFIRMED)

    def test_a_file_from_bytes_and_from_a_path(self):
        chat = self.new_chat()
        data = bytes(range(256)) * 4
        self.client.send_file(chat, data, name="самовар 🫖.bin")
        self.client.send_file(chat, bytearray(data), name="б.bin")
        self.client.send_file(chat, memoryview(data), name="в.bin")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "чек.txt")
            with open(path, "wb") as file:
                file.write("1 200 ₽".encode())
            sent = self.client.send_file(chat, path, return_message_id=True)
            self.client.send_file(chat, _Path(path), name="другое имя.txt")
        self.assertEqual(
            self.client.get_chat_message(chat, sent.message_id).payload[0].name, "чек.txt"
        )
        files = [m.payload[0] for m in self.client.get_messages_since(chat) if m.payload]
        self.assertEqual(
            [(file.name, file.size) for file in files],
            [
                ("самовар 🫖.bin", 1024),
                ("б.bin", 1024),
                ("в.bin", 1024),
                ("чек.txt", len("1 200 ₽".encode())),
                ("другое имя.txt", len("1 200 ₽".encode())),
            ],
        )
        self.assertTrue(files[0].url.startswith("http"))
        with self.assertRaises(TypeError):
            self.client.send_file(chat, b"1")
        with self.assertRaises(FileNotFoundError):
            self.client.send_file(chat, "/nowhere/чек.txt")

    @unittest.skipUnless(sys.platform == "linux", "measures memory by /proc")
    def test_a_file_of_a_path_is_held_once(self):
        chat = self.new_chat()
        size = 5 * 1024 * 1024
        self.client.send_file(chat, b"1", name="a.bin")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.bin")
            with open(path, "wb") as file:
                for _ in range(size // 4096):
                    file.write(bytes(4096))
            _peak_memory()
            before = _peak_memory()
            self.client.send_file(chat, path)
            grown = _peak_memory() - before
        self.assertLess(grown, size * 1.6)

    def test_a_new_chat(self):
        created = self.client.create_chat("ORDER", 424_242)
        again = self.client.create_chat(ymchat.ContextType.ORDER, 424_242)
        self.assertEqual(created, again)
        self.assertEqual(self.client.get_chat(created.chat_id).context.order_id, 424_242)

    def test_ids_beyond_what_a_double_holds(self):
        chat = max(self.client.get_all_chats(), key=lambda chat: chat.chat_id)
        self.assertGreater(chat.chat_id, 1 << 53)
        self.assertEqual(chat.context.order_id, GREAT_ID)
        sent = self.client.send_message(chat.chat_id, "Точно", return_message_id=True)
        self.assertGreater(sent.message_id, 1 << 53)
        self.assertEqual(
            self.client.get_chat_message(chat.chat_id, sent.message_id).text, "Точно"
        )
        created = self.client.create_chat("RETURN", GREAT_ID + 2)
        self.assertEqual(self.client.get_chat(created.chat_id).context.return_id, GREAT_ID + 2)

    def test_stats(self):
        chat = self.new_chat()
        self.client.send_message(chat, "1")
        self.client.send_message(chat, "2")
        stats = self.client.stats()
        by_name = {operation.operation: operation for operation in stats.operations}
        self.assertEqual(by_name["sendMessageToChat"].attempts, 2)
        self.assertEqual(by_name["sendMessageToChat"].quota_limit, 1000)
        self.assertEqual(by_name["sendMessageToChat"].quota_remaining, 998)
        self.assertIsInstance(by_name["sendMessageToChat"].waited, timedelta)
        self.assertEqual((stats.sends.sent, stats.sends.unknown), (2, 0))


def _known_chats():
    return (record["chat"]["chatId"] for record in admin("GET", "/chats"))


class _Path:
    def __init__(self, path):
        self._path = path

    def __fspath__(self):
        return self._path
