"""A picture of gates: words from left to right, units from top to bottom."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reread.errors import DataError
from reread.insight.explain.gates import Gates
from reread.insight.figures import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 80  # words
LETTERS = 16  # of a word
FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "SimHei")
PARTS = ("input", "forget", "output", "cell")
TITLES = {"input": "input gate", "forget": "forget gate", "output": "output gate", "cell": "cell"}
PANEL, WORD = 1.5, 0.22  # inches: a panel's height, a word's width
MISSING_LETTER = "Glyph .* missing from font"


def draw_gates(directions: Sequence[Gates], path: Path) -> None:
    """Draw gates and cell of every direction; of a long text the first ``SHOWN`` words.

    Units stand in the order of their mean forget gate, those that keep most at the top.

    Args:
        directions: what `gates` found.
        path: the file; its suffix, .svg or .png, says which kind.

    Raises:
        ConfigError: another suffix.
        DataError: no font here has the text's letters.
        MissingExtraError: matplotlib is not installed.
        BundleError: the file cannot be written.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", MISSING_LETTER)
        try:
            save_figure(path, lambda: _figure(directions))
        except UserWarning as error:
            raise DataError(f"no font here has all letters of the text; install {FONTS[0]}, say: {error}") from error


def _figure(directions: Sequence[Gates]) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415  # without pyplot: no window, no global state

    words = [_shortened(word) for word in directions[0].words[:SHOWN]]
    rows = len(PARTS) * len(directions)
    figure = Figure(figsize=(3 + WORD * max(12, len(words)), 1 + PANEL * rows), layout="constrained")
    panels = figure.subplots(rows, 1, sharex=True)
    for number, direction in enumerate(directions):
        order = np.argsort(-direction.forget.mean(axis=0), kind="stable")
        for k, part in enumerate(PARTS):
            axes = panels[number * len(PARTS) + k]
            _draw(figure, axes, getattr(direction, part)[:SHOWN, order].T, part)
            axes.set_title(f"{TITLES[part]}, {direction.reads}", fontsize=10, loc="left")
    panels[-1].set_xticks(range(len(words)), words, rotation=90, fontsize=9, family=_fonts())
    total = len(directions[0].words)
    if total > SHOWN:
        panels[-1].set_xlabel(f"the first {SHOWN} of {total:,} words", fontsize=9)
    return figure


def _draw(figure: Figure, axes: Axes, values: Any, part: str) -> None:
    """One part (units, words): gates from 0 to 1, the cell on both sides of 0."""
    reach = max(1e-6, float(np.quantile(np.abs(values), 0.99)))  # one unit that counts up would pale all others
    low, high, colours = (-reach, reach, "RdBu") if part == "cell" else (0.0, 1.0, "viridis")
    image = axes.imshow(values, aspect="auto", interpolation="nearest", vmin=low, vmax=high, cmap=colours)
    axes.set_ylabel("units", fontsize=9)
    axes.set_yticks([])
    bar = figure.colorbar(image, ax=axes, pad=0.01)
    bar.ax.tick_params(labelsize=8)


def _shortened(word: str) -> str:
    """A word as a tick can show it; $ would begin a formula."""
    return (word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…").replace("$", r"\$")


def _fonts() -> list[str]:
    """Matplotlib's own, then those of Chinese that are installed."""
    from matplotlib import font_manager  # noqa: PLC0415

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in FONTS if name in installed)]
