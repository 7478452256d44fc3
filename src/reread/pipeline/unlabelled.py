"""Texts without labels that a model learns from: none that stands among the rows held out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.bundle import NETWORK
from reread.data.learnable import LearnableTexts
from reread.data.store import TextStore
from reread.data.subset import Subset
from reread.errors import ConfigError
from reread.pipeline.encoding import encode, text_settings
from reread.pipeline.plan import AUTO, Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.pretraining_plan import SHORT, can_be_pretrained
from reread.pipeline.splitting import LEAST_HELD_OUT, MOST_OF_FEW
from reread.recipes.spec import TrainingSettings
from reread.text.encoder import TextEncoder
from reread.text.language import language_by_script
from reread.train.listener import Note
from reread.train.objectives import objectives
from reread.train.state import Unlabelled
from reread.vectors.sources import WORD2VEC
from reread.wording import number_of

BY_ITSELF: Mapping[str, Any] = {
    "source": WORD2VEC,
    "algorithm": "skip_gram",
    "window": 10,
    "epochs": AUTO,
    "deterministic": True,
}
"""How word2vec learns where nothing says that it does."""
LEAST_MINUTES = 5.0  # of a run in which word2vec or a network learns from texts without being asked to
LEAST_ROWS = round(LEAST_HELD_OUT / MOST_OF_FEW)  # of fewer, too few are held out to judge a network by
SAMPLE = 1_000  # rows by whose length it is decided how texts are read
MOST = 50_000  # texts that are labelled and learned from, a sample if there are more


def check_unlabelled(plan: Plan, *, given: bool) -> None:
    """Refuse texts that nothing reads, and settings that need texts, before work on the data begins.

    Args:
        plan: what is trained.
        given: whether there are texts without targets.

    Raises:
        ConfigError: there are none, and a setting asks for them; or the other way round; or the objective learns
            nothing from them.
    """
    recipe, training = plan.recipe, plan.recipe.training
    readers = {
        "training.self_training": training.self_training,
        "training.unlabelled_batch": training.unlabelled_batch,
        "training.linear_self_training": training.linear_self_training is True,
    }
    for name, value in readers.items():
        if value and not given:
            raise ConfigError(f"{name} = {value} without texts to learn from; name some with unlabelled")
    if training.unlabelled_batch and not objectives.get(training.objective).reads_unlabelled:
        able = " or ".join(name for name in objectives.names() if objectives.get(name).reads_unlabelled)
        raise ConfigError(
            f"training.unlabelled_batch = {training.unlabelled_batch}: the objective {training.objective} learns "
            f"nothing from texts without targets; set training.objective to {able}"
        )
    if training.unlabelled_batch and not training.unlabelled_weight:
        raise ConfigError(
            f"training.unlabelled_batch = {training.unlabelled_batch} with training.unlabelled_weight = 0 reads texts "
            "that count for nothing; leave one of the two out"
        )
    if given and recipe.vectors.source != WORD2VEC and not (plan.pretrain_minutes is not None or any(readers.values())):
        steps = "set training.objective=mixed with training.unlabelled_batch=64"
        if plan.starts_elsewhere:
            raise ConfigError(
                f"nothing reads the unlabelled texts in a run that starts from another one: {steps}, or leave them out"
            )
        raise ConfigError(
            'nothing reads the unlabelled texts: set vectors.source = "word2vec", or set training.self_training=1, or '
            f"{steps}, or leave them out"
        )


def for_unlabelled(plan: Plan, *, given: bool, rows: Sequence[str] = ()) -> Plan:
    """The plan with what is on by itself where there are texts without targets.

    The linear member labels them. Where no setting says what else reads them, word2vec learns vectors from them, for
    the linear member; and for the network, unless texts are short, and rows and time enough: then it is pretrained.

    Args:
        plan: as the user set it.
        given: whether there are such texts.
        rows: the labelled texts; none: they are not known, or no network can be pretrained in this run.
    """
    training, vectors = plan.recipe.training, plan.recipe.vectors
    if training.linear_self_training != AUTO:
        return plan
    labels = given and plan.baseline and not training.self_training
    if labels and not (training.unlabelled_batch or vectors.source or plan.starts_elsewhere):
        plan = _reading(plan, rows)
    return plan.trained_by(replace(training, linear_self_training=labels and plan.pretrained is None))


def _reading(plan: Plan, rows: Sequence[str]) -> Plan:
    """The plan with what reads texts where nothing says what."""
    minutes, vectors = plan.recipe.training.minutes, replace(plan.recipe.vectors, **BY_ITSELF)
    has_time = minutes is None or minutes >= LEAST_MINUTES
    may_answer = len(rows) >= (1 if plan.answer == NETWORK else LEAST_ROWS)
    pretrains = has_time and may_answer and can_be_pretrained(plan.recipe.model) and _are_short(rows, plan)
    return replace(plan, recipe=replace(plan.recipe, vectors=vectors), pretrains_by_itself=pretrains)


def _are_short(rows: Sequence[str], plan: Plan) -> bool:
    some = Subset(rows, np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows)), dtype=np.int64))
    encoder = TextEncoder(text_settings(plan, some, unsaid))
    return sum(len(encoder.tokens(text)) for text in some) <= SHORT * len(some)


def learnable_texts(prepared: Prepared, unlabelled: Iterable[str], note: Note) -> LearnableTexts:
    """The texts but those of the rows held out; how many these are is said once."""
    return without(prepared.keys[prepared.validation], unlabelled, note)


def without(held_out: NDArray[np.uint64], unlabelled: Iterable[str], note: Note) -> LearnableTexts:
    """The texts but those with the keys of rows held out; how many these are is said once."""

    def told(left_out: int) -> None:
        if left_out:
            note(f"{number_of(left_out, 'unlabelled text')} left out, as the rows held out have them too")

    return LearnableTexts(unlabelled, held_out, told)


Drawn: TypeAlias = Callable[[], TextStore]
"""The new texts; they are read and drawn when they are first asked for."""


def drawn_once(prepared: Prepared, unlabelled: LearnableTexts | None, seed: int, note: Note) -> Drawn | None:
    """What gives `new_texts`, the same each time; None if there are no texts."""
    return None if unlabelled is None else cache(lambda: new_texts(prepared, unlabelled, seed, note))


def new_texts(prepared: Prepared, unlabelled: LearnableTexts, seed: int, note: Note) -> TextStore:
    """The texts that are not among the training rows, each once; at most `MOST`, drawn by the seed.

    Reads them once, in bounded memory.
    """
    kept, new = sample_of(unlabelled, prepared.keys[prepared.train], seed)
    read = unlabelled.read - unlabelled.left_out
    same = f"; {number_of(read - new, 'text')} known already" if read > new else ""
    drawn = f"; a sample of {len(kept):,} is used" if new > len(kept) else ""
    none = "" if new else "; none is new: nothing is learned from them"
    note(
        f"{number_of(read, 'unlabelled text')}{same}{drawn}{none}"
        if read
        else "no unlabelled text is left to learn from"
    )
    _tell_script(kept, prepared, note)
    return TextStore(kept)


def sample_of(unlabelled: LearnableTexts, known: NDArray[np.uint64], seed: int) -> tuple[list[str], int]:
    """Texts whose keys are not known, each once; at most `MOST`, drawn by the seed; and how many there are."""
    keys = set(known.tolist())
    random, kept = np.random.default_rng(seed), list[str]()
    new = 0
    for text, key in unlabelled.with_keys():
        if key in keys:
            continue
        keys.add(key)
        new += 1
        if len(kept) < MOST:
            kept.append(text)
        elif (place := int(random.integers(new))) < MOST:  # Vitter 1985, algorithm R
            kept[place] = text
    return kept, new


def _tell_script(texts: Sequence[str], prepared: Prepared, note: Note) -> None:
    """Warn of texts in another script than that of the rows: few of their words stand there."""
    own = prepared.encoder.settings.language
    found, detected = language_by_script(texts)
    if texts and (found == "zh") != (own == "zh"):
        script = detected.partition(":")[0]
        note(f"the unlabelled texts are of another language than the rows ({own}), so they teach little: {script}")


def encoded_unlabelled(prepared: Prepared, settings: TrainingSettings, drawn: Drawn | None) -> Unlabelled | None:
    """The ids of the texts that steps read beside the labelled ones; None if they read none."""
    if not settings.unlabelled_batch or drawn is None:
        return None
    texts = drawn()
    if not len(texts):
        return None
    encoded = encode(texts, prepared.encoder, settings, unsaid)
    return Unlabelled(encoded, encoded.lengths, settings.unlabelled_batch, settings.unlabelled_weight)


def unsaid(note: str) -> None:
    """Takes a note that would only repeat what was said of the labelled rows."""
    del note
