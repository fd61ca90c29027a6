"""The library's own log, for Python's logging."""

from __future__ import annotations

import atexit
import logging
import threading
from typing import Any

from . import _library
from ._errors import refused
from ._sentences import Operation, wrong_type

_log = logging.getLogger("ymchat")
# YMCHAT_LOG_ERROR to YMCHAT_LOG_DEBUG.
_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}
_changing = threading.Lock()
_telling = threading.local()
# What the library calls lives as long as it may be called.
_callback: Any = None


def log_requests(level: int | None = logging.DEBUG) -> None:
    """Has the logger "ymchat" told what the library does.

    A line for each request (operation, attempt, status, duration, trace id) at the level DEBUG, and
    one for each wait and each repetition, and why, at the level INFO. No line holds a credential or
    the text of a message. It holds for the whole process, until it is ended. The child of a fork
    begins without it.

    :param level: The least important lines that the library tells, from ``logging.DEBUG`` to
        ``logging.ERROR``. The logger's own level counts as well. None ends it.

    >>> import logging, ymchat
    >>> ymchat.log_requests(logging.INFO)
    >>> ymchat.log_requests(None)
    """
    global _callback
    operation = Operation("set_log_callback")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int)):
        raise wrong_type(operation, "not_level", "level", level)
    number = 0
    if level is not None:
        fitting = [ours for ours, theirs in _LEVELS.items() if theirs >= level]
        if not fitting:
            raise refused(operation, "level_too_high")
        number = max(fitting)
    if getattr(_telling, "now", False):
        # It would wait for itself.
        raise refused(operation, "log_within_log")
    function = _library.load().ymchat_set_log_callback
    with _changing:
        new = _library.LOG_CALLBACK(_tell if number else 0)
        # Without the GIL: it waits for lines that other threads are just telling.
        function(new, None, number)
        _callback = new if number else None


def _tell(_: Any, level: int, text: bytes) -> None:
    _telling.now = True
    try:
        _log.log(_LEVELS.get(level, logging.DEBUG), "%s", text.decode())
    finally:
        _telling.now = False


@atexit.register
def _end() -> None:
    # No thread of the library may call into an interpreter that ends.
    if _callback is not None:
        log_requests(None)
