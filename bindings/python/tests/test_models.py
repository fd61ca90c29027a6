"""What the service sends becomes dataclasses, whatever a newer service puts in."""

import copy
import dataclasses
import pickle
import unittest
from datetime import datetime, timedelta, timezone

import ymchat
from support import MarketTest, admin
from ymchat import _models
from ymchat._dates import _lenient, moment


class NewerService(MarketTest):
    def test_an_unknown_sender_and_unknown_members(self):
        chat = next(chat for chat in self.client.chats() if "unreadCount" in chat.raw)
        self.assertEqual(chat.raw["unreadCount"], 1)
        self.assertEqual(chat.context.raw["loyalty"], {"level": "GOLD"})
        message = next(m for m in self.client.messages(chat.chat_id) if "reactions" in m.raw)
        self.assertEqual(message.sender, "COURIER_BOT")
        self.assertIs(type(message.sender), str)
        self.assertEqual(message.raw["reactions"], ["❤️", {"count": 2}])

    def test_an_unknown_status(self):
        chat = self.new_chat()
        admin("POST", f"/chats/{chat}/status", {"status": "WAITING_FOR_ALIENS"})
        status = self.client.get_chat(chat).status
        self.assertEqual((status, type(status)), ("WAITING_FOR_ALIENS", str))

    def test_a_null_among_the_files(self):
        chats = self.client.get_chats(order_ids=[52_310_480_905]).chats
        messages = self.client.get_messages_since(chats[0].chat_id)
        self.assertEqual(messages[0].raw["payload"], [None])
        self.assertEqual(messages[0].payload, ())

    def test_a_page_of_another_shape(self):
        for raw in (
            {"messages": [{"messageId": "7", "createdAt": "", "sender": "MARKET"}]},
            {"messages": [{"createdAt": "", "sender": "MARKET"}]},
            {"messages": [[]]},
            {"messages": [{"messageId": 7, "createdAt": 5, "sender": "MARKET"}]},
            {"messages": [{"messageId": 7, "createdAt": "", "sender": {}}]},
            {
                "messages": [
                    {"messageId": 7, "createdAt": "", "sender": "MARKET", "payload": {"a": 1}}
                ]
            },
            {"messages": None},
        ):
            with self.subTest(raw=raw), self.assertRaises(_models.MISSHAPEN):
                _models.to_messages(raw)

    def test_the_caller_sees_a_protocol_error(self):
        def convert(_):
            raise KeyError("messageId")

        operation = self.client._operation("getChat")
        with self.assertRaises(ymchat.ProtocolError) as caught:
            self.client._call(operation, convert, self.client._library.ymchat_client_stats)
        self.assertEqual(caught.exception.operation, "getChat")

    def test_dates_with_fractions_and_other_offsets(self):
        admin("POST", "/switches", {"fractions": True, "utcOffsetMinutes": -210})
        chat = self.client.get_chat(self.new_chat())
        self.assertIn(".", chat.raw["createdAt"])
        self.assertEqual(chat.created_at.utcoffset(), timedelta(hours=-3, minutes=-30))


class Words(unittest.TestCase):
    def test_they_are_their_texts(self):
        sender = ymchat.Sender.CUSTOMER
        self.assertEqual((sender, str(sender), f"{sender}"), ("CUSTOMER",) * 3)
        self.assertEqual(f"{sender:>10}", "  CUSTOMER")
        self.assertEqual({"CUSTOMER": 1}[sender], 1)

    def test_known_ones_are_members(self):
        raw = {"messageId": 1, "createdAt": "2024-05-01T10:00:00+03:00", "sender": "SUPPORT"}
        self.assertIs(_models.to_message(raw).sender, ymchat.Sender.SUPPORT)


class Records(unittest.TestCase):
    RAW = {
        "messageId": 1 << 60,
        "createdAt": "2024-05-01T10:00:00+03:00",
        "sender": "CUSTOMER",
        "message": "Вот 👇",
        "payload": [{"name": "а.png", "url": "https://x.yandex.ru/1", "size": 5, "width": 7}],
    }

    def test_a_record_is_a_frozen_dataclass_with_slots(self):
        message = _models.to_message(self.RAW)
        self.assertTrue(dataclasses.is_dataclass(message))
        for name in ("message", "novelty"):
            with self.assertRaises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
                setattr(message, name, "другое")
        self.assertFalse(hasattr(message, "__dict__"))
        self.assertIs(message.raw, self.RAW)
        changed = dataclasses.replace(message, text="другое")
        self.assertEqual((changed.text, changed.message_id), ("другое", 1 << 60))
        self.assertNotEqual(changed, message)
        self.assertNotEqual(message, 5)

    def test_raw_is_neither_compared_nor_printed(self):
        message = _models.to_message(self.RAW)
        other = _models.to_message({**self.RAW, "novelty": 1})
        self.assertEqual((message, hash(message)), (other, hash(other)))
        self.assertNotIn("raw", repr(message))
        self.assertIn("text='Вот 👇'", repr(message))

    def test_it_can_be_copied_and_pickled(self):
        message = _models.to_message(self.RAW)
        for other in (
            copy.copy(message),
            copy.deepcopy(message),
            pickle.loads(pickle.dumps(message)),
        ):
            self.assertEqual(other, message)
            self.assertEqual(other.raw, self.RAW)
            self.assertEqual(other.payload[0].raw["width"], 7)

    def test_slots_and_fields_agree(self):
        for kind in vars(ymchat).values():
            if dataclasses.is_dataclass(kind):
                names = [field.name for field in dataclasses.fields(kind)]
                self.assertEqual(sorted(kind.__slots__), sorted(names), kind)


class Dates(unittest.TestCase):
    def test_whatever_iso_8601_allows(self):
        moscow = timezone(timedelta(hours=3))
        for text, wanted in {
            "2024-05-01T10:11:12+03:00": datetime(2024, 5, 1, 10, 11, 12, tzinfo=moscow),
            "2024-05-01T10:11:12Z": datetime(2024, 5, 1, 10, 11, 12, tzinfo=timezone.utc),
            "2024-05-01T10:11:12z": datetime(2024, 5, 1, 10, 11, 12, tzinfo=timezone.utc),
            "2024-05-01T10:11:12.5+03:00": datetime(2024, 5, 1, 10, 11, 12, 500_000, moscow),
            "2024-05-01T10:11:12,25Z": datetime(2024, 5, 1, 10, 11, 12, 250_000, timezone.utc),
            "2024-05-01T10:11:12.123+03:00": datetime(2024, 5, 1, 10, 11, 12, 123_000, moscow),
            "2024-05-01T10:11:12.1234567+03:00": datetime(2024, 5, 1, 10, 11, 12, 123_456, moscow),
            "2024-05-01T10:11:12.123456789Z": datetime(
                2024, 5, 1, 10, 11, 12, 123_456, timezone.utc
            ),
            "2024-05-01T10:11:12+0300": datetime(2024, 5, 1, 10, 11, 12, tzinfo=moscow),
            "2024-05-01T10:11:12+03": datetime(2024, 5, 1, 10, 11, 12, tzinfo=moscow),
            "2024-05-01 10:11:12.5-03:30": datetime(
                2024, 5, 1, 10, 11, 12, 500_000, timezone(timedelta(hours=-3, minutes=-30))
            ),
        }.items():
            with self.subTest(text):
                at = moment(text)
                self.assertEqual(at, wanted)
                self.assertEqual(at.utcoffset(), wanted.utcoffset())
                # Newer Pythons read most of them by themselves.
                self.assertEqual(_lenient(text), wanted)

    def test_what_is_no_moment(self):
        for text in (
            None,
            "",
            "вчера",
            "2024-05-01T10:11:12",
            "2024-13-01T10:11:12Z",
            "2024-05-01",
        ):
            with self.subTest(text):
                self.assertIsNone(moment(text))
        self.assertIsNone(moment("2024-05-01T10:11:12.5+99:00"))
