"""Finding the shared library, and telling ctypes what its functions look like."""

import ctypes
import json
import os
import sys
import threading
from ctypes import (
    CFUNCTYPE,
    POINTER,
    byref,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path
from typing import Any

from ._sentences import sentence

# The ABI that this package was written for: major * 65536 + minor, as in ymchat.h.
ABI_VERSION = 1

_OUT_TEXT = POINTER(c_char_p)
# ymchat_sync_progress, ymchat_download_progress
PROGRESS = CFUNCTYPE(c_int32, c_void_p, c_uint64, c_uint64)
# ymchat_log_callback
LOG_CALLBACK = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)

# Every function of ymchat.h: what it returns, and what it takes.
SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "ymchat_version": (c_char_p, ()),
    "ymchat_abi_version": (c_uint32, ()),
    "ymchat_client_new": (c_int32, (c_char_p, POINTER(c_void_p), _OUT_TEXT)),
    "ymchat_client_free": (c_int32, (c_void_p,)),
    "ymchat_client_cancel": (c_int32, (c_void_p,)),
    "ymchat_client_scope": (c_int32, (c_void_p, POINTER(c_void_p))),
    "ymchat_client_stats": (c_int32, (c_void_p, _OUT_TEXT)),
    "ymchat_string_free": (None, (c_char_p,)),
    "ymchat_get_chats": (c_int32, (c_void_p, c_char_p, _OUT_TEXT)),
    "ymchat_get_chat": (c_int32, (c_void_p, c_int64, _OUT_TEXT)),
    "ymchat_get_chat_history": (c_int32, (c_void_p, c_int64, c_char_p, _OUT_TEXT)),
    "ymchat_get_chat_message": (c_int32, (c_void_p, c_int64, c_int64, _OUT_TEXT)),
    "ymchat_send_message": (c_int32, (c_void_p, c_int64, c_char_p, c_char_p, _OUT_TEXT)),
    "ymchat_send_file": (
        c_int32,
        (c_void_p, c_int64, c_char_p, c_char_p, c_size_t, c_char_p, _OUT_TEXT),
    ),
    "ymchat_prepare_send": (c_int32, (c_void_p, c_int64, c_char_p, _OUT_TEXT)),
    "ymchat_create_chat": (c_int32, (c_void_p, c_char_p, c_int64, _OUT_TEXT)),
    "ymchat_get_campaigns": (c_int32, (c_void_p, c_char_p, _OUT_TEXT)),
    "ymchat_get_token_info": (c_int32, (c_void_p, _OUT_TEXT)),
    "ymchat_get_all_chats": (c_int32, (c_void_p, c_char_p, _OUT_TEXT)),
    "ymchat_get_messages_since": (c_int32, (c_void_p, c_int64, c_int64, c_char_p, _OUT_TEXT)),
    "ymchat_parse_notification": (c_int32, (c_char_p, c_size_t, c_char_p, _OUT_TEXT)),
    "ymchat_check_message": (c_int32, (c_char_p, c_char_p, _OUT_TEXT)),
    "ymchat_sync": (c_int32, (c_void_p, c_char_p, c_char_p, _OUT_TEXT)),
    "ymchat_sync_with_progress": (
        c_int32,
        (c_void_p, c_char_p, c_char_p, PROGRESS, c_void_p, _OUT_TEXT),
    ),
    "ymchat_set_log_callback": (c_int32, (LOG_CALLBACK, c_void_p, c_int32)),
    "ymchat_download_file": (c_int32, (c_void_p, c_char_p, c_char_p, c_char_p, _OUT_TEXT)),
    "ymchat_download_file_with_progress": (
        c_int32,
        (c_void_p, c_char_p, c_char_p, c_char_p, PROGRESS, c_void_p, _OUT_TEXT),
    ),
}


class LibraryError(ImportError):
    """The shared library is missing, is another one, or does not fit this package.

    It is no :class:`ymchat.Error`: it is the installation that is wrong, not a call.

    >>> import ymchat
    >>> try:
    ...     version = ymchat.library_version()
    ... except ymchat.LibraryError as error:
    ...     print(error)
    """


_loaded: ctypes.CDLL | None = None
_loading = threading.Lock()


def load(language: str | None = None) -> ctypes.CDLL:
    """The library, loaded at the first call; what is wrong with it is told in this language."""
    global _loaded
    if _loaded is None:
        with _loading:
            if _loaded is None:
                _loaded = _open(_path(language), language)
    return _loaded


def library_version() -> str:
    """The version of the shared library that is in use.

    >>> import ymchat
    >>> ymchat.library_version()
    '0.1.0'
    """
    version: bytes = load().ymchat_version()
    return version.decode()


def call(function: Any, *arguments: Any) -> tuple[int, dict[str, Any]]:
    """Calls a function that needs no client: its status and its document."""
    out = c_char_p()
    try:
        status: int = function(*arguments, byref(out))
        return status, json.loads((out.value or b"{}").decode())
    finally:
        load().ymchat_string_free(out)


def file_name(platform: str = sys.platform) -> str:
    """How the shared library is called on a platform."""
    if platform == "win32":
        return "ymchat.dll"
    return "libymchat.dylib" if platform == "darwin" else "libymchat.so"


def _path(language: str | None) -> Path:
    elsewhere = os.environ.get("YMCHAT_LIBRARY")
    if elsewhere:
        return Path(elsewhere).resolve()
    packaged = Path(__file__).resolve().parent / file_name()
    if not packaged.exists():
        where = {"file": packaged.name, "folder": packaged.parent}
        raise LibraryError(sentence(language, "library_missing", **where))
    return packaged


def _open(path: Path, language: str | None = None) -> ctypes.CDLL:
    try:
        # CDLL, and not PyDLL: the GIL is free while a function of the library runs.
        library = ctypes.CDLL(str(path))
    except OSError as error:
        said = sentence(language, "library_not_loaded", path=path, why=error)
        raise LibraryError(said) from error
    try:
        abi_version = library.ymchat_abi_version
    except AttributeError:
        raise LibraryError(sentence(language, "library_foreign", path=path)) from None
    abi_version.restype = c_uint32
    check_abi(int(abi_version()), path, language)
    for name, (result, arguments) in SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            said = sentence(language, "library_lacks_function", path=path, name=name)
            raise LibraryError(said) from None
        function.restype = result
        function.argtypes = arguments
    return library


def check_abi(found: int, path: Path, language: str | None = None) -> None:
    """Refuses a library of another major number, and an older one of the same."""
    major, minor = divmod(found, 65536)
    wanted_major, wanted_minor = divmod(ABI_VERSION, 65536)
    if major == wanted_major and minor >= wanted_minor:
        return
    is_old = major < wanted_major or major == wanted_major
    said = sentence(
        language,
        "library_too_old" if is_old else "library_too_new",
        path=path,
        found=f"{major}.{minor}",
        wanted=f"{wanted_major}.{wanted_minor}",
        major=wanted_major,
    )
    raise LibraryError(said)
