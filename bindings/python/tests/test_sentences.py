"""What Python itself says: in each language, with the same arguments."""

import ast
import re
import string
import unittest
from pathlib import Path

import ymchat
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
