"""The Market's notifications: whatever comes from outside is answered."""

import json
import unittest

import ymchat

from support import GREAT_ID

SENT = {
    "notificationType": "CHAT_MESSAGE_SENT",
    "businessId": 5,
    "chatId": 7,
    "messageId": str(GREAT_ID),
    "sentAt": "2026-03-05T09:00:00+03:00",
    "text": "ещё \0 поле",
}


class Notifications(unittest.TestCase):
    def test_a_message_is_told_with_exact_ids(self):
        body = json.dumps(SENT).encode()
        for given in (body, bytearray(body), memoryview(body), memoryview(body).cast("B")):
            told = ymchat.parse_notification(given, name="Лавка", version="2.0")
            self.assertTrue(told.accepted)
            self.assertIs(told.type, ymchat.NotificationType.CHAT_MESSAGE_SENT)
            self.assertEqual((told.business_id, told.chat_id, told.message_id), (5, 7, GREAT_ID))
            self.assertEqual(told.key, f"CHAT_MESSAGE_SENT:5:7:{GREAT_ID}")
            self.assertEqual(told.notification, SENT)
            self.assertEqual(told.reply.http_status, 200)
            reply = json.loads(told.reply.body)
            self.assertEqual((reply["name"], reply["version"]), ("Лавка", "2.0"))

    def test_other_types_are_handed_on(self):
        told = ymchat.parse_notification(b'{"notificationType": "ORDER_CREATED", "orderId": 8}')
        self.assertEqual((told.accepted, told.type, told.chat_id), (True, "ORDER_CREATED", None))
        self.assertEqual(told.notification["orderId"], 8)
        ping = ymchat.parse_notification(b'{"notificationType": "PING"}')
        self.assertEqual((ping.type, ping.reply.http_status), (ymchat.NotificationType.PING, 200))

    def test_what_is_no_notification_is_answered_with_400(self):
        for body in (b"", b"{", b"\xff", b"[]", b'{"notificationType": 5}', b"\0", b" " * 65537):
            told = ymchat.parse_notification(body)
            self.assertEqual((told.accepted, told.type, told.key), (False, "", ""))
            self.assertIsNone(told.notification)
            self.assertEqual(told.reply.http_status, 400)
            self.assertEqual(json.loads(told.reply.body)["error"]["type"], "WRONG_EVENT_FORMAT")

    def test_foreign_addresses_are_answered_with_403(self):
        body = json.dumps(SENT).encode()
        ours = {"allow_from": ["10.0.0.0/8"]}
        for address, more, status in (
            ("5.45.207.9", {}, 200),
            ("[::ffff:5.45.207.9]:50112", {}, 200),
            ("127.0.0.1", {}, 403),
            ("", {}, 403),
            ("10.1.2.3", ours, 200),
            ("5.45.207.9", ours, 403),
        ):
            told = ymchat.parse_notification(body, remote_address=address, **more)
            self.assertEqual(told.reply.http_status, status, address)

    def test_wrong_arguments_are_named_as_in_python(self):
        for wrong, named in (
            ({"name": ""}, "name"),
            ({"version": "x" * 101}, "version"),
            ({"allow_from": ["10.0.0.0/8"]}, "remote_address"),
            ({"remote_address": "5.45.207.9", "allow_from": ["moscow"]}, "allow_from"),
        ):
            with self.assertRaises(ymchat.InvalidArgument) as refused:
                ymchat.parse_notification(b"{}", **wrong)
            self.assertIn(named, str(refused.exception))
            self.assertEqual(refused.exception.operation, "parse_notification")
        for wrong in ({"name": 5}, {"remote_address": "5.45.207.9", "allow_from": "10.0.0.0/8"}):
            with self.assertRaises(TypeError):
                ymchat.parse_notification(b"{}", **wrong)
        with self.assertRaises(TypeError):
            ymchat.parse_notification("{}")
