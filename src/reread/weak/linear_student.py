"""The linear member as the model that learns from rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reread.baseline.cross_validation import Solution
from reread.baseline.folds import folds_of
from reread.baseline.training import fit_linear
from reread.data.split import text_keys
from reread.data.subset import Subset
from reread.machine import available_cores
from reread.tasks.classification import Classification
from reread.tasks.labels import Label
from reread.text.language import detect_language
from reread.weak.joins.base import Floats


@dataclass
class LinearStudent:
    """Answers by the linear member: texts that it learns from by cross-validation, the others by the model of all.

    The first call chooses losses and strengths; later ones take them over.

    Attributes:
        seed: of the folds, and of the order in training.
        threads: folds that are fitted at once; None: one for each core.
    """

    seed: int = 0
    threads: int | None = None
    _known: Solution | None = field(default=None, init=False, repr=False)

    def __call__(self, texts: Sequence[str], probabilities: Floats, classes: Sequence[Label]) -> Floats:
        """See `reread.weak.refining.Student`."""
        task = Classification(classes)
        unknown = np.isnan(probabilities[:, 0])
        learned, others = np.flatnonzero(~unknown), np.flatnonzero(unknown)
        places, targets, parts = task.certain(probabilities[learned].astype(np.float32))
        examples = Subset(texts, learned[places])
        fit = fit_linear(
            examples,
            targets,
            task,
            detect_language(texts),
            weights=parts,
            fold=folds_of(text_keys(examples), None, seed=self.seed),
            known=self._known,
            out_of_fold="best",
            seed=self.seed,
            threads=self.threads or available_cores(),
        )
        self._known = Solution(fit.model.chosen)  # Platt scaling is of the labels, which change
        answers = np.empty(probabilities.shape)
        first = np.unique(places, return_index=True)[1]  # a text's examples all have the same scores
        answers[learned] = task.probabilities(np.asarray(fit.out_of_fold)[first])
        answers[others] = task.probabilities(fit.model.scores(Subset(texts, others)))
        return answers
