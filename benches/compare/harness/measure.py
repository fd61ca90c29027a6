"""Runs the contestants in turn, and again, and again: A B A B …, each time in a fresh process."""

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass

from harness import server
from harness.body import MESSAGES_PER_PAGE
from harness.programs import BUILD, CONTESTANTS, SOURCES, TEXT, TREE, environment

# Long enough for slow machines; only a hanging contestant meets it.
RUN_SECONDS = 600

# A call takes between 0.05 and 1 ms depending on the regime: about equal times for all.
CALLS_FACTOR = {server.TLS: 1, server.PLAIN: 3, server.KEEP: 6}


@dataclass(frozen=True)
class Series:
    """One contestant doing one work in one regime."""

    regime: str
    contestant: str
    mode: str

    @property
    def key(self):
        return f"{self.regime}/{self.contestant}/{self.mode}"


@dataclass
class Runner:
    """Where and how the contestants run."""

    server: server.Server
    programs: object
    calls: int
    core: int = None

    def series(self):
        """All that can run, in the order of a round: by regime, then mode, then contestant."""
        return [
            Series(regime, contestant.name, mode)
            for regime in server.REGIMES
            for mode in (TEXT, TREE)
            for contestant in CONTESTANTS
            if contestant.name in self.programs.commands
            and mode in contestant.modes
            and regime in contestant.regimes
        ]

    def rounds(self, count, progress):
        """`count` rounds; every other one runs backwards, so that a drift favours nobody."""
        todo = self.series()
        measured = {series.key: [] for series in todo}
        for number in range(count):
            for position, series in enumerate(todo if number % 2 == 0 else reversed(todo)):
                progress(f"round {number + 1}/{count}, {position + 1}/{len(todo)}: {series.key}")
                measured[series.key].append(self.run(series, business(todo, series)))
        return measured

    def run(self, series, number):
        """One run: what the contestant printed, checked."""
        contestant = next(one for one in CONTESTANTS if one.name == series.contestant)
        calls = max(1, self.calls * CALLS_FACTOR[series.regime] // contestant.calls_divisor)
        arguments = [
            self.server.base_url(series.regime),
            number,
            calls,
            max(10, calls // 20),
            series.mode,
            "keep" if series.regime == server.KEEP else "close",
            self.server.ca_file if series.regime == server.TLS else "-",
        ]
        answer = json.loads(self.execute(self.programs.commands[series.contestant] + arguments))
        if answer["messages"] != MESSAGES_PER_PAGE or answer["calls"] != calls:
            sys.exit(f"{series.key}: wrong answer {answer}")
        return answer

    def iterator_growth(self, times):
        """Peak memory of reading the long chat by the iterator ÷ the same with the short one."""
        ratios = []
        for _ in range(times):
            short = self._iterate(server.SHORT_CHAT, server.SHORT_PAGES)
            ratios.append(self._iterate(server.LONG_CHAT, server.PAGES) / short)
        return statistics.median(ratios)

    def _iterate(self, chat, pages):
        command = [self.programs.iterate, self.server.base_url(server.KEEP), chat]
        answer = json.loads(self.execute(command))
        if answer["messages"] != pages * MESSAGES_PER_PAGE:
            sys.exit(f"the iterator saw {answer['messages']} messages of {pages} pages")
        return answer["peak_rss_kib"]

    def startup(self, times):
        """Milliseconds to load the library and open a client, each in a fresh process."""
        command = [self.programs.startup, self.programs.stripped]
        return statistics.median(int(self.execute(command)) for _ in range(times)) / 1e6

    def execute(self, command):
        """Runs a program to its end and returns what it printed."""
        command = [str(word) for word in command]
        pin = None if self.core is None else lambda: os.sched_setaffinity(0, {self.core})
        done = subprocess.run(
            command,
            cwd=SOURCES,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            preexec_fn=pin,
            check=False,
        )
        if done.returncode:
            name = command[0].removeprefix(f"{BUILD}/")
            sys.exit(f"{name} failed ({done.returncode}):\n{done.stderr}{done.stdout}")
        return done.stdout


def business(todo, series):
    """The businessId that marks a series' requests in the server's log."""
    return 1000 + todo.index(series)


def handshakes(todo, served):
    """What the server counted for each series, under the series' key."""
    return {
        series.key: served[series.regime].get(business(todo, series), {}) for series in todo
    }
