"""The API's own data types, named as its documentation names them.

They survive a newer service: a word that is not known here stays a plain `str`, and `raw` keeps
the object as it came, with members that are not known here.

The functions at the end make them out of the JSON. They spell every member out, because a page
has a hundred messages; an object of another shape raises one of `MISSHAPEN`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from ._dates import moment
from ._enums import ChatStatus, ChatType, ContextType, Json, Sender, SendOutcome, words

MISSHAPEN = (KeyError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True, slots=True)
class ChatCustomer:
    """The customer in a chat, as the customer is known in public."""

    #: The public name.
    name: str | None
    #: The public id.
    public_id: str | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChatFullContext:
    """What a chat is about, and with whom."""

    #: Order, return, or neither.
    type: ContextType | str
    #: The customer.
    customer: ChatCustomer | None
    #: The shop's (campaign's) id.
    campaign_id: int | None
    #: The order's id, for ORDER and RETURN.
    order_id: int | None
    #: The return's id, for RETURN.
    return_id: int | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat (the API's GetChatInfo)."""

    #: The chat's id.
    chat_id: int
    #: The order's id; deprecated by the API in favour of ``context``.
    order_id: int | None
    #: What the chat is about.
    context: ChatFullContext | None
    #: Chat or dispute.
    type: ChatType | str | None
    #: Whose turn it is.
    status: ChatStatus | str | None
    #: When the chat was created; None where the text is no date, it stands in ``raw`` then.
    created_at: datetime | None
    #: When its last message was written; None like ``created_at``.
    updated_at: datetime | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessagePayload:
    """A file in a message."""

    #: The file's name.
    name: str
    #: Where it can be fetched.
    url: str
    #: Its size in bytes.
    size: int | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message of a chat.

    >>> import ymchat
    >>> def is_question(message: ymchat.ChatMessage) -> bool:
    ...     return message.sender == ymchat.Sender.CUSTOMER and "?" in (message.text or "")
    """

    #: The message's id; a newer message has a greater one.
    message_id: int
    #: When it was written; None where the text is no date, it stands in ``raw`` then.
    created_at: datetime | None
    #: Who wrote it.
    sender: Sender | str
    #: The text; None where there are only files.
    text: str | None
    #: The files.
    payload: tuple[ChatMessagePayload, ...]
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessagesResult:
    """One page of a chat's history."""

    #: The messages, in an order that the API does not document.
    messages: tuple[ChatMessage, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: str | None
    #: What the chat is about.
    context: ChatFullContext | None
    #: The order's id; deprecated by the API in favour of ``context``.
    order_id: int | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChatsResult:
    """One page of the list of chats."""

    #: The chats, in an order that the API does not document.
    chats: tuple[Chat, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: str | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SyncChat:
    """A chat with its new messages."""

    #: The chat. Where ``chat_ids`` named it, it is what its history says: id, context and order.
    chat: Chat
    #: The new messages, ascending by their ids.
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What is new. Store ``since`` together with the messages, in one transaction."""

    #: The token for the next call: ASCII, at most 64 KiB.
    since: str
    #: The chats that have something new.
    chats: tuple[SyncChat, ...]
    #: Whether there is more to fetch at once.
    more: bool


@dataclass(frozen=True, slots=True)
class DownloadedFile:
    """A file that has been brought to a path."""

    #: The path, as text.
    path: str
    #: Its length.
    bytes: int
    #: What the server says that it is; nobody has checked it.
    content_type: str | None


@dataclass(frozen=True, slots=True)
class CreateChatResult:
    """The answer to the creation of a chat."""

    #: The chat's id: a new one, or that of the chat that was there already.
    chat_id: int
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Business:
    """A business account."""

    #: The business's id: the ``business_id`` of :class:`Client`.
    id: int | None
    #: Its name.
    name: str | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A shop (campaign) of a business."""

    #: The shop's id.
    id: int | None
    #: Its address or name.
    domain: str | None
    #: The business that it belongs to.
    business: Business | None
    #: FBS, FBY, DBS and others, as the service names them.
    placement_type: str | None
    #: AVAILABLE, or why the API is closed to this shop.
    api_availability: str | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CampaignsResult:
    """One page of the shops that the credential grants access to."""

    #: The shops.
    campaigns: tuple[Campaign, ...]
    #: The token of the next page, opaque; None on the last page.
    next_page_token: str | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ApiKeyInfo:
    """What an Api-Key is allowed to do."""

    #: The name that the shop gave to the key.
    name: str | None
    #: Its scopes in capitals: ALL_METHODS, COMMUNICATION, ALL_METHODS_READ_ONLY, …
    auth_scopes: tuple[str, ...]
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """The answer to the question what a key may do."""

    #: The key.
    api_key: ApiKeyInfo | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SendResult:
    """A message that arrived. Where it did not, or that is not known, an exception says so."""

    #: How it is known that the message arrived.
    outcome: SendOutcome | str
    #: The message's id, where it is known: always asked for with ``return_message_id``.
    message_id: int | None
    #: How many requests it took.
    attempts: int
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OperationStats:
    """What a client did with one operation."""

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
    quota_resets_in: timedelta | None
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SendStats:
    """How the sends of a client ended."""

    #: The service acknowledged them.
    sent: int
    #: The answer was lost, and the history shows them.
    confirmed: int
    #: It is not known.
    unknown: int
    #: They certainly did not arrive.
    not_sent: int
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stats:
    """What a client has done so far."""

    #: Operations in the order of the API's page; those that were never called, too.
    operations: tuple[OperationStats, ...]
    #: The outcomes of sends.
    sends: SendStats
    #: The object as it came, unknown members included.
    raw: Json = field(compare=False, repr=False)


_CONTEXT_TYPES = words(ContextType)
_CHAT_TYPES = words(ChatType)
_CHAT_STATUSES = words(ChatStatus)
_SENDERS = words(Sender)
_SEND_OUTCOMES = words(SendOutcome)


def _id(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"an id is {value!r}")
    return value


def to_ticket(raw: Json) -> str:
    ticket: str = raw["ticket"]
    return ticket


def to_customer(raw: Json) -> ChatCustomer:
    return ChatCustomer(raw.get("name"), raw.get("publicId"), raw)


def to_context(raw: Json | None) -> ChatFullContext | None:
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
_set_message_id, _set_created_at, _set_sender, _set_text, _set_payload, _set_raw = (
    vars(ChatMessage)[slot.name].__set__ for slot in fields(ChatMessage)
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
    _set_text(message, get("message"))
    # The service's own documentation shows a null among the files.
    files = tuple([to_payload(file) for file in payload if file is not None]) if payload else ()
    _set_payload(message, files)
    _set_raw(message, raw)
    return message


def next_page_token(raw: Json) -> str | None:
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


def to_sync(raw: Json) -> SyncResult:
    chats = tuple(
        SyncChat(to_chat(item["chat"]), tuple([to_message(m) for m in item["messages"]]))
        for item in raw["chats"]
    )
    return SyncResult(raw["since"], chats, raw["more"])


def to_downloaded(raw: Json) -> DownloadedFile:
    return DownloadedFile(raw["path"], raw["bytes"], raw.get("contentType"))


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
