"""Lines: how one number goes with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reread.insight.report.figures.axes import BOTTOM, HEIGHT, NONE, TOP, Limits, beside, frame, horizontal, scale
from reread.insight.report.figures.svg import drawing, node, path

MOST = 400  # points of a line that are drawn


@dataclass(frozen=True)
class Line:
    """A series: its points (x, y), whether each is a dot, whether they are joined, and whether it is a mark only."""

    points: Sequence[tuple[float, float]]
    dots: bool = False
    joined: bool = True
    mark: bool = False


def lines(
    title: str,
    caption: str,
    series: Sequence[Line],
    names: tuple[str, str],
    *,
    square: bool = False,
    limits: Limits = NONE,
) -> Markup:
    """Draw series.

    Args:
        title: of the figure.
        caption: what it shows.
        series: in the order of their colours; marks for comparison are dashed.
        names: of the axes.
        square: both axes go from 0 to 1.
        limits: beyond which the vertical axis has no meaning.
    """
    ends = [(0.0, 0.0), (1.0, 1.0)] if square else [point for line in series for point in line.points]
    y = scale((point[1] for point in ends), BOTTOM, TOP, limits=limits)
    x = horizontal((point[0] for point in ends), beside(y))
    parts = frame(x, y, names)
    for k, line in enumerate(series):
        step = -(-len(line.points) // MOST) or 1
        points = [(x(a), y(b)) for a, b in line.points[::step]]
        colour = "mark" if line.mark else f"series-{k + 1}"
        if line.joined and len(points) > 1:
            parts.append(path(points, class_=f"line {colour}"))
        if line.dots or len(points) == 1:
            parts += [node("circle", cx=a, cy=b, r=3.5, class_=f"dot {colour}") for a, b in points]
    return drawing(HEIGHT, title, caption, parts)
