"""What Python itself says to people, in each language: most sentences are the library's.

Each is whole, in both languages: none is put together from parts whose grammar would break. Names of
arguments, types and operations stay as the program knows them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

LANGUAGES = ("en", "ru")


class Operation(NamedTuple):
    """A call, and the language in which its errors are told."""

    #: The API's operationId or, for the library's own calls, their name.
    name: str
    language: str = "en"


def sentence(language: str | None, key: str, **values: object) -> str:
    """A sentence of the catalogue, in English where the language is none of ours."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return SENTENCES[key][place].format(**values)


def wrong_type(operation: Operation, key: str, name: str, value: Any) -> TypeError:
    """An argument of a wrong type, by the key of its sentence."""
    # Its type alone: the value may be a credential.
    found = type(value).__name__
    return TypeError(sentence(operation.language, key, name=name, found=found))


SENTENCES: dict[str, tuple[str, str]] = {
    # The client.
    "closed": ("the client is closed", "клиент закрыт"),
    "forked": (
        "the client was made before this process was forked: make one here",
        "клиент создан до fork этого процесса: создайте здесь новый",
    ),
    "not_copied": (
        "a ymchat.Client cannot be pickled or copied: make one per process",
        "ymchat.Client нельзя скопировать или сохранить через pickle: создайте по одному в каждом "
        "процессе",
    ),
    # Values.
    "above_64_bits": (
        "{name} does not fit into 64 bits: {value}",
        "{name} не помещается в 64 бита: {value}",
    ),
    "has_nul": (
        "{name} holds a NUL character, which would cut it off",
        "в {name} есть символ с кодом 0, текст оборвался бы на нём",
    ),
    "has_half_pair": (
        "{name} holds half of a surrogate pair",
        "в {name} только половина суррогатной пары",
    ),
    "not_finite": (
        "{name} must be a number of seconds, not {value}",
        "{name}: нужно число секунд, а не {value}",
    ),
    "not_within_a_day": (
        "{name} must be more than 0 s, and at most 86400 s: not {value}",
        "{name}: нужно больше 0 и не больше 86400 секунд, а не {value}",
    ),
    "no_time_zone": (
        "{name} needs a time zone: datetime.now(timezone.utc) has one",
        "в {name} нет часового пояса: он есть, например, у datetime.now(timezone.utc)",
    ),
    # Types.
    "not_int": (
        "{name} must be an int, not {found}",
        "{name}: нужно целое число (int), а не {found}",
    ),
    "not_str": (
        "{name} must be a str, not {found}",
        "{name}: нужна строка (str), а не {found}",
    ),
    "not_bool": (
        "{name} must be True or False, not {found}",
        "{name}: нужно True или False, а не {found}",
    ),
    "not_path": (
        "{name} must be a path, not {found}",
        "{name}: нужен путь, а не {found}",
    ),
    "not_seconds": (
        "{name} must be a number of seconds or a datetime.timedelta, not {found}",
        "{name}: нужно число секунд или datetime.timedelta, а не {found}",
    ),
    "not_pair": (
        '{name} must be a pair such as ("ORDER", 5), not {found}',
        '{name}: нужна пара, например ("ORDER", 5), а не {found}',
    ),
    "not_list": (
        "{name} must be a list, not {found}",
        "{name}: нужен список, а не {found}",
    ),
    "not_bytes": (
        "{name} must be bytes, not {found}",
        "{name}: нужны байты (bytes), а не {found}",
    ),
    "no_file_name": (
        "send_file: bytes need a name",
        "send_file: вместе с байтами нужно имя файла, name",
    ),
    # The log.
    "not_level": (
        "{name} must be one of logging or None, not {found}",
        "{name}: нужен уровень из logging или None, а не {found}",
    ),
    "level_too_high": (
        "level is above logging.ERROR; None ends the log",
        "level выше logging.ERROR; журнал выключает None",
    ),
    "log_within_log": (
        "a handler of the log called it. Do so elsewhere",
        "функцию вызвал обработчик самого журнала. Вызовите её в другом месте",
    ),
    # Answers.
    "misshapen": (
        "{operation}: the answer is not what the API promises: {detail}",
        "{operation}: ответ не такой, какой обещает API: {detail}",
    ),
    "same_page_again": (
        "{operation}: the answer is not what the API promises: the same page token came twice",
        "{operation}: ответ не такой, какой обещает API: токен страницы пришёл второй раз",
    ),
    "unknown_status": ("status {status}", "статус {status}"),
    # The programs of a wheel.
    "program_missing": (
        "{module}: there is no {file} in {folder}. Install the package from a wheel, or let {variable} "
        "name the program.",
        "{module}: в {folder} нет {file}. Установите пакет из wheel или укажите программу в {variable}.",
    ),
    # The shared library.
    "library_missing": (
        "ymchat: there is no {file} in {folder}. Install the package (pip install "
        "./bindings/python builds the library), or let YMCHAT_LIBRARY name the file.",
        "ymchat: в {folder} нет {file}. Установите пакет (pip install ./bindings/python собирает и "
        "библиотеку) или укажите файл в YMCHAT_LIBRARY.",
    ),
    "library_not_loaded": (
        "ymchat: the library {path} cannot be loaded: {why}",
        "ymchat: библиотека {path} не загружается: {why}",
    ),
    "library_foreign": (
        "ymchat: {path} is no ymchat library: it has no function ymchat_abi_version.",
        "ymchat: {path} – не библиотека ymchat: в ней нет функции ymchat_abi_version.",
    ),
    "library_lacks_function": (
        "ymchat: the library {path} has no function {name}.",
        "ymchat: в библиотеке {path} нет функции {name}.",
    ),
    "library_too_old": (
        "ymchat: the library {path} has the ABI {found}, and this package needs {wanted} or a later "
        "{major}.x. It is too old: install a newer library, or an older package ymchat.",
        "ymchat: у библиотеки {path} ABI {found}, а этому пакету нужен {wanted} или более новый "
        "{major}.x. Она слишком старая: установите библиотеку новее или пакет ymchat старее.",
    ),
    "library_too_new": (
        "ymchat: the library {path} has the ABI {found}, and this package needs {wanted} or a later "
        "{major}.x. It is too new: install a newer package ymchat, or an older library.",
        "ymchat: у библиотеки {path} ABI {found}, а этому пакету нужен {wanted} или более новый "
        "{major}.x. Она слишком новая: установите пакет ymchat новее или библиотеку старее.",
    ),
}
