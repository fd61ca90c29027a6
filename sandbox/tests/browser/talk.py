"""Chats and conversations, as the customer sees them."""

import io
import re
import urllib.request
from pathlib import Path

from playwright.sync_api import expect

from browser import SCREENSHOT, PageTest

MALICE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


class TalkTest(PageTest):
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
        page.locator("#status").select_option("FINISHED")
        expect(page.locator("#chats [aria-current]")).to_contain_text("Finished")

    def test_a_dispute_is_opened_and_decided_in_a_chat_that_exists(self) -> None:
        market = self.market("--seeded", "off", "--notify-url", "http://127.0.0.1:1/")
        chat = market.start_chat("Самовар течёт")
        page = self.open(market)
        page.get_by_role("button", name="Open a dispute…").click()
        dialog = page.get_by_role("dialog", name="Open a dispute in this chat")
        dialog.get_by_label("Opened by").select_option("MARKET")
        dialog.get_by_label("What they write").fill("Разбираемся")
        # Escape opens nothing.
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.locator("#dispute")).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog.get_by_label("What they write")).to_have_value("")
        dialog.get_by_label("Opened by").select_option("CUSTOMER")
        dialog.get_by_label("What they write").fill("Прошу вернуть деньги")
        dialog.get_by_role("button", name="Open", exact=True).click()
        expect(page.locator("#messages .customer").last).to_contain_text("Прошу вернуть деньги")
        expect(page.locator("#talk-about")).to_contain_text("Dispute (ARBITRAGE)")
        entry = page.locator("#chats li").first
        expect(entry).to_contain_text("Waits for the arbiter")
        expect(entry.locator("code")).to_have_text("WAITING_FOR_ARBITER")

        decide = page.get_by_role("button", name="Decide the dispute…")
        expect(decide).to_be_focused()
        decide.click()
        dialog = page.get_by_role("dialog", name="Decide the dispute as the arbiter")
        dialog.get_by_label("In favour of").select_option("PARTNER")
        # Somebody else is faster: the refusal is shown where the reader is.
        market.admin(f"/chats/{chat}/status", {"status": "FINISHED"})
        dialog.get_by_role("button", name="Decide", exact=True).click()
        expect(dialog.get_by_role("alert")).to_contain_text("no open dispute")
        market.admin(f"/chats/{chat}/dispute", {})
        dialog.get_by_role("button", name="Decide", exact=True).click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#messages .by-other")).to_contain_text("в пользу магазина")
        expect(page.locator("#chats .badge")).to_have_text("Finished")
        expect(page.locator("#status")).to_have_value("FINISHED")
        expect(page.get_by_role("button", name="Open a dispute…")).to_be_visible()
        page.locator("#tab-notifications").click()
        for told in ["CHAT_ARBITRAGE_STARTED", "CHAT_ARBITRAGE_FINISHED"]:
            expect(page.locator("#notifications > li").filter(has_text=told)).to_have_count(2)
        self.assertEqual([line for line in self.complaints if "400" not in line], [])

    def test_a_status_has_the_name_of_the_api_beside_the_words(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        for locale, words in [("en-US", "Waits for the shop"), ("ru-RU", "Ждёт ответа магазина")]:
            page = self.open(market, locale=locale)
            entry = page.locator("#chats li")
            expect(entry.locator(".badge")).to_have_text(words)
            expect(entry.locator("code")).to_have_text("WAITING_FOR_PARTNER")
            chosen = page.locator("#status option:checked")
            expect(chosen).to_have_text(f"{words} (WAITING_FOR_PARTNER)")
        # One that no program of today knows.
        page.locator("#status").select_option("SOMETHING_NEW")
        expect(entry.locator("code")).to_have_text("SOMETHING_NEW")
        self.assertEqual(market.admin(f"/chats/{chat}")["chat"]["status"], "SOMETHING_NEW")  # type: ignore[index]
        market.admin(f"/chats/{chat}/status", {"status": "ON_THE_MOON"})
        expect(page.locator("#status option:checked")).to_have_text("ON_THE_MOON")
