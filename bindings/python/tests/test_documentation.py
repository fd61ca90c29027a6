"""Everything public is documented, and the examples say the truth."""

import doctest
import inspect

import ymchat
from support import MarketTest
from ymchat import _client, _enums, _errors, _library, _models


class Documentation(MarketTest):
    def test_the_examples_run(self):
        ran = 0
        for module in (ymchat, _client, _enums, _errors, _library, _models):
            for example in doctest.DocTestFinder(exclude_empty=True).find(module):
                # The clients of the example before share what is known of the quotas.
                self.doCleanups()
                self.setUp()
                chat = self.new_chat(text="Есть ли у вас самовары?")
                example.globs.update(
                    ymchat=ymchat,
                    c=self.client,
                    chat_id=chat,
                    message_id=self.client.get_messages_since(chat)[-1].message_id,
                )
                report = []
                outcome = doctest.DocTestRunner().run(example, out=report.append)
                self.assertEqual(outcome.failed, 0, "".join(report))
                ran += outcome.attempted
        self.assertGreater(ran, 40)

    def test_everything_public_has_a_docstring(self):
        for name in ymchat.__all__:
            thing = getattr(ymchat, name)
            self.assertTrue(thing.__doc__, name)
            if inspect.isclass(thing):
                for member, value in vars(thing).items():
                    if not member.startswith("_") and (
                        callable(value) or isinstance(value, property)
                    ):
                        self.assertTrue(value.__doc__, f"{name}.{member}")

    def test_every_operation_has_an_example(self):
        for name, value in vars(ymchat.Client).items():
            if not name.startswith("_") and callable(value):
                self.assertIn(">>>", value.__doc__, name)

    def test_every_public_name_is_listed(self):
        public = {
            name
            for name, value in vars(ymchat).items()
            if not name.startswith("_") and not inspect.ismodule(value)
        }
        self.assertEqual(public, set(ymchat.__all__))
        self.assertEqual(ymchat.__all__, sorted(ymchat.__all__))
