"""The texts to label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from reread.data.read import Row
from reread.data.split import text_keys
from reread.data.store import TextStore
from reread.data.values import BadValueError, text_of
from reread.text.language import detect_language


@dataclass(frozen=True)
class Texts:
    """Different texts, each at its place from 0.

    Attributes:
        texts: them.
        rows: the number of each one's row in the file, from 1; of equal texts, that of the first.
        place_of: the place by the row, of every row whose text is one of them.
        equal: rows whose text, but for case and spacing, stood before; they are not asked about again.
        unreadable: how many rows have no text, by the reason.
    """

    texts: TextStore
    rows: list[int]
    place_of: dict[int, int]
    equal: int
    unreadable: Counter[str]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def language(self) -> str:
        """By the script of the first texts."""
        return detect_language(self.texts)


def read_texts(rows: Iterable[Row], column: str, wanted: Callable[[Row], bool] = lambda _: True) -> Texts:
    """The texts of a column; rows without one are counted.

    Args:
        rows: of a file, all of them.
        column: the one with the texts.
        wanted: whether a row is asked about.
    """
    found, places, place_by_key = TextStore(), dict[int, int](), dict[int, int]()
    numbers, equal, unreadable = list[int](), 0, Counter[str]()
    for number, row in enumerate(rows, 1):
        if row.problem is not None:
            unreadable[row.problem] += 1
            continue
        if not wanted(row):
            continue
        try:
            text = text_of(row.values.get(column))
        except BadValueError as error:
            unreadable[f"text {error}"] += 1
            continue
        key = int(text_keys([text])[0])
        place = place_by_key.setdefault(key, len(found))
        places[number] = place
        if place < len(found):
            equal += 1
            continue
        found.append(text)
        numbers.append(number)
    return Texts(found, numbers, places, equal, unreadable)
