"""What the report is made of: plain facts of a model, of the rows it was measured on, and of the command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.data.blocks import join_blocks
from reread.data.split import text_keys
from reread.explain.explanation import Explanation
from reread.insight.report.outcomes import Outcomes, outcomes_of
from reread.pipeline.facts import ModelFacts
from reread.tasks import Task

Explain: TypeAlias = Callable[[str, str, str | None], Explanation | None]
"""A text, the name of a target and one of its labels (None: the answer) → its explanation, None if there is none."""


@dataclass(frozen=True)
class Noticed:
    """Something about the data that a reader should know: what, in how many rows, and a few of them."""

    name: str
    count: int
    examples: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Rows that a model answered, with their true targets.

    Attributes:
        tasks: what an answer is, with the thresholds of each, by the name of what gave it.
        targets: the truth, one list, or one list for each target of a joint model.
        scores: calibrated scores (rows, scores) by the same names; what the model answers with comes first.
        texts: one for each row.
        place: where a row is from, in words.
        name: the target's name, where there is one.
        weights: how much each row counts, (rows,); 1 each if none are given.
        slices: columns by which results are shown, one value for each row.
        explain: explains an answer; None: nothing does. It is called for the worst mistakes only, since it may be slow.
    """

    tasks: Mapping[str, Task]
    targets: Any
    scores: Mapping[str, NDArray[Any]]
    texts: Sequence[str]
    place: Callable[[int], str]
    name: str
    weights: NDArray[Any] | None = None
    slices: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    explain: Explain | None = None

    @cached_property
    def copies(self) -> NDArray[np.int64]:
        """A number from 0 for each row, the same for rows with the same text but for case and spacing, (rows,)."""
        return join_blocks(text_keys(self.texts), None)

    def parts(self) -> list[Part]:
        """Each target on its own."""
        main = self.tasks[next(iter(self.scores))]
        return [Part(name, self, self._outcomes(name)) for name in main.parts or [self.name]]

    def _outcomes(self, target: str) -> dict[str, Outcomes]:
        """What each answered of one target."""
        return {
            name: outcomes_of(*_alone(self.tasks[name], self.targets, scores, target), self.weights)
            for name, scores in self.scores.items()
        }


def _alone(task: Task, targets: Any, scores: NDArray[Any], target: str) -> tuple[Task, Any, NDArray[Any]]:
    """One target's part of a joint task, its truth and its scores; those of any other task as they are."""
    if not task.parts:
        return task, targets, scores
    return task.parts[target], targets[target], scores[:, task.slices()[target]]


@dataclass(frozen=True)
class Part:
    """One target of the rows measured: its name, the rows, and the answers by the name of what gave them."""

    name: str
    rows: Measured
    outcomes: Mapping[str, Outcomes]

    @property
    def main(self) -> str:
        """The name of what the model answers with."""
        return next(iter(self.outcomes))

    @property
    def answers(self) -> Outcomes:
        """What the model answered."""
        return self.outcomes[self.main]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The contents of a report.

    Attributes:
        title: the page's.
        subject: what was measured on which rows, in a sentence.
        model: what is known of the model.
        figures: metrics on the rows measured, by what answered.
        rows: the rows themselves; None if none were held out.
        findings: what was found in the data.
        command: what was typed.
        options: full configurations as TOML, by title.
        date: of the report, as in 2026-11-21.
        parts: each target of the rows on its own.
    """

    title: str
    subject: str
    model: ModelFacts
    figures: Mapping[str, Mapping[str, float | None]]
    rows: Measured | None
    command: str
    options: Mapping[str, str]
    date: str
    findings: Sequence[Noticed] = ()
    parts: Sequence[Part] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", [] if self.rows is None else self.rows.parts())
