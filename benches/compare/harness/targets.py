"""The table of targets, and what the rounds say to it."""

import statistics
from dataclasses import dataclass

from harness.measure import Series
from harness.programs import (
    BARE_RUSTLS,
    BARE_SOCKET,
    LIBCURL,
    LIBCURL_TUNED,
    REQUESTS,
    TEXT,
    TREE,
    YMCHAT_C,
    YMCHAT_CPP,
    YMCHAT_PYTHON,
)
from harness.server import KEEP, PLAIN, REGIMES, TLS

PASS, MISS, ABSENT = "PASS", "MISS", "not measured"


@dataclass(frozen=True)
class Ratio:
    """This library ÷ another contestant; without a target it is only shown."""

    what: str
    ours: Series
    theirs: Series
    wall: float = None
    cpu: float = None

    @property
    def measures(self):
        """What is compared, with its target."""
        return [(name, target) for name, target in (("wall", self.wall), ("CPU", self.cpu)) if target]


def _c(regime, mode, wall, cpu):
    other = "libcurl" if mode == TEXT else "libcurl + cJSON"
    return Ratio(
        f"C, {REGIMES[regime]}, {mode} ÷ {other}",
        Series(regime, YMCHAT_C.name, mode),
        Series(regime, LIBCURL.name, mode),
        wall,
        cpu,
    )


RATIOS = (
    _c(TLS, TEXT, 0.68, 0.36),
    _c(TLS, TREE, 0.72, 0.42),
    _c(PLAIN, TEXT, 0.87, 0.85),
    _c(PLAIN, TREE, 0.90, 0.93),
    _c(KEEP, TEXT, 1.0, 1.0),
    _c(KEEP, TREE, 1.0, 1.0),
    Ratio(
        "C, TLS, connection per request, text ÷ bare rustls",
        Series(TLS, YMCHAT_C.name, TEXT),
        Series(TLS, BARE_RUSTLS.name, TEXT),
        wall=1.15,
    ),
    Ratio(
        "C, plain, connection per request, text ÷ bare socket",
        Series(PLAIN, YMCHAT_C.name, TEXT),
        Series(PLAIN, BARE_SOCKET.name, TEXT),
        wall=1.15,
    ),
    Ratio(
        "C, plain, keep-alive, text ÷ bare socket",
        Series(KEEP, YMCHAT_C.name, TEXT),
        Series(KEEP, BARE_SOCKET.name, TEXT),
        wall=1.35,
    ),
    Ratio(
        "Python, TLS, connection per request, dataclasses ÷ requests, dicts",
        Series(TLS, YMCHAT_PYTHON.name, TREE),
        Series(TLS, REQUESTS.name, TREE),
        cpu=0.40,
    ),
)

# Shown beside them: the same against a libcurl tuned by an expert, what the C++ binding adds to the
# C ABI, what Python saves, and how far everybody is from the floor.
EXTRA_RATIOS = tuple(
    Ratio(
        f"C, {REGIMES[regime]}, {mode} ÷ libcurl, tuned",
        Series(regime, YMCHAT_C.name, mode),
        Series(regime, LIBCURL_TUNED.name, mode),
    )
    for regime in REGIMES
    for mode in (TEXT, TREE)
) + tuple(
    Ratio(
        f"C++, {REGIMES[regime]}, {mode} ÷ C",
        Series(regime, YMCHAT_CPP.name, mode),
        Series(regime, YMCHAT_C.name, mode),
    )
    for regime in REGIMES
    for mode in (TEXT, TREE)
) + tuple(
    Ratio(
        f"Python, {REGIMES[regime]}, dataclasses ÷ requests, dicts",
        Series(regime, YMCHAT_PYTHON.name, TREE),
        Series(regime, REQUESTS.name, TREE),
    )
    for regime in REGIMES
) + tuple(
    Ratio(
        f"{one.label.removeprefix('ymchat, ')}, {REGIMES[regime]}, text ÷ bare socket",
        Series(regime, one.name, TEXT),
        Series(regime, BARE_SOCKET.name, TEXT),
    )
    for regime in (PLAIN, KEEP)
    for one in (YMCHAT_C, LIBCURL)
)

MEMORY_MIB = 5.0
ITERATOR_GROWTH = 1.1
LIBRARY_MIB = 2.5
STARTUP_MS = 10.0


@dataclass(frozen=True)
class Row:
    """One line of the table of targets."""

    what: str
    measure: str
    unit: str
    target: float
    value: float = None
    # All rounds' ratios, where the value is their median.
    samples: tuple = ()

    @property
    def verdict(self):
        if self.value is None:
            return ABSENT
        if self.target is None:
            return ""
        return PASS if self.value <= self.target else MISS

    @property
    def quartiles(self):
        """The middle half of the rounds."""
        if len(self.samples) < 2:
            return self.value, self.value
        low, _, high = statistics.quantiles(self.samples, n=4, method="inclusive")
        return low, high


def paired(measured, ours, theirs, field):
    """The ratio of each round, per call: both ran within the same few seconds."""
    return tuple(
        (a[field] / a["calls"]) / (b[field] / b["calls"])
        for a, b in zip(measured.get(ours.key, ()), measured.get(theirs.key, ()), strict=False)
    )


def _ratio_rows(measured, ratio):
    measures = ratio.measures or [("wall", None), ("CPU", None)]
    for measure, target in measures:
        samples = paired(measured, ratio.ours, ratio.theirs, f"{measure.lower()}_ns")
        value = statistics.median(samples) if samples else None
        yield Row(ratio.what, measure, "×", target, value, samples)


def ratio_rows(measured):
    """The rows of the table that are ratios of times."""
    return [row for ratio in RATIOS for row in _ratio_rows(measured, ratio)]


def extra_rows(measured):
    """Ratios without a target; left out where a contestant is absent."""
    rows = [row for ratio in EXTRA_RATIOS for row in _ratio_rows(measured, ratio)]
    return [row for row in rows if row.value is not None]


def peak_mib(runs):
    """The largest of all rounds."""
    return max((run["peak_rss_kib"] for run in runs), default=0) / 1024


def other_rows(measured, single):
    """The rows that are not ratios of times; `single` holds what was measured once."""
    peak = max(
        (peak_mib(runs) for key, runs in measured.items() if f"/{YMCHAT_C.name}/" in key),
        default=None,
    )
    return [
        Row("C program, all regimes", "peak memory", "MiB", MEMORY_MIB, peak),
        Row(
            "100,000 messages by the iterator ÷ 1,000",
            "peak memory",
            "×",
            ITERATOR_GROWTH,
            single.get("iterator_growth"),
        ),
        Row("stripped release shared library", "size", "MiB", LIBRARY_MIB, single.get("library_mib")),
        Row("load the library, open a client", "time", "ms", STARTUP_MS, single.get("startup_ms")),
    ]
