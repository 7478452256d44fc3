"""What a linear model learns from, as it is given, and as it is decided before the model is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from reread.baseline.choosing import OutOfFold, choose
from reread.baseline.cross_validation import CrossValidated, Examples, Ints, Solution
from reread.baseline.fitters import Floats
from reread.baseline.linear import LinearModel
from reread.tasks import Task


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Texts with targets, and how much of the learning is decided already.

    Attributes:
        texts: the texts.
        targets: encoded, (texts, width).
        task: defines the columns of the targets.
        language: chooses the n-grams.
        candidates: the texts with different features; a later one must be better than those before.
        fold: of each text, (texts,), for cross-validation; None: there are none.
        known: how the model is solved, if it is known.
        out_of_fold: whether every text is answered by a model that has not seen it, and by what models.
    """

    texts: Sequence[str]
    targets: Floats
    task: Task
    language: str
    candidates: Sequence[Examples]
    fold: Ints | None
    known: Solution | None
    out_of_fold: OutOfFold

    def best(self, *candidates: Examples) -> tuple[Examples, CrossValidated]:
        """The candidate that best answers texts it has not seen; of those given, or of all."""
        known = None if self.known is None else self.known.chosen
        return choose(candidates or self.candidates, self.fold, known, out_of_fold=self.out_of_fold)

    def alone(self) -> Decided:
        """The best candidate, and nothing beside it."""
        examples, found = self.best()
        return Decided(examples=examples, found=found)

    def answered(self) -> Labelled:
        """The same, for a decision that needs every text answered by a model that has not seen it."""
        return replace(self, out_of_fold="best")


def as_it_is(model: LinearModel) -> LinearModel:
    """The model."""
    return model


@dataclass(frozen=True, kw_only=True)
class Decided:
    """How a model is trained.

    Attributes:
        examples: what it learns from.
        found: how it is solved, and what cross-validation says of the texts with targets.
        whole: puts what was trained together with what is there already.
        facts: what the model says of this.
    """

    examples: Examples
    found: CrossValidated
    whole: Callable[[LinearModel], LinearModel] = as_it_is
    facts: Mapping[str, Any] = field(default_factory=dict)


class Beside(Protocol):
    """What a linear model learns from beside texts with targets."""

    def decide(self, labelled: Labelled) -> Decided:
        """How the model is trained: with it, unless cross-validation is better without.

        Args:
            labelled: the texts with targets.
        """

    def again(self, model: LinearModel) -> Beside | None:
        """The same for training again as it was decided for a model; None if that does not learn from it.

        Args:
            model: the model.
        """
