"""What the rules of the chat forbid in a text. The check needs no client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import _library
from ._arguments import as_json, utf8
from ._enums import FindingKind, Json, words
from ._errors import error_of
from ._sentences import Operation

_KINDS = words(FindingKind)


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of a text that the rules of the chat may forbid: ``text[finding.start:finding.end]``."""

    #: A link, an e-mail address, a telephone number or a contact in a messenger.
    kind: FindingKind | str
    #: Where it begins, in characters of Python. ``raw`` has it in UTF-16 units and in bytes of UTF-8.
    start: int
    #: Where it ends: the first character behind it.
    end: int
    #: The part itself.
    text: str
    #: The object of the library.
    raw: Json = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """What was found in a text."""

    #: Whether nothing was found.
    ok: bool
    #: In the order of the text; they do not overlap.
    findings: tuple[Finding, ...]
    #: The document of the library.
    raw: Json = field(compare=False, repr=False)


def check_message(
    text: str,
    *,
    kinds: Iterable[FindingKind | str] | None = None,
    allow_hosts: Iterable[str] | None = None,
) -> MessageCheck:
    """Looks for what the rules of the chat forbid: links to other sites, e-mail addresses,
    telephone numbers and messengers, in Russian and English texts, plain or disguised.

    The Market reads the correspondence, and hides the goods of a shop that breaks the rules. The
    check is advisory: it sees neither all contacts nor contacts alone. A client with
    ``check_messages="reject"`` sends no text that has findings.

    :param text: The text.
    :param kinds: What to look for: "link", "email", "phone", "messenger"; all of them.
    :param allow_hosts: Host names to which links are allowed: ``["cdek.ru"]``; those below, too.

    >>> import ymchat
    >>> text = "Заказ 44512233 собран. Звоните: +7 912 345-67-89"
    >>> [(found.kind.value, text[found.start:found.end]) for found in ymchat.check_message(text).findings]
    [('phone', '+7 912 345-67-89')]
    >>> ymchat.check_message("Следите за посылкой: cdek.ru/track", allow_hosts=["cdek.ru"]).ok
    True
    """
    operation = Operation("check_message")
    given = utf8(operation, "text", text)
    options = as_json(operation, kinds=kinds, allow_hosts=allow_hosts)
    function = _library.load().ymchat_check_message
    status, document = _library.call(function, given, options)
    if status:
        raise error_of(status, document)
    return _to_check(document, given)


def _to_check(raw: Json, text: bytes) -> MessageCheck:
    findings = []
    passed = position = 0
    for item in raw["findings"]:
        # The library counts bytes, Python characters.
        start = position + len(text[passed : item["startUtf8"]].decode())
        end = start + len(item["text"])
        passed, position = item["startUtf8"] + item["lengthUtf8"], end
        kind: str = item["kind"]
        findings.append(Finding(_KINDS.get(kind, kind), start, end, item["text"], item))
    return MessageCheck(raw["ok"], tuple(findings), raw)
