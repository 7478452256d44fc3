"""The linear member of a training run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from reread.baseline.choosing import OutOfFold
from reread.baseline.cross_validation import Chosen, Solution
from reread.baseline.decided import Beside
from reread.baseline.earlier_scores import base_kind
from reread.baseline.folds import folds_of
from reread.baseline.linear import LinearModel
from reread.baseline.mean_vectors import KIND, GivenVectors
from reread.baseline.self_training import TextsToLabel
from reread.baseline.stored import baseline_from_parts
from reread.baseline.training import LinearFit, fit_linear
from reread.data.subset import Subset, take
from reread.data.weighted_rows import WeightedRows
from reread.files import whole_file
from reread.machine import available_cores
from reread.pipeline.earlier_linear import earlier_linear
from reread.pipeline.network import Offsets
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Run
from reread.pipeline.unlabelled import Drawn
from reread.pipeline.vectors import given_vectors
from reread.vectors.word_vectors import WordVectors
from reread.wording import number_of

MOST_SCORES = 32_000_000  # of all texts, that are worth keeping for models that start from this one: 64 MB
SHARE = 0.5  # of a run's remaining time that the linear member may take: it answers, and the network may not


@dataclass(frozen=True)
class LinearMember:
    """The linear member.

    Attributes:
        model: what answers: trained on all rows, those held out too, if the model answers with it.
        scores: of the rows by models that have not seen them.
    """

    model: LinearModel
    scores: Offsets

    @property
    def platt_scaled(self) -> bool:
        """Whether cross-validation has made its scores about as sure as they should be."""
        return bool(self.model.platt_scaling)


def linear_member(
    prepared: Prepared,
    plan: Plan,
    run: Run,
    trained: WordVectors | None = None,
    drawn: Drawn | None = None,
) -> LinearMember | None:
    """The linear member, and the scores of all rows by models that have not seen them; None if none is wanted.

    Its figures, the weights of the stack and all that the network learns from come from scores before the model is
    trained again on all rows, so what it learns from the rows held out influences no choice. The network cannot do the
    same, since these rows choose its best step. If it read only a sample, or in little time, it is not trained again.

    If the run keeps it in a file, it is written there once; the other workers and a resumed run read it.

    Args:
        prepared: the rows.
        plan: what is trained.
        run: how.
        trained: the vectors that word2vec has made, if any.
        drawn: texts that it labels and learns from, if the settings say so.
    """
    together = bool(plan.recipe.training.offset)  # all workers need what is added to the network's scores
    if not plan.baseline or not (together or run.workers.leads):
        return None
    kept = run.linear
    if kept is None:
        return _make(prepared, plan, run, trained, drawn)
    if run.workers.leads:
        if _is_kept(kept, plan):
            run.listener.on_note("the linear member was trained before")
        else:
            _write(_make(prepared, plan, run, trained, drawn), plan, kept)
    if together:
        run.workers.agree(stop=False)  # the others wait here for the file
    return _read(kept)


def _make(prepared: Prepared, plan: Plan, run: Run, trained: WordVectors | None, drawn: Drawn | None) -> LinearMember:
    run.listener.on_stage("training the linear member")
    learned = prepared.weighted(prepared.train)
    end = run.share_of_time(SHARE, len(prepared.texts))
    vectors = given_vectors(prepared, plan, trained)
    beside: Beside | None = earlier_linear(prepared, plan)
    if drawn is not None and plan.recipe.training.linear_self_training is True:
        beside = _beside_texts(drawn, prepared, run, beside)
    first = _choose(prepared, plan, learned, end, vectors=vectors, beside=beside)
    of_held_out = first.model.scores(Subset(prepared.texts, prepared.validation))
    model = first.model
    if not run.teaches and _learns_again(model, len(learned.rows), prepared, plan, end):
        everything = prepared.weighted(np.arange(len(prepared.texts)))
        kept = vectors if model.reads_vectors else None
        again = None if beside is None else beside.again(model)
        model = _fit(prepared, plan, everything, None, known=model, vectors=kept, beside=again).model
        model.facts["seconds"] = round(model.facts["seconds"] + first.model.facts["seconds"], 2)
    run.listener.on_note(described(model))
    inside = np.zeros((0, prepared.task.size), np.float32) if first.out_of_fold is None else first.out_of_fold
    return LinearMember(model, Offsets(inside, of_held_out))


def rehearsed_linear(
    prepared: Prepared, plan: Plan, vectors: GivenVectors | None, stand_for: int
) -> tuple[float, float, int]:
    """How long the linear member takes on a sample of the rows.

    Args:
        prepared: the sample.
        plan: what is trained.
        vectors: what it learns from beside n-grams.
        stand_for: characters of all the texts that it will learn from.

    Returns:
        Seconds with cross-validation, seconds without, and how many n-grams it counted.
    """
    learned = prepared.weighted(prepared.train)
    first = _choose(prepared, plan, learned, None, vectors=vectors, beside=None, stand_for=stand_for).model
    again = _fit(prepared, plan, learned, None, known=first, vectors=vectors, beside=None, stand_for=stand_for).model
    return first.facts["seconds"], again.facts["seconds"], first.facts["features"]


def _beside_texts(drawn: Drawn, prepared: Prepared, run: Run, earlier: Beside | None) -> Beside | None:
    """The texts that the linear member labels and learns from; if it cannot, a note, and the earlier one, if any."""
    if earlier is not None or not prepared.task.can_abstain:
        why = "that is for one class a text" if earlier is None else "it starts from an earlier one"
        run.listener.on_note(f"the linear member labels no texts: {why}")
        return earlier
    return TextsToLabel(drawn())


def _learns_again(model: LinearModel, given: int, prepared: Prepared, plan: Plan, end: float | None) -> bool:
    """Whether the rows held out are worth training again: a sample of the rows would be no larger with them.

    It takes less time than the first training, which also chose the strengths.
    """
    if not plan.answers_linearly or not len(prepared.validation):
        return False
    in_time = end is None or time.monotonic() + model.facts["seconds"] < end
    return in_time and bool(model.facts["rows"] == given)


def described(model: LinearModel) -> str:
    """What was counted, chosen and left out, in one line."""
    sizes = {kind: len(each) for kind, each in zip(model.kinds, model.known, strict=True) if kind == base_kind(kind)}
    words = sizes.pop(KIND, 0)
    vectors = f", vectors of {words:,} words" if words else ""
    how = "mixed with the" if model.mixture else "beside the"
    earlier = f", {how} scores of the earlier linear member" if model.earlier else ""
    taught = f", taught by itself on {number_of(model.facts['unlabelled'], 'text')}" if model.teacher else ""
    counted = f"{sum(sizes.values()):,} n-grams of {' and '.join(sizes)}{vectors}{earlier}{taught}"
    losses, seconds = ", ".join(map(_solution, model.chosen)), number_of(round(model.facts["seconds"]), "second")
    limits = f"; {model.limits}" if model.limits else ""
    return f"linear member: {counted}, {losses}; {seconds}{limits}"


def _solution(chosen: Chosen) -> str:
    return " and ".join(f"{loss.replace('_', ' ')} loss of strength {_range(each)}" for loss, each in chosen.items())


def _range(strengths: Sequence[float]) -> str:
    low, high = min(strengths), max(strengths)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _choose(
    prepared: Prepared,
    plan: Plan,
    learned: WeightedRows,
    deadline: float | None,
    *,
    vectors: GivenVectors | None,
    beside: Beside | None,
    stand_for: int | None = None,
) -> LinearFit:
    """Train a linear model with the features and strengths that cross-validation chooses."""
    groups = None if prepared.groups is None else take(prepared.groups, learned.rows)
    strata, seed = prepared.task.stratum(learned.targets), plan.recipe.training.seed
    fold = folds_of(prepared.keys[learned.rows], strata, groups, seed=seed)
    return _fit(prepared, plan, learned, deadline, vectors=vectors, beside=beside, fold=fold, stand_for=stand_for)


def _fit(
    prepared: Prepared,
    plan: Plan,
    learned: WeightedRows,
    deadline: float | None,
    *,
    vectors: GivenVectors | None,
    beside: Beside | None,
    fold: NDArray[np.int64] | None = None,
    known: LinearModel | None = None,
    stand_for: int | None = None,
) -> LinearFit:
    """Train a linear model, with the strengths of one that is known."""
    settings = plan.recipe.training
    return fit_linear(
        Subset(prepared.texts, learned.rows),
        learned.targets,
        prepared.task,
        prepared.encoder.settings.language,
        weights=learned.weights,
        vectors=vectors,
        beside=beside,
        fold=fold,
        known=None if known is None else Solution(known.chosen, known.platt_scaling),
        out_of_fold=_out_of_fold(prepared, plan) if known is None else "unasked",
        seed=settings.seed,
        deadline=deadline,
        threads=settings.threads or available_cores(),
        stand_for=stand_for,
        memory=settings.memory_share,
    )


def _out_of_fold(prepared: Prepared, plan: Plan) -> OutOfFold:
    """A network on top of the linear member needs scores of texts that it has not seen; the folder keeps cheap ones."""
    if plan.recipe.training.offset:
        return "best"
    return "cheap" if len(prepared.texts) * prepared.task.size <= MOST_SCORES else "unasked"


def kept_scores(member: LinearMember | None, texts: int) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The scores of training rows and of those held out by models that had not seen them, for the model folder.

    Args:
        member: the linear member.
        texts: how many rows it learned from.
    """
    if member is None or len(member.scores.train) != texts or member.scores.train.size > MOST_SCORES:
        return None
    return member.scores.train, member.scores.validation


def _is_kept(path: Path, plan: Plan) -> bool:
    """Whether the file holds the member that this plan wants: a run can be resumed to answer with something else."""
    if not path.exists():
        return False
    with safe_open(path, framework="numpy") as file:
        return (file.metadata() or {}).get("answers") == json.dumps(plan.answers_linearly)


def _write(member: LinearMember, plan: Plan, path: Path) -> None:
    arrays = {f"model.{name}": array for name, array in member.model.arrays().items()}
    scores = {"train": member.scores.train, "validation": member.scores.validation}
    with whole_file(path) as part:
        facts = {"description": member.model.description(), "answers": plan.answers_linearly}
        save_file({**arrays, **scores}, part, {name: json.dumps(fact) for name, fact in facts.items()})


def _read(path: Path) -> LinearMember:
    with safe_open(path, framework="numpy") as file:
        description = json.loads((file.metadata() or {})["description"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
    model = {name.removeprefix("model."): array for name, array in arrays.items() if name.startswith("model.")}
    return LinearMember(baseline_from_parts(description, model), Offsets(arrays["train"], arrays["validation"]))
