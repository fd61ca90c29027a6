"""Ctrl-C during a call.

Python runs signal handlers in the main thread between two of its instructions, and so not while
the main thread is inside the library: without further ado Ctrl-C would be heeded when the call's
time is over. What is needed is another thread that learns of the signal at once and cancels the
call; it then returns within a quarter of a second, and Python raises `KeyboardInterrupt`.

That thread reads from a socket which, *for the time of a call*, is the process's wakeup fd
(`signal.set_wakeup_fd`): C code writes the signal's number into it. No work is handed over between
threads, so that a call costs some microseconds more. It happens only in the main thread, and
only where Ctrl-C would raise `KeyboardInterrupt` (the handler is Python's own) and nobody else uses
the wakeup fd (an event loop may). The thread is made by the first such call, one for the process.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

# Cancelling touches calls that have begun, and a signal may come just before that.
_AGAIN = 0.02
_SYNC = 0

Cancel = Callable[[], object]


class _Watch:
    """The thread, and what it cancels."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self.fd = self._writer.fileno()
        # One list per call, so that one call is not taken for the next.
        self.blocked: list[Cancel] | None = None
        self._synced = threading.Event()
        threading.Thread(target=self._run, name="ymchat-ctrl-c", daemon=True).start()

    def _run(self) -> None:
        while True:
            numbers = self._reader.recv(64)
            blocked = self.blocked
            if signal.SIGINT in numbers:
                while blocked is not None and self.blocked is blocked:
                    blocked[0]()
                    time.sleep(_AGAIN)
            if _SYNC in numbers:
                self._synced.set()

    def settle(self) -> None:
        """After an interrupt: nothing of it may be left that would cancel the next call."""
        self.blocked = None
        signal.set_wakeup_fd(-1)
        self._synced.clear()
        self._writer.send(bytes([_SYNC]))
        self._synced.wait(1)


_watch: _Watch | None = None


def in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def run(cancel: Cancel, function: Any, arguments: tuple[Any, ...]) -> int:
    """Calls a function of the library in the main thread, in such a way that Ctrl-C ends it."""
    global _watch
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return int(function(*arguments))
    watch = _watch
    if watch is None:
        watch = _watch = _Watch()
    try:
        others = signal.set_wakeup_fd(watch.fd, warn_on_full_buffer=False)
    except ValueError:
        # Not the main interpreter.
        return int(function(*arguments))
    if others not in (-1, watch.fd) or watch.blocked is not None:
        # An event loop's; or a finalizer calls the library while a call is about to begin.
        signal.set_wakeup_fd(others)
        return int(function(*arguments))
    try:
        watch.blocked = [cancel]
        status = int(function(*arguments))
        watch.blocked = None
        signal.set_wakeup_fd(-1)
    except BaseException:
        watch.settle()
        raise
    return status


def _forget() -> None:
    """In the child of a fork: the thread is not there, and the socket is the parent's."""
    global _watch
    if _watch is not None and _watch.blocked is not None:
        signal.set_wakeup_fd(-1)
    _watch = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
