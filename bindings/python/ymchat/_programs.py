"""Programs that a wheel carries beside the library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ._sentences import sentence


def file_name(name: str, platform: str) -> str:
    """How a program is called on a platform."""
    return f"{name}.exe" if platform == "win32" else name


def find(name: str, variable: str) -> Path:
    """The package's own program, or the one that an environment variable names."""
    elsewhere = os.environ.get(variable)
    if elsewhere:
        return Path(elsewhere)
    return Path(__file__).resolve().parent / file_name(name, sys.platform)


def run(module: str, path: Path, variable: str, arguments: list[str]) -> int:
    """Runs a program in the place of this process; gives its exit code."""
    if not path.is_file():
        # The variable is the one that the program itself would heed.
        said = sentence(
            os.environ.get("YMCHAT_LANGUAGE"),
            "program_missing",
            module=module,
            file=path.name,
            folder=path.parent,
            variable=variable,
        )
        print(said, file=sys.stderr)
        return 1
    if os.name == "posix":
        # In the place of this process, so that signals reach it.
        os.execv(path, [str(path), *arguments])
    try:
        return subprocess.run([path, *arguments], check=False).returncode
    except KeyboardInterrupt:
        return 130
