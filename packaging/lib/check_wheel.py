#!/usr/bin/env python3
"""Compares a wheel with its own RECORD and with the tags of its name; fails where they differ.

    check_wheel.py WHEEL
"""

import base64
import csv
import hashlib
import sys
import zipfile
from pathlib import Path


def main(path: Path) -> str:
    with zipfile.ZipFile(path) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        listed = {}
        for name, digest, size in csv.reader(wheel.read(record).decode().splitlines()):
            listed[name] = (digest, size)
        if set(listed) != names:
            sys.exit(f"{path.name}: RECORD and content differ: {sorted(set(listed) ^ names)}")
        for name in names - {record}:
            content = wheel.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            if listed[name] != (f"sha256={digest}", str(len(content))):
                sys.exit(f"{path.name}: RECORD says something else of {name}")
        description = wheel.read(record.replace("RECORD", "WHEEL")).decode()
    tags = [line.removeprefix("Tag: ") for line in description.splitlines() if line.startswith("Tag: ")]
    if not tags or not all(path.stem.endswith(tag) for tag in tags):
        sys.exit(f"{path.name}: its tags are {tags}")
    return f"{len(names)} files, {tags[0]}"


print(main(Path(sys.argv[1])))
