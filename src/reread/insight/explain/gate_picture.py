"""A picture of gates: words from left to right, units from top to bottom."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reread.insight.explain.gates import Gates
from reread.insight.figures import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 80  # words
LETTERS = 16  # of a word
MATPLOTLIB_FONT = "DejaVu Sans"
FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)
HOW = (
    "A column is a word, a line of a panel one unit. Bright, a gate is open (1): the input gate takes the word in, "
    "the forget gate keeps what the unit held, the output gate shows it; the cell is what it then holds, "
    "blue above 0, red below."
)
LINE = 12  # letters of it in an inch
TITLES = {"input": "input gate", "forget": "forget gate", "output": "output gate", "cell": "cell"}
PANEL, WORD = 1.5, 0.22  # inches: a panel's height, a word's width


def draw_gates(directions: Sequence[Gates], path: Path) -> None:
    """Draw gates and cell of every direction; of a long text the first ``SHOWN`` words.

    Units are ordered by their mean forget gate, those that keep most at the top. A letter that no installed font has is
    written as its code point, U+ and hexadecimal digits, with a note.

    Args:
        directions: what `gates` found.
        path: the file; its suffix, .svg or .png, sets the format.

    Raises:
        ConfigError: another suffix.
        MissingExtraError: matplotlib is not installed.
        BundleError: the file cannot be written.
    """
    save_figure(path, lambda: _figure(directions))


def _figure(directions: Sequence[Gates]) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415  # without pyplot: no window, no global state
    from matplotlib.font_manager import get_font  # noqa: PLC0415

    fonts = _fonts()
    known = frozenset().union(*(get_font(path).get_charmap() for path in fonts.values()))
    shown = [_shortened(word) for word in directions[0].words[:SHOWN]]
    words = ["".join(_letter(letter, known) for letter in word) for word in shown]
    note = _note(len(directions[0].words), numbered=not known.issuperset(map(ord, "".join(shown))))
    rows = len(TITLES) * len(directions)
    figure = Figure(figsize=(3 + WORD * max(12, len(words)), 1 + PANEL * rows), layout="constrained")
    panels = figure.subplots(rows, 1, sharex=True)
    for number, direction in enumerate(directions):
        order = np.argsort(-direction.forget.mean(axis=0), kind="stable")
        for k, (part, title) in enumerate(TITLES.items()):
            axes = panels[number * len(TITLES) + k]
            _draw(figure, axes, getattr(direction, part)[:SHOWN, order].T, part)
            axes.set_title(f"{title}, {direction.reads}", fontsize=10, loc="left")
    panels[-1].set_xticks(range(len(words)), words, rotation=90, fontsize=9, family=list(fonts))
    lines = [*textwrap.wrap(HOW, int(LINE * figure.get_figwidth())), *([note] if note else [])]
    panels[-1].set_xlabel("\n".join(lines), fontsize=9)
    return figure


def _note(total: int, *, numbered: bool) -> str:
    """The text under the words."""
    notes = [f"the first {SHOWN} of {total:,} words"] if total > SHOWN else []
    if numbered:
        notes.append(f"U+: a letter that no installed font has; {FONTS[0]}, for one, has Chinese letters")
    return "; ".join(notes)


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
    """A word as a tick can show it."""
    return word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…"


def _letter(letter: str, known: Collection[int]) -> str:
    """A letter as a font can show it; $ would begin a formula."""
    if ord(letter) not in known:
        return f"U+{ord(letter):04X}"
    return r"\$" if letter == "$" else letter


def _fonts() -> dict[str, str]:
    """Files of fonts by their names: matplotlib's own, then those of Chinese that are installed."""
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    installed = {font.name for font in fontManager.ttflist}
    return {name: fontManager.findfont(name) for name in (MATPLOTLIB_FONT, *FONTS) if name in installed}
