"""`python -m ymchat.sandbox`."""

import os
import stat
import tempfile
import unittest
from pathlib import Path

from support import Script

RUN = "import runpy, sys; sys.argv[1:] = {!r}; runpy.run_module('ymchat.sandbox', run_name='__main__')"


@unittest.skipUnless(os.name == "posix", "the stand-in is a script")
class Sandbox(unittest.TestCase):
    def test_the_program_gets_the_arguments_and_gives_its_exit_code(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "ymchat-sandbox")
            program.write_text('#!/bin/sh\necho "$@"\nexit 7\n')
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
            environment = {"YMCHAT_SANDBOX": str(program)}
            script = Script(RUN.format(["--port", "0"]), environment=environment)
            self.assertEqual(script.finish(), (7, "--port 0\n", ""))

    def test_a_missing_program_is_named(self):
        environment = {"YMCHAT_SANDBOX": "/nowhere/ymchat-sandbox", "YMCHAT_LANGUAGE": ""}
        code, out, err = Script(RUN.format([]), environment=environment).finish()
        self.assertEqual((code, out), (1, ""))
        self.assertIn("there is no ymchat-sandbox in /nowhere", err)
        environment["YMCHAT_LANGUAGE"] = "ru"
        environment["PYTHONIOENCODING"] = "utf-8"
        code, out, err = Script(RUN.format([]), environment=environment).finish()
        self.assertEqual((code, out), (1, ""))
        self.assertIn("в /nowhere нет ymchat-sandbox", err)


if __name__ == "__main__":
    unittest.main()
