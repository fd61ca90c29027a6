"""The client: idioms of Python around the functions of the library, and nothing else."""

from __future__ import annotations

import json
import logging
import os
import weakref
from collections.abc import Callable, Iterable, Iterator
from ctypes import byref, c_char_p, c_void_p
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from . import _interrupt, _library, _models
from ._arguments import (
    ChatFilters,
    Seconds,
    SyncFilters,
    as_dict,
    as_json,
    file_data,
    int64,
    known,
    utf8,
)
from ._enums import ContextType, Json, Status
from ._errors import Cancelled, ClientClosed, ProtocolError, error_of, refused
from ._models import (
    CampaignsResult,
    Chat,
    ChatMessage,
    ChatMessagesResult,
    ChatsResult,
    CreateChatResult,
    DownloadedFile,
    SendResult,
    Stats,
    SyncResult,
    TokenInfo,
)
from ._sentences import Operation, sentence

if TYPE_CHECKING:
    # Python 3.10 has none of its own; nobody needs it at run time.
    from typing_extensions import Unpack

_log = logging.getLogger("ymchat")
_log.addHandler(logging.NullHandler())

_T = TypeVar("_T")
# What is larger need not be read: the library refuses it by its size.
_MAX_FILE_BYTES = 5 * 1024 * 1024


class Client:
    """A client of the chat API. Close it, or use it in a ``with`` statement.

    Threads may share it. Every method blocks until it has its result, at most for
    ``call_timeout``, with the GIL free; Ctrl-C ends a call of the main thread. All clients of one
    business in a process share its limits: four requests at a time, and hourly quotas.

    After ``os.fork`` (``multiprocessing`` with the method "fork", too) a client belongs to the
    parent: a process makes its own. It begins with fresh locks and limits, whatever the parent's
    threads do at that moment.

    Each method raises a subclass of :class:`ymchat.Error`.

    :param api_key: The Api-Key, without any prefix.
    :param oauth_token: The token of the deprecated OAuth, instead of the key or beside it.
    :param business_id: The business; only :meth:`get_campaigns` and :meth:`get_token_info` work
        without it.
    :param base_url: Another address than ``https://api.partner.market.yandex.ru``.
    :param integration: ``"name/version"`` of your program, for the merchant's log.
    :param connect_timeout: For a connection; 5 s. Each time-out is a number of seconds, such as
        ``2.5``, or a ``timedelta``.
    :param attempt_timeout: For a request and its answer; 15 s. The service gives up after 10 s.
    :param call_timeout: For a whole call with its waits and repeats; 60 s.
    :param max_attempts: How often a request is sent at most; 4.
    :param max_parallel: Requests at a time; 4, as the service allows.
    :param proxy: ``"http://host:port"``, ``"socks5://host:port"``, or ``"environment"``.
    :param ca_file: A PEM file of certificates that are trusted, too.
    :param trust: ``"bundled"`` (the usual certificates, built in) or ``"system"``.
    :param max_response_bytes: The longest answer that is read; 16 MiB.
    :param file_hosts: The hosts that :meth:`download_file` shows the credentials to, over https;
        those of the service: ``["*.yandex.net", "*.yandex.ru", "*.yandex.com"]``.
    :param check_messages: ``"reject"`` sends no text with contacts or links, but raises
        :class:`Rejected`; ``"off"``.
    :param language: Of the sentences of errors: ``"en"`` or ``"ru"``; ``"en"``.
    :param allow_insecure_http: Lets ``base_url`` be plain http to another computer.

    >>> import ymchat
    >>> with ymchat.Client(api_key="ACMA:…", business_id=1003417) as c:  # doctest: +SKIP
    ...     for chat in c.get_all_chats(statuses=["NEW", "WAITING_FOR_PARTNER"]):
    ...         c.send_message(chat.chat_id, "Здравствуйте! Уже смотрим.")
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        oauth_token: str | None = None,
        business_id: int | None = None,
        base_url: str | None = None,
        integration: str | None = None,
        connect_timeout: Seconds | None = None,
        attempt_timeout: Seconds | None = None,
        call_timeout: Seconds | None = None,
        max_attempts: int | None = None,
        max_parallel: int | None = None,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        trust: str | None = None,
        max_response_bytes: int | None = None,
        file_hosts: Iterable[str] | None = None,
        check_messages: str | None = None,
        language: str | None = None,
        allow_insecure_http: bool | None = None,
    ) -> None:
        self._handle: int | None = None
        self._business_id = business_id
        # A wrong one is refused by the library.
        self._language = "ru" if language == "ru" else "en"
        self._library = library = _library.load(self._language)
        config = as_json(
            self._operation("client_new"),
            api_key=api_key,
            oauth_token=oauth_token,
            business_id=business_id,
            base_url=base_url,
            integration=integration,
            connect_timeout=connect_timeout,
            attempt_timeout=attempt_timeout,
            call_timeout=call_timeout,
            max_attempts=max_attempts,
            max_parallel=max_parallel,
            proxy=proxy,
            ca_file=ca_file,
            trust=trust,
            max_response_bytes=max_response_bytes,
            file_hosts=file_hosts,
            check_messages=check_messages,
            language=language,
            allow_insecure_http=allow_insecure_http,
        )
        handle, out = c_void_p(), c_char_p()
        try:
            status = library.ymchat_client_new(config or b"{}", byref(handle), byref(out))
            if status:
                raise error_of(status, json.loads(out.value or b"{}"))
        finally:
            library.ymchat_string_free(out)
        self._take(handle.value, None)

    def _take(self, handle: int | None, outer: Client | None) -> None:
        """Takes over a handle of the library; a scope keeps the client that it was made of."""
        self._handle = handle
        self._outer = outer
        self._process = os.getpid()
        self._main_calls = _interrupt.MainCalls(self._library)
        # Not __del__: this is done at the interpreter's exit as well, while threads still run.
        self._free = weakref.finalize(self, _free, self._library, handle, self._process)

    # ---- life ----

    def close(self) -> None:
        """Ends the client. Calls of other threads in it raise :class:`ymchat.Cancelled`.

        A second time nothing happens. A client that is not closed is when it is collected.

        >>> c.close()
        >>> c.get_chat(chat_id)
        Traceback (most recent call last):
        ymchat._errors.ClientClosed: getChat: the client is closed.
        """
        self._handle = None
        self._free()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._handle is None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<ymchat.Client of business {self._business_id}, {state}>"

    def __reduce__(self) -> Any:
        raise TypeError(sentence(self._language, "not_copied"))

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

    def scope(self) -> Client:
        """The same client, for calls that are to be stopped together: those of a thread or a job.

        :meth:`cancel` of a scope ends its calls and no others, and it is for good: a call that
        begins in it later raises :class:`ymchat.Cancelled` at once, and nothing is sent. When the
        client is closed, its scopes end.

        >>> job = c.scope()
        >>> job.cancel()
        >>> job.get_chat(chat_id)
        Traceback (most recent call last):
        ymchat._errors.Cancelled: getChat: the call was cancelled.
        >>> c.get_chat(chat_id).chat_id == chat_id
        True
        """
        operation, scope = self._operation("client_scope"), c_void_p()
        handle = self._live_handle(operation)
        if self._library.ymchat_client_scope(handle, byref(scope)):
            raise refused(operation, "closed", ClientClosed)
        other = type(self).__new__(type(self))
        other._library, other._business_id = self._library, self._business_id
        other._language = self._language
        other._take(scope.value, self)
        return other

    def stats(self) -> Stats:
        """What the client has done so far, and what is known of the quotas.

        >>> for operation in c.stats().operations:
        ...     if operation.operation == "sendMessageToChat":
        ...         print(operation.quota_remaining)
        1000
        """
        operation, function = self._operation("stats"), self._library.ymchat_client_stats
        return self._call(operation, _models.to_stats, function)

    # ---- reading ----

    def get_chats(
        self,
        *,
        limit: int | None = None,
        page_token: str | None = None,
        **filters: Unpack[ChatFilters],
    ) -> ChatsResult:
        """One page of chats (getChats, 5000 requests an hour).

        :param limit: Chats per page, 1 to 20; the service's default is 10.
        :param page_token: ``next_page_token`` of the page before.
        :param filters: ``order_ids``, ``contexts``, ``context_types``, ``types``, ``statuses`` and
            ``call_timeout``, as :class:`ymchat.ChatFilters` describes them.

        >>> page = c.get_chats(limit=5, statuses=[ymchat.ChatStatus.FINISHED])
        >>> len(page.chats)
        5
        >>> page = c.get_chats(limit=5, statuses=["FINISHED"], page_token=page.next_page_token)
        """
        operation = self._operation("getChats")
        options = as_json(operation, limit=limit, page_token=page_token, **known(filters))
        function = self._library.ymchat_get_chats
        return self._call(operation, _models.to_chats, function, options)

    def get_chat(self, chat_id: int) -> Chat:
        """A chat (getChat, 1000 requests an hour).

        >>> chat = c.get_chat(chat_id)
        >>> print(chat.status)
        WAITING_FOR_PARTNER
        """
        operation, function = self._operation("getChat"), self._library.ymchat_get_chat
        return self._call(
            operation, _models.to_chat, function, int64(operation, "chat_id", chat_id)
        )

    def get_chat_history(
        self,
        chat_id: int,
        *,
        limit: int | None = None,
        page_token: str | None = None,
        message_id_from: int | None = None,
        call_timeout: Seconds | None = None,
    ) -> ChatMessagesResult:
        """One page of a chat's messages (getChatHistory, 10000 requests an hour).

        The order of the messages is not documented: :meth:`get_messages_since` sorts them.

        :param limit: Messages per page, 1 to 100; the service's default is 50.
        :param page_token: ``next_page_token`` of the page before.
        :param message_id_from: Messages from this one on; whether it is among them is not
            documented.
        :param call_timeout: For this call, instead of the client's.

        >>> page = c.get_chat_history(chat_id, limit=100)
        >>> [message.text for message in page.messages]
        ['Есть ли у вас самовары?']
        >>> page.next_page_token is None
        True
        """
        operation = self._operation("getChatHistory")
        options = as_json(
            operation,
            limit=limit,
            page_token=page_token,
            message_id_from=message_id_from,
            call_timeout=call_timeout,
        )
        function = self._library.ymchat_get_chat_history
        chat_id = int64(operation, "chat_id", chat_id)
        return self._call(operation, _models.to_messages, function, chat_id, options)

    def get_chat_message(self, chat_id: int, message_id: int) -> ChatMessage:
        """A message (getChatMessage, 1000 requests an hour).

        >>> message = c.get_chat_message(chat_id, message_id)
        >>> message.sender == ymchat.Sender.CUSTOMER
        True
        """
        operation, function = self._operation("getChatMessage"), self._library.ymchat_get_chat_message
        chat_id = int64(operation, "chat_id", chat_id)
        message_id = int64(operation, "message_id", message_id)
        return self._call(operation, _models.to_message, function, chat_id, message_id)

    def get_all_chats(
        self,
        *,
        limit: int | None = None,
        max_total_bytes: int | None = None,
        **filters: Unpack[ChatFilters],
    ) -> list[Chat]:
        """All chats, page by page, each once. The whole counts as one call for ``call_timeout``.

        The filters are those of :meth:`get_chats`; ``limit`` is the size of a page, 20. Where more
        JSON would be collected than ``max_total_bytes`` (64 MiB), the call fails; :meth:`chats`
        has one page in memory at a time.

        >>> for chat in c.get_all_chats(statuses=["NEW", "WAITING_FOR_PARTNER"]):
        ...     assert chat.status != ymchat.ChatStatus.FINISHED
        """
        operation = self._operation("getChats")
        options = as_json(
            operation, limit=limit, max_total_bytes=max_total_bytes, **known(filters)
        )
        return self._call(operation, _chats_of, self._library.ymchat_get_all_chats, options)

    def get_messages_since(
        self,
        chat_id: int,
        after_message_id: int = 0,
        *,
        limit: int | None = None,
        call_timeout: Seconds | None = None,
        max_total_bytes: int | None = None,
    ) -> list[ChatMessage]:
        """All messages that are newer than one, ascending by their ids, each once.

        The whole counts as one call for ``call_timeout``.

        :param after_message_id: The newest message that is known already; 0 for all messages.
        :param limit: The size of a page, 1 to 100; 100.
        :param max_total_bytes: How much JSON is collected before the call fails; 64 MiB.
            :meth:`messages` has one page in memory at a time.

        >>> c.get_messages_since(chat_id, message_id)
        []
        >>> [message.text for message in c.get_messages_since(chat_id)]
        ['Есть ли у вас самовары?']
        """
        operation, function = self._operation("getChatHistory"), self._library.ymchat_get_messages_since
        options = as_json(
            operation, limit=limit, call_timeout=call_timeout, max_total_bytes=max_total_bytes
        )
        chat_id = int64(operation, "chat_id", chat_id)
        after = int64(operation, "after_message_id", after_message_id)
        return self._call(operation, _messages_of, function, chat_id, after, options)

    def sync(
        self,
        since: str = "",
        *,
        progress: Callable[[int, int], object] | None = None,
        **options: Unpack[SyncFilters],
    ) -> SyncResult:
        """What is new since a token, and the next token.

        Store ``since`` together with what you make of the messages, in one transaction: then each
        message is processed once, and none is left out, whatever fails, and wherever the program
        is killed. The same token gives the same messages again (and what has come since, as far as
        ``limit`` reaches), the next token none of them. After an error the old token is still the
        right one. ``docs/sync.md`` says how, and what is assumed of the service.

        The options are those of :class:`ymchat.SyncFilters`.

        :param since: The token of the result before this one; empty at first.
        :param progress: Is called now and then with the chats that were looked at and the messages
            that were found. What it raises ends the call, and so does ``False``.

        >>> news = c.sync()
        >>> for found in news.chats:
        ...     for message in found.messages:
        ...         assert message.message_id and found.chat.chat_id
        >>> c.sync(news.since).chats
        ()
        """
        operation = self._operation("sync")
        given = as_json(operation, **known(options, SyncFilters))
        token = utf8(operation, "since", since)
        if progress is None:
            return self._call(operation, _models.to_sync, self._library.ymchat_sync, token, given)
        function = self._library.ymchat_sync_with_progress
        return self._with_progress(operation, _models.to_sync, function, progress, token, given)

    def _with_progress(
        self,
        operation: Operation,
        convert: Callable[[Any], _T],
        function: Any,
        progress: Callable[[int, int], object],
        *arguments: Any,
    ) -> _T:
        raised: list[BaseException] = []

        def report(_: Any, done: int, found: int) -> int:
            try:
                return int(progress(done, found) is False)
            except BaseException as error:
                # ctypes would print it, and go on.
                raised.append(error)
                return 1

        callback = _library.PROGRESS(report)
        try:
            return self._call(operation, convert, function, *arguments, callback, None)
        except Cancelled:
            if raised:
                raise raised[0] from None
            raise

    def follow(self, since: str = "", **options: Unpack[SyncFilters]) -> Iterator[SyncResult]:
        """One :meth:`sync` after another, each with the token of the one before.

        Without ``wait`` it ends when there is nothing more; with it, it goes on for ever. Store each
        result with its token before you take the next one. The options are those of :meth:`sync`.

        >>> inbox, since = [], ""
        >>> for news in c.follow(since, limit=100):
        ...     inbox += [m for found in news.chats for m in found.messages]
        ...     since = news.since  # both in one transaction
        >>> len({message.message_id for message in inbox}) == len(inbox) > 0
        True
        """
        more = True
        while more:
            news = self.sync(since, **options)
            since = news.since
            more = news.more or bool(options.get("wait"))
            yield news

    def chats(
        self,
        *,
        page_size: int = 20,
        **filters: Unpack[ChatFilters],
    ) -> Iterator[Chat]:
        """The chats one by one, with one page in memory at a time.

        Nothing is asked for before the first chat is; each page is a call of its own for
        ``call_timeout``. The filters are those of :meth:`get_chats`.

        >>> for chat in c.chats(types=["ARBITRAGE"]):
        ...     print(chat.context.customer.name, chat.status)
        Николай WAITING_FOR_ARBITER
        Светлана WAITING_FOR_MARKET
        """
        operation = self._operation("getChats")
        options = as_dict(operation, limit=page_size, **known(filters))
        function = self._library.ymchat_get_chats

        def page(token: str | None) -> tuple[tuple[Chat, ...], str | None]:
            given = options if token is None else {**options, "pageToken": token}
            encoded = json.dumps(given).encode()
            found = self._call(operation, _models.to_chats, function, encoded)
            return found.chats, found.next_page_token

        return _walk(operation, page)

    def messages(
        self,
        chat_id: int,
        *,
        after: int = 0,
        page_size: int = 100,
        call_timeout: Seconds | None = None,
    ) -> Iterator[ChatMessage]:
        """The messages of a chat one by one, with one page in memory at a time.

        They come in the service's order, which is not documented. Nothing is asked for before
        the first message is; each page is a call of its own for ``call_timeout``.

        :param after: Only messages that are newer than this one; 0 for all.

        >>> for message in c.messages(chat_id):
        ...     print(message.sender, message.text)
        CUSTOMER Есть ли у вас самовары?
        """

        def page(token: str | None) -> tuple[list[ChatMessage], str | None]:
            found = self.get_chat_history(
                chat_id,
                limit=page_size,
                page_token=token,
                message_id_from=after or None,
                call_timeout=call_timeout,
            )
            newer = [message for message in found.messages if message.message_id > after]
            return newer, found.next_page_token

        return _walk(self._operation("getChatHistory"), page)

    def get_campaigns(
        self, *, limit: int | None = None, page_token: str | None = None
    ) -> CampaignsResult:
        """One page of the shops that the key grants access to (getCampaigns, 1000 requests an hour).

        Works without ``business_id``: each shop names its business.

        :param limit: Shops per page, 1 to 100.
        :param page_token: ``next_page_token`` of the page before.

        >>> sorted({shop.business.id for shop in c.get_campaigns().campaigns})
        [1003417]
        """
        operation = self._operation("getCampaigns")
        options = as_json(operation, limit=limit, page_token=page_token)
        function = self._library.ymchat_get_campaigns
        return self._call(operation, _models.to_campaigns, function, options)

    def get_token_info(self) -> TokenInfo:
        """What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour).

        Works without ``business_id``.

        >>> c.get_token_info().api_key.auth_scopes
        ('ALL_METHODS',)
        """
        operation, function = self._operation("getAuthTokenInfo"), self._library.ymchat_get_token_info
        return self._call(operation, _models.to_token_info, function)

    # ---- writing ----

    def send_message(
        self,
        chat_id: int,
        text: str,
        *,
        after_message_id: int | None = None,
        resolve: bool = True,
        resend: bool | None = None,
        return_message_id: bool = False,
        ticket: str | None = None,
        call_timeout: Seconds | None = None,
    ) -> SendResult:
        """Sends a text of 1 to 4096 UTF-16 units (sendMessageToChat, 1000 requests an hour).

        It is sent once, or not at all, or :class:`ymchat.OutcomeUnknown` is raised. An error's
        ``outcome`` is "notSent" where the message certainly did not arrive.

        Ctrl-C here raises ``KeyboardInterrupt``; where the call was cancelled, its ``__cause__``
        is the error whose ``outcome`` says what became of the message.

        :param after_message_id: The newest message of the chat that you know.
        :param resolve: When the answer is lost, look for the message in the chat's history.
        :param resend: Send it again, as often as the call's time allows, when the history proves
            that it did not arrive. The proof takes 11 seconds, and a message of the chat that was
            known before: by default it is sent again where one was known anyway, with True the
            chat is read first where none is, with False it is never sent again.
        :param return_message_id: Look up the id after a plain success, too.
        :param ticket: What :meth:`prepare_send` gave, or the ``ticket`` of an error.
        :param call_timeout: For this call, instead of the client's; seconds or a ``timedelta``.

        >>> sent = c.send_message(chat_id, "Да, есть 🫖", after_message_id=message_id)
        >>> print(sent.outcome)
        sent
        """
        operation = self._operation("sendMessageToChat")
        return self._call(
            operation,
            _models.to_sent,
            self._library.ymchat_send_message,
            int64(operation, "chat_id", chat_id),
            utf8(operation, "text", text),
            as_json(
                operation,
                after_message_id=after_message_id,
                resolve=resolve,
                resend=resend,
                return_message_id=return_message_id,
                ticket=ticket,
                call_timeout=call_timeout,
            ),
        )

    def send_file(
        self,
        chat_id: int,
        path_or_bytes: str | os.PathLike[str] | bytes | bytearray | memoryview,
        *,
        name: str | None = None,
        after_message_id: int | None = None,
        resolve: bool = True,
        resend: bool | None = None,
        return_message_id: bool = False,
        ticket: str | None = None,
        call_timeout: Seconds | None = None,
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
        operation = self._operation("sendFileToChat")
        if isinstance(path_or_bytes, (bytes, bytearray, memoryview)):
            if name is None:
                raise TypeError(sentence(self._language, "no_file_name"))
            data = file_data(operation, path_or_bytes)
            size = len(data)
        else:
            with open(path_or_bytes, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                # The library refuses a wrong size before it looks at a byte.
                data = b"" if size > _MAX_FILE_BYTES else file.read(_MAX_FILE_BYTES + 1)
            size = max(size, len(data))
            if name is None:
                name = os.path.basename(os.fsdecode(path_or_bytes))
        return self._call(
            operation,
            _models.to_sent,
            self._library.ymchat_send_file,
            int64(operation, "chat_id", chat_id),
            utf8(operation, "name", name),
            data,
            size,
            as_json(
                operation,
                after_message_id=after_message_id,
                resolve=resolve,
                resend=resend,
                return_message_id=return_message_id,
                ticket=ticket,
                call_timeout=call_timeout,
            ),
        )

    def download_file(
        self,
        url: str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        max_bytes: int | None = None,
        allow_hosts: Iterable[str] | None = None,
        call_timeout: Seconds | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> DownloadedFile:
        """Brings a file of a message to a path; ``docs/files.md`` says more.

        The file is received beside the path, and gets its name only when it is whole and safe on
        the disk. Whatever fails, the path is as it was. Choose the path yourself: the name in a
        message is what the other side has written.

        Credentials are shown to the hosts of ``file_hosts`` alone. Another host is refused, unless
        ``allow_hosts`` names it; it is shown nothing.

        :param url: The address of the file, as the message gives it.
        :param path: Where it is to be, in a directory that exists.
        :param overwrite: Replaces a file that is there.
        :param max_bytes: A longer file is an error; 50 MiB.
        :param allow_hosts: Foreign hosts that may be asked, such as ``["cdn.example.org"]``.
        :param call_timeout: For this call instead of the client's; ``attempt_timeout`` is how long
            nothing may come.
        :param progress: Is called for each part with the bytes that were received and the length
            of the file, 0 where it is not known. What it raises ends the call, and so does
            ``False``.

        >>> import os, tempfile
        >>> found = [m for m in c.messages(chat_id) if m.payload]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for message in found:
        ...         for index, file in enumerate(message.payload):
        ...             path = os.path.join(folder, f"{message.message_id}-{index}")
        ...             assert c.download_file(file.url, path).bytes == os.path.getsize(path)
        """
        operation = self._operation("download_file")
        given = as_json(
            operation,
            overwrite=overwrite,
            max_bytes=max_bytes,
            allow_hosts=allow_hosts,
            call_timeout=call_timeout,
        )
        # The library takes UTF-8 on each system.
        place = utf8(operation, "path", os.fsdecode(path))
        address = utf8(operation, "url", url)
        if progress is None:
            function = self._library.ymchat_download_file
            return self._call(operation, _models.to_downloaded, function, address, place, given)
        function = self._library.ymchat_download_file_with_progress
        return self._with_progress(
            operation, _models.to_downloaded, function, progress, address, place, given
        )

    def prepare_send(
        self,
        chat_id: int,
        message: str | None = None,
        *,
        file_name: str | None = None,
        file_size: int | None = None,
    ) -> str:
        """Prepares a send of a text, or of a file, and returns a ticket: a text of at most 512
        ASCII characters, to be stored with your own document before the send.

        A send with the ticket arrives once, however often and by whichever process it is tried,
        also after a crash: the history is looked at first, unless this process knows that the
        ticket was never used. Reads the chat.

        Prepare it when the sends before it in this chat are settled: what the shop writes after
        the preparation, and this process has not sent, may be taken for it where it is equal, and
        leaves the outcome unclear where it is not. Let one program use it at a time.

        >>> ticket = c.prepare_send(chat_id, "Да, есть")
        >>> print(c.send_message(chat_id, "Да, есть", ticket=ticket).outcome)
        sent
        >>> print(c.send_message(chat_id, "Да, есть", ticket=ticket).outcome)
        confirmed
        """
        operation = self._operation("prepare_send")
        content = as_json(operation, message=message, file_name=file_name, file_size=file_size)
        return self._call(
            operation,
            _models.to_ticket,
            self._library.ymchat_prepare_send,
            int64(operation, "chat_id", chat_id),
            content or b"{}",
        )

    def create_chat(
        self, context_type: ContextType | str, context_id: int
    ) -> CreateChatResult:
        """Opens a chat about an order or a return, or finds the one that exists.

        createChat, 1000 requests an hour. It may be repeated safely.

        :param context_type: ORDER or RETURN; only a customer can start a DIRECT chat.
        :param context_id: The order's or the return's id.

        >>> created = c.create_chat("ORDER", 52310447118)
        >>> c.get_chat(created.chat_id).context.order_id
        52310447118
        """
        operation, function = self._operation("createChat"), self._library.ymchat_create_chat
        kind = utf8(operation, "context_type", context_type)
        ident = int64(operation, "context_id", context_id)
        return self._call(operation, _models.to_created, function, kind, ident)

    # ---- the one way into the library ----

    def _operation(self, name: str) -> Operation:
        return Operation(name, self._language)

    def _live_handle(self, operation: Operation) -> int:
        handle = self._handle
        if handle is None:
            raise refused(operation, "closed", ClientClosed)
        if self._process != os.getpid():
            raise refused(operation, "forked", ClientClosed)
        return handle

    def _call(
        self, operation: Operation, convert: Callable[[Json], _T], function: Any, *arguments: Any
    ) -> _T:
        handle = self._live_handle(operation)
        out = c_char_p()
        arguments = (*arguments, byref(out))
        started = perf_counter()
        try:
            if _interrupt.in_main_thread():
                status = _interrupt.run(self._main_calls, function, handle, arguments)
            else:
                status = function(handle, *arguments)
            text = out.value or b"{}"
        except KeyboardInterrupt as interrupt:
            _explain(interrupt, out.value)
            raise
        finally:
            self._library.ymchat_string_free(out)
        document = json.loads(text.decode())
        if _log.isEnabledFor(logging.DEBUG):
            _log_call(operation.name, status, document, (perf_counter() - started) * 1000)
        if status:
            raise error_of(status, document, self._language)
        try:
            return convert(document)
        except _models.MISSHAPEN as error:
            detail = f"{type(error).__name__}: {error}"
            raise _misshapen(operation, "misshapen", detail=detail) from error


def _log_call(operation: str, status: int, document: Json, took: float) -> None:
    name = Status(status).name if status in Status._value2member_map_ else status
    # Known of errors and of sends.
    attempts = document.get("attempts") if status or "outcome" in document else None
    tried = "" if attempts is None else f", {attempts} attempt{'' if attempts == 1 else 's'}"
    _log.debug("%s: %s in %.1f ms%s", operation, name, took, tried)


def _free(library: Any, handle: int | None, process: int) -> None:
    # In the child of a fork the client is a copy, with locks that nobody will ever open.
    if process == os.getpid():
        library.ymchat_client_free(handle)


def _explain(interrupt: KeyboardInterrupt, text: bytes | None) -> None:
    """Ctrl-C: lets the caller know what became of the call, where it was cancelled."""
    document = json.loads(text) if text else {}
    # A send that may have arrived has a status of its own, whatever ended it.
    if document.get("status") in (Status.CANCELLED, Status.OUTCOME_UNKNOWN) and "name" in document:
        interrupt.__cause__ = error_of(document["status"], document)


def _misshapen(operation: Operation, key: str, **values: object) -> ProtocolError:
    message = sentence(operation.language, key, operation=operation.name, **values)
    return ProtocolError(
        message,
        {
            "status": Status.PROTOCOL.value,
            "name": "PROTOCOL",
            "message": message,
            "operation": operation.name,
            "retryable": False,
            "action": "contact_support",
        },
    )


def _walk(
    operation: Operation, page: Callable[[str | None], tuple[Iterable[_T], str | None]]
) -> Iterator[_T]:
    """Page after page. An empty one does not end it, a missing token does."""
    seen = set()
    token: str | None = None
    while True:
        items, token = page(token)
        yield from items
        if token is None:
            return
        if token in seen:
            raise _misshapen(operation, "same_page_again")
        seen.add(token)


def _chats_of(raw: Json) -> list[Chat]:
    return [_models.to_chat(chat) for chat in raw["chats"]]


def _messages_of(raw: Json) -> list[ChatMessage]:
    return [_models.to_message(message) for message in raw["messages"]]
