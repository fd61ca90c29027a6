"""A sandbox, the shop's program for it, and the page in a browser."""

import json
import os
import re
import subprocess
import sys
import unittest
import urllib.request

from playwright.sync_api import Page, expect, sync_playwright

SANDBOX, QUICKSTART, *SCREENSHOT = sys.argv[1:]

# Far more than anything here takes: a busy machine upsets nothing.
PATIENCE = int(os.environ.get("PATIENCE", "60000"))


class Market:
    """A sandbox of its own, and the shop's program for it."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen([SANDBOX, *flags], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.fullmatch(r"Simulated Market at (\S+), Api-Key (\S+), businessId (\d+)\n", said)
        assert found, said
        self.url, self.key, self.business = found.groups()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def admin(self, call: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_sandbox{call}", data) as answer:
            return json.load(answer)

    def start_chat(self, text: str, customer: str = "Анна") -> str:
        chat = self.admin("/chats", {"text": text, "customer": customer})
        return str(chat["chatId"])  # type: ignore[index]

    def shop_says(self, chat: str, text: str) -> "subprocess.Popen[str]":
        """The shop's program sends a text, and waits for the customer's reply."""
        environment = {
            **os.environ,
            "YMCHAT_BASE_URL": self.url,
            "YMCHAT_API_KEY": self.key,
            "YMCHAT_BUSINESS_ID": self.business,
        }
        return subprocess.Popen(
            [QUICKSTART, "--send", chat, text],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            # Chromium has no sandbox of its own for root.
            args=["--no-sandbox"],
        )
        cls.addClassCleanup(cls.browser.close)
        expect.set_options(timeout=PATIENCE)

    def market(self, *flags: str) -> Market:
        market = Market(*flags)
        self.addCleanup(market.end)
        return market

    def open(self, market: Market, ready: str = "#messages .bubble", **options: object) -> Page:
        """Opens the page; whatever its console complains about fails the test."""
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options}
        context = self.browser.new_context(**options)
        self.addCleanup(context.close)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(market.url)
        page.wait_for_selector(ready, state="attached")
        return page

    def go(self, page: Page, part: str) -> None:
        page.locator(f"[data-go={part}]").click()
