"""What the rules of the chat forbid in a text."""

import unittest

import ymchat


class MessageCheck(unittest.TestCase):
    def test_findings_are_slices_of_the_text(self):
        text = "Ура 🚚! Пишите на shop@mail.ru или 🙂 звоните 8 912 345-67-89"
        check = ymchat.check_message(text)
        self.assertFalse(check.ok)
        self.assertEqual(
            [(found.kind, text[found.start : found.end]) for found in check.findings],
            [("email", "shop@mail.ru"), ("phone", "8 912 345-67-89")],
        )
        for found in check.findings:
            self.assertEqual(found.text, text[found.start : found.end])
            utf16 = text[: found.start].encode("utf-16-le")
            self.assertEqual(found.raw["start"], len(utf16) // 2)
            self.assertEqual(found.raw["startUtf8"], len(text[: found.start].encode()))
        self.assertIs(check.findings[0].kind, ymchat.FindingKind.EMAIL)

    def test_a_harmless_text_is_ok(self):
        check = ymchat.check_message("Заказ 44512233 собран, цена 12 900 ₽")
        self.assertEqual((check.ok, check.findings), (True, ()))
        self.assertTrue(ymchat.check_message("").ok)

    def test_options_choose_what_is_looked_for(self):
        text = "lk.cdek.ru/track, shop@mail.ru"
        kinds = [ymchat.FindingKind.LINK, "phone"]
        self.assertEqual([f.kind for f in ymchat.check_message(text, kinds=kinds).findings], ["link"])
        allowed = ymchat.check_message(text, kinds=kinds, allow_hosts=["cdek.ru"])
        self.assertTrue(allowed.ok)

    def test_wrong_arguments_are_named_as_in_python(self):
        for wrong, named in (
            ({"kinds": []}, "kinds"),
            ({"kinds": ["fax"]}, "kinds"),
            ({"allow_hosts": ["https://cdek.ru/"]}, "allow_hosts"),
        ):
            with self.assertRaises(ymchat.InvalidArgument) as refused:
                ymchat.check_message("x", **wrong)
            self.assertIn(named, str(refused.exception))
            self.assertEqual(refused.exception.operation, "check_message")
        with self.assertRaises(ymchat.InvalidArgument):
            ymchat.check_message("до\0 после")
        for wrong in ({"kinds": "link"}, {"allow_hosts": 5}):
            with self.assertRaises(TypeError):
                ymchat.check_message("x", **wrong)
        with self.assertRaises(TypeError):
            ymchat.check_message(b"x")
