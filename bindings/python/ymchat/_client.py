"""The client: idioms of Python around the functions of the library, and nothing else."""

import json
import logging
import os
import weakref
from ctypes import byref, c_char_p, c_void_p
from datetime import timedelta
from time import perf_counter
from types import TracebackType
from typing import Any, Callable, Iterable, Iterator, Optional, Type, TypeVar, Union

from . import _interrupt, _library, _models
from ._arguments import Contexts, as_json, chat_filters, int64, milliseconds, sending, utf8
from ._enums import ChatStatus, ChatType, ContextType, Json, Status
from ._errors import Cancelled, ClientClosed, ProtocolError, error_of
from ._models import (
    CampaignsResult,
    Chat,
    ChatMessage,
    ChatMessagesResult,
    ChatsResult,
    CreateChatResult,
    SendResult,
    Stats,
    TokenInfo,
)

_log = logging.getLogger("ymchat")
_log.addHandler(logging.NullHandler())

_T = TypeVar("_T")
# Enough for the library to see that a file is too large; what is larger need not be read.
_MOST_BYTES = 5 * 1024 * 1024 + 1


class Client:
    """A client of the chat API. Close it, or use it in a ``with`` statement.

    Threads may share it. Every method blocks until it has its result, at most for
    ``call_timeout``, with the GIL free; Ctrl-C ends a call of the main thread. All clients of one
    business in a process share its limits: four requests at a time, and hourly quotas.

    After ``os.fork`` (``multiprocessing`` with the method "fork", too) a client belongs to the
    parent: a process makes its own.

    Each method raises a subclass of :class:`ymchat.Error`.

    :param api_key: The Api-Key, without any prefix.
    :param oauth_token: The token of the deprecated OAuth, instead of the key or beside it.
    :param business_id: The cabinet; only :meth:`get_campaigns` and :meth:`get_token_info` work
        without it.
    :param base_url: Another address than ``https://api.partner.market.yandex.ru``.
    :param integration: ``"name/version"`` of your program, for the merchant's log.
    :param connect_timeout: For a connection; 5 s.
    :param attempt_timeout: For a request and its answer; 15 s. The service gives up after 10 s.
    :param call_timeout: For a whole call with its waits and repeats; 60 s.
    :param max_attempts: How often a request is sent at most; 4.
    :param max_parallel: Requests at a time; 4, as the service allows.
    :param proxy: ``"http://host:port"``, ``"socks5://host:port"``, or ``"environment"``.
    :param ca_file: A PEM file of certificates that are trusted, too.
    :param trust: ``"bundled"`` (the usual certificates, built in) or ``"system"``.
    :param max_response_bytes: The longest answer that is read; 16 MiB.
    :param allow_insecure_http: Lets ``base_url`` be plain http to another computer.

    >>> import ymchat
    >>> with ymchat.Client(api_key="ACMA:…", business_id=1003417) as c:  # doctest: +SKIP
    ...     for chat in c.chats(statuses=["NEW", "WAITING_FOR_PARTNER"]):
    ...         c.send_message(chat.chat_id, "Здравствуйте! Уже смотрим.")
    """

    def __init__(
        self,
        *,
        api_key: Optional[str] = None,
        oauth_token: Optional[str] = None,
        business_id: Optional[int] = None,
        base_url: Optional[str] = None,
        integration: Optional[str] = None,
        connect_timeout: Optional[timedelta] = None,
        attempt_timeout: Optional[timedelta] = None,
        call_timeout: Optional[timedelta] = None,
        max_attempts: Optional[int] = None,
        max_parallel: Optional[int] = None,
        proxy: Optional[str] = None,
        ca_file: "Union[str, os.PathLike[str], None]" = None,
        trust: Optional[str] = None,
        max_response_bytes: Optional[int] = None,
        allow_insecure_http: Optional[bool] = None,
    ) -> None:
        self._handle: Optional[int] = None
        self._business_id = business_id
        self._library = library = _library.load()
        config = as_json(
            apiKey=api_key,
            oauthToken=oauth_token,
            businessId=business_id,
            baseUrl=base_url,
            integration=integration,
            connectTimeoutMs=milliseconds("connect_timeout", connect_timeout),
            attemptTimeoutMs=milliseconds("attempt_timeout", attempt_timeout),
            callTimeoutMs=milliseconds("call_timeout", call_timeout),
            maxAttempts=max_attempts,
            maxParallel=max_parallel,
            proxy=proxy,
            caFile=None if ca_file is None else os.fspath(ca_file),
            trust=trust,
            maxResponseBytes=max_response_bytes,
            allowInsecureHttp=allow_insecure_http,
        )
        handle, out = c_void_p(), c_char_p()
        try:
            status = library.ymchat_client_new(config or b"{}", byref(handle), byref(out))
            if status:
                raise error_of(status, json.loads(out.value or b"{}"))
        finally:
            library.ymchat_string_free(out)
        self._handle = handle.value
        self._process = os.getpid()
        # Not __del__: this is done at the interpreter's exit as well, while threads still run.
        self._free = weakref.finalize(self, _free, library, self._handle, self._process)

    # ---- life ----

    def close(self) -> None:
        """Ends the client. Calls of other threads in it raise :class:`ymchat.Cancelled`.

        A second time nothing happens. A client that is not closed is when it is collected.

        >>> c.close()
        >>> c.get_chat(chat_id)
        Traceback (most recent call last):
        ymchat._errors.ClientClosed: getChat: the client is closed
        """
        self._handle = None
        self._free()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._handle is None

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<ymchat.Client of business {self._business_id}, {state}>"

    def __reduce__(self) -> Any:
        raise TypeError("a ymchat.Client cannot be pickled or copied: make one per process")

    def cancel(self) -> None:
        """Ends every call that is blocked in the client, from any thread.

        They raise :class:`ymchat.Cancelled` within 250 ms. Later calls are not touched. In a
        closed client nothing is blocked, and nothing happens.

        >>> import threading
        >>> import ymchat
        >>> def read_for_a_second(client: ymchat.Client, chat_id: int) -> None:
        ...     timer = threading.Timer(1, client.cancel)
        ...     timer.start()
        ...     try:
        ...         client.get_messages_since(chat_id)
        ...     except ymchat.Cancelled:
        ...         print("not within a second")
        ...     finally:
        ...         timer.cancel()
        """
        handle = self._handle
        if handle is not None:
            self._library.ymchat_client_cancel(handle)

    def stats(self) -> Stats:
        """What the client has done so far, and what is known of the quotas.

        >>> for operation in c.stats().operations:
        ...     if operation.operation == "sendMessageToChat":
        ...         print(operation.quota_remaining)
        1000
        """
        return self._call("stats", _models.to_stats, self._library.ymchat_client_stats)

    # ---- reading ----

    def get_chats(
        self,
        *,
        limit: Optional[int] = None,
        page_token: Optional[str] = None,
        order_ids: Optional[Iterable[int]] = None,
        contexts: Optional[Contexts] = None,
        context_types: Optional[Iterable[Union[ContextType, str]]] = None,
        types: Optional[Iterable[Union[ChatType, str]]] = None,
        statuses: Optional[Iterable[Union[ChatStatus, str]]] = None,
        call_timeout: Optional[timedelta] = None,
    ) -> ChatsResult:
        """One page of chats (getChats, 5000 requests an hour).

        :param limit: Chats per page, 1 to 20; the service's default is 10.
        :param page_token: ``next_page_token`` of the page before.
        :param order_ids: Chats about these orders (deprecated by the API: use ``contexts``).
        :param contexts: Chats about these, as ``("ORDER", id)`` or ``("RETURN", id)``.
        :param context_types: Chats about this: ORDER, RETURN, DIRECT.
        :param types: CHAT, ARBITRAGE.
        :param statuses: NEW, WAITING_FOR_PARTNER, …
        :param call_timeout: For this call, instead of the client's.

        >>> page = c.get_chats(limit=5, statuses=[ymchat.ChatStatus.FINISHED])
        >>> len(page.chats)
        5
        >>> page = c.get_chats(limit=5, statuses=["FINISHED"], page_token=page.next_page_token)
        """
        options = chat_filters(
            limit, page_token, order_ids, contexts, context_types, types, statuses, call_timeout
        )
        return self._call(
            "getChats", _models.to_chats, self._library.ymchat_get_chats, as_json(**options)
        )

    def get_chat(self, chat_id: int) -> Chat:
        """A chat (getChat, 1000 requests an hour).

        >>> chat = c.get_chat(chat_id)
        >>> print(chat.status)
        WAITING_FOR_PARTNER
        """
        chat_id = int64("chat_id", chat_id)
        return self._call("getChat", _models.to_chat, self._library.ymchat_get_chat, chat_id)

    def get_chat_history(
        self,
        chat_id: int,
        *,
        limit: Optional[int] = None,
        page_token: Optional[str] = None,
        message_id_from: Optional[int] = None,
        call_timeout: Optional[timedelta] = None,
    ) -> ChatMessagesResult:
        """One page of a chat's messages (getChatHistory, 10000 requests an hour).

        The order of the messages is not documented: :meth:`get_messages_since` sorts them.

        :param limit: Messages per page, 1 to 100; the service's default is 50.
        :param page_token: ``next_page_token`` of the page before.
        :param message_id_from: Messages from this one on; whether it is among them is not
            documented.
        :param call_timeout: For this call, instead of the client's.

        >>> page = c.get_chat_history(chat_id, limit=100)
        >>> [message.message for message in page.messages]
        ['Есть ли у вас самовары?']
        >>> page.next_page_token is None
        True
        """
        options = as_json(
            limit=limit,
            pageToken=page_token,
            messageIdFrom=message_id_from,
            callTimeoutMs=milliseconds("call_timeout", call_timeout),
        )
        function = self._library.ymchat_get_chat_history
        chat_id = int64("chat_id", chat_id)
        return self._call("getChatHistory", _models.to_messages, function, chat_id, options)

    def get_chat_message(self, chat_id: int, message_id: int) -> ChatMessage:
        """A message (getChatMessage, 1000 requests an hour).

        >>> message = c.get_chat_message(chat_id, message_id)
        >>> message.sender == ymchat.Sender.CUSTOMER
        True
        """
        function = self._library.ymchat_get_chat_message
        ids = int64("chat_id", chat_id), int64("message_id", message_id)
        return self._call("getChatMessage", _models.to_message, function, *ids)

    def get_all_chats(
        self,
        *,
        limit: Optional[int] = None,
        order_ids: Optional[Iterable[int]] = None,
        contexts: Optional[Contexts] = None,
        context_types: Optional[Iterable[Union[ContextType, str]]] = None,
        types: Optional[Iterable[Union[ChatType, str]]] = None,
        statuses: Optional[Iterable[Union[ChatStatus, str]]] = None,
        call_timeout: Optional[timedelta] = None,
    ) -> "list[Chat]":
        """All chats, page by page, each once. The whole counts as one call for ``call_timeout``.

        The filters are those of :meth:`get_chats`; ``limit`` is the size of a page, 20.

        >>> for chat in c.get_all_chats(statuses=["NEW", "WAITING_FOR_PARTNER"]):
        ...     assert chat.status != ymchat.ChatStatus.FINISHED
        """
        options = chat_filters(
            limit, None, order_ids, contexts, context_types, types, statuses, call_timeout
        )
        function = self._library.ymchat_get_all_chats
        return self._call("getChats", _chats_of, function, as_json(**options))

    def get_messages_since(
        self,
        chat_id: int,
        after_message_id: int = 0,
        *,
        limit: Optional[int] = None,
        call_timeout: Optional[timedelta] = None,
    ) -> "list[ChatMessage]":
        """All messages that are newer than one, ascending by their ids, each once.

        The whole counts as one call for ``call_timeout``.

        :param after_message_id: The newest message that is known already; 0 for all messages.
        :param limit: The size of a page, 1 to 100; 100.

        >>> c.get_messages_since(chat_id, message_id)
        []
        >>> [message.message for message in c.get_messages_since(chat_id)]
        ['Есть ли у вас самовары?']
        """
        options = as_json(limit=limit, callTimeoutMs=milliseconds("call_timeout", call_timeout))
        function = self._library.ymchat_get_messages_since
        ids = int64("chat_id", chat_id), int64("after_message_id", after_message_id)
        return self._call("getChatHistory", _messages_of, function, *ids, options)

    def chats(
        self,
        *,
        page_size: int = 20,
        order_ids: Optional[Iterable[int]] = None,
        contexts: Optional[Contexts] = None,
        context_types: Optional[Iterable[Union[ContextType, str]]] = None,
        types: Optional[Iterable[Union[ChatType, str]]] = None,
        statuses: Optional[Iterable[Union[ChatStatus, str]]] = None,
        call_timeout: Optional[timedelta] = None,
    ) -> Iterator[Chat]:
        """The chats one by one, with one page in memory at a time.

        Nothing is asked for before the first chat is; each page is a call of its own for
        ``call_timeout``. The filters are those of :meth:`get_chats`.

        >>> for chat in c.chats(types=["ARBITRAGE"]):
        ...     print(chat.context.customer.name, chat.status)
        Николай WAITING_FOR_ARBITER
        Светлана WAITING_FOR_MARKET
        """
        options = chat_filters(
            page_size, None, order_ids, contexts, context_types, types, statuses, call_timeout
        )
        function = self._library.ymchat_get_chats

        def page(token: Optional[str]) -> "tuple[tuple[Chat, ...], Optional[str]]":
            options["pageToken"] = token
            found = self._call("getChats", _models.to_chats, function, as_json(**options))
            return found.chats, found.next_page_token

        return _walk("getChats", page)

    def messages(
        self,
        chat_id: int,
        *,
        after: int = 0,
        page_size: int = 100,
        call_timeout: Optional[timedelta] = None,
    ) -> Iterator[ChatMessage]:
        """The messages of a chat one by one, with one page in memory at a time.

        They come in the service's order, which is not documented. Nothing is asked for before
        the first message is; each page is a call of its own for ``call_timeout``.

        :param after: Only messages that are newer than this one; 0 for all.

        >>> for message in c.messages(chat_id):
        ...     print(message.sender, message.message)
        CUSTOMER Есть ли у вас самовары?
        """

        def page(token: Optional[str]) -> "tuple[list[ChatMessage], Optional[str]]":
            found = self.get_chat_history(
                chat_id,
                limit=page_size,
                page_token=token,
                message_id_from=after or None,
                call_timeout=call_timeout,
            )
            newer = [message for message in found.messages if message.message_id > after]
            return newer, found.next_page_token

        return _walk("getChatHistory", page)

    def get_campaigns(
        self, *, limit: Optional[int] = None, page_token: Optional[str] = None
    ) -> CampaignsResult:
        """One page of the shops that the key opens (getCampaigns, 1000 requests an hour).

        Works without ``business_id``: each shop names its business.

        :param limit: Shops per page, 1 to 100.
        :param page_token: ``next_page_token`` of the page before.

        >>> sorted({shop.business.id for shop in c.get_campaigns().campaigns})
        [1003417]
        """
        options = as_json(limit=limit, pageToken=page_token)
        function = self._library.ymchat_get_campaigns
        return self._call("getCampaigns", _models.to_campaigns, function, options)

    def get_token_info(self) -> TokenInfo:
        """What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour).

        Works without ``business_id``.

        >>> c.get_token_info().api_key.auth_scopes
        ('ALL_METHODS',)
        """
        function = self._library.ymchat_get_token_info
        return self._call("getAuthTokenInfo", _models.to_token_info, function)

    # ---- writing ----

    def send_message(
        self,
        chat_id: int,
        text: str,
        *,
        after_message_id: Optional[int] = None,
        resolve: bool = True,
        resend: bool = False,
        return_message_id: bool = False,
    ) -> SendResult:
        """Sends a text of 1 to 4096 UTF-16 units (sendMessageToChat, 1000 requests an hour).

        It is sent once, or not at all, or :class:`ymchat.OutcomeUnknown` is raised. An error's
        ``outcome`` is "notSent" where the message certainly did not arrive.

        Ctrl-C here raises ``KeyboardInterrupt``; where the call was cancelled, its ``__cause__``
        is the :class:`ymchat.Cancelled` whose ``outcome`` says what became of the message.

        :param after_message_id: The newest message of the chat that you know.
        :param resolve: When the answer is lost, look for the message in the chat's history.
        :param resend: Send it once more when the history proves that it did not arrive.
        :param return_message_id: Look up the id after a plain success, too.

        >>> sent = c.send_message(chat_id, "Да, есть 🫖", after_message_id=message_id)
        >>> print(sent.outcome)
        sent
        """
        options = sending(after_message_id, resolve, resend, return_message_id)
        return self._call(
            "sendMessageToChat",
            _models.to_sent,
            self._library.ymchat_send_message,
            int64("chat_id", chat_id),
            utf8("text", text),
            options,
        )

    def send_file(
        self,
        chat_id: int,
        path_or_bytes: "Union[str, os.PathLike[str], bytes, bytearray, memoryview]",
        *,
        name: Optional[str] = None,
        after_message_id: Optional[int] = None,
        resolve: bool = True,
        resend: bool = False,
        return_message_id: bool = False,
    ) -> SendResult:
        """Sends a file of 1 byte to 5 MB (sendFileToChat, 1000 requests an hour).

        What is said of :meth:`send_message` holds for files, too; a lost one is looked for by its
        name and size.

        :param path_or_bytes: Where the file is, or what is in it.
        :param name: The file's name, in any script; that of the path, unless given.

        >>> sent = c.send_file(chat_id, "1 200 ₽".encode(), name="цена.txt")
        >>> sent.attempts
        1
        """
        if isinstance(path_or_bytes, (bytes, bytearray, memoryview)):
            if name is None:
                raise TypeError("send_file: bytes need a name")
            data = bytes(path_or_bytes)
        else:
            with open(path_or_bytes, "rb") as file:
                data = file.read(_MOST_BYTES)
            if name is None:
                name = os.path.basename(os.fspath(path_or_bytes))
        return self._call(
            "sendFileToChat",
            _models.to_sent,
            self._library.ymchat_send_file,
            int64("chat_id", chat_id),
            utf8("name", name),
            data,
            len(data),
            sending(after_message_id, resolve, resend, return_message_id),
        )

    def create_chat(
        self, context_type: Union[ContextType, str], context_id: int
    ) -> CreateChatResult:
        """Opens a chat about an order or a return, or finds the one that exists.

        createChat, 1000 requests an hour. It may be repeated safely.

        :param context_type: ORDER or RETURN; only a customer can start a DIRECT chat.
        :param context_id: The order's or the return's id.

        >>> created = c.create_chat("ORDER", 52310447118)
        >>> c.get_chat(created.chat_id).context.order_id
        52310447118
        """
        kind = utf8("context_type", context_type)
        function = self._library.ymchat_create_chat
        ident = int64("context_id", context_id)
        return self._call("createChat", _models.to_created, function, kind, ident)

    # ---- the one way into the library ----

    def _call(
        self, operation: str, convert: "Callable[[Json], _T]", function: Any, *arguments: Any
    ) -> _T:
        handle = self._handle
        if handle is None:
            raise ClientClosed(f"{operation}: the client is closed", {"operation": operation})
        if self._process != os.getpid():
            raise ClientClosed(
                f"{operation}: the client was made before this process was forked: make one here",
                {"operation": operation},
            )
        out = c_char_p()
        arguments = (handle, *arguments, byref(out))
        started = perf_counter()
        try:
            if _interrupt.in_main_thread():
                status = _interrupt.run(self.cancel, function, arguments)
            else:
                status = function(*arguments)
            text = out.value or b"{}"
        except KeyboardInterrupt as interrupt:
            _explain(interrupt, out.value)
            raise
        finally:
            self._library.ymchat_string_free(out)
        if _log.isEnabledFor(logging.DEBUG):
            took = (perf_counter() - started) * 1000
            name = Status(status).name if status in Status._value2member_map_ else status
            _log.debug("%s: %s in %.1f ms", operation, name, took)
        document = json.loads(text.decode())
        if status:
            raise error_of(status, document)
        try:
            return convert(document)
        except _models.MISSHAPEN as error:
            raise _misshapen(operation, f"{type(error).__name__}: {error}") from error


def _free(library: Any, handle: Optional[int], process: int) -> None:
    # In the child of a fork the client is a copy, with locks that nobody will ever open.
    if process == os.getpid():
        library.ymchat_client_free(handle)


def _explain(interrupt: KeyboardInterrupt, text: Optional[bytes]) -> None:
    """Ctrl-C: lets the caller know what became of the call, where it was cancelled."""
    document = json.loads(text) if text else {}
    if document.get("status") == Status.CANCELLED and "name" in document:
        cancelled = error_of(Status.CANCELLED, document)
        assert isinstance(cancelled, Cancelled)
        interrupt.__cause__ = cancelled


def _misshapen(operation: str, what: str) -> ProtocolError:
    message = f"{operation}: the answer is not what the API promises: {what}"
    return ProtocolError(
        message,
        {
            "status": Status.PROTOCOL.value,
            "name": "PROTOCOL",
            "message": message,
            "operation": operation,
            "retryable": False,
            "action": "contact_support",
        },
    )


def _walk(
    operation: str, page: "Callable[[Optional[str]], tuple[Iterable[_T], Optional[str]]]"
) -> Iterator[_T]:
    """Page after page. An empty one does not end it, a missing token does."""
    seen = set()
    token: Optional[str] = None
    while True:
        items, token = page(token)
        yield from items
        if token is None:
            return
        if token in seen:
            raise _misshapen(operation, "the same page token came twice")
        seen.add(token)


def _chats_of(raw: Json) -> "list[Chat]":
    return [_models.to_chat(chat) for chat in raw["chats"]]


def _messages_of(raw: Json) -> "list[ChatMessage]":
    return [_models.to_message(message) for message in raw["messages"]]
