#!/usr/bin/env python3
"""Prints the version in the properties of a DLL's file; fails where there is none.

    dll_version.py FILE
"""

import sys

with open(sys.argv[1], "rb") as file:
    content = file.read()
at = content.find("ProductVersion\0".encode("utf-16-le"))
if at < 0:
    sys.exit(f"{sys.argv[1]} names no version")
# The name, its end, padding, and the value with an end of its own.
words = content[at : at + 128].decode("utf-16-le", "ignore").split("\0")
print([word for word in words if word][1])
