"""What the page does to the shop's program, and shows of it."""

from playwright.sync_api import expect

from browser import PageTest


class ShopTest(PageTest):
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

    def test_the_end_of_the_sandbox_shows(self) -> None:
        market = self.market()
        page = self.open(market)
        expect(page.locator("#link")).to_have_text("Live")
        market.end()
        expect(page.locator("#link")).to_have_text("Not connected")
        page.locator("#presets button").first.click()
        expect(page.get_by_role("alert")).to_contain_text("Is it still running?")
