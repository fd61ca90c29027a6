#!/usr/bin/env python3
"""flat_zip.py DIRECTORY FILE.zip: the files of a directory, without its name; the same files, the same bytes.

The time is that of SOURCE_DATE_EPOCH.
"""

import os
import sys
import time
import zipfile
from pathlib import Path


def main(directory: Path, target: Path) -> None:
    moment = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(target, "w", compresslevel=9) as archive:
        for file in sorted(directory.iterdir()):
            entry = zipfile.ZipInfo(file.name, moment)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=9)


main(Path(sys.argv[1]), Path(sys.argv[2]))
