"""The scores of a linear model mixed with those of an earlier one: "LinInt" of Daumé 2007, section 2, weights learned.

Where the earlier scores are features beside n-grams, they explain most labels, and little is left for the n-grams to
learn from: of few texts too little (Sutton et al. 2006 call it weight undertraining). Here each model learns by itself,
and what is learned of both is what their scores are multiplied with, from texts that neither has seen. Both are linear
in their n-grams, so the mixture is one linear model too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from reread.baseline.cross_validation import CrossValidated, Examples, Ints, Solution, cross_validate
from reread.baseline.earlier_scores import Earlier, EarlierScores, kinds_beside
from reread.baseline.features import Features
from reread.baseline.fitters import Floats
from reread.baseline.linear import LinearModel
from reread.baseline.solved import solved


@dataclass(frozen=True)
class Mixture:
    """Scores become ``[own scores, earlier scores] @ coefficients + intercept``.

    Attributes:
        coefficients: (own and earlier scores, scores).
        intercept: (scores,).
    """

    coefficients: Floats
    intercept: Floats

    @classmethod
    def learn(cls, own: Floats, earlier: EarlierScores, examples: Examples, fold: Ints) -> tuple[Self, CrossValidated]:
        """What the scores are multiplied with, and how well that answers texts it has not seen.

        Args:
            own: of models that have not seen the texts, (texts, scores).
            earlier: the earlier model's.
            examples: the texts, as the model that is mixed learns from them.
            fold: of each text, (texts,).
        """
        mean = own.mean(axis=0, dtype=np.float64).astype(np.float32)
        size = float(np.sqrt(np.square(own - mean).sum(axis=1).mean())) or 1.0
        means = np.concatenate([mean, earlier.mean])
        units = np.repeat(np.array([size, earlier.unit], np.float32), [len(mean), len(earlier.mean)])
        features = np.concatenate([(own - mean) / np.float32(size), earlier.features], axis=1)
        zeros, ones = np.zeros(len(units), np.float32), np.eye(len(units), dtype=np.float32)
        as_they_are = LinearModel(kinds=(), known=(), scales=(), weights=ones, intercept=zeros, facts={})
        both = EarlierScores(as_they_are, features, zeros, 1.0)
        mixed = replace(examples, features=Features((), (), (), earlier=both))
        found = cross_validate(mixed, fold)
        model, _ = solved(mixed, Solution(found.chosen, found.platt_scaling))
        coefficients = model.weights / units[:, None]
        return cls(coefficients, model.intercept - means @ coefficients), found

    def of(self, own: LinearModel, earlier: Earlier) -> LinearModel:
        """The two models as one; its last n-grams are those of the earlier one."""
        scores = len(own.intercept)
        weights = [own.weights @ self.coefficients[:scores], earlier.weights @ self.coefficients[scores:]]
        return LinearModel(
            kinds=(*own.kinds, *kinds_beside(earlier, own.kinds)),
            known=(*own.known, *earlier.known),
            scales=(*own.scales, *earlier.scales),
            weights=np.concatenate(weights),
            intercept=np.concatenate([own.intercept, earlier.intercept]) @ self.coefficients + self.intercept,
            facts=own.facts,
        )

    def to_config(self) -> dict[str, Any]:
        """The numbers as JSON can write them."""
        return {"coefficients": self.coefficients.tolist(), "intercept": self.intercept.tolist()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """What `to_config` wrote."""
        return cls(*(np.array(config[name], np.float32) for name in ("coefficients", "intercept")))
