"""A recipe's model as the one that learns from rules (`reread.weak`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.baseline.folds import folds_of
from reread.data.lists import examples_from_lists
from reread.data.split import text_keys
from reread.data.subset import Subset
from reread.model.base import Model
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.recipes import Recipe
from reread.tasks.labels import Label
from reread.weak.joins.base import Floats


@dataclass(frozen=True)
class RecipeStudent:
    """Answers by what a recipe trains: the stack, or what ``answer`` names.

    A model is trained for each of five folds. It answers its fold; texts that are not learned from get the mean of all
    five answers.

    Attributes:
        recipe: what is trained, with its seed and threads.
        answer: what answers: "stack", "network" or "linear".
        told: is told which model is trained.
    """

    recipe: Recipe
    answer: str = "stack"
    told: Callable[[str], None] = lambda _: None

    def __call__(self, texts: Sequence[str], probabilities: Floats, classes: Sequence[Label]) -> Floats:
        """See `reread.weak.refining.Student`.

        Raises:
            ConfigError: the recipe cannot be trained on classes.
            DataError: the texts cannot be learned from.
        """
        learned = np.flatnonzero(~np.isnan(probabilities[:, 0]) & [bool(text.strip()) for text in texts])
        fold = folds_of(text_keys(Subset(texts, learned)), None, seed=self.recipe.training.seed)
        if fold is None:
            fold = np.arange(len(learned)) % 2
        others = np.setdiff1d(np.arange(len(texts)), learned)
        answers = np.zeros(probabilities.shape)
        numbers = np.unique(fold)
        for number in numbers:
            self.told(f"training model {number + 1} of {len(numbers)}")
            model = self._trained(texts, learned[fold != number], probabilities, classes)
            held = learned[fold == number]
            answers[held] = _answers(model, Subset(texts, held), classes)
            answers[others] += _answers(model, Subset(texts, others), classes) / len(numbers)
        return answers

    def _trained(
        self, texts: Sequence[str], rows: NDArray[np.int64], probabilities: Floats, classes: Sequence[Label]
    ) -> Model:
        shares = [dict(zip(classes, each, strict=True)) for each in probabilities[rows].tolist()]
        plan = Plan(recipe=self.recipe, targets={"label": TargetPlan(task="classification")}, answer=self.answer)
        return fit(examples_from_lists(Subset(texts, rows), {"label": shares}), plan).model()


def _answers(model: Model, texts: Sequence[str], classes: Sequence[Label]) -> Floats:
    """The probabilities in the order of ``classes``, (texts, classes)."""
    if not len(texts):
        return np.zeros((0, len(classes)))
    own = list(model.task.classes)
    found = np.asarray(model.predict_proba(texts), dtype=np.float64)
    return found[:, [own.index(label) for label in classes]]
