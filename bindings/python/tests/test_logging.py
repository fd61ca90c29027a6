"""One line per call, and never a credential."""

import logging
import traceback

import ymchat
from support import FAKE_KEY, MarketTest

SECRET = "s3cr3t-k3y"


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
