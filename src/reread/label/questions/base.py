"""What every kind of question promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.label.disagreement import Disagreement
from reread.label.figures import Figure, share
from reread.tasks import Task

Answer: TypeAlias = str | tuple[str, ...] | float
"""A class, the labels of a text in their order, or a number."""
Pairs: TypeAlias = Sequence[tuple[Answer, Answer]]
"""Two answers for each of some texts."""
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    """What the linear member would say of a text.

    Attributes:
        label: the answer.
        probability: of it; None: not known, or it is a number.
    """

    label: Answer
    probability: float | None


class Question(ABC):
    """What is asked about each text, how answers are kept, and what can be learned from them.

    Attributes:
        kind: the registered name.
        field: where an answer stands in a line of the file of labels, under a name by which `reread train` finds it.
        foretells: whether it is known what more answers would bring.
        takes_rules: whether rules can vote for its answers.
    """

    kind: ClassVar[str]
    field: ClassVar[str] = "label"
    foretells: ClassVar[bool] = True
    takes_rules: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def found_in(cls, lines: Sequence[Mapping[str, Any]]) -> Self | None:
        """The question that lines of files of labels answer; None: it is of another kind, or there are none."""

    @abstractmethod
    def check(self, said: object) -> Answer:
        """What a page or a line says, as an answer: equal answers are equal.

        Raises:
            DataError: it is no answer to this question.
        """

    def fields(self, answer: Answer) -> dict[str, Any]:
        """How an answer stands in a line of the file of labels."""
        return {self.field: answer}

    def read(self, line: Mapping[str, Any]) -> Answer:
        """The answer in a line of the file of labels.

        Raises:
            KeyError: there is none.
            DataError: it is no answer to this question.
        """
        return self.check(line[self.field])

    @abstractmethod
    def words(self, answer: Answer) -> str:
        """An answer as messages say it."""

    def order(self, answer: Answer) -> Any:
        """What answers are sorted by."""
        return answer

    @abstractmethod
    def for_page(self) -> dict[str, Any]:
        """What a page needs in order to ask; JSON can write it."""

    @abstractmethod
    def counts(self, answers: Iterable[Answer]) -> dict[str, int]:
        """How often each class was given, or how many numbers lie in each range."""

    @abstractmethod
    def task(self, answers: Sequence[Answer]) -> Task | None:
        """What the linear member learns; None: too few different answers."""

    @abstractmethod
    def suggestions(self, task: Task, scores: Floats) -> list[Suggestion]:
        """What raw scores (texts, size) say of each text."""

    @abstractmethod
    def sureness(self, task: Task, scores: Floats) -> Floats | None:
        """How sure each answer is, (texts,): the least first to be asked about; None: unknown."""

    def figure(self, pairs: Pairs) -> Figure | None:
        """How often, or how nearly, two answers to the same texts are the same; None: there are none."""
        return share(sum(one == other for one, other in pairs), len(pairs))

    @abstractmethod
    def disagreement(self, pairs: Pairs) -> Disagreement:
        """How far two people's answers are apart, and would be by chance."""
