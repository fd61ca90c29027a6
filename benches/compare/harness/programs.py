"""The contestants, and how each is built from the repository as it stands."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.server import KEEP, PLAIN, TLS

HERE = Path(__file__).resolve().parent.parent
REPOSITORY = HERE.parent.parent
SOURCES = HERE / "programs"
BUILD = HERE / "build"
HEADER = REPOSITORY / "include" / "ymchat.h"
CPP_BINDING = REPOSITORY / "bindings" / "cpp"
PYTHON_BINDING = REPOSITORY / "bindings" / "python"

TEXT, TREE = "text", "tree"

C_FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror", "-D_DEFAULT_SOURCE"]


@dataclass(frozen=True)
class Contestant:
    """A program and the work that it does."""

    name: str
    label: str
    modes: tuple = (TEXT, TREE)
    regimes: tuple = (TLS, PLAIN, KEEP)
    # A Python call takes several times as long; a shorter run measures it as well.
    calls_divisor: int = 1


YMCHAT_C = Contestant("ymchat-c", "ymchat, C")
YMCHAT_CPP = Contestant("ymchat-cpp", "ymchat, C++")
YMCHAT_PYTHON = Contestant("ymchat-python", "ymchat, Python", modes=(TREE,), calls_divisor=4)
LIBCURL = Contestant("libcurl", "libcurl")
LIBCURL_TUNED = Contestant("libcurl-tuned", "libcurl, tuned")
BARE_SOCKET = Contestant("bare-socket", "bare socket", modes=(TEXT,), regimes=(PLAIN, KEEP))
BARE_RUSTLS = Contestant("bare-rustls", "bare rustls", modes=(TEXT,), regimes=(TLS,))
REQUESTS = Contestant("requests", "requests", calls_divisor=4)

# Neighbours are compared with each other, so they run one right after the other.
CONTESTANTS = (
    BARE_SOCKET,
    BARE_RUSTLS,
    YMCHAT_C,
    LIBCURL,
    LIBCURL_TUNED,
    YMCHAT_CPP,
    YMCHAT_PYTHON,
    REQUESTS,
)

# What "text" and "tree" mean where it is not the C string and cJSON.
MODE_LABELS = {
    (YMCHAT_PYTHON.name, TREE): "dataclasses",
    (REQUESTS.name, TEXT): "str",
    (REQUESTS.name, TREE): "dicts",
}


def mode_label(contestant, mode):
    """How the report calls a mode."""
    return MODE_LABELS.get((contestant, mode), mode)


@dataclass
class Programs:
    """What could be built; `absent` names the rest and why."""

    commands: dict
    absent: dict
    library: Path = None
    stripped: Path = None
    startup: Path = None
    iterate: Path = None


def build(library=None):
    """Builds everything that the repository has the sources for."""
    BUILD.mkdir(exist_ok=True)
    programs = Programs(commands={}, absent={})
    curl, cjson = _pkg_config("libcurl"), _pkg_config("libcjson")
    programs.commands[LIBCURL.name] = [_compile("libcurl.c", curl + cjson)]
    programs.commands[LIBCURL_TUNED.name] = [
        _compile("libcurl.c", ["-DTUNED", *curl, *cjson], "libcurl-tuned")
    ]
    programs.commands[BARE_SOCKET.name] = [_compile("bare_socket.c", cjson)]
    programs.commands[REQUESTS.name] = [python_with_requests(), "requests_client.py"]
    if HEADER.exists():
        _build_library(programs, library, cjson)
    else:
        for contestant in (YMCHAT_C, YMCHAT_CPP, YMCHAT_PYTHON):
            programs.absent[contestant.label] = "there is no include/ymchat.h yet"
    return programs


def _build_library(programs, library, cjson):
    programs.iterate = _rustc("iterate.rs", "ymchat")
    programs.commands[BARE_RUSTLS.name] = [_rustc("bare_rustls.rs", "rustls")]
    programs.library = _copy(library or _cargo_cdylib(), BUILD / "lib" / "libymchat.so")
    _link_soname(programs.library)
    programs.stripped = BUILD / "lib" / "libymchat.stripped.so"
    _run(["strip", "-o", programs.stripped, programs.library])
    link = [f"-I{HEADER.parent}", programs.library, f"-Wl,-rpath,{programs.library.parent}"]
    programs.startup = _compile("startup.c", [f"-I{HEADER.parent}", *cjson])
    programs.commands[YMCHAT_C.name] = [_compile("ymchat_c.c", link + cjson)]
    if (CPP_BINDING / "ymchat.hpp").exists() and (SOURCES / "ymchat_cpp.cpp").exists():
        include = [f"-I{CPP_BINDING}"]
        programs.commands[YMCHAT_CPP.name] = [_compile("ymchat_cpp.cpp", include + link + cjson)]
    else:
        programs.absent[YMCHAT_CPP.label] = "there is no bindings/cpp/ymchat.hpp yet"
    if PYTHON_BINDING.exists() and (SOURCES / "ymchat_client.py").exists():
        programs.commands[YMCHAT_PYTHON.name] = [python_with_requests(), "ymchat_client.py"]
    else:
        programs.absent[YMCHAT_PYTHON.label] = "there is no bindings/python yet"


def _cargo_cdylib():
    return _cargo("ymchat-c") / "libymchat.so"


def _rustc(source, crate):
    """A program of one file that uses one crate, the library or one that the library uses."""
    # Not an example of the package: cargo would build the simulated Market for it.
    release = _cargo("ymchat")
    deps = release / "deps"
    program = BUILD / "bin" / Path(source).stem
    rlib = release / f"lib{crate}.rlib"
    if not rlib.exists():
        # The last one that was built, where an earlier version lies beside it.
        rlib = max(deps.glob(f"lib{crate}-*.rlib"), key=lambda path: path.stat().st_mtime)
    library = ["--extern", f"{crate}={rlib}", "-L", f"dependency={deps}"]
    program.parent.mkdir(exist_ok=True)
    # Linked as the library is.
    _run(["rustc", "--edition", "2024", "-O", "-C", "lto=fat", SOURCES / source, "-o", program, *library])
    return program


def _cargo(package):
    # A target directory of its own: what is measured is what this run has built.
    target = BUILD / "target"
    _run(["cargo", "build", "--release", "--package", package, "--target-dir", target], cwd=REPOSITORY)
    return target / "release"


def _compile(source, flags, name=None):
    compiler = ["g++", "-std=c++17"] if source.endswith(".cpp") else ["gcc", "-std=c11"]
    program = BUILD / "bin" / (name or Path(source).stem)
    program.parent.mkdir(exist_ok=True)
    _run([*compiler, *C_FLAGS, SOURCES / source, "-o", program, *flags])
    return program


def _pkg_config(package):
    return shlex.split(_run(["pkg-config", "--cflags", "--libs", package]))


def python_with_requests():
    """The interpreter for all Python contestants: the first that has requests."""
    for candidate in ("python3", "/usr/bin/python3"):
        path = shutil.which(candidate)
        if path and not subprocess.run([path, "-c", "import requests"], capture_output=True).returncode:
            return path
    sys.exit("no python3 can import requests (Debian: python3-requests)")


def environment():
    """For every contestant alike: without a proxy or a CA that only some of them would heed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(PYTHON_BINDING),
        "PYTHONDONTWRITEBYTECODE": "1",
        "YMCHAT_LIBRARY": str(BUILD / "lib" / "libymchat.so"),
    }


def _copy(source, target):
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755)
    return target


def _link_soname(library):
    """Programs ask the loader for the name in the library, which carries the ABI's number."""
    dynamic = _run(["readelf", "-d", library])
    soname = re.search(r"SONAME.*\[(.*)\]", dynamic)
    if soname and soname[1] != library.name:
        alias = library.with_name(soname[1])
        alias.unlink(missing_ok=True)
        alias.symlink_to(library.name)


def _run(command, **options):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False, **options
    )
    if done.returncode:
        sys.exit(f"failed: {shlex.join(str(word) for word in command)}")
    return done.stdout
