"""`python -m ymchat.sandbox` and `python -m ymchat.cli`."""

import os
import stat
import tempfile
import unittest
from pathlib import Path

from support import Script

# Module, program, and the variable that names another one.
PROGRAMS = [
    ("ymchat.sandbox", "ymchat-sandbox", "YMCHAT_SANDBOX"),
    ("ymchat.cli", "ymchat", "YMCHAT_PROGRAM"),
]


def run(module, arguments, **environment):
    code = f"import runpy, sys; sys.argv[1:] = {arguments!r}; runpy.run_module({module!r}, run_name='__main__')"
    environment = {"YMCHAT_LANGUAGE": "", "PYTHONIOENCODING": "utf-8", **environment}
    return Script(code, environment=environment).finish()


@unittest.skipUnless(os.name == "posix", "the stand-in is a script")
class Programs(unittest.TestCase):
    def test_the_program_gets_the_arguments_and_gives_its_exit_code(self):
        for module, name, variable in PROGRAMS:
            with self.subTest(module), tempfile.TemporaryDirectory() as folder:
                program = Path(folder, name)
                program.write_text('#!/bin/sh\necho "$@"\nexit 7\n')
                program.chmod(program.stat().st_mode | stat.S_IXUSR)
                ended = run(module, ["--port", "0"], **{variable: str(program)})
                self.assertEqual(ended, (7, "--port 0\n", ""))

    def test_a_missing_program_is_named_in_either_language(self):
        for module, name, variable in PROGRAMS:
            for language, sentence in ("", f"there is no {name} in /nowhere"), ("ru", f"в /nowhere нет {name}"):
                with self.subTest(module, language=language):
                    place = {variable: f"/nowhere/{name}", "YMCHAT_LANGUAGE": language}
                    code, out, err = run(module, [], **place)
                    self.assertEqual((code, out), (1, ""))
                    self.assertIn(sentence, err)


if __name__ == "__main__":
    unittest.main()
