"""A model's rows with the corrections that people made to its answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np

from reread.data.examples import Examples
from reread.data.request import ORDER
from reread.data.seen import SeenTexts
from reread.data.split import normal_form, text_keys
from reread.errors import DataError
from reread.tasks import Task

HELD_OUT = "held_out"
Answer: TypeAlias = str | tuple[str, ...] | float
"""A class, the labels of a text in alphabetical order, or a number."""


class Correction(msgspec.Struct):
    """A line of a file of labels; what else it has is not read.

    Attributes:
        text: the text.
        label: its class, or its labels.
        target: its number, where numbers are learned.
    """

    text: str
    label: str | list[str] | None = None
    target: float | None = None

    def answer(self, task: Task) -> Answer:
        """What would be right.

        Raises:
            DataError: it is no answer of this task.
        """
        numbers, several = task.target_kind == "number", _has_several(task)
        given = self.target if numbers else self.label
        if given is None or isinstance(given, list) != several:
            wanted = "a number as target" if numbers else "a list of labels as label" if several else "a class as label"
            raise DataError(f"a correction has no answer; expected {wanted}")
        return answer_of(given, task)


def answer_of(value: Any, task: Task) -> Answer:
    """An answer of a task, so that equal ones are equal."""
    if task.target_kind == "number":
        return float(value)
    return tuple(sorted(set(map(str, value)))) if _has_several(task) else str(value)


def _has_several(task: Task) -> bool:
    """Whether a text may have several labels."""
    return task.target_kind == "label" and not task.can_abstain


@dataclass(frozen=True)
class Corrected:
    """Rows to train on.

    Attributes:
        task: what they are learned for.
        texts: of them.
        answers: of them.
        held_out: which of them the model that answers was not trained on, and the candidate will not be; none: not
            known.
        right: the texts that were corrected, each once, and their answers.
    """

    task: Task
    texts: list[str]
    answers: list[Answer]
    held_out: list[bool]
    right: Sequence[tuple[str, Answer]]

    @property
    def column(self) -> str:
        """Where the answers stand in a line."""
        return "target" if self.task.target_kind == "number" else "label"

    def lines(self) -> str:
        """As lines of JSON."""
        marks = self.held_out if any(self.held_out) else [None] * len(self.texts)
        more = {ORDER: ",".join(map(str, self.task.classes))} if self.task.ordered else {}
        return "".join(
            json.dumps({"text": text, self.column: answer, **more} | ({} if mark is None else {HELD_OUT: int(mark)}))
            + "\n"
            for text, answer, mark in zip(self.texts, self.answers, marks, strict=True)
        )

    def options(self) -> list[str]:
        """Those of `reread train` that read these lines, and hold out these rows and no others."""
        numbers = self.task.target_kind == "number"
        named = [] if numbers else [f"--label={self.column}"]  # a label that is a number is a class
        count = sum(self.held_out)
        held_out = [f"--time={HELD_OUT}", f"--validation={count / len(self.texts)!r}"] if count else []
        return ["--text=text", *named, *held_out]


def correct(
    examples: Examples,
    corrections: Sequence[Correction],
    seen: SeenTexts | None,
    *,
    task: Task,
) -> Corrected:
    """The rows, with the answers of those texts that were corrected; of a text corrected twice the last one.

    Args:
        examples: the rows that the model was trained on.
        corrections: made to its answers.
        seen: the texts that it was trained on, and that were held out.
        task: of the model, which has one target.

    Raises:
        DataError: there are no corrections, one is of no class of the data, or these are for another task.
    """
    (column,) = examples.targets.values()
    if any(isinstance(each, list | tuple) != _has_several(task) for each in column):
        what = "no lists" if _has_several(task) else "lists"
        raise DataError(f"the rows have {what} of labels, unlike those that the model was trained on")
    right = {normal_form(each.text): (each.text, each.answer(task)) for each in corrections if each.text.strip()}
    texts, answers = list(examples.texts), [answer_of(each, task) for each in column]
    unknown = _classes([answer for _, answer in right.values()]) - _classes(answers)
    if unknown:
        raise DataError(f'a correction names the class "{min(unknown)}", which no row of the data has')
    if not right:
        raise DataError("there are no corrections; expected at least one")
    forms = [normal_form(text) for text in texts]
    new = [right[form][1] if form in right else answer for form, answer in zip(forms, answers, strict=True)]
    known = set(forms)
    added = [each for form, each in right.items() if form not in known]
    held_out = _held_out(texts, seen)
    return Corrected(
        task,
        [*texts, *(text for text, _ in added)],
        [*new, *(answer for _, answer in added)],
        [*held_out, *(False for _ in added)],
        [*right.values()],
    )


def _classes(answers: Sequence[Answer]) -> set[str]:
    """The classes that they name; numbers name none."""
    several = ([each] if isinstance(each, str) else each for each in answers if not isinstance(each, float))
    return {name for names in several for name in names}


def _held_out(texts: Sequence[str], seen: SeenTexts | None) -> list[bool]:
    if seen is None:
        return [False] * len(texts)
    marks = seen.among(text_keys(texts))[1]
    return [bool(mark) for mark in marks] if not np.all(marks) else [False] * len(texts)
