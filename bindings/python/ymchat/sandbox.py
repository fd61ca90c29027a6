"""The simulated Market, started by ``python -m ymchat.sandbox``.

It says which address, key and business to use, and runs until it is ended. ``--help`` tells what
can be set. The environment variable ``YMCHAT_SANDBOX`` names another program than the package's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import _programs


def program() -> Path:
    """The program ``ymchat-sandbox``: the package's own, or the one that is named elsewhere.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.program().name  # doctest: +SKIP
    'ymchat-sandbox'
    """
    return _programs.find("ymchat-sandbox", "YMCHAT_SANDBOX")


def file_name(platform: str = sys.platform) -> str:
    """How the program is called on a platform.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.file_name("win32")
    'ymchat-sandbox.exe'
    """
    return _programs.file_name("ymchat-sandbox", platform)


def main(arguments: list[str]) -> int:
    """Runs the program with these arguments; gives its exit code.

    >>> import ymchat.sandbox
    >>> ymchat.sandbox.main(["--help"])  # doctest: +SKIP
    0
    """
    return _programs.run("ymchat.sandbox", program(), "YMCHAT_SANDBOX", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
