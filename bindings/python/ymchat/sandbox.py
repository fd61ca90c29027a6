"""The simulated Market, started by ``python -m ymchat.sandbox``.

It says which address, key and business to use, and runs until it is ended. ``--help`` tells what
can be set. The environment variable ``YMCHAT_SANDBOX`` names another program than the package's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def program() -> Path:
    """The program ``ymchat-sandbox``: the package's own, or the one that is named elsewhere.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.program().name  # doctest: +SKIP
    'ymchat-sandbox'
    """
    elsewhere = os.environ.get("YMCHAT_SANDBOX")
    if elsewhere:
        return Path(elsewhere)
    return Path(__file__).resolve().parent / file_name()


def file_name(platform: str = sys.platform) -> str:
    """How the program is called on a platform.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.file_name("win32")
    'ymchat-sandbox.exe'
    """
    return "ymchat-sandbox.exe" if platform == "win32" else "ymchat-sandbox"


def main(arguments: list[str]) -> int:
    """Runs the program with these arguments; gives its exit code.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.main(["--help"])  # doctest: +SKIP
    0
    """
    path = program()
    if not path.is_file():
        print(
            f"ymchat.sandbox: there is no {path.name} in {path.parent}. Install the package from a "
            "wheel, or let YMCHAT_SANDBOX name the program.",
            file=sys.stderr,
        )
        return 1
    if os.name == "posix":
        # In the place of this process, so that signals reach it.
        os.execv(path, [str(path), *arguments])
    try:
        return subprocess.run([path, *arguments], check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
