#!/usr/bin/env python3
"""Archives whose bytes depend on their contents alone: sorted, with one time, owner and set of modes.

    archive.py zip DIRECTORY FILE.zip          the directory with its name
    archive.py tar DIRECTORY FILE.tar.gz       likewise
    archive.py normalize FILE.zip OTHER.zip    a zip that exists already, a wheel for instance

The time is that of SOURCE_DATE_EPOCH.
"""

import gzip
import os
import stat
import sys
import tarfile
import time
import zipfile
from pathlib import Path

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])


def mode_of(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def below(directory: Path) -> "list[Path]":
    """All that is in it, in an order that depends on the names alone."""
    return sorted(directory.rglob("*"), key=lambda path: path.as_posix())


def zip_entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6])
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def make_zip(directory: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w", compresslevel=9) as archive:
        for path in below(directory):
            if path.is_file():
                name = path.relative_to(directory.parent).as_posix()
                archive.writestr(zip_entry(name, mode_of(path)), path.read_bytes(), compresslevel=9)


def make_tar(directory: Path, file: Path) -> None:
    def entry(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        info.uname = info.gname = "root"
        info.mtime = EPOCH
        info.mode = 0o755 if info.isdir() or info.mode & stat.S_IXUSR else 0o644
        return info

    with open(file, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=EPOCH) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path in [directory, *below(directory)]:
                name = path.relative_to(directory.parent).as_posix()
                archive.add(path, name, recursive=False, filter=entry)


def normalize(source: Path, file: Path) -> None:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(file, "w") as after:
        for old in sorted(before.infolist(), key=lambda info: info.filename):
            if not old.is_dir():
                executable = old.external_attr >> 16 & stat.S_IXUSR
                entry = zip_entry(old.filename, 0o755 if executable else 0o644)
                after.writestr(entry, before.read(old), compresslevel=9)


def main() -> int:
    work = {"zip": make_zip, "tar": make_tar, "normalize": normalize}
    if len(sys.argv) != 4 or sys.argv[1] not in work:
        print(__doc__, file=sys.stderr)
        return 2
    source, file = Path(sys.argv[2]).resolve(), Path(sys.argv[3])
    work[sys.argv[1]](source, file)
    print(f"{file.name}: {file.stat().st_size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
