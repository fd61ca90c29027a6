#!/usr/bin/env python3
"""Parses the modules of this directory with tree-sitter-bsl (PyPI).

    pip install tree-sitter tree-sitter-bsl && bindings/onec/bsl/check.py

The grammar (0.1.6) does not know three forms that the language has, so they are put in a form that it knows:
`Новый("Тип")` with one argument, `ВызватьИсключение;` without an expression, and the semicolon behind the
end of `Пока … Цикл`.
"""

import re
import sys
from pathlib import Path

import tree_sitter
import tree_sitter_bsl

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bsl.language()))


def errors(node):
    if node.type == "ERROR" or node.is_missing:
        yield node
    for child in node.children:
        yield from errors(child)


def check(text):
    text = text.replace('Новый("AddIn.YMChat.YMChat")', 'Новый("AddIn.YMChat.YMChat", Нет)')
    text = text.replace("ВызватьИсключение;", "ВызватьИсключение Нет;")
    text = re.sub(r"^(\s*)Пока (.*) Цикл$", r"\1Для Каждого Раз Из Разы(\2) Цикл", text, flags=re.M)
    return [f"line {node.start_point[0] + 1}" for node in errors(PARSER.parse(text.encode()).root_node)]


def main():
    if not check("Процедура А()\n\tЕсли Б Тогда\n\t\tВ();\nКонецПроцедуры\n"):
        sys.exit("a missing КонецЕсли is not found: the check does not work")
    failed = False
    for file in sorted(Path(__file__).parent.glob("*.bsl")):
        found = check(file.read_text(encoding="utf-8"))
        print(f"{file.name}: {', '.join(found) or 'parsed'}")
        failed = failed or bool(found)
    sys.exit(failed)


main()
