"""A run that pretrains its own network first, on the texts of its training rows and those without labels."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reread.data.learnable import LearnableTexts
from reread.data.subset import Subset
from reread.errors import ConfigError, DataError
from reread.pipeline.encoding import text_settings
from reread.pipeline.origin import Origin
from reread.pipeline.plan import Plan
from reread.pipeline.pretraining import pretrain
from reread.pipeline.pretraining_corpus import prepare_corpus
from reread.pipeline.pretraining_plan import BAG, PretrainingPlan, check_network, for_pretraining
from reread.pipeline.run import Run
from reread.pipeline.unlabelled import sample_of
from reread.pretrained import Pretrained, read_pretrained, save_pretrained

SHARE = 0.3  # of a run's remaining time that pretraining may take where nobody asked for it
MOST_TOKENS = 3_000_000  # that it reads then, in all passes


class Texts:
    """The training rows' texts, then those without labels; can be iterated several times, in bounded memory."""

    def __init__(self, rows: Subset[str], unlabelled: Iterable[str] | None) -> None:
        self._rows, self._unlabelled = rows, unlabelled

    def __iter__(self) -> Iterator[str]:
        yield from self._rows
        yield from self._unlabelled or ()


def check_pretraining(plan: Plan, workers: int = 1) -> None:
    """Refuse to pretrain first where that cannot be, before work on the data begins.

    Raises:
        ConfigError: the run starts from something else, has a vocabulary of its own in each round, has no time left
            to train in, or is of several processes; or the network knows the words to predict.
    """
    minutes, recipe = plan.pretrain_minutes, plan.recipe
    if minutes is None:
        return
    asked = f"pretrain_minutes = {minutes:g}"
    if not minutes > 0:
        raise ConfigError(f"{asked}: expected more than 0")
    if plan.pretrained is not None:
        raise ConfigError(f"{asked}: the run starts from {plan.pretrained} already; leave one of the two out")
    if recipe.vectors.source is not None:
        raise ConfigError(
            f"{asked}: a pretrained network brings its own word vectors, and vectors.source = {recipe.vectors.source} "
            "others; leave one of the two out"
        )
    if recipe.training.self_training:
        raise ConfigError(
            f"{asked}: the rounds of training.self_training = {recipe.training.self_training} count a vocabulary of "
            "their own, which a pretrained network does not fit; leave one of the two out"
        )
    if recipe.training.minutes is not None and recipe.training.minutes <= minutes:
        raise ConfigError(
            f"{asked} of {recipe.training.minutes:g} minutes in all leaves none to train in; pretrain for less"
        )
    if workers > 1:
        raise ConfigError(f"{asked} in {workers} processes; train in one process, or pretrain before (reread pretrain)")
    check_network(recipe.model)


def pretrained_first(
    rows: Subset[str], keys: NDArray[np.uint64], unlabelled: LearnableTexts | None, plan: Plan, run: Run
) -> Origin | None:
    """Pretrain on texts, or take what an interrupted run has pretrained.

    Args:
        rows: the texts of the training rows,
        keys: and their `text_keys`, (rows,).
        unlabelled: texts without labels, none of which stands among the rows held out.
        plan: with the minutes of pretraining if it is asked for, and the choices of the machine made.
        run: how the training is carried out.

    Returns:
        The network to start from; None: nobody asked for it, and the texts do not suffice, or none of them is new.

    Raises:
        DataError: there are too few texts, or too few words in them.
        TrainingError: the loss is not finite, or the memory does not suffice.
    """
    if run.pretrained is not None and run.pretrained.exists():
        run.listener.on_note("the network was pretrained before the interruption")
        return Origin.of_network(read_pretrained(run.pretrained))
    others: Iterable[str] | None = unlabelled
    if plan.pretrains_by_itself and unlabelled is not None:
        others, new = sample_of(unlabelled, keys, plan.recipe.training.seed)  # a damaged file ends the run
        if not new:
            return None
    try:
        made = _pretrain(rows, others, plan, run)
    except DataError as error:
        if not plan.pretrains_by_itself:
            raise
        run.listener.on_note(f"nothing is pretrained: {error}")
        return None
    run.listener.on_note(
        f"pretrained in {made.config.training['steps']:,} steps: perplexity {made.config.perplexity:,.1f} on texts of "
        f"these held out, of the words' frequencies alone {made.config.unigram_perplexity:,.1f}"
    )
    if plan.pretrains_by_itself and not learned(made.config.perplexity, made.config.unigram_perplexity):
        run.listener.on_note("that is no better than the frequencies: the network does not start from it")
        return None
    if run.pretrained is not None:
        save_pretrained(made, run.pretrained)
        if run.pretraining is not None:
            run.pretraining.unlink(missing_ok=True)
    return Origin.of_network(made)


def learned(perplexity: float, of_frequencies: float) -> bool:
    """Whether a network predicts words better than their frequencies alone."""
    return perplexity < of_frequencies


def _pretrain(rows: Subset[str], unlabelled: Iterable[str] | None, plan: Plan, run: Run) -> Pretrained:
    """What `reread pretrain` does, by the recipe of the run; the rows say how texts are split."""
    now = time.monotonic()
    recipe = replace(plan.recipe, text={**plan.recipe.text, **plan.text})
    language = text_settings(plan, rows, run.listener.on_note).language
    asked = PretrainingPlan(recipe=for_pretraining(recipe), language=language)
    deadline: float | None
    if plan.pretrain_minutes is not None:
        deadline = now + 60 * plan.pretrain_minutes
        run.listener.on_note(f"pretraining for {plan.pretrain_minutes:g} minutes:")
    else:
        deadline = None if run.deadline is None else now + SHARE * (run.deadline - now)
        asked = replace(asked, predict=BAG, most_tokens=MOST_TOKENS)
        run.listener.on_note("the texts are short, so the network is pretrained on them:")
    corpus = prepare_corpus(Texts(rows, unlabelled), asked, run.listener)
    checkpoint = run.pretraining
    resumed = checkpoint is not None and checkpoint.exists()
    own = Run(listener=run.listener, checkpoint=checkpoint, resume=resumed, deadline=deadline, saving=0.0)
    return pretrain(corpus, asked, own)
