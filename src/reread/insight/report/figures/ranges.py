"""Ranges: a figure with its interval for each of several groups, one below the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reread.insight.report.figures.axes import NONE, Limits, horizontal, with_room
from reread.insight.report.figures.svg import WIDTH, drawing, node, shortened, width

TOP, APART = 26.0, 7.0  # places; what is between the series of a group
NAMES = 152.0  # the most width for names


@dataclass(frozen=True)
class Range:
    """A group: its name, and a figure (value, low, high) for each series; low = high where there is no interval."""

    name: str
    figures: Sequence[tuple[float, float, float]]


def ranges(
    title: str, caption: str, groups: Sequence[Range], name: str, *, mark: float | None = None, limits: Limits = NONE
) -> Markup:
    """Draw a dot and its interval for each group and series.

    Args:
        title: of the figure.
        caption: what it shows.
        groups: from the top down.
        name: of the axis.
        mark: a figure for comparison, a dashed line.
        limits: beyond which the axis has no meaning.
    """
    values = [value for group in groups for figure in group.figures for value in figure]
    step = 10 + APART * max((len(group.figures) for group in groups), default=1)
    bottom = TOP + step * len(groups)
    room = min(NAMES, 14 + max((width(group.name) for group in groups), default=0.0))
    x = horizontal([*values, *([] if mark is None else [mark])], room, limits)
    parts = [node("text", shortened(name, WIDTH - x.start), x=x.start, y=14.0, class_="name")]
    for value, _ in x.ticks():
        parts.append(node("path", d=f"M{x(value):.1f} {TOP:.0f}V{bottom:.0f}", class_="grid"))
    parts += [
        node("text", words, x=x(value), y=bottom + 16, class_="tick middle") for value, words in with_room(x.ticks(), x)
    ]
    if mark is not None and math.isfinite(mark):
        parts.append(node("path", d=f"M{x(mark):.1f} {TOP:.0f}V{bottom:.0f}", class_="line mark"))
    for k, group in enumerate(groups):
        middle = TOP + step * (k + 0.5)
        parts.append(node("text", shortened(group.name, room - 12), x=x.start - 8, y=middle + 4, class_="tick end"))
        for series, (value, low, high) in enumerate(group.figures):
            if math.isfinite(value):
                y = middle + APART * (series - (len(group.figures) - 1) / 2)
                if high > low:
                    parts.append(
                        node("path", d=f"M{x(low):.1f} {y:.1f}H{x(high):.1f}", class_=f"line series-{series + 1}")
                    )
                parts.append(node("circle", cx=x(value), cy=y, r=4.0, class_=f"dot series-{series + 1}"))
    return drawing(bottom + 22, title, caption, parts)
