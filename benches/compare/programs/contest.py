"""What the Python contestants have in common; `contest.h` is the same for C."""

import json
import resource
import sys
import time
from types import SimpleNamespace

API_KEY = "ACMA:benchmark:0123456789abcdef"
CHAT_ID = 530123456789
LIMIT = 100


def arguments():
    base_url, business, calls, warmup, mode, _keep_alive, ca_file = sys.argv[1:]
    return SimpleNamespace(
        base_url=base_url,
        business=int(business),
        calls=int(calls),
        warmup=int(warmup),
        tree=mode == "tree",
        ca_file=None if ca_file == "-" else ca_file,
    )


def run(task, fetch, count, version):
    """Times `fetch`; `count` says, once and untimed, how many messages its value holds."""
    for _ in range(task.warmup):
        fetch()
    wall, cpu = time.monotonic_ns(), _cpu_ns()
    for _ in range(task.calls):
        fetch()
    cpu, wall = _cpu_ns() - cpu, time.monotonic_ns() - wall
    answer = {
        "wall_ns": wall,
        "cpu_ns": cpu,
        "calls": task.calls,
        "peak_rss_kib": _peak_rss_kib(),
        "messages": count(fetch()),
        "version": version,
    }
    print(json.dumps(answer))


def _cpu_ns():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int((used.ru_utime + used.ru_stime) * 1e9)


def _peak_rss_kib():
    # Not ru_maxrss: that one survives exec and so would show the driver's size where it is larger.
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
