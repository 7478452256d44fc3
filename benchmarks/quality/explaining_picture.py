"""Tables and figures of what faithfulness.py and gradient_distance.py found.

    python benchmarks/quality/explaining_picture.py

Reads benchmarks/results/faithfulness.jsonl and gradient_distance.jsonl as far as they are there, the last line of each kind, and writes .md and .png beside
them. Intervals are bootstrap intervals over texts (95 %), those of differences over the differences text by text.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from faithfulness import RESULTS
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reread.statistics.bootstrap import bootstrap_interval

COLOURS = {"deletion": "#c2410c", "integrated_gradients": "#1d4ed8", "pooled_words": "#059669", "attention": "#f59e0b", "random": "#94a3b8"}  # fmt: skip
RECIPES = {"lstm": "#c2410c", "rnn": "#1d4ed8"}
Line = Mapping[str, Any]
Panels = dict[tuple[str, str], dict[str, Line]]
"""Of each data set and network the line of each method."""


def lines_of(file: Path) -> list[Line]:
    """The lines of a record; none where it is not there."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def interval(values: Sequence[float]) -> str:
    """A mean and its interval."""
    low, high = bootstrap_interval(values)
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f})"


def apart(line: Line, other: Line, curve: str) -> str:
    """The difference to another method's areas, text by text."""
    differences = np.subtract(line[f"{curve}_areas"], other[f"{curve}_areas"])
    low, high = bootstrap_interval(differences)
    return f"{differences.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def faithfulness_table(panels: Panels) -> str:
    """A row for each data set, network and method."""
    rows = []
    for (data, network), methods in panels.items():
        for name in (name for name in COLOURS if name in methods):
            line, base = methods[name], methods["deletion"]
            others = (
                ["–"] * 2 if name == "deletion" else [apart(line, base, curve) for curve in ("deletion", "insertion")]
            )
            areas = [interval(line[f"{curve}_areas"]) for curve in ("deletion", "insertion")]
            figures = [f"{line[figure]:.3f}" for figure in ("comprehensiveness", "sufficiency")]
            rows.append([data, network, name, *areas, *others, *figures])
    columns = ("data", "network", "method", "area under deletion ↓", "area under insertion ↑", "deletion − deletion's", "insertion − deletion's", "comprehensiveness ↑", "sufficiency ↓")  # fmt: skip
    return markdown(columns, rows)


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    head = f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows), ""])


def dress(axes: Axes, title: str, x: str, y: str) -> None:
    """Words and grid of a panel."""
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axes.set_xlabel(x, fontsize=9)
    axes.set_ylabel(y, fontsize=9)
    axes.grid(visible=True, color="#f1f5f9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)


def faithfulness_figure(panels: Panels, caption: str) -> Figure:
    """A column for each data set and network: deletion above, insertion below."""
    drawn = Figure(figsize=(3.4 * len(panels), 6), layout="constrained")
    grid = drawn.subplots(2, len(panels), squeeze=False, sharey=True)
    for column, ((data, network), methods) in enumerate(panels.items()):
        for row, curve in enumerate(("deletion", "insertion")):
            axes = grid[row][column]
            for name in (name for name in COLOURS if name in methods):
                percent = [100 * share for share in methods[name]["shares"]]
                axes.plot(
                    percent, methods[name][curve], color=COLOURS[name], label=name.replace("_", " "), linewidth=1.8
                )
            dress(
                axes,
                f"{data}, {network}",
                f"% of the words {'left out' if row == 0 else 'kept'}",
                "" if column else "probability of the class",
            )
            axes.set_ylim(0, 1.02)
    handles = {
        label: handle for axes in grid[0] for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    drawn.legend(
        handles.values(), handles.keys(), loc="outside upper center", ncols=len(handles), fontsize=9, frameon=False
    )
    drawn.supxlabel(caption, fontsize=8, color="#475569")
    return drawn


def distance_figure(lines: Sequence[Line], caption: str) -> Figure:
    """The gradient beside that of the last word, a line for each network and seed."""
    drawn = Figure(figsize=(7, 4.2), layout="constrained")
    axes = drawn.subplots()
    for line in lines:
        label = f"{line['network']}, seed {line['seed']} (accuracy {line['accuracy']:.1%})"
        axes.plot(
            line["share"], color=RECIPES[line["network"]], linestyle=("-", "--", ":")[line["seed"] % 3], label=label
        )
    axes.set_yscale("log")
    dress(axes, "How far back the answer feels a word", "words before the last one", "gradient beside the last word's")
    axes.legend(fontsize=8, frameon=False)
    drawn.supxlabel(caption, fontsize=8, color="#475569")
    return drawn


def distance_table(lines: Sequence[Line]) -> str:
    """The shares at some distances."""
    places = [place for place in (1, 5, 10, 20, 50, 100, 199) if place < len(lines[0]["share"])]
    rows = [[line["network"], str(line["seed"]), f"{line['accuracy']:.1%}", str(line["long_texts"]), *(f"{line['share'][place]:.2g}" for place in places)] for line in lines]  # fmt: skip
    return markdown(["network", "seed", "accuracy", "texts", *(f"{place} back" for place in places)], rows)


def source(line: Line) -> str:
    """Where a record comes from."""
    return f"{line['machine']}; {line['commit']}, {line['date']}"


def write(results: Path, name: str, title: str, words: str, figure: Figure) -> None:
    """A record's .md and .png."""
    figure.savefig(results / f"{name}.png", dpi=150)
    (results / f"{name}.md").write_text(f"# {title}\n\n![{title}]({name}.png)\n\n{words}\n", encoding="utf-8")


def main() -> None:
    """Write what there is a record for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=RESULTS.parent)
    results = parser.parse_args().results
    found = lines_of(results / "faithfulness.jsonl")
    if found:
        panels: Panels = {}
        for line in found:
            panels.setdefault((line["data"], line["network"]), {})[line["method"]] = line
        told = f"{found[-1]['texts']} held-out texts of each set; {source(found[-1])}"
        words = f"Words left out, or kept alone, in the order of their weights, up to half of them; {told}. Intervals: 95 %, bootstrap over texts.\n\n{faithfulness_table(panels)}"
        write(results, "faithfulness", "Whether explanations are true", words, faithfulness_figure(panels, told))
    last = list(
        {(line["network"], line["seed"]): line for line in lines_of(results / "gradient_distance.jsonl")}.values()
    )
    if last:
        told = f"geometric means over held-out reviews of IMDB; {source(last[-1])}"
        words = f"The length of the answer's gradient by a word's vector beside that of the last word: {told}.\n\n{distance_table(last)}"
        write(results, "gradient_distance", "How far back a network feels a word", words, distance_figure(last, told))


if __name__ == "__main__":
    main()
