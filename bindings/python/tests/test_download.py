"""Files of messages."""

import os
import pathlib
import tempfile

import ymchat

from support import MarketTest, admin


class Download(MarketTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        chat = self.new_chat()
        file = {"name": "../../чек.txt", "content": "Оплачено"}
        ident = admin("POST", f"/chats/{chat}/messages", {"text": "Вот", "files": [file]})
        self.file = self.client.get_chat_message(chat, ident["messageId"]).payload[0]

    def names(self):
        return sorted(os.listdir(self.folder))

    def test_a_file_comes_to_its_path(self):
        path = self.folder / "чек.txt"
        brought = self.client.download_file(self.file.url, path)
        self.assertEqual((brought.path, brought.bytes), (str(path), 16))
        self.assertEqual(brought.content_type, "application/octet-stream")
        self.assertEqual(path.read_text("utf-8"), "Оплачено")
        with self.assertRaises(ymchat.InvalidArgument):
            self.client.download_file(self.file.url, str(path))
        self.client.download_file(self.file.url, str(path), overwrite=True, call_timeout=20)
        self.assertEqual(self.names(), ["чек.txt"])

    def test_progress_is_told_and_may_end_the_call(self):
        told = []
        path = self.folder / "f"
        self.client.download_file(self.file.url, path, progress=lambda *at: told.append(at))
        self.assertEqual(told[-1], (16, 16))
        with self.assertRaises(ymchat.Cancelled):
            self.client.download_file(self.file.url, self.folder / "g", progress=lambda *_: False)
        with self.assertRaises(ZeroDivisionError):
            self.client.download_file(self.file.url, self.folder / "g", progress=lambda *_: 1 // 0)
        self.assertEqual(self.names(), ["f"])

    def test_what_is_refused_leaves_nothing(self):
        path = self.folder / "f"
        with self.assertRaises(ymchat.ProtocolError) as refused:
            self.client.download_file(self.file.url, path, max_bytes=15)
        self.assertIn("max_bytes", str(refused.exception))
        with self.assertRaises(ymchat.InvalidArgument) as refused:
            self.client.download_file("https://evil.example/x", path)
        self.assertIn("evil.example", str(refused.exception))
        elsewhere = self.new_client(file_hosts=["*.example.org"])
        with self.assertRaises(ymchat.InvalidArgument):
            elsewhere.download_file("https://files.yandex.net/x", path)
        other = ["127.0.0.1:1"]
        with self.assertRaises(ymchat.NetworkError):
            self.new_client(max_attempts=1).download_file(
                "http://127.0.0.1:1/x", path, allow_hosts=other
            )
        with self.assertRaises(ymchat.InvalidArgument):
            self.client.download_file(self.file.url, self.folder)
        self.assertEqual(self.names(), [])
