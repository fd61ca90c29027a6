"""The report: Markdown tables whose source reads as a table too, and the raw rounds as JSON."""

import json
import statistics

from harness import plot, targets
from harness.measure import handshakes
from harness.programs import CONTESTANTS, mode_label
from harness.server import REGIMES, TLS


def write(folder, facts, settings, absent, todo, measured, served, single):
    """Writes report.md, results.json and plot.svg; returns the Markdown."""
    rows = targets.ratio_rows(measured)
    others = targets.other_rows(measured, single)
    extra = targets.extra_rows(measured)
    counts = handshakes(todo, served)

    parts = [_facts(facts, settings), _absent(absent), "## Targets", _targets(rows + others)]
    if extra:
        parts += ["## Other ratios", _targets(extra)]
    for regime, label in REGIMES.items():
        parts += [f"## {label[0].upper()}{label[1:]}", _calls(regime, todo, measured, counts)]
    text = "\n\n".join(part for part in parts if part) + "\n"

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(text)
    (folder / "plot.svg").write_text(plot.ratios(rows, others, _subtitle(facts, settings)))
    results = {
        "machine": facts,
        "settings": settings,
        "absent": absent,
        "targets": [_as_json(row) for row in rows + others],
        "other_ratios": [_as_json(row) for row in extra],
        "served": counts,
        "rounds": measured,
    }
    (folder / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    return text


def _subtitle(facts, settings):
    return (
        f"{facts['cpu']}, {facts['cores']} cores, {facts['system']}, {facts['date']}: "
        f"{settings['rounds']} paired rounds"
    )


def _facts(facts, settings):
    lines = [f"- {name}: {fact}" for name, fact in facts.items()]
    lines += [f"- {name}: {value}" for name, value in settings.items()]
    return "\n".join(lines)


def _absent(absent):
    return "\n".join(f"**Not measured: {label}** ({why})." for label, why in absent.items())


def _targets(rows):
    table = [["", "measure", "median", "middle half", "min–max", "target", "verdict"]]
    for row in rows:
        low, high = row.quartiles
        table.append(
            [
                row.what,
                row.measure,
                _number(row.value, row.unit),
                f"{low:.3f}–{high:.3f}" if row.samples else "",
                f"{min(row.samples):.3f}–{max(row.samples):.3f}" if row.samples else "",
                f"≤ {row.target:g}{_unit(row.unit)}" if row.target else "",
                row.verdict,
            ]
        )
    return _table(table, left=(0, 1, 6))


def _calls(regime, todo, measured, counts):
    table = [["", "body as", "wall µs", "CPU µs", "peak MiB", "requests", "connections"]]
    if regime == TLS:
        table[0] += ["handshakes: full", "resumed"]
    labels = {one.name: one.label for one in CONTESTANTS}
    for series in todo:
        if series.regime != regime:
            continue
        runs, seen = measured[series.key], counts[series.key]
        line = [
            labels[series.contestant],
            mode_label(series.contestant, series.mode),
            f"{_per_call_us(runs, 'wall_ns'):.1f}",
            f"{_per_call_us(runs, 'cpu_ns'):.1f}",
            f"{targets.peak_mib(runs):.1f}",
            str(seen["requests"]),
            str(seen["connections"]),
        ]
        if regime == TLS:
            line += [str(seen["full"]), str(seen["resumed"])]
        table.append(line)
    return _table(table, left=(0, 1))


def _per_call_us(runs, field):
    return statistics.median(run[field] / run["calls"] for run in runs) / 1000


def _number(value, unit):
    if value is None:
        return "–"
    return f"{value:.3f}" if unit == "×" else f"{value:.2f}{_unit(unit)}"


def _unit(unit):
    return "" if unit == "×" else f" {unit}"


def _table(rows, left):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row):
        cells = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    rule = (
        "-" * (width + 2) if column in left else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return "\n".join([line(rows[0]), f"|{'|'.join(rule)}|", *map(line, rows[1:])])


def _as_json(row):
    return {
        "what": row.what,
        "measure": row.measure,
        "unit": row.unit,
        "target": row.target,
        "value": row.value,
        "verdict": row.verdict,
        "samples": list(row.samples),
    }
