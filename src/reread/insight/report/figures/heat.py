"""A square table whose cells are the darker the larger their share is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from reread.insight.report.figures.svg import WIDTH, drawing, node, shortened, width

WRITTEN = 28.0  # width of a cell from which on it holds its share,
COUNTED = 44.0  # and from which on its count too
NAMES = 104.0  # the most width for names
BELOW = 26.0


def heat(title: str, caption: str, counts: NDArray[np.int64], labels: Sequence[str], names: tuple[str, str]) -> Markup:
    """Draw the counts (rows, columns) of a square table as shares of each row's sum.

    Args:
        title: of the figure.
        caption: what it shows.
        counts: how many there are of each.
        labels: of rows and columns, from the first on.
        names: of the columns and of the rows.
    """
    room = min(NAMES, 14 + max(map(width, labels)))
    size = min(64.0, (WIDTH - room - 4) / len(labels))
    top, bottom = BELOW, BELOW + size * len(labels)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    parts = [node("text", f"{names[1]} ↓   {names[0]} →", x=2.0, y=14.0, class_="name")]
    for k, label in enumerate(labels):
        middle = top + (k + 0.5) * size + 4
        parts.append(node("text", shortened(label, room - 8), x=room - 5, y=middle, class_="tick end"))
        place = f"rotate(-90 {room + (k + 0.5) * size + 4:.1f} {bottom + 6:.1f})"
        parts.append(
            node(
                "text",
                shortened(label, room - 8),
                x=room + (k + 0.5) * size + 4,
                y=bottom + 6,
                class_="tick end",
                transform=place,
            )
        )
        for j, share in enumerate(shares[k].tolist()):
            across = room + j * size
            parts.append(
                node(
                    "rect",
                    x=across,
                    y=top + k * size,
                    width=size - 1,
                    height=size - 1,
                    class_="cell",
                    style=f"--share:{share:.2f}",
                )
            )
            if size >= WRITTEN:
                height = middle - 7 * (size >= COUNTED)
                parts.append(node("text", f"{100 * share:.0f}%", x=across + size / 2, y=height, class_="middle"))
            if size >= COUNTED:
                count = f"{counts[k, j]:,}"
                parts.append(node("text", count, x=across + size / 2, y=middle + 9, class_="middle"))
    return drawing(bottom + room, title, caption, parts)
