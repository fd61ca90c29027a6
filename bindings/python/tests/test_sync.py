"""What is new since the program last looked."""

from datetime import datetime, timedelta, timezone

import ymchat

from support import MarketTest, admin


class Sync(MarketTest):
    def write(self, chat, text):
        return admin("POST", f"/chats/{chat}/messages", {"text": text})["messageId"]

    def test_each_message_comes_once(self):
        received, since = [], ""
        for news in self.client.follow(since, start="all", scope="all", limit=100):
            for found in news.chats:
                ids = [message.message_id for message in found.messages]
                self.assertEqual(ids, sorted(ids))
                received += [(found.chat.chat_id, ident) for ident in ids]
            since = news.since
        everything = {
            (chat.chat_id, message.message_id)
            for chat in self.client.get_all_chats()
            for message in self.client.get_messages_since(chat.chat_id)
        }
        self.assertEqual((set(received), len(received)), (everything, len(everything)))
        self.assertEqual(self.client.sync(since, scope="all").chats, ())

    def test_what_waits_and_what_is_new(self):
        chat = self.new_chat(text="Где заказ?")
        news = self.client.sync()
        self.assertFalse(news.more)
        mine = next(found for found in news.chats if found.chat.chat_id == chat)
        self.assertEqual(mine.chat.status, ymchat.ChatStatus.WAITING_FOR_PARTNER)
        self.assertEqual([message.text for message in mine.messages], ["Где заказ?"])
        admin("POST", "/clock", {"advanceSeconds": 60})
        ident = self.write(chat, "Алло?")
        later = self.client.sync(news.since, chat_ids=[chat], call_timeout=5)
        self.assertEqual([m.message_id for m in later.chats[0].messages], [ident])
        # The same token again, the same messages again.
        again = self.client.sync(news.since, wait=timedelta(seconds=30))
        self.assertEqual(again.chats[0].messages, later.chats[0].messages)

    def test_every_option_reaches_the_library(self):
        chat = self.new_chat(contextType="RETURN", contextId=888, text="Верните деньги")
        admin("POST", "/clock", {"advanceSeconds": 60})
        moment = datetime.now(timezone.utc) - timedelta(hours=1)
        options = {
            "start": moment,
            "scope": "all",
            "types": ["CHAT"],
            "context_types": [ymchat.ContextType.RETURN],
            "limit": 5,
            "wait": 0,
        }
        news = self.client.sync(**options)
        self.assertEqual([found.chat.chat_id for found in news.chats], [chat])
        with self.assertRaises(ymchat.InvalidArgument) as refused:
            self.client.sync(news.since)
        self.assertIn("scope", str(refused.exception))
        for wrong in ({"start": datetime(2026, 1, 1)}, {"wait": -1}, {"chat_ids": []}, {"limit": 0}):
            with self.assertRaises(ymchat.InvalidArgument):
                self.client.sync(**wrong)
        for wrong in ({"statuses": ["NEW"]}, {"wait": "1"}, {"start": 5}, {"chat_ids": 5}):
            with self.assertRaises(TypeError):
                self.client.sync(**wrong)
        with self.assertRaises(ymchat.InvalidArgument):
            self.client.sync("damaged")

    def test_progress_is_told_and_ends_the_call(self):
        steps = []
        self.client.sync(start="all", scope="all", progress=lambda *at: steps.append(at))
        self.assertEqual(steps, sorted(steps))
        self.assertGreater(len(steps), 2)
        with self.assertRaises(ymchat.Cancelled):
            self.client.sync(progress=lambda chats, messages: False)

        def fail(chats, messages):
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            self.client.sync(progress=fail)

    def test_follow_goes_on_where_it_waits(self):
        chat = self.new_chat()
        admin("POST", "/clock", {"advanceSeconds": 60})
        news = self.client.follow(start="now", wait=0.01)
        self.assertEqual(next(news).chats, ())
        admin("POST", "/clock", {"advanceSeconds": 60})
        ident = self.write(chat, "Алло?")
        found = next(news).chats[0]
        self.assertEqual((found.chat.chat_id, found.messages[0].message_id), (chat, ident))
        news.close()
