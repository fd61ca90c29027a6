"""Each exception class, and what it tells."""

import pickle
import socket
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
        # Not the newest, so that it can only come from here.
        admin("POST", f"/chats/{chat}/messages", {"text": "Алло?"})
        self.client.get_messages_since(chat)
        self.fault("close", operation="sendMessageToChat", when="after")
        error = self.raised(
            ymchat.OutcomeUnknown,
            lambda: self.client.send_message(
                chat, "Дошло ли?", resolve=False, after_message_id=known
            ),
        )
        self.assertEqual(error.known.after_message_id, known)
        self.assertEqual(error.outcome, ymchat.FailedSend.UNKNOWN)
        self.assertEqual((error.action, error.retryable), (ymchat.Action.CHECK_HISTORY, False))
        self.assertFalse(error.known.searched)
        self.assertEqual(error.known.candidates, ())

    def test_a_failed_send_says_that_it_did_not_arrive(self):
        error = self.raised(ymchat.NotFound, lambda: self.client.send_message(1, "Кому?"))
        self.assertEqual(error.outcome, ymchat.FailedSend.NOT_SENT)

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
            lambda: self.client.send_message(chat, "Половина\0сообщения"),
            lambda: self.client.send_message(chat, "Полсимвола \ud83d"),
            lambda: self.client.send_file(chat, b"1", name="а\0б"),
            lambda: self.client.create_chat("ORDER\0", 1),
        ):
            with self.assertRaises(ymchat.InvalidArgument):
                call()
        self.assertEqual(admin("GET", "/requests")["requests"], [])

    def test_wrong_types(self):
        for call in (
            lambda: self.client.get_chat("1"),
            lambda: self.client.get_chat(1.5),
            lambda: self.client.send_message(1, b"1"),
            lambda: self.client.get_chats(statuses="NEW"),
            lambda: self.client.get_chats(call_timeout=5),
            lambda: ymchat.Client(api_key="ACMA:k", call_timeout=5),
            lambda: self.client.create_chat(5, 1),
        ):
            with self.assertRaises(TypeError):
                call()
        with self.assertRaises(ymchat.InvalidArgument):
            self.client.get_chat_history(1, limit="viel")

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
            "allow_insecure_http": "yes",
        }.items():
            with self.subTest(name), self.assertRaises(ymchat.InvalidArgument) as caught:
                ymchat.Client(**{"api_key": "ACMA:k", name: value})
            words = name.split("_")
            camel = words[0] + "".join(word.capitalize() for word in words[1:])
            self.assertIn(camel, caught.exception.message)
        # Half a millisecond is a time, not none.
        ymchat.Client(api_key="ACMA:k", connect_timeout=timedelta(microseconds=500)).close()
        with self.assertRaises(TypeError):
            ymchat.Client(api_kee="ACMA:k")


def _raise(error):
    raise error
