"""The page of the simulated Market, in a real browser.

    python page_test.py SANDBOX QUICKSTART [SCREENSHOT]

SANDBOX and QUICKSTART are the programs ymchat-sandbox and examples/quickstart; SCREENSHOT is the
file that a picture of the page goes to. Needs playwright, axe-playwright-python, for the picture
pillow, and a Chromium (CHROMIUM names another one than Debian's). PATIENCE is in milliseconds, and
ONLY the names of single tests, such as PageTest.test_the_end_of_the_sandbox_shows.
"""

import io
import json
import os
import re
import subprocess
import sys
import unittest
import urllib.request
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect, sync_playwright

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SANDBOX, QUICKSTART, *SCREENSHOT = sys.argv[1:]

# Far more than anything here takes: a busy machine upsets nothing.
PATIENCE = int(os.environ.get("PATIENCE", "60000"))

MALICE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


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

    def test_a_whole_conversation_with_the_shop(self) -> None:
        market = self.market()
        page = self.open(market)
        page.get_by_role("button", name="New chat").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Customer's name").fill("Вера")
        dialog.get_by_label("About").select_option("ORDER")
        dialog.get_by_label("Order or return id").fill("52310555001")
        dialog.get_by_label("First message").fill("Здравствуйте! Когда приедет самовар?")
        dialog.get_by_role("button", name="Start").click()
        title = page.get_by_role("heading", name="Вера")
        expect(title).to_be_visible()
        log = page.get_by_role("log")
        expect(log).to_contain_text("not read by the program yet")
        chat = re.search(r"chat (\d+)", page.locator("#talk-about").inner_text())
        assert chat
        twice = page.locator("#twice")
        expect(twice).to_contain_text("has not said anything yet")

        shop = market.shop_says(chat[1], "Здравствуйте, Вера! Завтра с 10 до 14.")
        expect(log).to_contain_text("Завтра с 10 до 14.")
        expect(log).to_contain_text(re.compile(r"read by request \d+"))
        expect(log.locator(".by-shop .fate")).to_have_text(re.compile(r"request \d+, acknowledged"))
        page.get_by_label("Message", exact=True).fill("Спасибо! А можно после 18?")
        page.keyboard.press("Enter")
        said, _ = shop.communicate(timeout=60)
        self.assertEqual(shop.returncode, 0, said)
        self.assertIn("Customer: Спасибо! А можно после 18?", said)

        page.get_by_role("button", name="Lose the next answer").click()
        expect(page.locator("#waiting")).to_contain_text("close · sendMessageToChat")
        shop = market.shop_says(chat[1], "Можно, привезём с 18 до 21.")
        expect(log).to_contain_text("Можно, привезём с 18 до 21.")
        expect(log.locator(".by-shop .fate").last).to_have_text(
            re.compile(r"request \d+, whose sender was not told that it arrived"))
        expect(page.locator("#waiting")).to_be_empty()
        page.get_by_label("Message", exact=True).fill("Отлично, жду!")
        page.get_by_role("button", name="Send", exact=True).click()
        said, _ = shop.communicate(timeout=60)
        self.assertEqual(shop.returncode, 0, said)
        self.assertIn("\n  confirmed, message ", said)
        expect(twice).to_have_text("Nothing was said twice (2 messages sent).")
        expect(twice).to_have_class("finding good")
        sends = page.locator("#requests > li").filter(has_text="sendMessageToChat")
        expect(sends).to_have_count(2)
        expect(sends.first).to_contain_text("no answer")
        expect(sends.last).to_contain_text("200")
        self.assertEqual(market.admin("/verdict")["saidTwice"], [])  # type: ignore[index]
        sends.first.locator("summary").click()
        expect(sends.first).to_contain_text("Можно, привезём с 18 до 21.")
        sends.first.locator("summary").click()
        if SCREENSHOT:
            page.locator("body").click(position={"x": 700, "y": 500})
            self.keep_small(page.screenshot(), SCREENSHOT[0])

        # Had the shop said it again, the page would tell.
        shop = market.shop_says(chat[1], "Можно, привезём с 18 до 21.")
        expect(twice).to_contain_text("1 message was said twice.")
        expect(twice).to_contain_text("Вера: request")
        shop.kill()
        shop.communicate()
        self.assertEqual(self.complaints, [])

    def keep_small(self, picture: bytes, path: str) -> None:
        from PIL import Image

        whole = Image.open(io.BytesIO(picture)).convert("RGB")
        whole.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        self.assertLess(Path(path).stat().st_size, 200_000)

    def test_texts_never_become_html(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat(MALICE, customer=MALICE)
        message = {"files": [{"name": MALICE, "content": MALICE}], "text": MALICE}
        market.admin(f"/chats/{chat}/messages", message)
        page = self.open(market)
        shop = market.shop_says(chat, MALICE)
        texts = page.locator("#messages .text")
        expect(texts).to_have_count(3)
        for text in texts.all():
            expect(text).to_have_text(MALICE)
        page.locator("#requests > li").filter(has_text="sendMessageToChat").first.click()
        expect(page.locator("#requests")).to_contain_text("onerror")
        expect(page.get_by_role("heading", level=2, name=MALICE)).to_be_visible()
        self.assertEqual(page.locator("img[onerror], main img, main script").count(), 0)
        self.assertEqual(page.title(), "Simulated Market")
        with page.expect_download() as download:
            page.locator("a.attachment").click()
        self.assertEqual(Path(download.value.path()).read_text(), MALICE)
        market.admin(f"/chats/{chat}/messages", {"text": "Хватит"})
        shop.communicate(timeout=60)
        self.assertEqual(self.complaints, [])

    def test_files_are_attached_as_the_customer(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Вот:")
        page = self.open(market)
        picture = {"name": "фото.png", "mimeType": "image/png", "buffer": b"\x89PNG\x00\xff" * 40_000}
        page.get_by_label("Attach files").set_input_files([picture])  # type: ignore[list-item]
        expect(page.get_by_role("list", name="Attached files")).to_contain_text("фото.png")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("a.attachment")).to_contain_text("фото.png")
        expect(page.locator("#attached")).to_be_empty()
        record = market.admin(f"/chats/{chat}")
        self.assertEqual(record["messages"][1]["message"]["payload"][0]["size"], 240_000)  # type: ignore[index]
        with urllib.request.urlopen(f"{market.url}/page/files/1") as answer:
            self.assertEqual(answer.read(), picture["buffer"])

    def test_ids_beyond_2_to_the_53_stay_exact(self) -> None:
        market = self.market()
        page = self.open(market)
        page.locator("#chats button").filter(has_text="Зоя").click()
        expect(page.locator("#talk-about")).to_have_text("Order 9007199254740993 · chat 9007199254741001")
        page.get_by_label("Message", exact=True).fill("Где мой заказ?")
        page.keyboard.press("Enter")
        expect(page.locator("#messages")).to_contain_text("Где мой заказ?")
        record = market.admin("/chats/9007199254741001")
        self.assertEqual(record["messages"][-1]["message"]["message"], "Где мой заказ?")  # type: ignore[index]
        page.get_by_label("Status").select_option("FINISHED")
        expect(page.locator("#chats [aria-current]")).to_contain_text("Finished")

    def test_status_and_hiding_reach_the_shop(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        page = self.open(market)
        page.get_by_role("button", name="Hide from the API").click()
        hide = page.get_by_role("button", name="Hide from the API", pressed=True)
        expect(hide).to_be_visible()
        expect(page.locator("#chats .badge")).to_have_text("Hidden")
        # Nobody can be missed whom the API does not show.
        expect(page.locator("#missed")).to_have_text("Nobody was missed.")
        shop = market.shop_says(chat, "Есть кто?")
        said, _ = shop.communicate(timeout=60)
        self.assertEqual(shop.returncode, 1, said)
        expect(page.locator("#requests > li").first).to_contain_text("404")
        hide.click()
        expect(page.locator("#missed")).to_contain_text("1 customer's last message was not read yet.")

    def test_the_clock_is_frozen_and_moved(self) -> None:
        market = self.market("--seeded", "off")
        page = self.open(market, ready="#chats-empty:not([hidden])")
        page.get_by_role("button", name="Freeze").click()
        expect(page.get_by_role("button", name="Freeze", pressed=True)).to_be_visible()
        before = page.locator("#now").inner_text()
        page.get_by_role("button", name="Move the clock on by an hour").click()
        expect(page.locator("#now")).not_to_have_text(before)
        market.admin("/clock", {"setTo": "2030-01-02T03:04:05+03:00"})
        expect(page.locator("#now")).to_have_text("2 Jan, 03:04:05")

    def test_notifications_show_how_they_were_answered(self) -> None:
        market = self.market("--seeded", "off")
        page = self.open(market, ready="#chats-empty:not([hidden])")
        page.locator("#tab-notifications").click()
        page.get_by_label("Address of the program").fill("http://example.org/")
        page.get_by_role("button", name="Set", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("is on this computer")
        # Nobody listens there.
        page.get_by_label("Address of the program").fill("http://127.0.0.1:1/")
        page.get_by_role("button", name="Set", exact=True).click()
        ping = page.locator("#notifications > li").filter(has_text="PING")
        expect(ping).to_contain_text("again at")
        ping.locator("summary").click()
        expect(ping).to_contain_text("no answer")

    def reach(self, page: Page, selector: str) -> None:
        """Presses Tab until the element has the focus, and sees that it shows."""
        wanted = page.locator(selector)
        for _ in range(120):
            if wanted.evaluate("element => element === document.activeElement"):
                outline = wanted.evaluate(
                    "element => getComputedStyle(element.closest('.file') ?? element).outlineStyle")
                self.assertNotEqual(outline, "none", f"{selector} does not show its focus")
                return
            page.keyboard.press("Tab")
        self.fail(f"the keyboard does not reach {selector}")

    def test_the_keyboard_alone_is_enough(self) -> None:
        market = self.market("--seeded", "off")
        page = self.open(market, ready="#chats-empty:not([hidden])")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to writing")).to_be_focused()
        self.reach(page, "#new-chat")
        page.keyboard.press("Enter")
        self.reach(page, "#new-customer")
        page.keyboard.type("Пётр")
        self.reach(page, "#new-text")
        page.keyboard.type("Есть самовары?")
        self.reach(page, "#chat-form .primary")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Пётр")).to_be_visible()
        # The next thing to do is to write.
        expect(page.locator("#text")).to_be_focused()
        page.keyboard.type("На дровах")
        page.keyboard.press("Enter")
        expect(page.locator("#messages")).to_contain_text("На дровах")
        expect(page.locator("#text")).to_be_focused()
        for control in ["#sender", "#files", "#send"]:
            self.reach(page, control)
        self.reach(page, "#presets button:first-child")
        page.keyboard.press("Space")
        expect(page.locator("#waiting")).to_contain_text("sendMessageToChat")
        self.reach(page, "#waiting button")
        page.keyboard.press("Enter")
        expect(page.locator("#waiting")).to_be_empty()
        expect(page.locator("#presets button").first).to_be_focused()
        self.reach(page, "#tab-requests")
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#tab-switches")).to_be_focused()
        expect(page.locator("#panel-switches")).to_be_visible()
        self.reach(page, "#switch-autoReply")
        page.keyboard.press("Space")
        expect(page.locator("#switch-autoReply")).to_be_checked()
        self.assertTrue(market.admin("/switches")["autoReply"])  # type: ignore[index]
        for control in ["#chats button", "[data-advance='3600']", "#freeze", "#language", "#status", "#hide"]:
            self.reach(page, control)
        self.assertEqual(self.complaints, [])

    def test_what_happens_takes_neither_focus_nor_what_is_being_typed(self) -> None:
        market = self.market("--seeded", "off")
        first = market.start_chat("Первый", customer="Первая")
        market.start_chat("Второй", customer="Второй")
        page = self.open(market)
        button = page.locator("#chats button").filter(has_text="Первая")
        button.focus()
        market.admin(f"/chats/{first}/messages", {"text": "Ещё"})
        # It moves to the top, with the focus.
        expect(page.locator("#chats li").first).to_contain_text("Ещё")
        expect(button).to_be_focused()
        page.locator("#text").fill("Недописанное")
        page.locator("#text").focus()
        market.admin(f"/chats/{first}/messages", {"text": "И ещё"})
        expect(page.locator("#chats li").first).to_contain_text("И ещё")
        expect(page.locator("#text")).to_be_focused()
        self.assertEqual(page.locator("#text").input_value(), "Недописанное")

    def test_what_is_new_is_read_out_and_what_was_there_is_not(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        page = self.open(market)
        log = page.get_by_role("log")
        expect(log).to_have_attribute("aria-busy", "false")
        shop = market.shop_says(chat, "Добрый день!")
        expect(page.locator("#news")).to_contain_text("equest")
        expect(page.locator("#news")).to_have_attribute("aria-live", "polite")
        # A line that was there stays the same element, or it would be read out again.
        page.evaluate("document.querySelector('#messages .customer').dataset.mine = 'yes'")
        market.admin(f"/chats/{chat}/messages", {"text": "Спасибо"})
        expect(log).to_contain_text("Спасибо")
        expect(page.locator("#messages [data-mine=yes]")).to_have_count(1)
        shop.communicate(timeout=60)

    def test_it_speaks_russian_and_remembers_the_choice(self) -> None:
        market = self.market()
        page = self.open(market, locale="ru-RU")
        expect(page.locator("html")).to_have_attribute("lang", "ru")
        expect(page.get_by_role("heading", level=1)).to_have_text("Имитация Маркета")
        expect(page.locator("#missed")).to_contain_text("Последние сообщения 8 покупателей ещё не прочитаны.")
        for tab in ["quotas", "notifications", "switches"]:
            page.locator(f"#tab-{tab}").click()
            # No key stands in for a missing text.
            self.assertNotRegex(page.locator("body").inner_text(), r"\b(page|talk|shop|verdict|faults?|requests|quotas|switch\w*)\.[a-z]")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Simulated Market")
        expect(page.locator("#chats .badge").first).to_have_text("Waits for shop")
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#missed")).to_contain_text("The last messages of 8 customers")
        self.assertEqual(self.complaints, [])

    def test_it_follows_the_system_into_the_dark(self) -> None:
        market = self.market()
        for scheme, is_dark in [("light", False), ("dark", True)]:
            page = self.open(market, color_scheme=scheme)
            colours = page.evaluate("""() => ['backgroundColor', 'color'].map(name =>
                getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0))""")
            self.assertEqual(colours[0] < colours[1], is_dark, scheme)

    def test_nothing_is_cut_off_on_a_narrow_screen(self) -> None:
        market = self.market()
        for locale in ["en-US", "ru-RU"]:
            page = self.open(market, locale=locale, viewport={"width": 360, "height": 740})
            for part in ["chats", "talk", "requests", "quotas", "notifications", "switches"]:
                self.go(page, "shop" if part not in ("chats", "talk") else part)
                if part not in ("chats", "talk"):
                    page.locator(f"#tab-{part}").click()
                width = page.evaluate("""() => Math.max(document.documentElement.scrollWidth,
                    ...[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.unseen, .skip, .file'))
                        .map(e => e.getBoundingClientRect().right))""")
                self.assertLessEqual(width, 361, f"{part} in {locale}")
            self.go(page, "chats")
            page.locator("#chats button").nth(3).click()
            expect(page.locator("#text")).to_be_visible()

    def test_axe_finds_no_serious_violation(self) -> None:
        market = self.market()
        chat = str(market.admin("/chats")[0]["chat"]["chatId"])  # type: ignore[index]
        market.admin("/notifications/settings", {"url": "http://127.0.0.1:9/"})
        market.admin("/faults", {"kind": "close", "operation": "createChat"})
        shop = market.shop_says(chat, "Да")
        for scheme in ["light", "dark"]:
            # axe is no file of the page: the page's own policy refuses it.
            page = self.open(market, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
            expect(page.locator("#requests > li").first).to_be_visible()
            page.locator("#requests summary").first.click()
            page.evaluate(AXE.read_text())
            for tab in ["requests", "quotas", "notifications", "switches"]:
                page.locator(f"#tab-{tab}").click()
                self.axe(page, f"{scheme}, {tab}")
            page.locator("#new-chat").click()
            self.axe(page, f"{scheme}, dialog")
            page.keyboard.press("Escape")
            page.set_viewport_size({"width": 360, "height": 740})
            for part in ["chats", "talk", "shop"]:
                self.go(page, part)
                self.axe(page, f"{scheme}, narrow, {part}")
        shop.kill()
        shop.communicate()

    def axe(self, page: Page, where: str) -> None:
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [
            f"{violation['impact']} {violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for violation in found["violations"] if violation["impact"] in ("serious", "critical", "moderate")
            for node in violation["nodes"]
        ]
        self.assertEqual(grave, [], where)

    def test_the_end_of_the_sandbox_shows(self) -> None:
        market = self.market()
        page = self.open(market)
        expect(page.locator("#link")).to_have_text("Live")
        market.end()
        expect(page.locator("#link")).to_have_text("Not connected")
        page.locator("#presets button").first.click()
        expect(page.get_by_role("alert")).to_contain_text("Is it still running?")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *os.environ.get("ONLY", "").split()], verbosity=2)
