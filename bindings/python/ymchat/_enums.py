"""Words of the service and of the library that a program compares with."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any, TypeVar


class _Word(str, Enum):
    """Equal to its text, and printed as its text."""

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, spec: str) -> str:
        return str.__format__(self, spec)


_W = TypeVar("_W", bound=_Word)


def words(kind: type[_W]) -> dict[str, _W | str]:
    """A table from texts to members: `table.get(text, text)` keeps a text that is not known."""
    return {member.value: member for member in kind}


class Status(IntEnum):
    """How a call ended. The numbers are pinned for ever, and the same in every language.

    >>> import ymchat
    >>> ymchat.RateLimited.status is ymchat.Status.RATE_LIMITED
    True
    """

    OK = 0
    INVALID_ARGUMENT = 1
    UNAUTHORIZED = 2
    FORBIDDEN = 3
    NOT_FOUND = 4
    BAD_REQUEST = 5
    RATE_LIMITED = 6
    SERVER = 7
    NETWORK = 8
    TIMEOUT = 9
    OUTCOME_UNKNOWN = 10
    PROTOCOL = 11
    CANCELLED = 12
    REJECTED = 13
    INTERNAL = 14


class ContextType(_Word):
    """What a chat is about. A value that is not known here stays a plain ``str``.

    >>> import ymchat
    >>> ymchat.ContextType.ORDER == "ORDER"
    True
    """

    ORDER = "ORDER"
    RETURN = "RETURN"
    DIRECT = "DIRECT"


class ChatType(_Word):
    """The kind of a chat. A value that is not known here stays a plain ``str``."""

    CHAT = "CHAT"
    ARBITRAGE = "ARBITRAGE"


class ChatStatus(_Word):
    """Whose turn it is in a chat. A value that is not known here stays a plain ``str``.

    >>> import ymchat
    >>> print(ymchat.ChatStatus.WAITING_FOR_PARTNER)
    WAITING_FOR_PARTNER
    """

    NEW = "NEW"
    WAITING_FOR_CUSTOMER = "WAITING_FOR_CUSTOMER"
    WAITING_FOR_PARTNER = "WAITING_FOR_PARTNER"
    WAITING_FOR_ARBITER = "WAITING_FOR_ARBITER"
    WAITING_FOR_MARKET = "WAITING_FOR_MARKET"
    FINISHED = "FINISHED"


class Sender(_Word):
    """Who wrote a message. A value that is not known here stays a plain ``str``."""

    PARTNER = "PARTNER"
    CUSTOMER = "CUSTOMER"
    MARKET = "MARKET"
    SUPPORT = "SUPPORT"


class SendOutcome(_Word):
    """How it is known that a message arrived.

    ``SENT``: the service acknowledged it. ``CONFIRMED``: the answer was lost, and the chat's
    history shows the message.
    """

    SENT = "sent"
    CONFIRMED = "confirmed"


class DeliveryStatus(_Word):
    """What is known of a send that failed.

    ``NOT_SENT``: it certainly did not arrive, and may be sent again. ``UNKNOWN``: it may have
    arrived; look into the chat first.
    """

    NOT_SENT = "notSent"
    UNKNOWN = "unknown"


class NotificationType(_Word):
    """What happened. A value that is not known here stays a plain ``str``: there are many more,
    which are not about chats."""

    PING = "PING"
    CHAT_CREATED = "CHAT_CREATED"
    CHAT_MESSAGE_SENT = "CHAT_MESSAGE_SENT"
    CHAT_ARBITRAGE_STARTED = "CHAT_ARBITRAGE_STARTED"
    CHAT_ARBITRAGE_FINISHED = "CHAT_ARBITRAGE_FINISHED"


class FindingKind(_Word):
    """What the rules of the chat forbid. A value that is not known here stays a plain ``str``."""

    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    MESSENGER = "messenger"


class Action(_Word):
    """What to do about an error.

    >>> import ymchat
    >>> def advise(error: ymchat.Error) -> str:
    ...     return "ask the office" if error.action == ymchat.Action.GRANT_ACCESS else "try again"
    """

    FIX_REQUEST = "fix_request"
    CHECK_CREDENTIALS = "check_credentials"
    GRANT_ACCESS = "grant_access"
    WAIT = "wait"
    RETRY = "retry"
    CHECK_HISTORY = "check_history"
    CONTACT_SUPPORT = "contact_support"


Json = dict[str, Any]
