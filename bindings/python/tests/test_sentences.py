"""What Python itself says: in each language, with the same arguments."""

import ast
import copy
import os
import re
import string
import subprocess
import sys
import textwrap
import unittest
from datetime import datetime
from pathlib import Path

import ymchat
from support import MarketTest
from ymchat._sentences import LANGUAGES, SENTENCES, sentence

SOURCES = sorted(Path(ymchat.__file__).parent.glob("*.py"))


def arguments(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


class Catalogue(unittest.TestCase):
    def test_each_sentence_is_there_in_each_language_with_the_same_arguments(self):
        self.assertGreater(len(SENTENCES), 25)
        for key, texts in SENTENCES.items():
            with self.subTest(key):
                self.assertEqual(len(texts), len(LANGUAGES))
                english, russian = texts
                self.assertEqual(arguments(english), arguments(russian))
                self.assertNotRegex(english, "[а-яё]")
                self.assertRegex(russian, "[а-яё]")
                # What the two say to the letter the same is what the program calls it.
                for name in re.findall(r"YMCHAT_\w+|ymchat_\w+|datetime\.\w+|logging\.\w+", english):
                    self.assertIn(name, russian)

    def test_each_sentence_is_said_somewhere_and_no_other(self):
        named = set()
        for source in SOURCES:
            if source.name != "_sentences.py":
                tree = ast.parse(source.read_text(encoding="utf-8"))
                named |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        self.assertEqual(SENTENCES.keys() - named, set())

    def test_whatever_is_raised_stands_in_the_catalogue(self):
        # What Python itself would have said of an argument, and what only a defect of the binding
        # can bring about.
        allowed = {"got an unexpected keyword argument ", "an id is "}
        for source in SOURCES:
            tree = ast.parse(source.read_text(encoding="utf-8"))
            for raised in (node for node in ast.walk(tree) if isinstance(node, ast.Raise)):
                literals = [
                    node.value
                    for node in ast.walk(raised)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                ]
                for text in literals:
                    if " " in text and text not in allowed:
                        self.fail(f"{source.name}:{raised.lineno} says {text!r} by itself")

    def test_another_language_is_english(self):
        for language in (None, "", "de", "RU"):
            self.assertEqual(sentence(language, "closed"), "the client is closed")
        self.assertEqual(sentence("ru", "closed"), "клиент закрыт")


class InRussian(MarketTest):
    def setUp(self):
        super().setUp()
        self.client = self.new_client(language="ru")

    def test_what_python_says_is_in_the_clients_language(self):
        c = self.client
        for text, kind, call in (
            ("chat_id: нужно целое число (int), а не str", TypeError, lambda: c.get_chat("1")),
            ("statuses[1]: нужна строка (str), а не int", TypeError,
             lambda: c.get_chats(statuses=["NEW", 5])),
            ("contexts[0][1]: нужно целое число (int), а не str", TypeError,
             lambda: c.chats(contexts=[("ORDER", "")])),
            ("вместе с байтами нужно имя файла", TypeError, lambda: c.send_file(1, b"1")),
            ("getChat: chat_id не помещается в 64 бита: ", ymchat.InvalidArgument,
             lambda: c.get_chat(1 << 64)),
            ("sendMessageToChat: в text есть символ с кодом 0", ymchat.InvalidArgument,
             lambda: c.send_message(1, "а\0б")),
            ("в start нет часового пояса", ymchat.InvalidArgument,
             lambda: c.sync(start=datetime(2026, 3, 5))),
            ("ymchat.Client нельзя скопировать", TypeError, lambda: copy.copy(c)),
        ):
            with self.subTest(text), self.assertRaises(kind) as caught:
                call()
            self.assertIn(text, str(caught.exception))

    def test_the_document_of_such_an_error_says_the_same(self):
        with self.assertRaises(ymchat.InvalidArgument) as caught:
            self.client.send_message(1 << 64, "а")
        error = caught.exception
        self.assertEqual(error.document["message"], error.message)
        self.assertEqual((error.name, error.outcome), ("INVALID_ARGUMENT", "notSent"))

    def test_a_scope_speaks_like_its_client(self):
        scope = self.client.scope()
        scope.close()
        with self.assertRaises(ymchat.ClientClosed) as caught:
            scope.get_chat(1)
        self.assertEqual(str(caught.exception), "getChat: клиент закрыт.")

    def test_what_the_library_says_has_the_names_of_python(self):
        with self.assertRaises(ymchat.InvalidArgument) as caught:
            self.client.get_chat(0)
        self.assertRegex(str(caught.exception), "chat_id.*[а-яё]")
        self.assertNotIn("chatId", str(caught.exception))

    def test_the_argument_counts_before_there_is_a_client(self):
        for settings, text in (
            ({"language": "ru", "api_key": 5}, "api_key: нужна строка (str), а не int"),
            ({"language": "ru", "call_timeout": 0}, "call_timeout: нужно больше 0"),
            ({"language": "en", "api_key": 5}, "api_key must be a str, not int"),
            ({"api_key": 5}, "api_key must be a str, not int"),
            ({"language": 5}, "language must be a str, not int"),
        ):
            with self.subTest(settings), self.assertRaises((TypeError, ValueError)) as caught:
                ymchat.Client(**settings)
            self.assertIn(text, str(caught.exception))

    def test_a_library_that_is_missing_is_told_of_in_the_language_of_the_argument(self):
        program = """
            import ymchat
            for settings in ({"language": "ru"}, {}):
                try:
                    ymchat.Client(api_key="k", **settings)
                except ymchat.LibraryError as error:
                    print(error)
        """
        environment = {**os.environ, "YMCHAT_LIBRARY": "/nowhere/libymchat.so"}
        environment["PYTHONIOENCODING"] = "utf-8"
        ran = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            env=environment, capture_output=True, check=True, timeout=60,
        )
        russian, english = ran.stdout.decode().splitlines()
        self.assertIn("не загружается", russian)
        self.assertIn("cannot be loaded", english)
