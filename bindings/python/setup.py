"""Builds the shared library and the simulated Market into the wheel; everything else stands in
pyproject.toml.

The crate is two levels up, or, in an sdist, in `crate`. YMCHAT_LIBRARY and YMCHAT_SANDBOX name a
library and a program that are built already, and no Rust is needed then. These may be of another
platform, which `bdist_wheel --plat-name win_amd64` names.
"""

import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import types
from functools import cache
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
# The whole workspace, without which cargo does not build a part of it.
CRATE_FILES = (
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "build.rs",
    "benches/json_document.rs",
    "benches/log_cost.rs",
    "benches/pieces.rs",
    "benches/sync.rs",
    "bindings/c",
    "bindings/onec",
    "cli",
    "sandbox",
    "src",
)


def crate():
    for folder in (HERE / "crate", HERE.parent.parent):
        if (folder / "bindings" / "c").is_dir():
            return folder
    sys.exit(
        "ymchat: the Rust sources of the library are not here. Install from the repository, or let "
        "YMCHAT_LIBRARY name a library that is built already."
    )


def module(name):
    """The package's own modules know what the files are called. They are loaded without the rest of
    the package."""
    package = types.ModuleType("ymchat")
    package.__path__ = [str(HERE / "ymchat")]
    sys.modules.setdefault("ymchat", package)
    return importlib.import_module(f"ymchat.{name}")


def package_library():
    return module("_library")


def build_library(platform):
    prebuilt = os.environ.get("YMCHAT_LIBRARY")
    if prebuilt:
        path = Path(prebuilt).resolve()
        # One that does not fit is refused now, not by whoever installs the wheel.
        if platform == sys.platform:
            package_library()._open(path)
        else:
            check_foreign_library(path, platform)
        return path
    if platform != sys.platform:
        sys.exit(f"ymchat: cargo builds for {sys.platform} here; YMCHAT_LIBRARY has to name a library")
    return cargo_build() / package_library().file_name()


def check_foreign_library(path, platform):
    """What can be seen of a library that cannot be loaded here."""
    contents = path.read_bytes()
    beginning = {"win32": b"MZ", "linux": b"\x7fELF"}.get(platform, b"")
    missing = [name for name in package_library().SIGNATURES if name.encode() not in contents]
    if not contents.startswith(beginning) or missing:
        sys.exit(f"ymchat: the library {path} cannot be loaded: it is none of ymchat for {platform}")


def build_sandbox():
    prebuilt = os.environ.get("YMCHAT_SANDBOX")
    if prebuilt:
        return Path(prebuilt).resolve()
    return cargo_build() / module("sandbox").file_name()


@cache
def cargo_build():
    """Builds the crate, as its README says; gives the folder that everything is in then."""
    source = crate()
    target = Path(os.environ.get("CARGO_TARGET_DIR") or source / "target").resolve()
    # No parts of it: with other packages, cargo chooses other features of what they depend on, and
    # builds that anew.
    command = ["cargo", "build", "--release", "--locked", "--target-dir", str(target)]
    try:
        subprocess.run(command, cwd=source, check=True)
    except FileNotFoundError:
        sys.exit(
            "ymchat: cargo is not installed, and the library is written in Rust: see rustup.rs, or "
            "let YMCHAT_LIBRARY name a library that is built already."
        )
    except subprocess.CalledProcessError:
        sys.exit("ymchat: cargo could not build the library; its own words stand above.")
    return target / "release"


class BuildWithLibrary(build_py):
    def run(self):
        if not self.editable_mode:
            # Modules of an earlier build that no longer exist would come along.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        # An editable package is used where it stands.
        folder = HERE / "ymchat" if self.editable_mode else Path(self.build_lib) / "ymchat"
        platform = self.platform()
        shutil.copyfile(build_library(platform), folder / package_library().file_name(platform))
        # With its permission to be executed.
        shutil.copy(build_sandbox(), folder / module("sandbox").file_name(platform))
        # The command line is for wheels that are handed on: to build it takes as long as all the rest.
        program = os.environ.get("YMCHAT_PROGRAM")
        if program:
            shutil.copy(program, folder / module("cli").file_name(platform))

    def platform(self):
        """That of the wheel, as sys.platform has it."""
        wanted = self.distribution.get_command_obj("bdist_wheel").plat_name or ""
        return "win32" if wanted.startswith("win") else sys.platform


class PlatformWheel(bdist_wheel):
    """Any Python 3, since ctypes loads the library, but one platform."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        wanted = self.plat_name or sysconfig.get_platform()
        # A Python for both kinds of Mac; cargo builds for this one.
        wanted = wanted.replace("universal2", platform.machine())
        folder = Path(self.get_finalized_command("build_py").build_lib) / "ymchat"
        if wanted.startswith("linux") and folder.is_dir():
            wanted = wanted.replace("linux", "manylinux_" + needed_glibc(folder), 1)
        return "py3", "none", wanted.replace("-", "_").replace(".", "_")


def needed_glibc(folder):
    """The glibc that the files of a built package need, as in the tags that PyPI takes (PEP 600):
    every symbol names the version of glibc that brought it."""
    minors = {17}
    for file in folder.iterdir():
        found = re.findall(rb"GLIBC_2\.(\d+)", file.read_bytes() if file.is_file() else b"")
        minors.update(int(minor) for minor in found)
    return f"2_{max(minors)}"


class SdistWithCrate(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in CRATE_FILES:
            source, target = crate() / name, Path(base_dir) / "crate" / name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


setup(
    cmdclass={
        "bdist_wheel": PlatformWheel,
        "build_py": BuildWithLibrary,
        "sdist": SdistWithCrate,
    },
    # Otherwise the package would land in a folder for pure Python.
    has_ext_modules=lambda: True,
)
