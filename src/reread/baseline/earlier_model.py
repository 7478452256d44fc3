"""Learning from an earlier linear model: its scores mixed with the new ones, or as features, or kept as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reread.baseline.cross_validation import CrossValidated, Examples, Ints
from reread.baseline.decided import Decided, Labelled
from reread.baseline.earlier_scores import Answers, Earlier, EarlierScores
from reread.baseline.fitters import Floats
from reread.baseline.linear import LinearModel
from reread.baseline.mixture import Mixture
from reread.baseline.new_classes import NewClasses


@dataclass(frozen=True)
class EarlierModel:
    """A linear model that was trained on other texts, and what stays of it.

    Attributes:
        model: the model.
        answers: what gives its scores of the texts that are learned from; None: the model.
        kept: for each score of the task which of the model's stays as it is, -1: it is new, (scores,); None: all are
            learned anew.
        mixture: of the new scores and the model's, if it is known.
    """

    model: Earlier
    answers: Answers | None = None
    kept: Ints | None = None
    mixture: Mixture | None = None

    def decide(self, labelled: Labelled) -> Decided:
        """See `Beside`."""
        if self.mixture is not None:
            return self._mixed(self.mixture, *labelled.best())
        before = EarlierScores.of(self.model, labelled.texts, self.answers)
        if self.kept is not None:
            return self._beside_kept(NewClasses(self.kept, before.scores), before, labelled)
        return self._best(before, labelled)

    def again(self, model: LinearModel) -> EarlierModel | None:
        """See `Beside`."""
        mixture = None if model.mixture is None else Mixture.from_config(model.mixture)
        return replace(self, mixture=mixture) if model.earlier else None

    def _best(self, before: EarlierScores, labelled: Labelled) -> Decided:
        """What best answers texts it has not seen: without the earlier scores, with them as features, or mixed.

        Where nothing is compared, they are features.
        """
        more = labelled.candidates[-1].with_earlier(before)
        if labelled.known is not None:
            return _as_features(more, CrossValidated(labelled.known.chosen, None))
        answered = labelled.answered()
        (alone, own), (_, features) = answered.best(), answered.best(more)
        if labelled.fold is None or own.scaled is None or not own.platt_scaling:
            return _as_features(more, features)
        mixture, mixed = Mixture.learn(own.scaled, before, alone, labelled.fold)
        if mixed.loss < min(own.loss, features.loss):
            return self._mixed(mixture, alone, replace(own, scaled=mixed.scaled))
        return _as_features(more, features) if features.loss < own.loss else Decided(examples=alone, found=own)

    def _mixed(self, mixture: Mixture, examples: Examples, found: CrossValidated) -> Decided:
        facts = {"earlier": True, "mixture": mixture.to_config()}
        return Decided(examples=examples, found=found, whole=partial(mixture.of, earlier=self.model), facts=facts)

    def _beside_kept(self, new: NewClasses, before: EarlierScores, labelled: Labelled) -> Decided:
        """The last candidate with the earlier scores, from which only the new classes are learned."""
        examples = _of_new_classes(labelled.candidates[-1].with_earlier(before), new, labelled.targets)
        _, found = labelled.best(examples)
        scores = found.scores if found.scaled is None else found.scaled
        answered = None if scores is None else new.whole(scores)
        facts = {"earlier": True, "kept": len(new.places)}
        return Decided(
            examples=examples, found=replace(found, scaled=answered), whole=partial(self._with_kept, new), facts=facts
        )

    def _with_kept(self, new: NewClasses, model: LinearModel) -> LinearModel:
        weights, intercept = new.added(self.model, model.weights, model.intercept)
        return replace(model, weights=weights, intercept=intercept)


def _as_features(examples: Examples, found: CrossValidated) -> Decided:
    facts: dict[str, Any] = {"earlier": True}
    return Decided(examples=examples, found=found, facts=facts)


def _of_new_classes(examples: Examples, new: NewClasses, targets: Floats) -> Examples:
    """The same texts, from which only new classes are learned."""
    return replace(examples, problems=lambda chosen: new.problems(chosen, targets[chosen], examples.weights[chosen]))
