"""The linear member of the model that a run starts from, as the new linear member learns from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reread.baseline.earlier_model import EarlierModel
from reread.baseline.fitters import Floats
from reread.baseline.linear import LinearModel
from reread.data.seen import SeenTexts
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.transfer import FEW_SEEN, too_sure
from reread.tasks.known_scores import known_scores


def earlier_linear(prepared: Prepared, plan: Plan) -> EarlierModel | None:
    """The linear member of the model that the run starts from, if its scores of the rows can be learned from.

    Of rows that it was trained on they cannot, if the folder does not hold what models that had not seen them said.
    Where its labels are kept they must: nothing else of it reaches the linear member.
    """
    origin = prepared.origin
    if origin is None or origin.model is None or origin.model.baseline is None:
        return None
    if not plan.keep_labels and too_sure(origin, prepared.keys).mean() > FEW_SEEN:
        return None
    kept = known_scores(prepared.task, origin.model.scorer.task) if plan.keep_labels else None
    some_new = kept is not None and bool((kept < 0).any())
    model, seen = origin.model.baseline, origin.model.seen
    answers = None if seen is None else partial(_scores_of, model=model, seen=seen)
    return EarlierModel(model, answers, kept if some_new else None)


def _scores_of(texts: Sequence[str], *, model: LinearModel, seen: SeenTexts) -> Floats:
    """The scores of texts, (texts, scores): of those it was trained on, by models that had not seen them.

    Of these texts it is far surer than of any other, so what is learned from its own scores holds for no other.
    """
    return seen.scores_of(texts, model.scores(texts))[0]
