"""Class labels: valid labels, their order, and the class of a label."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from reread.errors import DataError

Label: TypeAlias = str | bool | int | float  # the four types that JSON keeps apart

KINDS: Mapping[type, str] = {str: "text", bool: "true/false", int: "numbers", float: "numbers"}


def to_label(value: Any) -> Label:
    """A label as plain Python has it; NumPy's scalars become Python's.

    Raises:
        DataError: the value cannot name a class.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or (isinstance(plain, float) and math.isnan(plain)):
        raise DataError(f"a label is missing ({plain!r}); every text needs one")
    if isinstance(plain, str):
        return str(plain)
    if isinstance(plain, list | tuple | set | frozenset | np.ndarray):
        raise DataError(f"a label is a list, {plain!r}; several labels per text need the task multilabel")
    if not isinstance(plain, bool | int | float) or not math.isfinite(plain):
        raise DataError(f"a label is {plain!r} ({type(plain).__name__}); a label must be text, a number or true/false")
    return plain


def learn_classes(labels: Iterable[Any]) -> tuple[Label, ...]:
    """The distinct labels, sorted.

    Raises:
        DataError: there are fewer than two labels, or they are of mixed types.
    """
    return check_classes(sorted(check_kind(_different(labels))))


def check_kind(labels: Iterable[Label]) -> list[Any]:
    """The labels, if all are of one kind: text, numbers or true/false."""
    first_of_kind: dict[str, Label] = {}
    listed = list(labels)
    for label in listed:
        first_of_kind.setdefault(KINDS[type(label)], label)
    if len(first_of_kind) > 1:
        examples = " and ".join(f"{kind} ({label!r})" for kind, label in sorted(first_of_kind.items()))
        raise DataError(f"the labels mix {examples}; make all of them one kind")
    return listed


def check_classes(classes: Sequence[Any]) -> tuple[Label, ...]:
    """The classes as they are, if there are at least two and no duplicates.

    Raises:
        DataError: there are fewer than two classes, one appears twice, or they are of mixed types.
    """
    known = tuple(check_kind(to_label(value) for value in classes))
    if not known:
        raise DataError("there are no labels to learn from; at least two classes are needed")
    if len(known) == 1:
        raise DataError(f"every label is {quoted(known[0])}; at least two classes are needed")
    twice = [label for label in known if known.count(label) > 1] if len(set(known)) < len(known) else []
    if twice:
        raise DataError(f"class {quoted(twice[0])} appears twice; every class must appear once")
    return known


class ClassIndex:
    """Finds the class of a label.

    A label is also found by its text, so a model trained on numbers can read a file in which they are text, and vice
    versa; all classes are of one kind, so no two have the same text.
    """

    def __init__(self, classes: Sequence[Label]) -> None:
        self._classes = classes
        self._by_text = {str(label): index for index, label in enumerate(classes)}
        self._by_label = {label: index for index, label in enumerate(classes)}

    def __call__(self, label: Any) -> int:
        """The index of a label's class.

        Raises:
            DataError: no class has this label.
        """
        try:
            return self._by_label[label]
        except (KeyError, TypeError):
            return self._by_name(to_label(label))

    def _by_name(self, label: Label) -> int:
        if str(label) in self._by_text:
            return self._by_text[str(label)]
        close = difflib.get_close_matches(str(label), list(self._by_text), n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        raise DataError(f"unknown label {quoted(label)}; the classes are {listing(self._classes)}{hint}")


def quoted(label: Label) -> str:
    """A label as a message shows it: text in double quotes."""
    return f'"{label}"' if isinstance(label, str) else repr(label)


def listing(classes: Sequence[Label], most: int = 8) -> str:
    """The classes as a message shows them: the first few, and how many more."""
    more = f" and {len(classes) - most} more" if len(classes) > most else ""
    return ", ".join(quoted(label) for label in classes[:most]) + more


def _different(labels: Iterable[Any]) -> list[Label]:
    """The distinct labels; 1 and True are distinct, so that mixing them is detected."""
    seen: dict[tuple[type, Any], Label] = {}
    for label in labels:
        key = (type(label), label if type(label) in KINDS else None)
        if key not in seen or key[1] is None:
            plain = to_label(label)
            seen.setdefault((type(plain), plain), plain)
    different = list(seen.values())
    if len({type(label) for label in different}) > 1 and all(type(label) in (int, float) for label in different):
        return list(dict.fromkeys(float(label) for label in different))
    return different
