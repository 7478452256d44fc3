"""Oddities of the targets of a training, one line each, with the option that would help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reread.data.split import normal_form
from reread.wording import listed, number_of, percent

NUMBERS = 20  # from this many classes on, classes that are all numbers are probably measurements
RARE = 2  # rows of a class that are too few to learn it, and to hold one out
SEPARATORS = ";|,/"
SHOWN = 3
MISSING = frozenset({"nan", "NaN", "NAN", "None", "null", "NULL", "Null", "NA", "N/A", "<NA>", "NaT", "#N/A"})
"""What programs write for a value that is missing; people write "none" for a class."""
NEARLY_ALL = 0.9  # of the rows: if so many have the same number, there is little else to learn

Counts = Mapping[Any, int]
"""Classes or labels → their rows."""


def label_notes(column: str, values: Sequence[Any], *, ordered: bool = False) -> Iterator[str]:
    """Notes about a target of classes or labels before it is learned.

    Args:
        column: its name.
        values: a class for each row, or a list of labels.
        ordered: whether an order of the classes was named, which confirms that they are classes.
    """
    several = any(isinstance(value, list) for value in values)
    counts = Counter(label for value in values for label in value) if several else Counter(values)
    if not counts:
        return
    name, rows = counts.most_common(1)[0]
    what = "most frequent label" if several else "largest class"
    yield (
        f"{column}: {number_of(len(counts), 'label') if several else _classes(len(counts))}; {what}: {name}, "
        f"{percent(rows / len(values))} of rows"
    )
    wrong_kind = [] if several or ordered else [note for remark in OF_ANOTHER_KIND for note in remark(column, counts)]
    rare = [] if wrong_kind else _rare(counts, several=several)
    for note in [*wrong_kind, *_missing(counts), *_spellings(counts), *rare]:
        yield f"{column}: {note}"


def number_notes(column: str, values: Sequence[float]) -> Iterator[str]:
    """A note about a target of numbers that are nearly all equal."""
    value, rows = Counter(values).most_common(1)[0]
    if NEARLY_ALL * len(values) <= rows < len(values):
        yield f"{column}: {percent(rows / len(values))} of rows have {value:g}; there is little else to learn from"


def _classes(count: int) -> str:
    return number_of(count, "class", "classes")


def _numbers(column: str, counts: Counts) -> Iterator[str]:
    """Measurements that were named as classes."""
    if len(counts) >= NUMBERS and all(map(_is_number, counts)):
        yield (
            f"{len(counts):,} different numbers are learned as unrelated classes; "
            f"--target {column} learns them as numbers, --ordinal-order as an order"
        )


def _missing(counts: Counts) -> Iterator[str]:
    """Classes whose name is what programs write for no value at all."""
    found = {name: rows for name, rows in counts.items() if isinstance(name, str) and name.strip() in MISSING}
    if found:
        names = " and ".join(map(_shown, found))
        rows = number_of(sum(found.values()), "row has", "rows have")
        yield f"{rows} {names}, learned as a class like any other; if the label is missing there, leave these rows out"


def _rare(counts: Counts, *, several: bool) -> Iterator[str]:
    """Classes or labels that nothing can be learned of."""
    rare = [_shown(name) for name, rows in counts.items() if rows <= RARE]
    if rare:
        few = number_of(len(rare), *(("label has", "labels have") if several else ("class has", "classes have")))
        frequent, kind = len(counts) - len(rare), "labels" if several else "classes"
        advice = f"merge them with other {kind} in the file, or remove them" if frequent > 1 else "add rows of them"
        yield f"{few} only one or two rows, too few to learn from ({listed(rare, SHOWN)}); {advice}"


def _spellings(counts: Counts) -> Iterator[str]:
    """Classes that are the same but for case and spaces."""
    same: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        same[normal_form(str(name))].append(f'"{name}"')
    for names in same.values():
        if len(names) > 1:
            yield (
                f"{' and '.join(names)} differ in case or spaces only, and count as different; "
                "write them alike in the file"
            )


def _separators(_: str, counts: Counts) -> Iterator[str]:
    """Several labels in one cell: a part of a cell is a class of its own too, or a part of other cells."""
    for separator in SEPARATORS:
        compound = [name for name in counts if isinstance(name, str) and separator in name.strip(separator)]
        parts = Counter(part.strip() for name in compound for part in name.split(separator))
        if any(rows > 1 or part in counts for part, rows in parts.items()):
            yield (
                f'{number_of(len(compound), "class holds", "classes hold")} "{separator}", '
                f"such as {_shown(compound[0])}; "
                f"if these are several labels of a text, pass --label-separator '{separator}'"
            )


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _shown(name: Any) -> str:
    return f'"{name}"' if isinstance(name, str) else str(name)


OF_ANOTHER_KIND: tuple[Callable[[str, Counts], Iterator[str]], ...] = (_numbers, _separators)
"""Signs that the task is not one class a text."""
