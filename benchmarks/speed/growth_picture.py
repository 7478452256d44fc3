"""One figure and one table of what growth.py found: seconds and peak memory against rows, text length, classes and vocabulary.

    python benchmarks/speed/growth_picture.py

Reads benchmarks/results/growth_AXIS.jsonl as far as they are there, the last line of each point, and writes growth.png and growth.md beside them. The
clock is the processor's, which other work on the machine changes least. A dashed line grows as fast as its axis.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from growth import AXES
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter
from picture import OTHER, OURS
from racing import RESULTS
from tables import table, thousands

PARQUET = " from Parquet"
NAMES = {"scoring": "reread predict", "training": "reread train", "baseline": "linear baseline"}
NAMES |= {stage + PARQUET: name + PARQUET for stage, name in NAMES.items()}
COLOURS = dict(zip(NAMES, (OURS, "#1d4ed8", OTHER, "#f59e0b", "#60a5fa", "#cbd5e1"), strict=True))
PANELS = {"processor_seconds": "processor seconds", "peak_mib": "peak memory, MiB"}
TITLES = {"rows": "rows", "length": "words of a text", "classes": "classes", "vocabulary": "words of the vocabulary"}
Line = Mapping[str, Any]
Points = dict[str, list[Line]]
"""Of each stage its points by size."""


def points_of(file: Path) -> Points:
    """The last line of each point, those from Parquet apart."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    last = {(line["stage"] + PARQUET * (line["format"] == "parquet"), line["size"]): line for line in lines}
    stages = [stage for stage in NAMES if any(key[0] == stage for key in last)]
    return {stage: [last[key] for key in sorted(last) if key[0] == stage] for stage in stages}


def growth(points: Sequence[Line], value: str) -> tuple[float, float]:
    """How many times a quantity grew over the last step of its axis, and by how many times the axis grew there."""
    before, last = points[-2:]
    return last[value] / before[value], last["size"] / before["size"]


def draw(axes: Axes, points: Points, value: str) -> None:
    """A quantity of every stage against the axis, with what the last step did to it."""
    for stage, line in points.items():
        sizes, values = [point["size"] for point in line], [point[value] for point in line]
        axes.plot(sizes, values, marker="o", markersize=4, color=COLOURS[stage], label=NAMES[stage])
        if len(line) > 1:
            times, along = growth(line, value)
            axes.annotate(f"×{along:.3g}: ×{times:.2g}", (sizes[-1], values[-1]), xytext=(0, 6), textcoords="offset points", ha="right", fontsize=8, color=COLOURS[stage])  # fmt: skip
    axes.set(xscale="log", yscale="log")


def draw_linear(axes: Axes, points: Points, value: str) -> None:
    """A line that grows as fast as the axis and ends where the highest one does."""
    last = max((line[-1] for line in points.values()), key=lambda point: (point["size"], point[value]))
    first = min(point["size"] for line in points.values() for point in line)
    ends = last[value] * first / last["size"], last[value]
    axes.plot([first, last["size"]], ends, "--", color=OTHER, linewidth=1, zorder=0, label="as fast as the axis")


def dress(axes: Axes, title: str, unit: str) -> None:
    """Words and grid of a panel."""
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_ylabel(unit, fontsize=9)
    axes.grid(visible=True, color="#f1f5f9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
    axes.tick_params(labelsize=8)


def figure(found: Mapping[str, Points], caption: str) -> Figure:
    """A column for each axis: time above, memory below."""
    drawn = Figure(figsize=(4 * len(found), 6), layout="constrained")
    panels = drawn.subplots(len(PANELS), len(found), squeeze=False, sharey="row", sharex="col")
    for row, (value, unit) in enumerate(PANELS.items()):
        for column, (axis, points) in enumerate(found.items()):
            draw(panels[row][column], points, value)
            dress(panels[row][column], "" if row else TITLES[axis], "" if column else unit)
        every = [point[value] for points in found.values() for line in points.values() for point in line]
        panels[row][0].set_ylim(min(every) / 1.6, 2 * max(every))  # of the whole row
    for column, points in enumerate(found.values()):
        draw_linear(panels[0][column], points, "processor_seconds")
    panels[0][0].legend(loc="upper left", fontsize=8, frameon=False)
    drawn.supxlabel(caption, fontsize=8, color="#475569")
    return drawn


def axis_table(axis: str, points: Points) -> str:
    """Every point of an axis."""
    rows = [
        [
            NAMES[stage], f"{point['size']:,}", f"{point['rows']:,}", thousands(point["words"]), thousands(point["seconds"]),
            thousands(point["processor_seconds"]), thousands(point["words"] / point["processor_seconds"]), thousands(point["peak_mib"]),
        ]
        for stage, line in points.items() for point in line
    ]  # fmt: skip
    columns = ("", TITLES[axis], "rows", "words in all", "seconds", "of processor", "words/s of processor", "peak MiB")
    return table(f"Against {TITLES[axis]}", columns, rows)


def main() -> None:
    """Write the figure and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=RESULTS)
    results = parser.parse_args().results
    files = {axis: results / f"growth_{axis}.jsonl" for axis in AXES}
    found = {axis: points_of(file) for axis, file in files.items() if file.exists()}
    if not found:
        raise SystemExit(f"no growth_AXIS.jsonl in {results}; run growth.py")
    last = next(reversed(next(reversed(found.values())).values()))[-1]
    caption = f"bilstm_max, rows from the words of {last['data']}; {last['threads']} thread of {last['machine']}; {last['commit']}, {last['date']}.\n×a: ×b means: where the axis grew by ×a, in its last step, this grew by ×b."  # fmt: skip
    tables = [axis_table(axis, points) for axis, points in found.items()]
    (results / "growth.md").write_text(
        "\n".join(["# Growth", "", caption.replace("\n", " "), "", *tables]), encoding="utf-8"
    )
    figure(found, caption).savefig(results / "growth.png", dpi=150)


if __name__ == "__main__":
    main()
