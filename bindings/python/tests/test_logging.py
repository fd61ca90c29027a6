"""One line per call, and never a credential."""

import json
import logging
import traceback

import ymchat
from support import FAKE_KEY, MarketTest, Script, base_url

SECRET = "s3cr3t-k3y"


class Requests(MarketTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(ymchat.log_requests, None)

    def test_each_request_is_told_where_that_is_asked_for(self):
        chat = self.new_chat()
        self.fault({"status": 503}, operation="getChat", count=1)
        ymchat.log_requests()
        with self.assertLogs("ymchat", logging.DEBUG) as logs:
            self.client.get_chat(chat)
            self.client.send_message(chat, "Секрет самовара")
        lines = [record.getMessage() for record in logs.records]
        end = r", \d+ ms, trace [0-9a-f]{32}$"
        self.assertRegex(lines[0], r"^getChat: attempt 1, SERVER \(HTTP 503\)" + end)
        self.assertRegex(lines[1], r"^getChat: attempt 1 ended with SERVER \(HTTP 503\), the next")
        self.assertRegex(lines[2], r"^getChat: attempt 2, OK \(HTTP 200\)" + end)
        self.assertEqual(logs.records[1].levelno, logging.INFO)
        self.assertNotIn("самовар", "".join(lines))
        ymchat.log_requests(logging.INFO)
        with self.assertLogs("ymchat", logging.DEBUG) as logs:
            self.client.get_chat(chat)
        self.assertEqual(len(logs.records), 1, "the call's own line alone")
        ymchat.log_requests(None)
        with self.assertRaises(TypeError):
            ymchat.log_requests("DEBUG")
        with self.assertRaises(ymchat.InvalidArgument):
            ymchat.log_requests(logging.CRITICAL)

    def test_threads_and_the_end_of_the_program(self):
        settings = {key: self.start[key] for key in ("businessId", "keys")}
        script = Script(
            """
            import json, logging, sys, threading, ymchat
            start, url = json.loads(sys.argv[1]), sys.argv[2]
            logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(message)s")
            ymchat.log_requests()
            client = ymchat.Client(
                api_key=start["keys"]["full"], business_id=start["businessId"], base_url=url
            )
            def work():
                for number in range(20):
                    client.get_chats(limit=1)
                    ymchat.log_requests(logging.INFO if number % 2 else logging.DEBUG)
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # It ends with the log on.
            ymchat.log_requests()
            client.get_chats(limit=1)
            """,
            json.dumps(settings),
            base_url(),
        )
        code, out, err = script.finish()
        self.assertEqual((code, err), (0, ""))
        self.assertIn("getChats: attempt 1, OK (HTTP 200)", out)

    def test_a_handler_that_calls_the_library(self):
        client = self.client
        told = []

        class Handler(logging.Handler):
            def emit(self, record):
                told.append(record.getMessage())
                if len(told) == 1:
                    client.get_chats(limit=1)
                    try:
                        ymchat.log_requests(None)
                    except ymchat.InvalidArgument:
                        told.append("refused")

        handler = Handler()
        logger = logging.getLogger("ymchat")
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.setLevel, logging.NOTSET)
        ymchat.log_requests()
        self.client.get_chats(limit=1)
        self.assertIn("refused", told)


class Lines(MarketTest):
    def test_one_debug_line_per_call(self):
        chat = self.new_chat()
        with self.assertLogs("ymchat", logging.DEBUG) as logs:
            self.client.get_chat(chat)
            with self.assertRaises(ymchat.NotFound):
                self.client.get_chat(1)
            list(self.client.messages(chat))
            self.client.send_message(chat, "Есть.")
            self.fault({"status": 503}, operation="getChat", count=2)
            with self.assertRaises(ymchat.ServerError):
                self.new_client(max_attempts=2).get_chat(chat)
        self.assertEqual([record.levelno for record in logs.records], [logging.DEBUG] * 5)
        lines = [record.getMessage() for record in logs.records]
        self.assertRegex(lines[0], r"^getChat: OK in \d+\.\d ms$")
        self.assertRegex(lines[1], r"^getChat: NOT_FOUND in \d+\.\d ms, 1 attempt$")
        self.assertRegex(lines[2], r"^getChatHistory: OK in ")
        self.assertRegex(lines[3], r"^sendMessageToChat: OK in \d+\.\d ms, 1 attempt$")
        self.assertRegex(lines[4], r"^getChat: SERVER in \d+\.\d ms, 2 attempts$")

    def test_no_credential_anywhere(self):
        seen = []
        with self.assertLogs("ymchat", logging.DEBUG) as logs:
            client = self.new_client(api_key=FAKE_KEY, oauth_token=SECRET)
            seen += [repr(client), str(vars(client)), str(client.stats())]
            for call in (
                client.get_chats,
                lambda: client.send_message(1, "а"),
                lambda: ymchat.Client(api_key=f"Bearer {SECRET}"),
                lambda: ymchat.Client(api_key=f"{SECRET}\n"),
                lambda: ymchat.Client(api_key=f"{SECRET} ключ"),
                lambda: ymchat.Client(api_key="ACMA:k", proxy=f"http://u:{SECRET}@"),
                lambda: ymchat.Client(api_key="ACMA:k", base_url=f"https://u:{SECRET}@h"),
            ):
                try:
                    call()
                except ymchat.Error as error:
                    seen += [repr(error), str(error), str(vars(error)), traceback.format_exc()]
                else:
                    self.fail("that should have failed")
        seen += logs.output
        self.assertGreater(len(seen), 20)
        for text in seen:
            # The lines of this file in a traceback hold the variable's name, not the secret.
            self.assertNotIn(SECRET, text)
