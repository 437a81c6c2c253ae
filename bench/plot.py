"""Draws bars as SVG, in colours that suit a light page and a dark one."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABEL_WIDTH, BAR_WIDTH_MAX = 760, 160, 500
ROW, BAR_HEIGHT, TOP, BOTTOM = 28, 18, 40, 12
HUNDRED = 100
XMLNS = "http://www.w3.org/2000/svg"
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 14px }
  .ours { fill: #0b6e99 } .peer { fill: #9aa4af } .second { fill: #ffffff; opacity: .45 }
  .limit { stroke: #c4551d; stroke-dasharray: 4 3 } .note { fill: #c4551d; font-size: 11px }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .ours { fill: #4fb3d9 } .peer { fill: #6e7781 } .second { fill: #0d1117 }
    .limit { stroke: #f0883e } .note { fill: #f0883e }
  }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One contender's figure; `second` is a part of it that is told apart."""

    label: str
    value: float
    is_peer: bool
    second: float | None = None


def plot(title: str, bars: Sequence[Bar], limit: float | None = None) -> str:
    """Draw the bars one under the other, the limit as a line through all of them."""
    greatest = max([bar.value for bar in bars] + [limit or 0, 1e-9])
    height = TOP + ROW * len(bars) + BOTTOM
    scale = BAR_WIDTH_MAX / greatest
    parts = [
        f'<svg xmlns="{XMLNS}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="8" y="20">{escape(title)}</text>',
        *(_row(bar, TOP + ROW * number, scale) for number, bar in enumerate(bars)),
    ]
    if limit:
        x = LABEL_WIDTH + limit * scale
        parts.append(f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - BOTTOM + 4}"/>')
        parts.append(f'<text class="note" text-anchor="end" x="{x:.1f}" y="{TOP - 9}">limit {_number(limit)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _row(bar: Bar, y: int, scale: float) -> str:
    length, kind = bar.value * scale, "peer" if bar.is_peer else "ours"
    base = y + BAR_HEIGHT - 4
    drawn = [
        f'<text text-anchor="end" x="{LABEL_WIDTH - 8}" y="{base}">{escape(bar.label)}</text>',
        f'<rect class="{kind}" x="{LABEL_WIDTH}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT}" rx="2"/>',
        f'<text x="{LABEL_WIDTH + length + 6:.1f}" y="{base}">{_number(bar.value)}</text>',
    ]
    if bar.second is not None:
        drawn.insert(2, _second(min(bar.second, bar.value) * scale, y))
    return "\n".join(drawn)


def _second(length: float, y: int) -> str:
    half = BAR_HEIGHT // 2
    return f'<rect class="second" x="{LABEL_WIDTH}" y="{y + half}" width="{length:.1f}" height="{half - 2}"/>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= HUNDRED else f"{value:.3g}"
