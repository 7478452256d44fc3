"""Accuracy against iteration, one figure a setting: the mean of each model's seeds as a line, their range as a band."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reread.errors import DataError
from reread.insight.figures import save_figure
from reread.lab.experiments.curves import Curves, curves_of
from reread.lab.experiments.records import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = 66  # letters of a line that fits
SIZE = (6.4, 4.8)  # inches; letters of 11 points are still 6 at half a page
STYLES = (  # the colours of Okabe & Ito (2008), and marks for print without colour
    ("#0072B2", "o"),
    ("#D55E00", "s"),
    ("#009E73", "^"),
    ("#CC79A7", "D"),
    ("#E69F00", "v"),
    ("#56B4E9", "P"),
    ("#000000", "X"),
)
DASHES = ("-", "--", ":")  # when the colours begin again
MARKS = 8  # on each line


def draw_curves(
    records: Sequence[RunRecord], setting: str, path: Path, *, models: Iterable[str] = (), title: str = ""
) -> None:
    """Draw the curves of a setting; equal runs give equal files.

    Args:
        records: finished runs; those of other settings are left out.
        setting: which one to draw.
        path: the file; its suffix, .svg or .png, sets the format.
        models: names in the order of the legend; others follow.
        title: above the figure; empty: the setting's name.

    Raises:
        ConfigError: another suffix.
        DataError: there is no run of the setting, or no iteration that all runs of a model were measured at.
        MissingExtraError: matplotlib is not installed.
        BundleError: the file cannot be written.
    """
    save_figure(path, lambda: _figure_of(records, setting, models, title))


def _figure_of(records: Sequence[RunRecord], setting: str, models: Iterable[str], title: str) -> Figure:
    present = dict.fromkeys(record.model for record in records if record.setting == setting)
    if not present:
        raise DataError(f"no run under {setting}; run the experiment first")
    order = [model for model in dict.fromkeys([*models, *present]) if model in present]
    return _figure({model: curves_of(records, model, setting) for model in order}, title or setting)


def _figure(curves: dict[str, Curves], title: str) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415  # without pyplot: no window, no global state

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    for k, (model, of_model) in enumerate(curves.items()):
        _draw(axes, model, of_model, k)
    several = any(len(of_model.accuracy) > 1 for of_model in curves.values())
    axes.set_title(textwrap.fill(title, TITLE), fontsize=12, loc="left")
    axes.set_xlabel("training iteration", fontsize=11)
    axes.set_ylabel("accuracy on the fixed sample, %", fontsize=11)
    axes.tick_params(labelsize=10)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    band = "line: mean of the seeds; band: from the lowest to the highest" if several else "one seed each"
    figure.legend(loc="outside lower center", ncols=2, title=band, fontsize=10, title_fontsize=10, frameon=False)
    return figure


def _draw(axes: Axes, model: str, curves: Curves, number: int) -> None:
    colour, mark = STYLES[number % len(STYLES)]
    dashes = DASHES[number // len(STYLES) % len(DASHES)]
    percent, points = 100 * curves.accuracy, len(curves.iterations)
    axes.plot(
        curves.iterations,
        100 * curves.mean,
        color=colour,
        linestyle=dashes,
        linewidth=1.8,
        label=f"{model} (n = {len(percent)})",
        marker=mark,
        markersize=5.5,
        markeredgecolor="white",
        markeredgewidth=0.7,
        markevery=(
            number * points // (MARKS * len(STYLES)),
            max(1, points // MARKS),
        ),  # marks of two lines do not hide each other
    )
    if len(percent) > 1:
        lowest, highest = percent.min(axis=0), percent.max(axis=0)
        axes.fill_between(curves.iterations, lowest, highest, color=colour, alpha=0.15, linewidth=0)
