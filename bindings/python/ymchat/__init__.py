"""The seller chats of the Yandex Market Partner API.

Blocking, typed, safe to share between threads; a reply is never lost silently and never sent
twice.

>>> import ymchat
>>> with ymchat.Client(api_key="ACMA:…", business_id=1003417) as c:  # doctest: +SKIP
...     for chat in c.get_all_chats(statuses=["NEW", "WAITING_FOR_PARTNER"]):
...         for message in c.messages(chat.chat_id):
...             print(message.created_at, message.sender, message.text)
...         c.send_message(chat.chat_id, "Здравствуйте! Отправим сегодня 🚚")

`Client` has one method per operation; ``help(ymchat.Client.send_message)`` tells all of one:

=========================  ====================================================================
``chats``                  The chats one by one; filters choose which.
``messages``               The messages of a chat one by one.
``send_message``           Sends a text.
``send_file``              Sends a file, from a path or from memory.
``prepare_send``           A ticket, with which a send arrives once even after a crash.
``create_chat``            Opens a chat about an order or a return.
``get_messages_since``     All messages that are newer than one, in order.
``get_all_chats``          All chats at once.
``download_file``          Brings a file of a message to a path.
``sync``, ``follow``       What is new since the program last looked: each message once.
``get_chat``               A chat.
``get_chat_message``       A message.
``get_chats``              One page of chats.
``get_chat_history``       One page of messages.
``get_campaigns``          The shops, and the businesses, that the key grants access to.
``get_token_info``         What the key is allowed to do.
``stats``                  What the client has done, and what is left of the quotas.
``cancel``, ``close``      End the calls that other threads have in the client.
``scope``                  The same client for the calls of one job, to be cancelled alone.
=========================  ====================================================================

Three functions need no client:

=========================  ====================================================================
``parse_notification``     Reads a notification that the Market sent, and makes the answer.
``check_message``          Looks for contacts and links, which the rules of the chat forbid.
``log_requests``           Has the logger "ymchat" told of each request, wait and repetition.
=========================  ====================================================================

All return frozen dataclasses (`Chat`, `ChatMessage`, `SendResult`, …), whose ``raw`` holds the
JSON as the service sent it. They raise subclasses of `Error`: ``help(ymchat.Error)`` has the table.

The logger "ymchat" gets one debug line per call, never with a credential; with ``log_requests``
also one per request.

``python -m ymchat.sandbox`` starts a simulated Market on this computer, to try all of it.

The environment variable ``YMCHAT_LIBRARY`` names another shared library than the package's own.
"""

# Named twice, so that type checkers take them for public. There is no ``__all__``: with it,
# help(ymchat) would print every class in full, in the order of the alphabet.
from ._arguments import ChatFilters as ChatFilters
from ._arguments import SyncFilters as SyncFilters
from ._client import Client as Client
from ._enums import Action as Action
from ._enums import ChatStatus as ChatStatus
from ._enums import ChatType as ChatType
from ._enums import ContextType as ContextType
from ._enums import DeliveryStatus as DeliveryStatus
from ._enums import FindingKind as FindingKind
from ._enums import NotificationType as NotificationType
from ._enums import Sender as Sender
from ._enums import SendOutcome as SendOutcome
from ._enums import Status as Status
from ._errors import ApiError as ApiError
from ._errors import BadRequest as BadRequest
from ._errors import Cancelled as Cancelled
from ._errors import ClientClosed as ClientClosed
from ._errors import Error as Error
from ._errors import Forbidden as Forbidden
from ._errors import InternalError as InternalError
from ._errors import InvalidArgument as InvalidArgument
from ._errors import SendSearch as SendSearch
from ._errors import NetworkError as NetworkError
from ._errors import NotFound as NotFound
from ._errors import OutcomeUnknown as OutcomeUnknown
from ._errors import ProtocolError as ProtocolError
from ._errors import RateLimited as RateLimited
from ._errors import Rejected as Rejected
from ._errors import ServerError as ServerError
from ._errors import Timeout as Timeout
from ._errors import Unauthorized as Unauthorized
from ._library import LibraryError as LibraryError
from ._library import library_version as library_version
from ._message_check import Finding as Finding
from ._message_check import MessageCheck as MessageCheck
from ._message_check import check_message as check_message
from ._models import ApiKeyInfo as ApiKeyInfo
from ._models import Business as Business
from ._models import Campaign as Campaign
from ._log import log_requests as log_requests
from ._models import CampaignsResult as CampaignsResult
from ._models import Chat as Chat
from ._models import ChatCustomer as ChatCustomer
from ._models import ChatFullContext as ChatFullContext
from ._models import ChatMessage as ChatMessage
from ._models import ChatMessagePayload as ChatMessagePayload
from ._models import ChatMessagesResult as ChatMessagesResult
from ._models import ChatsResult as ChatsResult
from ._models import CreateChatResult as CreateChatResult
from ._models import DownloadedFile as DownloadedFile
from ._models import OperationStats as OperationStats
from ._models import SendResult as SendResult
from ._models import SendStats as SendStats
from ._models import Stats as Stats
from ._models import SyncChat as SyncChat
from ._models import SyncResult as SyncResult
from ._models import TokenInfo as TokenInfo
from ._notification import Notification as Notification
from ._notification import NotificationReply as NotificationReply
from ._notification import parse_notification as parse_notification

__version__ = "0.1.0"
