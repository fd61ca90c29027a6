"""The API's own data types, named as its documentation names them.

They survive a newer service: a word that is not known here stays a plain `str`, and `raw` keeps
the object as it came, with members that are not known here.

The functions at the end make them out of the JSON. They spell every member out, because a page
has a hundred messages; an object of another shape raises one of `MISSHAPEN`.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Dict, Optional, Tuple, Type, Union

from ._dates import moment
from ._enums import ChatStatus, ChatType, ContextType, Json, Sender, SendOutcome, words

MISSHAPEN = (KeyError, TypeError, AttributeError, ValueError)


class _Record:
    """What the dataclasses have in common.

    They have slots, which Python 3.9 cannot make by itself, nor `field(compare=False)` with them;
    `raw` is left out of comparison and of the printed form.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._shown() == other._shown()

    def __hash__(self) -> int:
        return hash(tuple(self._shown().values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._shown().items())
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> "Tuple[Type[_Record], Tuple[Any, ...]]":
        return type(self), (*self._shown().values(), self.raw)  # type: ignore[attr-defined]

    def _shown(self) -> "Dict[str, Any]":
        names = [f.name for f in fields(self)]  # type: ignore[arg-type]
        return {name: getattr(self, name) for name in names if name != "raw"}


@dataclass(frozen=True, eq=False, repr=False)
class ChatCustomer(_Record):
    """The customer in a chat, as the customer is known in public."""

    __slots__ = ("name", "public_id", "raw")

    #: The public name.
    name: Optional[str]
    #: The public id.
    public_id: Optional[str]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ChatFullContext(_Record):
    """What a chat is about, and with whom."""

    __slots__ = ("campaign_id", "customer", "order_id", "raw", "return_id", "type")

    #: Order, return, or neither.
    type: Union[ContextType, str]
    #: The customer.
    customer: Optional[ChatCustomer]
    #: The shop's (campaign's) id.
    campaign_id: Optional[int]
    #: The order's id, for ORDER and RETURN.
    order_id: Optional[int]
    #: The return's id, for RETURN.
    return_id: Optional[int]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class Chat(_Record):
    """A chat (the API's GetChatInfo)."""

    __slots__ = (
        "chat_id", "context", "created_at", "order_id", "raw", "status", "type", "updated_at"
    )  # fmt: skip

    #: The chat's id.
    chat_id: int
    #: The order's id; deprecated by the API in favour of ``context``.
    order_id: Optional[int]
    #: What the chat is about.
    context: Optional[ChatFullContext]
    #: Chat or dispute.
    type: Union[ChatType, str, None]
    #: Whose turn it is.
    status: Union[ChatStatus, str, None]
    #: When the chat was created; None where the text is no date, it stands in ``raw`` then.
    created_at: Optional[datetime]
    #: When its last message was written; None like ``created_at``.
    updated_at: Optional[datetime]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ChatMessagePayload(_Record):
    """A file in a message."""

    __slots__ = ("name", "raw", "size", "url")

    #: The file's name.
    name: str
    #: Where it can be fetched.
    url: str
    #: Its size in bytes.
    size: Optional[int]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ChatMessage(_Record):
    """A message of a chat.

    >>> import ymchat
    >>> def is_question(message: ymchat.ChatMessage) -> bool:
    ...     return message.sender == ymchat.Sender.CUSTOMER and "?" in (message.message or "")
    """

    __slots__ = ("created_at", "message", "message_id", "payload", "raw", "sender")

    #: The message's id; a newer message has a greater one.
    message_id: int
    #: When it was written; None where the text is no date, it stands in ``raw`` then.
    created_at: Optional[datetime]
    #: Who wrote it.
    sender: Union[Sender, str]
    #: The text; None where there are only files.
    message: Optional[str]
    #: The files.
    payload: Tuple[ChatMessagePayload, ...]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ChatMessagesResult(_Record):
    """One page of a chat's history."""

    __slots__ = ("context", "messages", "next_page_token", "order_id", "raw")

    #: The messages, in an order that the API does not document.
    messages: Tuple[ChatMessage, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: Optional[str]
    #: What the chat is about.
    context: Optional[ChatFullContext]
    #: The order's id; deprecated by the API in favour of ``context``.
    order_id: Optional[int]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ChatsResult(_Record):
    """One page of the list of chats."""

    __slots__ = ("chats", "next_page_token", "raw")

    #: The chats, in an order that the API does not document.
    chats: Tuple[Chat, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: Optional[str]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class CreateChatResult(_Record):
    """The answer to the creation of a chat."""

    __slots__ = ("chat_id", "raw")

    #: The chat's id: a new one, or that of the chat that was there already.
    chat_id: int
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class Business(_Record):
    """A cabinet."""

    __slots__ = ("id", "name", "raw")

    #: The cabinet's id: the ``business_id`` of :class:`Client`.
    id: Optional[int]
    #: Its name.
    name: Optional[str]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class Campaign(_Record):
    """A shop (campaign) of a cabinet."""

    __slots__ = ("api_availability", "business", "domain", "id", "placement_type", "raw")

    #: The shop's id.
    id: Optional[int]
    #: Its address or name.
    domain: Optional[str]
    #: The cabinet that it belongs to.
    business: Optional[Business]
    #: FBS, FBY, DBS and others, as the service names them.
    placement_type: Optional[str]
    #: AVAILABLE, or why the API is closed to this shop.
    api_availability: Optional[str]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class CampaignsResult(_Record):
    """One page of the shops that the credential opens."""

    __slots__ = ("campaigns", "next_page_token", "raw")

    #: The shops.
    campaigns: Tuple[Campaign, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: Optional[str]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class ApiKeyInfo(_Record):
    """What an Api-Key is allowed to do."""

    __slots__ = ("auth_scopes", "name", "raw")

    #: The name that the shop gave to the key.
    name: Optional[str]
    #: Its scopes in capitals: ALL_METHODS, COMMUNICATION, ALL_METHODS_READ_ONLY, …
    auth_scopes: Tuple[str, ...]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class TokenInfo(_Record):
    """The answer to the question what a key may do."""

    __slots__ = ("api_key", "raw")

    #: The key.
    api_key: Optional[ApiKeyInfo]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class SendResult(_Record):
    """A message that arrived. Where it did not, or that is not known, an exception says so."""

    __slots__ = ("attempts", "message_id", "outcome", "raw")

    #: How it is known that the message arrived.
    outcome: Union[SendOutcome, str]
    #: The message's id, where it is known: always asked for with ``return_message_id``.
    message_id: Optional[int]
    #: How many requests it took.
    attempts: int
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class OperationStats(_Record):
    """What a client did with one operation."""

    __slots__ = (
        "attempts", "limited", "operation", "quota_limit", "quota_remaining", "quota_resets_in",
        "raw", "repeats", "waited", "waits",
    )  # fmt: skip

    #: The API's operationId.
    operation: str
    #: Requests that were sent, or tried to be sent.
    attempts: int
    #: Those of them that repeated an earlier one.
    repeats: int
    #: Answers 420.
    limited: int
    #: How often a limit was waited for before a request was sent.
    waits: int
    #: The time of those waits.
    waited: timedelta
    #: The hourly quota: as the service last named it, or the documented one.
    quota_limit: int
    #: What is left of it, as far as is known.
    quota_remaining: int
    #: When the quota is whole again; None where the service has not said.
    quota_resets_in: Optional[timedelta]
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class SendStats(_Record):
    """How the sends of a client ended."""

    __slots__ = ("confirmed", "not_sent", "raw", "sent", "unknown")

    #: The service acknowledged them.
    sent: int
    #: The answer was lost, and the history shows them.
    confirmed: int
    #: It is not known.
    unknown: int
    #: They certainly did not arrive.
    not_sent: int
    #: The object as it came, unknown members included.
    raw: Json


@dataclass(frozen=True, eq=False, repr=False)
class Stats(_Record):
    """What a client has done so far."""

    __slots__ = ("operations", "raw", "sends")

    #: Operations in the order of the API's page; those that were never called, too.
    operations: Tuple[OperationStats, ...]
    #: The outcomes of sends.
    sends: SendStats
    #: The object as it came, unknown members included.
    raw: Json


_CONTEXT_TYPES = words(ContextType)
_CHAT_TYPES = words(ChatType)
_CHAT_STATUSES = words(ChatStatus)
_SENDERS = words(Sender)
_SEND_OUTCOMES = words(SendOutcome)


def _id(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"an id is {value!r}")
    return value


def to_customer(raw: Json) -> ChatCustomer:
    return ChatCustomer(raw.get("name"), raw.get("publicId"), raw)


def to_context(raw: Optional[Json]) -> Optional[ChatFullContext]:
    if raw is None:
        return None
    kind: str = raw["type"]
    customer = raw.get("customer")
    return ChatFullContext(
        _CONTEXT_TYPES.get(kind, kind),
        None if customer is None else to_customer(customer),
        raw.get("campaignId"),
        raw.get("orderId"),
        raw.get("returnId"),
        raw,
    )


def to_chat(raw: Json) -> Chat:
    get = raw.get
    kind: Any = get("type")
    status: Any = get("status")
    return Chat(
        _id(raw["chatId"]),
        get("orderId"),
        to_context(get("context")),
        _CHAT_TYPES.get(kind, kind),
        _CHAT_STATUSES.get(status, status),
        moment(get("createdAt")),
        moment(get("updatedAt")),
        raw,
    )


def to_payload(raw: Json) -> ChatMessagePayload:
    return ChatMessagePayload(raw.get("name", ""), raw.get("url", ""), raw.get("size"), raw)


# A frozen dataclass sets each field by way of `object.__setattr__`; going to the slots directly
# halves the time that a message takes, and they come by the hundred.
_new = object.__new__
_set_message_id, _set_created_at, _set_sender, _set_message, _set_payload, _set_raw = (
    vars(ChatMessage)[field.name].__set__ for field in fields(ChatMessage)
)


def to_message(raw: Json) -> ChatMessage:
    get = raw.get
    ident = raw["messageId"]
    if type(ident) is not int:
        raise TypeError(f"an id is {ident!r}")
    sender: str = raw["sender"]
    payload = get("payload")
    message = _new(ChatMessage)
    _set_message_id(message, ident)
    _set_created_at(message, moment(raw["createdAt"]))
    _set_sender(message, _SENDERS.get(sender, sender))
    _set_message(message, get("message"))
    # The service's own documentation shows a null among the files.
    files = tuple([to_payload(file) for file in payload if file is not None]) if payload else ()
    _set_payload(message, files)
    _set_raw(message, raw)
    return message


def next_page_token(raw: Json) -> Optional[str]:
    paging = raw.get("paging")
    return None if paging is None else paging.get("nextPageToken") or None


def to_messages(raw: Json) -> ChatMessagesResult:
    return ChatMessagesResult(
        tuple([to_message(message) for message in raw["messages"]]),
        next_page_token(raw),
        to_context(raw.get("context")),
        raw.get("orderId"),
        raw,
    )


def to_chats(raw: Json) -> ChatsResult:
    chats = tuple([to_chat(chat) for chat in raw["chats"]])
    return ChatsResult(chats, next_page_token(raw), raw)


def to_created(raw: Json) -> CreateChatResult:
    return CreateChatResult(_id(raw["chatId"]), raw)


def to_campaign(raw: Json) -> Campaign:
    get = raw.get
    business = get("business")
    return Campaign(
        get("id"),
        get("domain"),
        None if business is None else Business(business.get("id"), business.get("name"), business),
        get("placementType"),
        get("apiAvailability"),
        raw,
    )


def to_campaigns(raw: Json) -> CampaignsResult:
    campaigns = tuple([to_campaign(campaign) for campaign in raw["campaigns"]])
    return CampaignsResult(campaigns, next_page_token(raw), raw)


def to_token_info(raw: Json) -> TokenInfo:
    key = raw.get("apiKey")
    if key is None:
        return TokenInfo(None, raw)
    scopes = tuple(key.get("authScopes") or ())
    return TokenInfo(ApiKeyInfo(key.get("name"), scopes, key), raw)


def to_sent(raw: Json) -> SendResult:
    outcome: str = raw["outcome"]
    known = _SEND_OUTCOMES.get(outcome, outcome)
    return SendResult(known, raw.get("messageId"), raw.get("attempts", 0), raw)


def _to_operation_stats(raw: Json) -> OperationStats:
    resets = raw.get("quotaResetsInMs")
    return OperationStats(
        raw["operation"],
        raw["attempts"],
        raw["repeats"],
        raw["limited"],
        raw["waits"],
        timedelta(milliseconds=raw["waitedMs"]),
        raw["quotaLimit"],
        raw["quotaRemaining"],
        None if resets is None else timedelta(milliseconds=resets),
        raw,
    )


def to_stats(raw: Json) -> Stats:
    sends = raw["sends"]
    return Stats(
        tuple(_to_operation_stats(operation) for operation in raw["operations"]),
        SendStats(sends["sent"], sends["confirmed"], sends["unknown"], sends["notSent"], sends),
        raw,
    )
