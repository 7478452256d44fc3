"""The pace of a run, measured on a sample of its own rows with its own steps."""

from __future__ import annotations

from reread.baseline.mean_vectors import GivenVectors
from reread.pipeline.baseline import rehearsed_linear
from reread.pipeline.forecast.amounts import Amount, Pace
from reread.pipeline.forecast.sample import sampled
from reread.pipeline.network import rehearsed
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.vectors import for_many_tokens, given_vectors, rehearsed_word2vec
from reread.train.batches import CHUNK
from reread.vectors.word2vec import passes
from reread.vectors.word_vectors import WordVectors

SECONDS = 3.0  # of steps
HELD_OUT = 200_000  # words of the rows held out that are answered, at most
CHARACTERS = 600_000  # that the linear member learns from: enough to count as it counts many
READ = 300_000  # words that word2vec reads, all passes together


def rehearse(prepared: Prepared, plan: Plan, amount: Amount) -> Pace:
    """Do a little of everything that the run does with all rows.

    Args:
        prepared: all rows.
        plan: what is trained.
        amount: how much of it there is.

    Raises:
        RereadError: a part cannot be tried on so few rows.
    """
    vectors, seconds, corpus = _word2vec(prepared, plan, amount.vectors) if amount.vectors else (None, 0.0, 0.0)
    linear = Pace(learning=0.0)
    if amount.linear:
        given = None if plan.recipe.vectors.source is None else given_vectors(prepared, plan, vectors)
        linear = _linear(prepared, plan, given, amount)
    words = _mean_length(prepared)
    texts = CHUNK * int(plan.recipe.training.batch_size)  # sorted by their lengths together
    some = sampled(prepared, texts, max(1, round(HELD_OUT / words)))
    learning, evaluating = rehearsed(some, plan, SECONDS)
    return Pace(
        learning=learning,
        evaluating=evaluating,
        linear=linear.linear,
        again=linear.again,
        features=linear.features,
        characters=linear.characters,
        vectors=seconds,
        corpus=corpus,
    )


def _word2vec(prepared: Prepared, plan: Plan, tokens: int) -> tuple[WordVectors, float, float]:
    plan = for_many_tokens(plan, prepared)
    read = READ / passes(plan.recipe.vectors, tokens)
    some = sampled(prepared, max(1, round(read / _mean_length(prepared))), 0)
    return rehearsed_word2vec(some, plan, tokens)


def _linear(prepared: Prepared, plan: Plan, given: GivenVectors | None, amount: Amount) -> Pace:
    mean = prepared.fingerprint.characters / max(1, prepared.fingerprint.rows)
    some = sampled(prepared, max(1, round(CHARACTERS / max(1.0, mean))), 0)
    characters = sum(map(len, some.texts))
    seconds, again, features = rehearsed_linear(some, plan, given, stand_for=round(amount.linear))
    return Pace(
        learning=0.0,
        linear=seconds / characters,
        again=again / characters,
        features=features,
        characters=characters,
    )


def _mean_length(prepared: Prepared) -> float:
    """Tokens of a text."""
    return float(prepared.encoded.lengths.mean()) or 1.0
