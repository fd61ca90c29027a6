"""The Market's notifications: what happened, and what to answer. They need no client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import _library
from ._arguments import as_json, file_data
from ._enums import Json, NotificationType, words
from ._errors import error_of
from ._sentences import Operation, wrong_type

_TYPES = words(NotificationType)


@dataclass(frozen=True, slots=True)
class NotificationReply:
    """The answer to a notification: ``Content-Type: application/json``."""

    #: 200; 400 for what is no notification; 403 for one from a foreign address.
    http_status: int
    #: The JSON text, in UTF-8.
    body: bytes


@dataclass(frozen=True, slots=True)
class Notification:
    """A request that claims to be a notification of the Market, and the answer to it."""

    #: Whether it is one, from an address that may send it. Answer with ``reply`` in either case.
    accepted: bool
    #: What happened. Types that are not about chats are plain texts. Empty if it is refused.
    type: NotificationType | str
    #: The business; None where the notification names none.
    business_id: int | None
    #: The chat, for ``client.sync(since, chat_ids=[chat_id])``; None where none is named.
    chat_id: int | None
    #: The message; None where the notification names none.
    message_id: int | None
    #: The same for the same event, however often it is sent: at most 200 characters of ASCII.
    #: Empty if it is refused.
    key: str
    #: What the Market sent; None if it is refused.
    notification: Json | None
    #: What to answer.
    reply: NotificationReply
    #: The document of the library.
    raw: Json = field(compare=False, repr=False)


def parse_notification(
    body: bytes | bytearray | memoryview,
    *,
    name: str | None = None,
    version: str | None = None,
    remote_address: str | None = None,
    allow_from: Iterable[str] | None = None,
) -> Notification:
    """Reads a notification of the Market, and makes the answer to it.

    Whatever comes from outside is no error: a body that is no notification, or is longer than 64
    KiB, is to be answered with HTTP 400, a notification from a foreign address with 403. Answer
    within 10 seconds (a PING within 1); otherwise the Market sends it again. Where you could not
    store what you were told, answer 500, and it will come again. ``docs/notifications.md`` has a
    whole receiver.

    :param body: The body of the HTTP request.
    :param name: Of your program, for the answer; "ymchat". 1 to 100 characters, like ``version``.
    :param version: Of your program; this library's.
    :param remote_address: Where the request came from, IPv4 or IPv6, with a port or without: other
        addresses than the Market's are refused then. Behind a proxy, the one that the proxy saw.
    :param allow_from: Networks and addresses in place of the Market's: ``["10.0.0.0/8"]``.

    >>> import ymchat
    >>> body = b'''{"notificationType": "CHAT_MESSAGE_SENT", "businessId": 1003417, "chatId": 7,
    ...     "messageId": "1234", "sentAt": "2026-03-05T09:00:00+03:00"}'''
    >>> told = ymchat.parse_notification(body, name="MyShop", remote_address="5.45.207.3")
    >>> told.reply.http_status, told.type == "CHAT_MESSAGE_SENT", told.chat_id
    (200, True, 7)
    >>> ymchat.parse_notification(b"GET").reply.http_status
    400
    """
    operation = Operation("parse_notification")
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise wrong_type(operation, "not_bytes", "body", body)
    options = as_json(
        operation,
        name=name,
        version=version,
        remote_address=remote_address,
        allow_from=allow_from,
    )
    data = file_data(operation, body)
    function = _library.load().ymchat_parse_notification
    status, document = _library.call(function, data, len(data), options)
    if status:
        raise error_of(status, document)
    return _to_notification(document)


def _to_notification(raw: Json) -> Notification:
    kind: str = raw["type"]
    reply = raw["reply"]
    return Notification(
        raw["accepted"],
        _TYPES.get(kind, kind),
        raw.get("businessId"),
        raw.get("chatId"),
        raw.get("messageId"),
        raw["key"],
        raw["notification"],
        NotificationReply(reply["httpStatus"], reply["body"].encode()),
        raw,
    )
