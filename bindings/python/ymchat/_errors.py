"""What a call can raise: one class per status, all under `Error`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ._enums import Action, DeliveryStatus, Json, Status, words
from ._sentences import Operation, sentence

_ACTIONS = words(Action)
_OUTCOMES = words(DeliveryStatus)
_STATUSES: dict[int, Status] = {status.value: status for status in Status}


@dataclass(frozen=True, slots=True)
class ApiError:
    """One entry of the service's own list of errors."""

    #: The service's code, such as ``BAD_REQUEST``.
    code: str
    #: The service's words; it may leave them out.
    message: str | None


@dataclass(frozen=True, slots=True)
class SendSearch:
    """What a search for a lost message found out."""

    #: Whether the history could be read after the send.
    searched: bool
    #: Messages of the same content that could be the lost one.
    candidates: tuple[int, ...]
    #: The newest message that was known before the send.
    after_message_id: int | None
    #: What became of the send's own answer.
    cause: str | None
    #: The object as it came.
    raw: Json = field(compare=False, repr=False)


class Error(Exception):
    """A call failed. Every subclass stands for one status: catch those that you can treat.

    ======================  ======================================================================
    `InvalidArgument`       An argument is wrong; nothing was sent. Correct the call.
    `Unauthorized`          401: the key is missing, malformed or revoked. Check it.
    `Forbidden`             403: the key grants no access to this business or operation.
    `NotFound`              404: no such chat or message.
    `BadRequest`            Another 4xx: the service rejected the request. Correct it.
    `RateLimited`           A limit is used up. Wait ``retry_after``, then call again.
    `ServerError`           5xx: the service failed. Call again later.
    `NetworkError`          No connection, or it broke. Call again.
    `Timeout`               No answer in time. Call again.
    `OutcomeUnknown`        A send that may have arrived. Look into the chat before sending again.
    `ProtocolError`         The answer is not what the API promises. Ask the Market's support.
    `Cancelled`             The call was cancelled by `Client.cancel` or `Client.close`.
    `Rejected`              The message check rejected the text. Change it.
    `InternalError`         A defect of the library. Report it.
    ======================  ======================================================================

    Each has these attributes, where they are known:

    ======================  ======================================================================
    ``message``             A sentence for a person, with one piece of advice; also ``str(error)``.
    ``status``, ``name``    How the call ended, as a number and as a word.
    ``operation``           The call, by the API's operationId.
    ``http_status``         The HTTP status, where there was an answer.
    ``errors``              The service's own list of errors.
    ``retryable``           Whether the same call may succeed later, and can do no harm.
    ``retry_after``         How long to wait before that.
    ``action``              What to do, as a word.
    ``trace_id``            By it the Market's support finds the request.
    ``attempts``            How many requests were sent, or tried to be sent.
    ``outcome``             Sends alone: "notSent", or "unknown" where it may have arrived.
    ``known``               Sends alone: what the search for the lost message found out.
    ``ticket``              Sends alone: with which to send again what may have arrived.
    ``document``            All of it as the library gave it.
    ======================  ======================================================================

    No error ever holds a credential.

    >>> import ymchat
    >>> def try_to_send(client: ymchat.Client, chat_id: int, text: str) -> None:
    ...     try:
    ...         client.send_message(chat_id, text)
    ...     except ymchat.RateLimited as error:
    ...         print("again in", error.retry_after)
    ...     except ymchat.OutcomeUnknown as error:
    ...         print("look into the chat first:", error.known)
    ...     except ymchat.Error as error:
    ...         print(error, "- what to do:", error.action)
    """

    #: How the call ended; the same number in every language.
    status: int = Status.INTERNAL
    #: A sentence for a person; also ``str(error)``.
    message: str
    #: The status by its name in the C ABI, such as ``NOT_FOUND``.
    name: str
    #: The call, by the API's operationId or, for the library's own calls, by their name.
    operation: str
    #: The HTTP status, where there was an answer.
    http_status: int | None
    #: The service's own list of errors; empty where it gave none.
    errors: tuple[ApiError, ...]
    #: Whether the same call, made again later, may succeed and can do no harm.
    retryable: bool
    #: How long to wait before the call is made again, where that is known.
    retry_after: timedelta | None
    #: What to do.
    action: Action | str
    #: The W3C trace id of the last attempt; the merchant's log and the support find it by this.
    trace_id: str | None
    #: How many requests were sent, or tried to be sent.
    attempts: int
    #: Sends alone: whether it certainly did not arrive, or may have.
    outcome: DeliveryStatus | str | None
    #: Sends alone: what the search for the lost message found out.
    known: SendSearch | None
    #: Sends alone: the ticket with which to send again what may have arrived.
    ticket: str | None
    #: The error document as the library gave it.
    document: Json

    def __init__(self, message: str, document: Json | None = None) -> None:
        super().__init__(message)
        document = {} if document is None else document
        get = document.get
        self.message = message
        self.document = document
        status: int = get("status", type(self).status)
        self.status = _STATUSES.get(status, status)
        self.name = get("name") or _name(self.status)
        self.operation = get("operation", "")
        self.http_status = get("httpStatus")
        self.errors = tuple(
            ApiError(error.get("code", ""), error.get("message")) for error in get("errors") or ()
        )
        self.retryable = get("retryable", False)
        wait = get("retryAfterMs")
        self.retry_after = None if wait is None else timedelta(milliseconds=wait)
        action: str = get("action", Action.FIX_REQUEST)
        self.action = _ACTIONS.get(action, action)
        self.trace_id = get("traceId")
        self.attempts = get("attempts", 0)
        outcome: str | None = get("outcome")
        self.outcome = None if outcome is None else _OUTCOMES.get(outcome, outcome)
        known = get("known")
        self.known = None if known is None else _known(known)
        self.ticket = get("ticket")


class InvalidArgument(Error, ValueError):
    """An argument, an option or the configuration is wrong. Nothing was sent."""

    status = Status.INVALID_ARGUMENT


class ClientClosed(InvalidArgument):
    """The client was closed, or belongs to another process; nothing was sent."""


class Unauthorized(Error):
    """HTTP 401: no credential, or a malformed or revoked one."""

    status = Status.UNAUTHORIZED


class Forbidden(Error):
    """HTTP 403: the credential grants no access to this business or this operation."""

    status = Status.FORBIDDEN


class NotFound(Error):
    """HTTP 404: no such chat or message."""

    status = Status.NOT_FOUND


class BadRequest(Error):
    """Another 4xx, or an answer that says ERROR: the service rejected the request."""

    status = Status.BAD_REQUEST


class RateLimited(Error):
    """A limit is used up. Wait ``retry_after``, then call again."""

    status = Status.RATE_LIMITED


class ServerError(Error):
    """HTTP 5xx: the service failed. Call again later."""

    status = Status.SERVER


class NetworkError(Error):
    """No connection, or it broke."""

    status = Status.NETWORK


class Timeout(Error):
    """No answer in time."""

    status = Status.TIMEOUT


class OutcomeUnknown(Error):
    """A message that may or may not have arrived: look into the chat before it is sent again.

    ``known`` says what the search in the chat's history found out.
    """

    status = Status.OUTCOME_UNKNOWN


class ProtocolError(Error):
    """The answer is not what the API promises."""

    status = Status.PROTOCOL


class Cancelled(Error):
    """The call was cancelled, by :meth:`Client.cancel` or :meth:`Client.close`.

    For a send, ``outcome`` says whether it certainly did not arrive.
    """

    status = Status.CANCELLED


class Rejected(Error):
    """The message check rejected the text."""

    status = Status.REJECTED


class InternalError(Error):
    """A defect of the library; the message holds what is known of it."""

    status = Status.INTERNAL


BY_STATUS: dict[int, type[Error]] = {
    kind.status: kind
    for kind in (
        InvalidArgument,
        Unauthorized,
        Forbidden,
        NotFound,
        BadRequest,
        RateLimited,
        ServerError,
        NetworkError,
        Timeout,
        OutcomeUnknown,
        ProtocolError,
        Cancelled,
        Rejected,
        InternalError,
    )
}


_SENDS = ("sendMessageToChat", "sendFileToChat")

# How the library's arguments and settings are called in Python.
_IN_PYTHON = {
    "chatId": "chat_id",
    "messageId": "message_id",
    "contextId": "context_id",
    "contextType": "context_type",
    "remoteAddress": "remote_address",
    "allowFrom": "allow_from",
    "allowHosts": "allow_hosts",
    "afterMessageId": "after_message_id",
    "messageIdFrom": "message_id_from",
    "pageToken": "page_token",
    "returnMessageId": "return_message_id",
    "orderIds": "order_ids",
    "contextTypes": "context_types",
    "apiKey": "api_key",
    "oauthToken": "oauth_token",
    "businessId": "business_id",
    "baseUrl": "base_url",
    "connectTimeoutMs": "connect_timeout",
    "attemptTimeoutMs": "attempt_timeout",
    "callTimeoutMs": "call_timeout",
    "maxTotalBytes": "max_total_bytes",
    "maxAttempts": "max_attempts",
    "maxParallel": "max_parallel",
    "caFile": "ca_file",
    "maxResponseBytes": "max_response_bytes",
    "checkMessages": "check_messages",
    "fileHosts": "file_hosts",
    "maxBytes": "max_bytes",
    "allowInsecureHttp": "allow_insecure_http",
}
_NAMES = re.compile(r"\b(?:" + "|".join(_IN_PYTHON) + r")\b")


def error_of(status: int, document: Json, language: str | None = None) -> Error:
    """The exception for an error document; plain `Error` for a status of a newer library."""
    message: Any = document.get("message") or sentence(language, "unknown_status", status=status)
    if not document.get("httpStatus"):
        # The library's own words; the service's stay as they are.
        message = _NAMES.sub(lambda name: _IN_PYTHON[name.group()], message)
    return BY_STATUS.get(status, Error)(message, {"status": status, **document})


def refused(
    operation: Operation,
    key: str,
    kind: type[InvalidArgument] = InvalidArgument,
    **values: object,
) -> InvalidArgument:
    """An argument that is refused before the library is called, with the same document."""
    message = f"{operation.name}: {sentence(operation.language, key, **values)}."
    document: Json = {
        "status": Status.INVALID_ARGUMENT.value,
        "name": Status.INVALID_ARGUMENT.name,
        "message": message,
        "operation": operation.name,
        "retryable": False,
        "action": Action.FIX_REQUEST.value,
        "attempts": 0,
    }
    if operation.name in _SENDS:
        document["outcome"] = DeliveryStatus.NOT_SENT.value
    return kind(message, document)


def _name(status: int) -> str:
    return status.name if isinstance(status, Status) else str(status)


def _known(raw: Json) -> SendSearch:
    return SendSearch(
        raw.get("searched", False),
        tuple(raw.get("candidates") or ()),
        raw.get("afterMessageId"),
        raw.get("cause"),
        raw,
    )
