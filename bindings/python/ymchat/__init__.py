"""The seller chats of the Yandex Market Partner API.

Blocking, typed, safe to share between threads; a reply is never lost silently and never sent
twice.

>>> import ymchat
>>> with ymchat.Client(api_key="ACMA:…", business_id=1003417) as c:  # doctest: +SKIP
...     for chat in c.chats(statuses=["WAITING_FOR_PARTNER"]):
...         for message in c.messages(chat.chat_id):
...             print(message.created_at, message.sender, message.message)
...         c.send_message(chat.chat_id, "Здравствуйте! Отправим сегодня 🚚")

`Client` has one method per operation. What they return are frozen dataclasses, whose ``raw`` holds
the JSON as the service sent it; what they raise stands under `Error`. The logger "ymchat" gets
one debug line per call, never with a credential.

The environment variable ``YMCHAT_LIBRARY`` names another shared library than the package's own.
"""

from ._arguments import ChatFilters
from ._client import Client
from ._enums import (
    Action,
    ChatStatus,
    ChatType,
    ContextType,
    FailedSend,
    Sender,
    SendOutcome,
    Status,
)
from ._errors import (
    ApiError,
    BadRequest,
    Cancelled,
    ClientClosed,
    Error,
    Forbidden,
    InternalError,
    InvalidArgument,
    Known,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    ServerError,
    Timeout,
    Unauthorized,
)
from ._library import LibraryError, library_version
from ._models import (
    ApiKeyInfo,
    Business,
    Campaign,
    CampaignsResult,
    Chat,
    ChatCustomer,
    ChatFullContext,
    ChatMessage,
    ChatMessagePayload,
    ChatMessagesResult,
    ChatsResult,
    CreateChatResult,
    OperationStats,
    SendResult,
    SendStats,
    Stats,
    TokenInfo,
)

__version__ = "0.1.0"

__all__ = [
    "Action",
    "ApiError",
    "ApiKeyInfo",
    "BadRequest",
    "Business",
    "Campaign",
    "CampaignsResult",
    "Cancelled",
    "Chat",
    "ChatCustomer",
    "ChatFilters",
    "ChatFullContext",
    "ChatMessage",
    "ChatMessagePayload",
    "ChatMessagesResult",
    "ChatStatus",
    "ChatType",
    "ChatsResult",
    "Client",
    "ClientClosed",
    "ContextType",
    "CreateChatResult",
    "Error",
    "FailedSend",
    "Forbidden",
    "InternalError",
    "InvalidArgument",
    "Known",
    "LibraryError",
    "NetworkError",
    "NotFound",
    "OperationStats",
    "OutcomeUnknown",
    "ProtocolError",
    "RateLimited",
    "Rejected",
    "SendOutcome",
    "SendResult",
    "SendStats",
    "Sender",
    "ServerError",
    "Stats",
    "Status",
    "Timeout",
    "TokenInfo",
    "Unauthorized",
    "library_version",
]
