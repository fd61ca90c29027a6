"""Python's arguments as the library takes them: JSON, milliseconds, 64 bits, NUL-terminated.

What the library would refuse in its own words, or C would silently change, is refused here by the
names that the arguments have in Python: a wrong type with `TypeError`, anything else with
`InvalidArgument`, whose document is the one that the library would give.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from operator import index
from typing import Any, TypedDict, TypeVar

from ._enums import ChatStatus, ChatType, ContextType, Json
from ._errors import refused
from ._sentences import Operation, wrong_type

Seconds = float | timedelta


class ChatFilters(TypedDict, total=False):
    """The filters of :meth:`Client.get_chats`, :meth:`Client.get_all_chats` and
    :meth:`Client.chats`; each may be left out, or be None."""

    #: Chats about these orders (deprecated by the API: use ``contexts``).
    order_ids: Iterable[int] | None
    #: Chats about these, as ``("ORDER", id)`` or ``("RETURN", id)``.
    contexts: Iterable[tuple[ContextType | str, int]] | None
    #: Chats about this: ORDER, RETURN, DIRECT.
    context_types: Iterable[ContextType | str] | None
    #: CHAT, ARBITRAGE.
    types: Iterable[ChatType | str] | None
    #: NEW, WAITING_FOR_PARTNER, …
    statuses: Iterable[ChatStatus | str] | None
    #: For this call, instead of the client's; seconds or a ``timedelta``.
    call_timeout: Seconds | None


class SyncFilters(TypedDict, total=False):
    """The options of :meth:`Client.sync` and :meth:`Client.follow`; each may be left out, or be
    None. A token belongs to one ``scope``, ``types`` and ``context_types``: give the same ones
    with each call."""

    #: With what to begin where ``since`` is empty: "waiting" (everything in chats that wait for an
    #: answer, the default), "now", "all", or a time with a time zone.
    start: str | datetime | None
    #: "waiting" (chats that are NEW, WAITING_FOR_PARTNER or WAITING_FOR_ARBITER: a chat that comes
    #: up brings all that it has new; the default), or "all".
    scope: str | None
    #: CHAT, ARBITRAGE.
    types: Iterable[ChatType | str] | None
    #: Chats about this: ORDER, RETURN, DIRECT.
    context_types: Iterable[ContextType | str] | None
    #: Messages in one result, 1 to 100000; 500.
    limit: int | None
    #: Look at these chats only, such as a notification names: one request for one new message.
    chat_ids: Iterable[int] | None
    #: How long to wait until something is there; not at all. Seconds or a ``timedelta``.
    wait: Seconds | None
    #: For each look, instead of the client's; a call lasts as long as this and ``wait`` together.
    call_timeout: Seconds | None


def as_json(operation: Operation, **given: Any) -> bytes | None:
    """Options as the library takes them: without those that are None.

    The names are Python's.
    """
    options = as_dict(operation, **given)
    return json.dumps(options).encode() if options else None


def as_dict(operation: Operation, **given: Any) -> Json:
    options: Json = {}
    for name, value in given.items():
        if value is not None:
            theirs, convert = _OPTIONS[name]
            options[theirs] = convert(operation, name, value)
    return options


_Filters = TypeVar("_Filters", ChatFilters, SyncFilters)


def known(filters: _Filters, kind: Any = ChatFilters) -> _Filters:
    """Refuses what Python would have, had the filters been written out as arguments."""
    for name in filters:
        if name not in kind.__annotations__:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
    return filters


def int64(operation: Operation, name: str, value: int) -> int:
    # ctypes would cut off what is beyond 64 bits.
    ident = _int(operation, name, value)
    if not -(1 << 63) <= ident < 1 << 63:
        raise refused(operation, "above_64_bits", name=name, value=ident)
    return ident


def utf8(operation: Operation, name: str, text: str) -> bytes:
    # C would take a NUL for the end, and half of a message would be sent.
    if "\0" in _str(operation, name, text):
        raise refused(operation, "has_nul", name=name)
    return text.encode()


def file_data(operation: Operation, value: bytes | bytearray | memoryview) -> Any:
    """The bytes for ctypes, copied only where they cannot be lent."""
    from ctypes import c_char

    if isinstance(value, bytes):
        return value
    view = memoryview(value)
    if view.readonly or not view.contiguous or not view.nbytes:
        return view.tobytes()
    return (c_char * view.nbytes).from_buffer(view)


def _int(operation: Operation, name: str, value: Any) -> int:
    if not isinstance(value, bool):
        try:
            return index(value)
        except TypeError:
            pass
    raise wrong_type(operation, "not_int", name, value)


def _str(operation: Operation, name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type(operation, "not_str", name, value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise refused(operation, "has_half_pair", name=name) from None
    # A plain one also of an enum's member.
    return str(value)


def _bool(operation: Operation, name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(operation, "not_bool", name, value)
    return value


def _path(operation: Operation, name: str, value: Any) -> str:
    if not isinstance(value, (str, os.PathLike)):
        raise wrong_type(operation, "not_path", name, value)
    return _str(operation, name, os.fsdecode(value))


def _milliseconds(operation: Operation, name: str, value: Any) -> int:
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(operation, "not_seconds", name, value)
    if not math.isfinite(value):
        raise refused(operation, "not_finite", name=name, value=value)
    # Rounded up: half a millisecond is not "no time at all".
    ms = math.ceil(round(value * 1000, 6))
    if not 1 <= ms <= 86_400_000:
        raise refused(operation, "not_within_a_day", name=name, value=value)
    return ms


def _wait(operation: Operation, name: str, value: Any) -> int:
    is_zero = not isinstance(value, bool) and value in (0, timedelta(0))
    return 0 if is_zero else _milliseconds(operation, name, value)


def _start(operation: Operation, name: str, value: Any) -> str:
    if not isinstance(value, datetime):
        return _str(operation, name, value)
    if value.utcoffset() is None:
        raise refused(operation, "no_time_zone", name=name)
    return value.isoformat()


def _ids(operation: Operation, name: str, values: Any) -> list[int]:
    return [_int(operation, place, value) for place, value in _items(operation, name, values)]


def _words(operation: Operation, name: str, values: Any) -> list[str]:
    return [_str(operation, place, value) for place, value in _items(operation, name, values)]


def _contexts(operation: Operation, name: str, values: Any) -> list[Json]:
    contexts: list[Json] = []
    for place, pair in _items(operation, name, values):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise wrong_type(operation, "not_pair", place, pair)
        kind = _str(operation, f"{place}[0]", pair[0])
        contexts.append({"type": kind, "id": _int(operation, f"{place}[1]", pair[1])})
    return contexts


def _items(operation: Operation, name: str, values: Any) -> Iterable[tuple[str, Any]]:
    """Each with its place, such as ``statuses[0]``."""
    # The letters of a str would be taken one by one.
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise wrong_type(operation, "not_list", name, values)
    return ((f"{name}[{index}]", value) for index, value in enumerate(values))


# Python's names, the library's, and how the one becomes the other.
_OPTIONS: dict[str, tuple[str, Callable[[Operation, str, Any], Any]]] = {
    "limit": ("limit", _int),
    "page_token": ("pageToken", _str),
    "message_id_from": ("messageIdFrom", _int),
    "call_timeout": ("callTimeoutMs", _milliseconds),
    "max_total_bytes": ("maxTotalBytes", _int),
    "order_ids": ("orderIds", _ids),
    "chat_ids": ("chatIds", _ids),
    "start": ("start", _start),
    "scope": ("scope", _str),
    "wait": ("waitMs", _wait),
    "contexts": ("contexts", _contexts),
    "context_types": ("contextTypes", _words),
    "types": ("types", _words),
    "statuses": ("statuses", _words),
    "after_message_id": ("afterMessageId", _int),
    "resolve": ("resolve", _bool),
    "resend": ("resend", _bool),
    "return_message_id": ("returnMessageId", _bool),
    "ticket": ("ticket", _str),
    "name": ("name", _str),
    "version": ("version", _str),
    "remote_address": ("remoteAddress", _str),
    "allow_from": ("allowFrom", _words),
    "kinds": ("kinds", _words),
    "allow_hosts": ("allowHosts", _words),
    "message": ("message", _str),
    "file_name": ("fileName", _str),
    "file_size": ("fileSize", _int),
    "api_key": ("apiKey", _str),
    "oauth_token": ("oauthToken", _str),
    "business_id": ("businessId", _int),
    "base_url": ("baseUrl", _str),
    "integration": ("integration", _str),
    "connect_timeout": ("connectTimeoutMs", _milliseconds),
    "attempt_timeout": ("attemptTimeoutMs", _milliseconds),
    "max_attempts": ("maxAttempts", _int),
    "max_parallel": ("maxParallel", _int),
    "proxy": ("proxy", _str),
    "ca_file": ("caFile", _path),
    "trust": ("trust", _str),
    "max_response_bytes": ("maxResponseBytes", _int),
    "file_hosts": ("fileHosts", _words),
    "overwrite": ("overwrite", _bool),
    "max_bytes": ("maxBytes", _int),
    "check_messages": ("checkMessages", _str),
    "language": ("language", _str),
    "allow_insecure_http": ("allowInsecureHttp", _bool),
}
