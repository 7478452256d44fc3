"""What a section of the report is made of; how each block looks stands in the template that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from reread.insight.report.marking import Piece


@dataclass(frozen=True)
class Table:
    """Rows of texts; ``numeric`` says from which column on they are numbers, ``folded`` that it is opened by those who want it."""

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
        svg: the picture, which says both of them to those who cannot see it.
        legend: the names of its series, in the order of their colours.
        numbers: what it is drawn from, where that is not too much to read.
    """

    template: ClassVar[str] = "figure.html"

    title: str
    caption: str
    svg: Markup
    legend: Sequence[str] = ()
    numbers: Table | None = None

    def beside_numbers(self) -> tuple[Figure, *tuple[Table, ...]]:
        """The picture, and beside it what it is drawn from: where it would stand alone on a wide page."""
        return (replace(self, numbers=None), *([self.numbers] if self.numbers else []))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    template: ClassVar[str] = "paragraph.html"

    text: str


@dataclass(frozen=True)
class Code:
    """What was typed, or a file, as it stands; ``summary`` is what is shown of a long one before it is opened."""

    template: ClassVar[str] = "code.html"

    text: str
    summary: str = ""


@dataclass(frozen=True)
class Tile:
    """One figure in large type: what it is and says, of what, and its range, empty where it has none; whether it is the best of its kind."""

    name: str
    says: str
    of: str
    value: str
    range: str
    best: bool = False


@dataclass(frozen=True)
class Tiles:
    """Figures in large type beside each other."""

    template: ClassVar[str] = "tiles.html"

    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Mistake:
    """A text with a wrong answer.

    Attributes:
        place: where it stands.
        truth: what is true.
        answer: what was answered.
        label: the one label that its marks speak for; empty where they speak for the answer.
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
    """Things by name, each with what is said of it and with examples, a line each."""

    template: ClassVar[str] = "remarks.html"

    things: Sequence[tuple[str, str, Sequence[str]]]


Block: TypeAlias = Table | Figure | Paragraph | Code | Tiles | Mistakes | Remarks


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading."""

    title: str
    blocks: Sequence[Block]
