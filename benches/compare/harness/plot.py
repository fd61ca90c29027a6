"""The plot of the ratios as SVG: a bar, its whiskers and its target for each row of the table."""

from html import escape

from harness import targets

WIDTH = 1000
LABELS = 510
RIGHT = 90
BAR, STEP = 16, 28
TOP, BOTTOM = 110, 50

PASSED, MISSED, INK, GRID = "#3a7d44", "#b3402f", "#222222", "#dddddd"


def ratios(rows, others, subtitle):
    """One bar per measured row: first the ratios of times, then everything else ÷ its target."""
    bars = [_Bar(row, row.target, 1.0) for row in rows if row.value is not None]
    # Sizes and times have no common axis with ratios but their share of the target.
    shares = [_Bar(row, 1.0, row.target) for row in others if row.value is not None]
    groups = [
        ("this library ÷ the other: less is better", bars),
        ("value ÷ target", shares),
    ]
    groups = [(title, bars) for title, bars in groups if bars]

    drawing = [_text(20, 34, "ymchat side by side", size=20, weight="bold")]
    drawing.append(_text(20, 56, subtitle, size=12))
    drawing.append(_legend(82))
    y = TOP
    for title, bars in groups:
        drawing.append(_text(20, y + 6, title, size=13, weight="bold"))
        y += 18
        end = max([1.1, *(bar.reach for bar in bars)]) * 1.04
        bottom = y + STEP * len(bars)
        drawing += _grid(y, bottom, end)
        for bar in bars:
            drawing += bar.draw(y + STEP / 2, end)
            y += STEP
        y += 52
    if not groups:
        drawing.append(_text(20, y + 6, "Nothing to compare: the library was not measured."))
        y += 52
    height = y - 52 + BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="DejaVu Sans, Verdana, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(drawing) + "\n</svg>\n"
    )


class _Bar:
    def __init__(self, row, target, scale):
        self.row = row
        self.target = target
        self.value = row.value / scale
        self.low, self.high = (edge / scale for edge in row.quartiles)

    @property
    def reach(self):
        """How far right the bar or its whisker ends."""
        return max(self.value, self.high)

    def draw(self, middle, end):
        color = MISSED if self.row.verdict == targets.MISS else PASSED
        shown = f"{self.row.value:.2f}{'' if self.row.unit == '×' else ' ' + self.row.unit}"
        yield _text(LABELS - 8, middle + 4, f"{self.row.what}: {self.row.measure}", anchor="end")
        yield (
            f'<rect x="{LABELS}" y="{middle - BAR / 2}" width="{_x(self.value, end) - LABELS:.1f}" '
            f'height="{BAR}" fill="{color}" fill-opacity="0.75"/>'
        )
        if self.row.samples:
            yield _line(_x(self.low, end), middle, _x(self.high, end), middle, INK, 1.5)
            for edge in (self.low, self.high):
                yield _line(_x(edge, end), middle - 5, _x(edge, end), middle + 5, INK, 1.5)
        target = _x(self.target, end)
        yield _line(target, middle - 12, target, middle + 12, INK, 3)
        yield _text(WIDTH - RIGHT + 10, middle + 4, shown, color=color, weight="bold")


def _x(value, end):
    return LABELS + (WIDTH - RIGHT - LABELS) * value / end


def _grid(top, bottom, end):
    tick = 0.2 if end < 2.5 else 0.5 if end < 6 else 2
    value = 0.0
    while value <= end:
        yield _line(_x(value, end), top, _x(value, end), bottom, GRID, 1)
        yield _text(_x(value, end), bottom + 15, f"{value:g}", size=11, anchor="middle")
        value = round(value + tick, 6)


def _legend(y):
    return "\n".join(
        [
            f'<rect x="20" y="{y - 11}" width="26" height="12" fill="{PASSED}" fill-opacity="0.75"/>',
            _text(52, y, "within the target"),
            f'<rect x="190" y="{y - 11}" width="26" height="12" fill="{MISSED}" fill-opacity="0.75"/>',
            _text(222, y, "past the target"),
            _line(350, y - 14, 350, y + 4, INK, 3),
            _text(358, y, "target"),
            _line(430, y - 5, 456, y - 5, INK, 1.5),
            _line(430, y - 10, 430, y, INK, 1.5),
            _line(456, y - 10, 456, y, INK, 1.5),
            _text(464, y, "the middle half of the rounds"),
        ]
    )


def _line(x1, y1, x2, y2, color, width):
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{color}" stroke-width="{width}"/>'
    )


def _text(x, y, text, size=12, weight="normal", anchor="start", color=INK):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'
    )
