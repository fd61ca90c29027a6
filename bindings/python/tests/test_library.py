"""The shared library: found, refused, and the same functions as in the header."""

import re
import tempfile
import unittest
from pathlib import Path

import ymchat
from support import Script
from ymchat import _arguments, _library

ROOT = Path(__file__).resolve().parents[3]
HEADER = ROOT / "include" / "ymchat.h"


class Refusals(unittest.TestCase):
    def refusal(self, library):
        script = Script(
            """
            import ymchat
            try:
                ymchat.Client(api_key="ACMA:s3cr3t-k3y")
            except ymchat.LibraryError as error:
                print(error)
            """,
            environment={"YMCHAT_LIBRARY": library}.items(),
        )
        code, out, err = script.finish()
        self.assertEqual((code, err), (0, ""))
        return out

    def test_a_file_that_is_not_there(self):
        out = self.refusal("/nowhere/libymchat.so")
        self.assertIn("/nowhere/libymchat.so cannot be loaded", out)

    def test_a_file_that_is_no_library(self):
        self.assertIn("cannot be loaded", self.refusal(__file__))

    def test_another_library(self):
        import _ctypes

        if not getattr(_ctypes, "__file__", None):
            self.skipTest("this Python has no extension modules")
        self.assertIn("is no ymchat library", self.refusal(_ctypes.__file__))

    def test_none_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "ymchat"
            package.mkdir()
            for file in Path(ymchat.__file__).parent.glob("*.py"):
                (package / file.name).write_bytes(file.read_bytes())
            script = Script(
                """
                import ymchat
                try:
                    ymchat.library_version()
                except ymchat.LibraryError as error:
                    print(error)
                """,
                environment={"YMCHAT_LIBRARY": "", "PYTHONPATH": folder}.items(),
            )
            code, out, err = script.finish()
        self.assertEqual((code, err), (0, ""))
        self.assertIn("pip install ./bindings/python", out)

    def test_the_major_number_is_the_same_and_the_minor_one_not_less(self):
        path = Path("lib.so")
        for wanted, found, verdict in (
            (0x00001, 0x00001, None),
            (0x00001, 0x00009, None),
            (0x20003, 0x20003, None),
            (0x00001, 0x00000, "too old"),
            (0x20003, 0x20002, "too old"),
            (0x20003, 0x10009, "too old"),
            (0x20003, 0x30000, "too new"),
        ):
            with self.subTest(wanted=wanted, found=found):
                usual, _library.ABI_VERSION = _library.ABI_VERSION, wanted
                try:
                    if verdict is None:
                        _library.check_abi(found, path)
                    else:
                        with self.assertRaisesRegex(ymchat.LibraryError, verdict):
                            _library.check_abi(found, path)
                finally:
                    _library.ABI_VERSION = usual

    def test_the_version(self):
        manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
        version = re.search(r'^version = "(.+)"$', manifest, re.MULTILINE)[1]
        self.assertEqual(ymchat.library_version(), version)
        self.assertEqual(ymchat.__version__, version)

    def test_file_names(self):
        names = [_library.file_name(platform) for platform in ("linux", "darwin", "win32")]
        self.assertEqual(names, ["libymchat.so", "libymchat.dylib", "ymchat.dll"])


class Parity(unittest.TestCase):
    """What stands in ymchat.h stands here."""

    def setUp(self):
        self.header = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)

    def test_functions_with_their_arguments(self):
        found = re.findall(r"(?<!struct )\b(ymchat_\w+)\(([^)]*)\)", self.header)
        self.assertGreaterEqual(len(found), 18)
        # Python has a JSON reader, and names for statuses, of its own.
        others = ("ymchat_json_", "ymchat_status_name")
        found = [function for function in found if not function[0].startswith(others)]
        functions = {
            name: 0 if arguments.strip() == "void" else arguments.count(",") + 1
            for name, arguments in found
        }
        ours = {name: len(arguments) for name, (_, arguments) in _library.SIGNATURES.items()}
        self.assertEqual(ours, functions)

    def test_every_function_is_used(self):
        source = "".join(
            file.read_text() for file in (ROOT / "bindings/python/ymchat").glob("_*.py")
        )
        for name in _library.SIGNATURES:
            self.assertRegex(source, rf"\.{name}\b", f"nothing calls {name}")

    def test_statuses(self):
        numbers = dict(re.findall(r"^#define YMCHAT_(\w+) (\d+)$", self.header, re.MULTILINE))
        others = re.compile(r"VERSION|LOG_")
        statuses = {n: int(number) for n, number in numbers.items() if not others.search(n)}
        self.assertGreaterEqual(len(statuses), 15)
        self.assertEqual({status.name: status.value for status in ymchat.Status}, statuses)
        self.assertEqual(_library.ABI_VERSION, int(numbers["ABI_VERSION"]))

    def test_settings(self):
        text = HEADER.read_text(encoding="utf-8")
        members = re.search(r"Members of the configuration.*?@param", text, re.DOTALL)[0]
        settings = {theirs for theirs, _ in _arguments._OPTIONS.values()}
        # What stands in parentheses are values.
        names = re.findall(r'"(\w+)"', re.sub(r"\([^()]*\)", "", members))
        self.assertEqual(len(names), 18, names)
        self.assertLessEqual(set(names), settings)


if __name__ == "__main__":
    unittest.main()
