"""Languages, colours and widths."""

from playwright.sync_api import expect

from browser import PageTest


class LookTest(PageTest):
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
        expect(page.locator("#chats .badge").first).to_have_text("Waits for the shop")
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
                page.evaluate("document.querySelectorAll('details.more').forEach(more => more.open = true)")
                width = page.evaluate("""() => Math.max(document.documentElement.scrollWidth,
                    ...[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.unseen, .skip, .file'))
                        .map(e => e.getBoundingClientRect().right))""")
                self.assertLessEqual(width, 361, f"{part} in {locale}")
            for dialog in page.locator("dialog").all():
                dialog.evaluate("dialog => dialog.showModal()")
                inner = dialog.evaluate("dialog => [dialog.scrollWidth, dialog.clientWidth]")
                self.assertLessEqual(inner[0], inner[1], f"{dialog.get_attribute('id')} in {locale}")
                page.keyboard.press("Escape")
            self.go(page, "chats")
            page.locator("#chats button").nth(3).click()
            expect(page.locator("#text")).to_be_visible()
