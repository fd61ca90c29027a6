"""Everything public is documented, and the examples say the truth."""

import doctest
import inspect
import pydoc
from pathlib import Path

import ymchat
import ymchat.cli
import ymchat.sandbox
from support import MarketTest
from ymchat import _client, _enums, _errors, _library, _message_check, _models, _notification

ROOT = Path(__file__).resolve().parents[3]
PUBLIC = [
    name
    for name, value in vars(ymchat).items()
    if not name.startswith("_") and not inspect.ismodule(value)
]


class Documentation(MarketTest):
    def test_the_examples_run(self):
        ran = 0
        modules = (_client, _enums, _errors, _library, _message_check, _models, _notification)
        for module in (ymchat, ymchat.cli, ymchat.sandbox, *modules):
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
        self.assertGreater(len(PUBLIC), 45)
        for name in PUBLIC:
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

    def test_help_is_short_and_begins_with_the_client(self):
        text = pydoc.plain(pydoc.render_doc(ymchat))
        self.assertLess(len(text.splitlines()), 120)
        methods = [name for name in vars(ymchat.Client) if not name.startswith("_")]
        self.assertLess(text.index("`Client` has"), text.index("send_message``"))
        for name in methods:
            if name != "closed":
                self.assertIn(f"``{name}``", text, name)

    def test_the_errors_have_a_table(self):
        for kind in _errors.BY_STATUS.values():
            self.assertIn(f"`{kind.__name__}`", ymchat.Error.__doc__)
        for name in vars(_errors.error_of(8, {})):
            self.assertIn(f"``{name}``", ymchat.Error.__doc__)

    def test_the_licences_are_those_of_the_project(self):
        for name in ("LICENSE-MIT", "LICENSE-APACHE"):
            ours = ROOT / "bindings/python" / name
            self.assertEqual(ours.read_text(encoding="utf-8"), (ROOT / name).read_text(encoding="utf-8"))
