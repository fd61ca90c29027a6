"""Python's arguments as the library takes them: JSON, milliseconds, 64 bits, NUL-terminated."""

import json
from datetime import timedelta
from operator import index
from typing import Any, Iterable, Optional, Tuple, Union

from ._enums import ContextType, Json
from ._errors import InvalidArgument

_MILLISECOND = timedelta(milliseconds=1)

Contexts = Iterable[Tuple[Union[ContextType, str], int]]


def as_json(**options: Any) -> Optional[bytes]:
    """Options as the library takes them: without those that are None."""
    given = {name: value for name, value in options.items() if value is not None}
    if not given:
        return None
    return json.dumps(given).encode()


def chat_filters(
    limit: Optional[int],
    page_token: Optional[str],
    order_ids: Optional[Iterable[int]],
    contexts: Optional[Contexts],
    context_types: Optional[Iterable[str]],
    types: Optional[Iterable[str]],
    statuses: Optional[Iterable[str]],
    call_timeout: Optional[timedelta],
) -> Json:
    return {
        "limit": limit,
        "pageToken": page_token,
        "orderIds": None if order_ids is None else list(order_ids),
        "contexts": None
        if contexts is None
        else [{"type": kind, "id": ident} for kind, ident in contexts],
        "contextTypes": _words("context_types", context_types),
        "types": _words("types", types),
        "statuses": _words("statuses", statuses),
        "callTimeoutMs": milliseconds("call_timeout", call_timeout),
    }


def sending(
    after_message_id: Optional[int], resolve: bool, resend: bool, return_message_id: bool
) -> Optional[bytes]:
    return as_json(
        afterMessageId=after_message_id,
        resolve=None if resolve is True else resolve,
        resend=resend or None,
        returnMessageId=return_message_id or None,
    )


def _words(name: str, values: Optional[Iterable[str]]) -> "Optional[list[str]]":
    if values is None:
        return None
    if isinstance(values, str):
        # Its letters would be taken one by one.
        raise TypeError(f'{name} is a list, such as ["{values}"]')
    return list(values)


def milliseconds(name: str, time: Optional[timedelta]) -> Optional[int]:
    if time is None:
        return None
    if not isinstance(time, timedelta):
        raise TypeError(f"{name} is a datetime.timedelta, not {type(time).__name__}")
    # Rounded up: half a millisecond is not "no time at all".
    return -(-time // _MILLISECOND)


def int64(name: str, value: int) -> int:
    # ctypes would cut off what is beyond 64 bits.
    ident = index(value)
    if not -(1 << 63) <= ident < 1 << 63:
        raise InvalidArgument(f"{name} does not fit into 64 bits: {ident}")
    return ident


def utf8(name: str, text: str) -> bytes:
    # C would take a NUL for the end, and half of a message would be sent.
    if not isinstance(text, str):
        raise TypeError(f"{name} is a str, not {type(text).__name__}")
    if "\0" in text:
        raise InvalidArgument(f"{name} holds a NUL character")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name} holds half of a surrogate pair") from None
