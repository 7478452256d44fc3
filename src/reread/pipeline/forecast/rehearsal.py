"""The pace of a run, measured on samples of its own rows with its own steps."""

from __future__ import annotations

import time
from dataclasses import replace

from reread.baseline.mean_vectors import GivenVectors
from reread.data.subset import Subset
from reread.pipeline.baseline import rehearsed_linear
from reread.pipeline.forecast.amounts import Amount, Pace
from reread.pipeline.forecast.growth import APART, Growth
from reread.pipeline.forecast.sample import sampled
from reread.pipeline.network import rehearsed
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.vectors import for_many_tokens, given_vectors, word2vec_settings
from reread.train.batches import CHUNK
from reread.vectors.sentences import Sentences
from reread.vectors.word2vec import choose_algorithm, passes, train_word2vec
from reread.vectors.word_vectors import WordVectors

SECONDS = 3.0  # of steps
HELD_OUT = 200_000  # words of the rows held out that are answered, at most
CHARACTERS = 600_000  # that the linear member learns from, enough to count as it counts many;
MANY_CHARACTERS = 7 * CHARACTERS  # then more of them, to see how its time grows,
PART = 0.25  # at most this part of them all,
LINEAR_SECONDS = 4.0  # and no more than take so long
GROWS = (1.0, 1.5)  # its time, by a power of the characters: on words by Zipf's law 1.24, from 0.6 to 42 million
FEATURES_GROW = (0.6, 1.0)  # n-grams that stand in several texts, likewise (Heaps 1978)
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
    return replace(linear, learning=learning, evaluating=evaluating, vectors=seconds, corpus=corpus)


def _word2vec(prepared: Prepared, plan: Plan, tokens: int) -> tuple[WordVectors, float, float]:
    """Vectors of a sample, seconds for each token of the corpus with all passes, and bytes of its file for each."""
    plan = for_many_tokens(plan, prepared)
    read = READ / passes(plan.recipe.vectors, tokens)
    some = sampled(prepared, max(1, round(read / _mean_length(prepared))), 0)
    asked = word2vec_settings(plan, min_count=1)
    asked = replace(
        asked,
        algorithm=choose_algorithm(asked, tokens, lambda _: None),
        epochs=passes(asked, tokens),
        min_count=1,  # of few texts, most words are rare, and as many are to be learned
    )
    sentences, started = Sentences(Subset(some.texts, some.train), some.encoder), time.monotonic()
    vectors = train_word2vec(sentences, asked, plan.recipe.training.threads)
    seconds, count = time.monotonic() - started, vectors.meta["tokens"]
    written = sum(len(" ".join(sentence).encode("utf-8", "surrogatepass")) + 1 for sentence in sentences)
    return vectors, seconds / count, written / count


def _linear(prepared: Prepared, plan: Plan, given: GivenVectors | None, amount: Amount) -> Pace:
    """The pace of the linear member, whose time grows faster than what it reads."""
    mean = max(1.0, prepared.fingerprint.characters / max(1, prepared.fingerprint.rows))

    def tried(characters: float) -> tuple[float, float, tuple[float, float, int]]:
        some = sampled(prepared, max(1, round(characters / mean)), 0)
        started = time.monotonic()
        read = sum(map(len, some.texts))
        seconds = time.monotonic() - started
        return read, seconds, rehearsed_linear(some, plan, given, stand_for=round(amount.linear))

    few, reading, first = tried(CHARACTERS)
    many, second = few, first
    wanted = min(MANY_CHARACTERS, PART * amount.linear, few * LINEAR_SECONDS / max(first[0], 1e-3))
    if wanted >= APART * few:
        many, reading, second = tried(wanted)
    grown = [
        Growth.through((few, less), (many, more), powers)
        for less, more, powers in zip(first, second, (GROWS, GROWS, FEATURES_GROW), strict=True)
    ]
    return Pace(learning=0.0, reading=reading / many, linear=grown[0], again=grown[1], features=grown[2])


def _mean_length(prepared: Prepared) -> float:
    """Tokens of a text."""
    return float(prepared.encoded.lengths.mean()) or 1.0
