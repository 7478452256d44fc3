"""The blocks of a report's section; each names the template that lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from reread.insight.report.marking import Piece


@dataclass(frozen=True)
class Table:
    """Rows of texts; columns from ``numeric`` on hold numbers, and a ``folded`` table is closed until clicked."""

    template: ClassVar[str] = "table.html"

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: int = 1
    folded: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture that is understood without the manual.

    Attributes:
        title: what it shows, as a finding or a question.
        caption: how to read it, in a sentence.
        svg: the picture, with title and caption as its alternative text.
        legend: the names of its series, in the order of their colours.
        numbers: its data, unless there is too much to read.
    """

    template: ClassVar[str] = "figure.html"

    title: str
    caption: str
    svg: Markup
    legend: Sequence[str] = ()
    numbers: Table | None = None

    def beside_numbers(self) -> tuple[Figure, *tuple[Table, ...]]:
        """The picture and its data side by side, for a figure that would stand alone on a wide page."""
        return (replace(self, numbers=None), *([self.numbers] if self.numbers else []))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    template: ClassVar[str] = "paragraph.html"

    text: str


@dataclass(frozen=True)
class Code:
    """A command or a file, verbatim; a long one is folded behind its ``summary``."""

    template: ClassVar[str] = "code.html"

    text: str
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure in large type: its name and meaning, its source, its range if any, and whether it is the best."""

    name: str
    meaning: str
    of: str
    value: str
    range: str
    best: bool = False


@dataclass(frozen=True)
class Tiles:
    """Figures in large type beside each other."""

    template: ClassVar[str] = "tiles.html"

    tiles: Sequence[Tile]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A text with a wrong answer.

    Attributes:
        place: its file and line.
        truth: the true answer.
        answer: the model's answer.
        label: the label that its marks explain; empty if they explain the answer.
        pieces: of it, marked.
        cut: how many characters are not shown.
    """

    place: str
    truth: str
    answer: str
    label: str
    pieces: Sequence[Piece]
    cut: int


@dataclass(frozen=True)
class Mistakes:
    """Texts with wrong answers."""

    template: ClassVar[str] = "mistakes.html"

    mistakes: Sequence[Mistake]
    language: str


@dataclass(frozen=True)
class Remarks:
    """Named things, each with a remark and with examples, a line each."""

    template: ClassVar[str] = "remarks.html"

    things: Sequence[tuple[str, str, Sequence[str]]]


Block: TypeAlias = Table | Figure | Paragraph | Code | Tiles | Mistakes | Remarks


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading."""

    title: str
    blocks: Sequence[Block]
