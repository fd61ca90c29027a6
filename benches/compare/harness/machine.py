"""The kind of machine and the versions: enough to judge the numbers, nothing that names the machine."""

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from harness.programs import REPOSITORY
from harness.server import find_nginx


def describe(measured):
    """Facts in the order in which the report shows them."""
    facts = {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory": _memory(),
        "system": _system(),
        "kernel": f"Linux {platform.release()}",
        "nginx": _first_line([find_nginx(), "-v"]).removeprefix("nginx version: nginx/"),
        "openssl": _first_line(["openssl", "version"]),
        "gcc": _first_line(["gcc", "--version"]),
        "rustc": _first_line(["rustc", "--version"]),
        "revision": _revision(),
    }
    # Each contestant says itself what it runs on; the library's own ones say the same.
    for key, runs in measured.items():
        name = key.split("/")[1].partition("-")[0]
        if runs[0]["version"] != "-":
            facts[name] = runs[0]["version"]
    return {name: fact for name, fact in facts.items() if fact}


def _cpu():
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", info, re.M)
    virtual = re.search(r"^flags\s*:.*\bhypervisor\b", info, re.M)
    return (model[1] if model else platform.machine()) + (", virtual machine" if virtual else "")


def _memory():
    kib = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    return f"{kib / 1024 / 1024:.0f} GiB"


def _system():
    name = re.search(r'^PRETTY_NAME="?(.*?)"?$', Path("/etc/os-release").read_text(), re.M)
    return name[1] if name else platform.system()


def _revision():
    revision = _first_line(["git", "-C", REPOSITORY, "rev-parse", "--short", "HEAD"])
    changed = _first_line(["git", "-C", REPOSITORY, "status", "--porcelain", "-uno"])
    return revision + (", changed" if revision and changed else "")


def _first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    if done.returncode:
        return ""
    return (done.stdout or done.stderr).partition("\n")[0].strip()
