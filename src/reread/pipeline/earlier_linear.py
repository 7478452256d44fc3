"""The linear member of the model that a run starts from, as the new linear member learns from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Floats
from reread.baseline.linear import LinearModel
from reread.data.seen import SeenTexts
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.transfer import FEW_SEEN, too_sure
from reread.tasks.known_scores import known_scores


@dataclass(frozen=True)
class EarlierLinear:
    """An earlier linear member, and how much of it stays.

    Attributes:
        model: the linear member.
        seen: the texts of its training; None if the folder does not say.
        kept: for each score of the task which of the model's stays as it is, -1: it is new, (scores,); None: all are
            learned anew.
    """

    model: LinearModel
    seen: SeenTexts | None
    kept: NDArray[np.int64] | None

    def scores(self, texts: Sequence[str]) -> Floats:
        """The scores of texts, (texts, scores): of those it was trained on, by models that had not seen them.

        Of these texts it is far surer than of any other, so what is learned from its own scores holds for no other.
        """
        scores = self.model.scores(texts)
        return scores if self.seen is None else self.seen.scores_of(texts, scores)[0]


def earlier_linear(prepared: Prepared, plan: Plan) -> EarlierLinear | None:
    """The linear member of the model that the run starts from, if its scores of the rows can be learned from.

    Of rows that it was trained on they cannot, if the folder does not hold what models that had not seen them said.
    Where its labels are kept they must: nothing else of it reaches the linear member.
    """
    origin = prepared.origin
    if origin is None or origin.model is None or origin.model.baseline is None:
        return None
    if not plan.keep_labels and too_sure(origin, prepared.texts).mean() > FEW_SEEN:
        return None
    kept = known_scores(prepared.task, origin.model.scorer.task) if plan.keep_labels else None
    some_new = kept is not None and bool((kept < 0).any())
    return EarlierLinear(origin.model.baseline, origin.model.seen, kept if some_new else None)
