"""Much at once, and texts of every kind."""

import datetime
import urllib.request

from playwright.sync_api import expect

from browser import Market, PageTest


class CrowdTest(PageTest):
    def request(self, market: Market, chat: str) -> None:
        """A request of the shop's program."""
        url = f"{market.url}/v2/businesses/{market.business}/chat?chatId={chat}"
        request = urllib.request.Request(url, headers={"Api-Key": market.key})
        with urllib.request.urlopen(request) as answer:
            answer.read()

    def test_many_requests_are_few_sentences_for_a_screen_reader(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        page = self.open(market)
        page.clock.install()
        page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(hours=1))
        page.evaluate("""() => {
            window.heard = [];
            const live = document.querySelectorAll('[role=status], [aria-live=polite]');
            for (const region of live) new MutationObserver(() => heard.push(region.textContent))
                .observe(region, {childList: true, characterData: true, subtree: true});
        }""")
        for number in range(1, 8):
            self.request(market, chat)
            # Shown one by one, so that each could have been said.
            expect(page.locator("#requests > li .badge").first).to_have_text("200")
            expect(page.locator("#requests-total")).to_have_text(str(number))
        heard = page.evaluate("heard")
        self.assertEqual(heard, ["Request getChat: 200"])
        page.clock.run_for(5000)
        expect(page.locator("#news")).to_have_text("6 requests, the last one getChat: 200")
        page.clock.run_for(60_000)
        self.assertEqual(len(page.evaluate("heard")), 2)
        # What the reader does is answered at once, and each time.
        for _ in range(2):
            page.locator("#presets button").first.click()
            expect(page.locator("#waiting")).to_contain_text("close")
            page.locator("#waiting button").click()
            expect(page.locator("#waiting")).to_be_empty()
        self.assertEqual([text.strip() for text in page.evaluate("heard")[2:]], ["The fault waits for its request."] * 2)

    def test_a_list_that_loses_the_focused_item_keeps_the_focus(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        page = self.open(market)
        self.request(market, chat)
        page.locator("#requests summary").first.focus()
        market.admin("/faults", {"kind": "close", "operation": "createChat"})
        for _ in range(101):
            self.request(market, chat)
        expect(page.locator("#requests-total")).to_have_text("102")
        expect(page.locator("#requests > li")).to_have_count(100)
        expect(page.locator("#requests summary").last).to_be_focused()

    def test_texts_of_every_kind_are_shown_as_they_are(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("שלום, איפה ההזמנה?", customer="דוד")
        market.admin(f"/chats/{chat}/messages", {"text": "нуль\u0000 и \u001b[31m, \u202eобратно"})
        market.admin(f"/chats/{chat}/messages", {"text": "Ж" * 100_000})
        market.admin(f"/chats/{chat}/messages", {"text": "<script>alert(1)</script>"})
        page = self.open(market)
        texts = page.locator("#messages .text")
        self.assertEqual(texts.nth(0).evaluate("text => getComputedStyle(text).direction"), "rtl")
        expect(texts.nth(1)).to_have_text("нуль␀ и ␛[31m, \u202eобратно")
        expect(texts.nth(2)).to_have_text("Ж" * 10_000 + "…")
        expect(page.locator("#messages")).to_contain_text("90000 more characters are not shown here.")
        expect(texts.nth(3)).to_have_text("<script>alert(1)</script>")
        width = page.evaluate("document.documentElement.scrollWidth")
        self.assertLessEqual(width, 1440)
        self.assertEqual(self.complaints, [])

    def test_more_chats_and_messages_than_are_shown(self) -> None:
        market = self.market("--seeded", "off")
        long = market.start_chat("Начало")
        for number in range(305):
            market.admin(f"/chats/{long}/messages", {"text": f"Сообщение {number}"})
        for number in range(310):
            market.start_chat("Здравствуйте", customer=f"Покупатель {number}")
        page = self.open(market)
        expect(page.locator("#chats-count")).to_have_text("300 of 311, newest first")
        expect(page.locator("#chats > li")).to_have_count(300)
        # An old one comes up when something is written in it.
        market.admin(f"/chats/{long}/messages", {"text": "Конец"})
        first = page.locator("#chats button").first
        expect(first).to_contain_text("Конец")
        first.click()
        expect(page.locator("#messages .bubble")).to_have_count(300)
        expect(page.locator("#messages .bubble").last).to_have_text("Конец")
        expect(page.locator("#left-out")).to_have_text("7 earlier messages are not shown.")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#chats button").nth(1)).to_be_focused()

    def test_a_narrow_screen_begins_with_the_chats_and_the_focus_goes_along(self) -> None:
        market = self.market("--seeded", "off")
        market.start_chat("Здравствуйте")
        page = self.open(market, viewport={"width": 360, "height": 740})
        page.locator("#chats button").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#talk-title")).to_be_focused()
        self.go(page, "chats")
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_be_focused()
