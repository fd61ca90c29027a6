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

    def test_a_message_that_the_api_shows_late_and_one_by_hand(self) -> None:
        market = self.market("--seeded", "off")
        chat = market.start_chat("Здравствуйте")
        page = self.open(market)
        page.get_by_role("button", name="Freeze").click()
        composer = page.locator("#composer")
        composer.get_by_text("More", exact=True).click()
        composer.get_by_label("The API shows it only after, ms").fill("60000")
        page.get_by_label("Message", exact=True).fill("Позже")
        page.keyboard.press("Enter")
        fate = page.locator("#messages .customer .fate").last
        expect(fate).to_have_text("the API does not show it yet")
        expect(page.locator("#visible-after")).to_have_value("0")
        page.get_by_role("button", name="Move the clock on by a minute").click()
        expect(fate).to_have_text("not read by the program yet")
        page.get_by_label("Write as").select_option("PARTNER")
        page.get_by_label("Message", exact=True).fill("Ответ из кабинета")
        page.keyboard.press("Enter")
        expect(page.locator("#messages .by-shop")).to_contain_text("Ответ из кабинета")
        expect(page.locator("#missed")).to_have_text("Nobody was missed.")
        last = market.admin(f"/chats/{chat}")["messages"][-1]  # type: ignore[index]
        self.assertEqual((last["message"]["sender"], last["request"]), ("PARTNER", None))

    def test_any_fault_quota_notification_and_time_can_be_set(self) -> None:
        market = self.market("--seeded", "off")
        page = self.open(market, ready="#chats-empty:not([hidden])")
        page.get_by_text("Another fault").click()
        form = page.locator("#fault-form")
        expect(form.get_by_label("Its value")).to_be_disabled()
        form.get_by_label("kind").select_option("error")
        form.get_by_label("Its value").fill("shopLocked")
        form.get_by_label("when").select_option("after")
        form.get_by_label("skip").fill("2")
        form.get_by_label("delayAfterWorkMs").fill("700")
        page.get_by_label("Times").fill("3")
        form.get_by_role("button", name="Make it").click()
        expect(page.locator("#waiting")).to_contain_text("error shopLocked · any request · after the work · lets 2 pass ×3")
        form.get_by_label("kind").select_option("gzipBomb")
        form.get_by_role("button", name="Make it").click()
        expect(page.locator("#waiting .badge")).to_have_count(2)
        faults = market.admin("/faults")
        self.assertEqual(faults[0]["delayAfterWorkMs"], 700)  # type: ignore[index]
        self.assertEqual(faults[1]["kind"], {"gzipBomb": 64})  # type: ignore[index]

        page.locator("#tab-quotas").click()
        page.get_by_label("Requests per hour of getChats").fill("7")
        page.keyboard.press("Enter")
        row = page.locator("#quotas tr").first
        row.get_by_role("button", name="Use up").click()
        row.get_by_role("button", name="Give back").click()
        expect(row.get_by_role("button", name="Use up")).to_be_focused()
        quota = market.admin("/quotas")["getChats"]  # type: ignore[index]
        self.assertEqual((quota["limit"], quota["used"]), (7, 0))

        page.locator("#tab-notifications").click()
        page.get_by_label("Address of the program").fill("http://127.0.0.1:1/")
        page.keyboard.press("Enter")
        expect(page.locator("#notifications > li")).to_have_count(1)
        panel = page.locator("#panel-notifications")
        panel.get_by_text("More", exact=True).click()
        panel.get_by_label("More copies of each").fill("1")
        page.keyboard.press("Tab")
        expect(page.locator("#notifications > li")).to_have_count(1)
        panel.get_by_label("Any notification").fill('{"notificationType": "NEWS", "id": 9007199254740993}')
        panel.get_by_role("button", name="Send it").click()
        news = page.locator("#notifications > li").filter(has_text="NEWS")
        expect(news).to_have_count(2)
        news.first.locator("summary").click()
        expect(news.first).to_contain_text("9007199254740993")
        panel.get_by_role("button", name="Forget notifications").click()
        expect(page.locator("#notifications > li")).to_have_count(0)

        page.get_by_role("button", name="Freeze").click()
        page.get_by_role("button", name="Set the clock…").click()
        page.get_by_label("Day and time").fill("2031-02-03T04:05:06")
        page.get_by_role("dialog").get_by_role("button", name="Set", exact=True).click()
        expect(page.locator("#now")).to_have_text("3 Feb, 04:05:06")
        self.assertEqual(market.admin("/clock")["now"], "2031-02-03T04:05:06.000000+03:00")  # type: ignore[index]

        page.get_by_role("button", name="All keys…").click()
        keys = page.get_by_role("dialog", name="Keys to try")
        for secret in market.admin("")["keys"].values():  # type: ignore[index]
            expect(keys).to_contain_text(secret)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="All keys…")).to_be_focused()
        self.assertEqual(self.complaints, [])
