"""Builds the contestants, lets them run in turn against one server, and reports."""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from harness import cores, machine, measure, programs, report
from harness.server import Server

ITERATIONS, STARTS = 5, 20


def arguments():
    parser = argparse.ArgumentParser(prog="benches/compare/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="paired rounds (default: 15)")
    parser.add_argument(
        "--calls", type=int, default=500, help="calls of a run over TLS; plain ones make more (default: 500)"
    )
    parser.add_argument("--quick", action="store_true", help="3 rounds of 100 calls: does it run at all?")
    parser.add_argument("--out", type=Path, default=programs.BUILD / "report", help="folder for the report")
    parser.add_argument("--library", type=Path, help="measure this libymchat.so instead of building one")
    parser.add_argument(
        "--cores",
        choices=cores.CHOICES,
        default=cores.default(),
        help="where client and server run: "
        + "; ".join(f"{name} = {meaning}" for name, meaning in cores.CHOICES.items()),
    )
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.calls = 3, 100
    if chosen.rounds < 1 or chosen.calls < 1:
        parser.error("at least one round of one call")
    return chosen


def main():
    chosen = arguments()
    # So that nginx is stopped and the temporary files go, whoever ends the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    built = programs.build(chosen.library)
    server_core, client_core = cores.choose(chosen.cores)
    with tempfile.TemporaryDirectory(prefix="ymchat-compare-") as root:
        with Server(root, server_core) as server, cores.awake(chosen.cores):
            runner = measure.Runner(server, built, chosen.calls, client_core)
            measured = runner.rounds(chosen.rounds, progress)
            single = once(runner, built)
        served = server.served()
    progress("")
    settings = {
        "rounds": chosen.rounds,
        "calls of a run": ", ".join(
            f"{chosen.calls * factor} ({regime})" for regime, factor in measure.CALLS_FACTOR.items()
        ),
        "client and server run": cores.CHOICES[chosen.cores],
    }
    text = report.write(
        chosen.out,
        machine.describe(measured),
        settings,
        built.absent,
        runner.series(),
        measured,
        served,
        single,
    )
    print(text)
    print(f"Written: report.md, results.json and plot.svg in {os.path.relpath(chosen.out)}")


def once(runner, built):
    """What needs no rounds."""
    found = {}
    if built.stripped:
        progress("size and start")
        found["library_mib"] = built.stripped.stat().st_size / 1024 / 1024
        found["startup_ms"] = runner.startup(STARTS)
    if built.iterate:
        progress("iterator")
        found["iterator_growth"] = runner.iterator_growth(ITERATIONS)
    return found


def progress(text):
    """One line that overwrites itself, where somebody is looking."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted")
