"""A model's rows with the corrections that people made to its answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from reread.data.examples import Examples
from reread.data.seen import SeenTexts
from reread.data.split import normal_form, text_keys
from reread.errors import DataError

HELD_OUT = "held_out"


class Correction(msgspec.Struct):
    """A line of a file of labels; what else it has is not read.

    Attributes:
        text: the text.
        label: its class.
    """

    text: str
    label: str


@dataclass(frozen=True)
class Corrected:
    """Rows to train on.

    Attributes:
        texts: of them.
        labels: of them, as text.
        held_out: which of them the model that answers was not trained on, and the candidate will not be; none: not
            known.
        right: the corrections, one a text.
    """

    texts: list[str]
    labels: list[str]
    held_out: list[bool]
    right: Sequence[Correction]

    def lines(self) -> str:
        """As lines of JSON."""
        marks = self.held_out if any(self.held_out) else [None] * len(self.texts)
        return "".join(
            json.dumps({"text": text, "label": label} | ({} if mark is None else {HELD_OUT: int(mark)})) + "\n"
            for text, label, mark in zip(self.texts, self.labels, marks, strict=True)
        )

    def options(self) -> list[str]:
        """Those of `reread train` that hold out these rows, and no others."""
        count = sum(self.held_out)
        return [f"--time={HELD_OUT}", f"--validation={count / len(self.texts)!r}"] if count else []


def correct(examples: Examples, corrections: Sequence[Correction], seen: SeenTexts | None) -> Corrected:
    """The rows, with the labels of those texts that were corrected; of a text corrected twice the last one.

    Args:
        examples: the rows that the model was trained on.
        corrections: made to its answers.
        seen: the texts that it was trained on, and that were held out.

    Raises:
        DataError: there are no corrections, or one is of no class of the data.
    """
    right = {normal_form(each.text): each for each in corrections if each.text.strip()}
    (column,) = examples.targets.values()
    texts, labels = list(examples.texts), [str(each) for each in column]
    unknown = {each.label for each in right.values()} - set(labels)
    if unknown:
        raise DataError(f'a correction names the class "{min(unknown)}", which no row of the data has')
    if not right:
        raise DataError("there are no corrections; expected at least one")
    forms = [normal_form(text) for text in texts]
    new = [right[form].label if form in right else label for form, label in zip(forms, labels, strict=True)]
    known = set(forms)
    added = [each for form, each in right.items() if form not in known]
    held_out = _held_out(texts, seen)
    return Corrected(
        [*texts, *(each.text for each in added)],
        [*new, *(each.label for each in added)],
        [*held_out, *(False for _ in added)],
        [*right.values()],
    )


def _held_out(texts: Sequence[str], seen: SeenTexts | None) -> list[bool]:
    if seen is None:
        return [False] * len(texts)
    marks = seen.among(text_keys(texts))[1]
    return [bool(mark) for mark in marks] if not np.all(marks) else [False] * len(texts)
