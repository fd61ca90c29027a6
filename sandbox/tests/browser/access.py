"""With the keyboard alone, and with a screen reader."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect

from browser import PageTest

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


class AccessTest(PageTest):
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
            page.evaluate("document.querySelectorAll('details.more').forEach(more => more.open = true)")
            for tab in ["requests", "quotas", "notifications", "switches"]:
                page.locator(f"#tab-{tab}").click()
                self.axe(page, f"{scheme}, {tab}")
            for button in ["#new-chat", "#set-clock", "#keys", "#dispute"]:
                page.locator(button).click()
                expect(page.get_by_role("dialog")).to_be_visible()
                self.axe(page, f"{scheme}, {button}")
                page.keyboard.press("Escape")
                expect(page.locator(button)).to_be_focused()
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
