"""Each exception class, and what it tells."""

import array
import os
import pickle
import socket
import tempfile
import time
from datetime import timedelta

import ymchat
from support import FAKE_KEY, MarketTest, Silence, admin
from ymchat._errors import BY_STATUS, error_of


class Classes(MarketTest):
    def raised(self, kind, call):
        with self.assertRaises(kind) as caught:
            call()
        error = caught.exception
        self.assertIs(type(error), kind)
        self.assertIsInstance(error, ymchat.Error)
        self.assertEqual(error.status, kind.status)
        self.assertEqual(error.name, ymchat.Status(kind.status).name)
        self.assertEqual(str(error), error.message)
        return error

    def refused(self, kind, fault, **options):
        chat = self.new_chat()
        self.fault(fault, operation="getChat")
        client = self.new_client(max_attempts=1, **options)
        return self.raised(kind, lambda: client.get_chat(chat))

    def test_invalid_argument(self):
        error = self.raised(ymchat.InvalidArgument, lambda: self.client.get_chat(0))
        self.assertIsInstance(error, ValueError)
        self.assertEqual((error.operation, error.attempts), ("getChat", 0))
        self.assertEqual(error.action, ymchat.Action.FIX_REQUEST)
        self.raised(ymchat.InvalidArgument, lambda: ymchat.Client(business_id=1))
        self.raised(ymchat.InvalidArgument, lambda: self.client.get_chats(limit=21))
        self.assertEqual(admin("GET", "/requests")["requests"], [])

    def test_unauthorized(self):
        client = self.new_client(api_key=FAKE_KEY)
        error = self.raised(ymchat.Unauthorized, lambda: client.get_chat(1))
        self.assertEqual((error.http_status, error.retryable), (401, False))
        self.assertEqual(error.action, ymchat.Action.CHECK_CREDENTIALS)
        self.assertTrue(error.errors[0].code)

    def test_forbidden(self):
        error = self.refused(ymchat.Forbidden, {"error": "noAccess"})
        self.assertEqual((error.http_status, error.action), (403, ymchat.Action.GRANT_ACCESS))

    def test_not_found(self):
        error = self.raised(ymchat.NotFound, lambda: self.client.get_chat(1))
        self.assertEqual((error.http_status, error.operation), (404, "getChat"))
        self.assertEqual(len(error.trace_id), 32)
        self.assertIsInstance(error.errors[0], ymchat.ApiError)
        self.assertIn("not found", error.errors[0].message)

    def test_bad_request(self):
        error = self.refused(ymchat.BadRequest, {"error": "badRequest"})
        self.assertEqual((error.http_status, error.attempts), (400, 1))

    def test_rate_limited(self):
        admin("POST", "/quotas", {"getChat": {"used": 1000}})
        chat = self.new_chat()
        error = self.raised(ymchat.RateLimited, lambda: self.client.get_chat(chat))
        self.assertEqual((error.retryable, error.action), (True, ymchat.Action.WAIT))
        self.assertIsInstance(error.retry_after, timedelta)
        self.assertGreater(error.retry_after, timedelta(minutes=50))
        self.assertLessEqual(error.retry_after, timedelta(minutes=61))

    def test_server_error(self):
        error = self.refused(ymchat.ServerError, {"status": 503})
        self.assertEqual((error.http_status, error.retryable), (503, True))

    def test_network_error(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        client = self.new_client(base_url=f"http://127.0.0.1:{port}", max_attempts=2)
        error = self.raised(ymchat.NetworkError, lambda: client.get_chat(1))
        self.assertEqual((error.attempts, error.action), (2, ymchat.Action.RETRY))
        self.assertIsNone(error.http_status)

    def test_timeout(self):
        with Silence() as silence, silence.client(call_timeout=timedelta(seconds=0.3)) as client:
            self.raised(ymchat.Timeout, lambda: client.get_chat(1))

    def test_a_timeout_of_one_call(self):
        quarter = timedelta(seconds=0.25)
        for call in (
            lambda client: client.get_chats(call_timeout=quarter),
            lambda client: client.get_chat_history(1, call_timeout=quarter),
            lambda client: client.get_all_chats(call_timeout=quarter),
            lambda client: client.get_messages_since(1, call_timeout=quarter),
            lambda client: next(client.chats(call_timeout=quarter)),
            lambda client: next(client.messages(1, call_timeout=quarter)),
        ):
            # A client each: the place of a request without an answer is not free at once.
            with Silence() as silence, silence.client() as client:
                began = time.monotonic()
                self.raised(ymchat.Timeout, lambda call=call, client=client: call(client))
                self.assertLess(time.monotonic() - began, 5)

    def test_outcome_unknown(self):
        chat = self.new_chat()
        known = self.client.get_messages_since(chat)[-1].message_id
        self.fault("close", operation="sendMessageToChat", when="after")
        error = self.raised(
            ymchat.OutcomeUnknown,
            lambda: self.client.send_message(
                chat, "Дошло ли?", resolve=False, after_message_id=known
            ),
        )
        self.assertEqual(error.known.after_message_id, known)
        self.assertEqual(error.outcome, ymchat.DeliveryStatus.UNKNOWN)
        self.assertEqual((error.action, error.retryable), (ymchat.Action.CHECK_HISTORY, False))
        self.assertFalse(error.known.searched)
        self.assertEqual(error.known.candidates, ())
        self.assertTrue(error.ticket.isascii())

    def test_a_failed_send_says_that_it_did_not_arrive(self):
        error = self.raised(ymchat.NotFound, lambda: self.client.send_message(1, "Кому?"))
        self.assertEqual(error.outcome, ymchat.DeliveryStatus.NOT_SENT)

    def test_protocol_error(self):
        error = self.refused(ymchat.ProtocolError, "noResult")
        self.assertEqual(error.action, ymchat.Action.CONTACT_SUPPORT)

    def test_internal_and_rejected_have_their_classes(self):
        for kind, status in ((ymchat.Rejected, 13), (ymchat.InternalError, 14)):
            error = error_of(status, {"name": ymchat.Status(status).name, "message": "Так нельзя."})
            self.raised(kind, lambda error=error: _raise(error))

    def test_a_status_of_a_newer_library(self):
        error = error_of(99, {"name": "NEW_ONE", "message": "Неизвестно.", "action": "dance"})
        self.assertIs(type(error), ymchat.Error)
        self.assertEqual((error.status, error.name, error.action), (99, "NEW_ONE", "dance"))

    def test_every_status_but_ok_has_a_class(self):
        self.assertEqual(
            sorted(BY_STATUS), sorted(s for s in ymchat.Status if s is not ymchat.Status.OK)
        )
        self.assertEqual(len(set(BY_STATUS.values())), len(BY_STATUS))

    def test_an_error_can_be_pickled(self):
        error = self.raised(ymchat.NotFound, lambda: self.client.get_chat(1))
        again = pickle.loads(pickle.dumps(error))
        self.assertIs(type(again), ymchat.NotFound)
        self.assertEqual(vars(again), vars(error))


class Arguments(MarketTest):
    def test_what_ctypes_would_silently_change(self):
        chat = self.new_chat()
        for call in (
            lambda: self.client.get_chat((1 << 64) + chat),
            lambda: self.client.create_chat("ORDER\0", 1),
            lambda: self.client.get_chats(page_token="\ud83d"),
        ):
            with self.assertRaises(ymchat.InvalidArgument):
                call()
        self.assertEqual(admin("GET", "/requests")["requests"], [])

    def test_every_refused_send_says_that_it_did_not_arrive(self):
        chat = self.new_chat()
        closed = self.new_client()
        closed.close()
        message, file = self.client.send_message, self.client.send_file
        for operation, named, call in (
            ("sendMessageToChat", "text", lambda: message(chat, "Половина\0сообщения")),
            ("sendMessageToChat", "text", lambda: message(chat, "Полсимвола \ud83d")),
            ("sendMessageToChat", "chat_id", lambda: message(1 << 63, "а")),
            ("sendMessageToChat", "chat_id", lambda: message(0, "а")),
            ("sendMessageToChat", "message", lambda: message(chat, " ")),
            ("sendMessageToChat", "after_message_id", lambda: message(chat, "а", after_message_id=0)),
            (
                "sendMessageToChat",
                "after_message_id",
                lambda: message(chat, "а", after_message_id=1 << 63),
            ),
            ("sendMessageToChat", "closed", lambda: closed.send_message(chat, "а")),
            ("sendFileToChat", "closed", lambda: closed.send_file(chat, b"1", name="а")),
            ("sendFileToChat", "name", lambda: file(chat, b"1", name="а\0б")),
            ("sendFileToChat", "name", lambda: file(chat, b"1", name="\udcff")),
            ("sendFileToChat", "file", lambda: file(chat, b"", name="а")),
            ("sendFileToChat", "file", lambda: file(chat, bytes(5 << 20 | 1), name="а")),
            ("sendFileToChat", "chat_id", lambda: file(-(1 << 63) - 1, b"1", name="а")),
        ):
            with self.assertRaises(ymchat.InvalidArgument) as caught:
                call()
            error = caught.exception
            with self.subTest(error.message):
                self.assertEqual(error.outcome, ymchat.DeliveryStatus.NOT_SENT)
                self.assertEqual(error.operation, operation)
                self.assertEqual((error.attempts, error.retryable), (0, False))
                self.assertEqual(error.action, ymchat.Action.FIX_REQUEST)
                self.assertEqual(error.document["outcome"], "notSent")
                self.assertTrue(error.message.startswith(f"{operation}: "))
                self.assertIn(named, error.message)
        self.assertEqual(admin("GET", "/requests")["requests"], [])

    def test_wrong_types_are_named_as_in_python(self):
        c = self.client
        for sentence, call in (
            ("chat_id must be an int, not str", lambda: c.get_chat("1")),
            ("chat_id must be an int, not float", lambda: c.get_chat(1.5)),
            ("chat_id must be an int, not bool", lambda: c.get_chat(True)),
            ("message_id must be an int, not NoneType", lambda: c.get_chat_message(1, None)),
            ("text must be a str, not bytes", lambda: c.send_message(1, b"1")),
            ("after_message_id must be an int", lambda: c.send_message(1, "1", after_message_id="")),
            ("resend must be True or False", lambda: c.send_message(1, "1", resend="yes")),
            ("name must be a str, not int", lambda: c.send_file(1, b"1", name=5)),
            ("statuses must be a list, not str", lambda: c.get_chats(statuses="NEW")),
            ("statuses[0] must be a str", lambda: c.get_chats(statuses=[5])),
            ("order_ids[0] must be an int", lambda: c.get_all_chats(order_ids=[1.5])),
            ("contexts[0] must be a pair", lambda: c.chats(contexts=["ORDER"])),
            ("contexts[0][1] must be an int", lambda: c.chats(contexts=[("ORDER", "")])),
            ("limit must be an int, not str", lambda: c.get_chat_history(1, limit="viel")),
            ("page_token must be a str, not int", lambda: c.get_chats(page_token=5)),
            ("call_timeout must be a number of seconds", lambda: c.get_chats(call_timeout="5")),
            ("call_timeout must be a number of seconds", lambda: c.get_chats(call_timeout=True)),
            ("context_type must be a str, not int", lambda: c.create_chat(5, 1)),
            ("unexpected keyword argument 'status'", lambda: c.get_chats(status=["NEW"])),
            ("unexpected keyword argument 'resend'", lambda: c.chats(resend=True)),
            ("api_key must be a str, not int", lambda: ymchat.Client(api_key=5)),
            ("max_attempts must be an int", lambda: ymchat.Client(api_key="k", max_attempts="4")),
            ("ca_file must be a path", lambda: ymchat.Client(api_key="k", ca_file=5)),
        ):
            with self.subTest(sentence), self.assertRaises(TypeError) as caught:
                call()
            self.assertIn(sentence, str(caught.exception))
        self.assertEqual(admin("GET", "/requests")["requests"], [])

    def test_times_are_seconds_or_timedeltas(self):
        chat = self.new_chat()
        for time in (5, 2.5, 0.0005, timedelta(seconds=5), timedelta(microseconds=1), 86400):
            self.new_client(call_timeout=time, connect_timeout=5).close()
        self.assertEqual(self.client.get_chat_history(chat, call_timeout=20.5).next_page_token, None)
        for wrong in (0, -1, 0.0, 86400.1, float("nan"), float("inf"), timedelta(days=2)):
            with self.subTest(wrong), self.assertRaises(ymchat.InvalidArgument) as caught:
                ymchat.Client(api_key="ACMA:k", call_timeout=wrong)
            self.assertIn("call_timeout must be", caught.exception.message)
        with Silence() as silence, silence.client(call_timeout=0.3) as client:
            with self.assertRaises(ymchat.Timeout):
                client.get_chat(1)

    def test_a_large_file_is_refused_by_its_size_unread(self):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            # Without a block on the disk.
            file.truncate(400 << 20)
            began = time.monotonic()
            with self.assertRaises(ymchat.InvalidArgument) as caught:
                self.client.send_file(1, file.name)
            self.assertLess(time.monotonic() - began, 5)
            for part in (os.path.basename(file.name), "400.0 MB", "5 MB"):
                self.assertIn(part, caught.exception.message)

    def test_a_file_may_be_lent(self):
        chat = self.new_chat()
        content = bytearray(range(256)) * 9
        for number, data in enumerate((
            bytes(content),
            content,
            memoryview(content),
            memoryview(bytes(content)),
            memoryview(content)[::2],
            array.array("H", content),
        )):
            data = data if not isinstance(data, array.array) else memoryview(data)
            sent = self.client.send_file(chat, data, name=f"{number}.bin")
            self.assertEqual(sent.outcome, "sent")
            newest = self.client.get_messages_since(chat)[-1]
            self.assertEqual(newest.payload[0].size, memoryview(data).nbytes)
        # It is free again.
        content.append(0)

    def test_every_setting_reaches_the_library(self):
        for name, value in {
            "api_key": "Bearer k",
            "oauth_token": "y0 x",
            "business_id": 0,
            "base_url": "ftp://h",
            "integration": "erp",
            "connect_timeout": timedelta(0),
            "attempt_timeout": timedelta(seconds=-1),
            "call_timeout": timedelta(days=2),
            "max_attempts": 0,
            "max_parallel": 101,
            "proxy": "proxy.lan",
            "ca_file": "/nowhere/ca.pem",
            "trust": "none",
            "max_response_bytes": 1,
        }.items():
            with self.subTest(name), self.assertRaises(ymchat.InvalidArgument) as caught:
                ymchat.Client(**{"api_key": "ACMA:k", name: value})
            self.assertIn(name, caught.exception.message)
            self.assertNotRegex(caught.exception.message, "[a-z][A-Z]")
        # Half a millisecond is a time, not none.
        ymchat.Client(api_key="ACMA:k", connect_timeout=timedelta(microseconds=500)).close()
        with self.assertRaises(TypeError):
            ymchat.Client(api_kee="ACMA:k")


def _raise(error):
    raise error
