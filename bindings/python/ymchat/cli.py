"""The command line, started by ``python -m ymchat.cli``: ``python -m ymchat.cli doctor``.

The wheels carry the program; a package that was installed from its sources does not. The environment
variable ``YMCHAT_PROGRAM`` names another one than the package's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import _programs


def program() -> Path:
    """The program ``ymchat``: the package's own, or the one that is named elsewhere.

    >>> import ymchat.cli
    >>> ymchat.cli.program().name  # doctest: +SKIP
    'ymchat'
    """
    return _programs.find("ymchat", "YMCHAT_PROGRAM")


def file_name(platform: str = sys.platform) -> str:
    """How the program is called on a platform.

    >>> import ymchat.cli
    >>> ymchat.cli.file_name("win32")
    'ymchat.exe'
    """
    return _programs.file_name("ymchat", platform)


def main(arguments: list[str]) -> int:
    """Runs the program with these arguments; gives its exit code.

    >>> import ymchat.cli
    >>> ymchat.cli.main(["--help"])  # doctest: +SKIP
    0
    """
    return _programs.run("ymchat.cli", program(), "YMCHAT_PROGRAM", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
