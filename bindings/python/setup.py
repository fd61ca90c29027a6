"""Builds the shared library into the wheel; everything else stands in pyproject.toml.

The crate is two levels up, or, in an sdist, in `crate`. YMCHAT_LIBRARY names a library that is
built already, and no Rust is needed then.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
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
    "benches/pieces.rs",
    "bindings/c",
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


def package_library():
    """The package's own module knows what the file is called."""
    path = HERE / "ymchat" / "_library.py"
    spec = importlib.util.spec_from_file_location("_library", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build_library():
    prebuilt = os.environ.get("YMCHAT_LIBRARY")
    if prebuilt:
        path = Path(prebuilt).resolve()
        # One that does not fit is refused now, not by whoever installs the wheel.
        package_library()._open(path)
        return path
    source = crate()
    # A folder of its own: in the usual one, other builds leave a library of the same name, with
    # other options.
    target = Path(os.environ.get("CARGO_TARGET_DIR") or source / "target").resolve() / "wheel"
    # One crate type: nobody needs the static library here. Stripped: symbols are a fifth of the
    # file.
    command = ["cargo", "rustc", "--release", "--locked", "--package", "ymchat-c"]
    command += ["--crate-type", "cdylib"]
    command += ["--target-dir", str(target), "--config", "profile.release.strip=true"]
    try:
        subprocess.run(command, cwd=source, check=True)
    except FileNotFoundError:
        sys.exit(
            "ymchat: cargo is not installed, and the library is written in Rust: see rustup.rs, or "
            "let YMCHAT_LIBRARY name a library that is built already."
        )
    except subprocess.CalledProcessError:
        sys.exit("ymchat: cargo could not build the library; its own words stand above.")
    return target / "release" / package_library().file_name()


class BuildWithLibrary(build_py):
    def run(self):
        if not self.editable_mode:
            # Modules of an earlier build that no longer exist would come along.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        # An editable package is used where it stands.
        folder = HERE / "ymchat" if self.editable_mode else Path(self.build_lib) / "ymchat"
        shutil.copyfile(build_library(), folder / package_library().file_name())


class PlatformWheel(bdist_wheel):
    """Any Python 3, since ctypes loads the library, but one platform."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        wanted = self.plat_name or sysconfig.get_platform()
        # A Python for both kinds of Mac; cargo builds for this one.
        wanted = wanted.replace("universal2", platform.machine())
        return "py3", "none", wanted.replace("-", "_").replace(".", "_")


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
