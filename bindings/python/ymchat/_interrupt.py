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

The calls of the main thread are made in a scope of the client (`ymchat_client_scope`). What is
cancelled there stays cancelled, so a signal that comes just before the call begins ends it as well,
and the calls of other threads are not touched. After an interrupt the scope is given up.
"""

import os
import signal
import socket
import threading
from ctypes import byref, c_void_p
from typing import Any

_SYNC = 0


class MainCalls:
    """The calls of the main thread in one client."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._scope: int | None = None

    def scope(self, client: int) -> int:
        """The handle for the next call."""
        if self._scope is None:
            scope = c_void_p()
            self._library.ymchat_client_scope(client, byref(scope))
            self._scope = scope.value
        # There is none where the client was closed meanwhile: the library says so then.
        return self._scope or client

    def cancel(self) -> None:
        if self._scope is not None:
            self._library.ymchat_client_cancel(self._scope)

    def give_up(self) -> None:
        """The next call gets another scope."""
        scope, self._scope = self._scope, None
        if scope is not None:
            self._library.ymchat_client_free(scope)


class _Watch:
    """The thread, and what it cancels."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self.fd = self._writer.fileno()
        self.blocked: MainCalls | None = None
        self._synced = threading.Event()
        threading.Thread(target=self._run, name="ymchat-ctrl-c", daemon=True).start()

    def _run(self) -> None:
        while True:
            numbers = self._reader.recv(64)
            blocked = self.blocked
            if signal.SIGINT in numbers and blocked is not None:
                blocked.cancel()
            if _SYNC in numbers:
                self._synced.set()

    def settle(self, calls: MainCalls) -> None:
        """After an interrupt: nothing of it may be left that would cancel the next call."""
        self.blocked = None
        signal.set_wakeup_fd(-1)
        self.wait_until_all_is_read()
        calls.give_up()

    def wait_until_all_is_read(self) -> None:
        self._synced.clear()
        self._writer.send(bytes([_SYNC]))
        self._synced.wait(1)


_watch: _Watch | None = None


def in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def run(calls: MainCalls, function: Any, client: int, arguments: tuple[Any, ...]) -> int:
    """Calls a function of the library in the main thread, in such a way that Ctrl-C ends it."""
    global _watch
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return int(function(client, *arguments))
    watch = _watch
    if watch is None:
        watch = _watch = _Watch()
    try:
        others = signal.set_wakeup_fd(watch.fd, warn_on_full_buffer=False)
    except ValueError:
        # Not the main interpreter.
        return int(function(client, *arguments))
    if others not in (-1, watch.fd) or watch.blocked is not None:
        # An event loop's; or a finalizer calls the library while a call is about to begin.
        signal.set_wakeup_fd(others)
        return int(function(client, *arguments))
    try:
        scope = calls.scope(client)
        watch.blocked = calls
        status = int(function(scope, *arguments))
        watch.blocked = None
        signal.set_wakeup_fd(-1)
    except BaseException:
        watch.settle(calls)
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
