"""Texts without labels → what a language model reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import compress, islice

import numpy as np
from numpy.typing import NDArray

from reread.data.fingerprint import Fingerprint, FingerprintBuilder
from reread.data.split import split_rows, text_keys
from reread.errors import DataError
from reread.pipeline.pretraining_plan import PretrainingPlan
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.train.language_modelling import Stretches
from reread.train.listener import Listener
from reread.wording import number_of, of_each_feature

HELD_OUT, MOST_HELD_OUT = 0.05, 1_000  # of the texts, to measure the perplexity on
MEASURED_TOKENS = 20_000  # of these, at most: each is scored against every word of the vocabulary
LANGUAGE_SAMPLE = 1_000  # texts that decide the language
COUNTED = 1_000_000  # ids counted at a time


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What a language model reads.

    Attributes:
        encoder: text → ids, with the vocabulary of the texts to train on.
        train: what it learns from.
        held_out: what its perplexity is measured on.
        counts: how often each token occurs in the texts to train on, the unknown one first; for each feature.
        fingerprint: of all texts.
        texts: to train on.
        tokens: of these.
    """

    encoder: TextEncoder
    train: Stretches
    held_out: Stretches
    counts: list[NDArray[np.int64]] = field(repr=False)
    fingerprint: Fingerprint
    texts: int
    tokens: int


def prepare_corpus(texts: Iterable[str], plan: PretrainingPlan, listener: Listener) -> Corpus:
    """Hold out some texts, count the vocabulary, and turn texts into ids.

    Args:
        texts: can be iterated several times; never all in memory.
        plan: what to pretrain.
        listener: is told how it goes.

    Raises:
        DataError: there are too few texts, or too few words in them.
    """
    training, note = plan.recipe.training, listener.on_note
    listener.on_stage("reading the texts")
    settings = _text_settings(texts, plan, listener)
    builder = FingerprintBuilder(("text",))
    keys = text_keys(_seen(texts, builder))
    held_out = split_rows(keys, fraction=min(HELD_OUT, MOST_HELD_OUT / len(keys)), seed=training.seed)
    listener.on_stage("counting the vocabulary")
    encoder = TextEncoder.learn(settings, compress(texts, ~held_out))
    if len(encoder.vocabularies[0]) == 1:
        raise DataError(f"no word occurs {settings.min_count} times; set text.min_count=1, or read more texts")
    listener.on_stage("turning texts into ids")
    encoded = encoder.encode_many(texts, threads=training.threads or 1)
    rows = np.flatnonzero(~held_out)
    measured = np.random.default_rng(training.seed).permutation(np.flatnonzero(held_out))
    train, watched = (Stretches(encoded, some, training.window) for some in (rows, measured))
    for some, what in ((train, "to train on"), (watched, "held out")):
        if not len(some):
            raise DataError(f"no text {what} has two tokens, so there is no next word to predict; read more texts")
    tokens = int(encoded.lengths[rows].sum())
    vocabulary = of_each_feature([f"{len(each):,}" for each in encoder.vocabularies], "")
    note(f"{number_of(len(rows), 'text')} of {tokens:,} tokens to train on, {int(held_out.sum()):,} held out")
    note(f"vocabulary of {vocabulary} from them; {encoded.unknown_rate:.1%} of the tokens are not in it")
    return Corpus(
        encoder=encoder,
        train=train,
        held_out=watched.within(MEASURED_TOKENS),
        counts=_counts(encoder, encoded, held_out),
        fingerprint=builder.finish(),
        texts=len(rows),
        tokens=tokens,
    )


def _text_settings(texts: Iterable[str], plan: PretrainingPlan, listener: Listener) -> TextSettings:
    settings = dict(plan.recipe.text)
    language = plan.language or settings.pop("language", None)
    settings.pop("language", None)
    if language is None:
        language, detected = language_by_script(list(islice(texts, LANGUAGE_SAMPLE)))
        listener.on_note(detected)
    return TextSettings.for_language(language, **settings)


def _seen(texts: Iterable[str], builder: FingerprintBuilder) -> Iterator[str]:
    """The texts, added to their fingerprint on the way.

    Raises:
        DataError: there is none.
    """
    none = True
    for text in texts:
        builder.add(text, ())
        none = False
        yield text
    if none:
        raise DataError("no row has a text to learn from")


def _counts(encoder: TextEncoder, texts: EncodedTexts, left_out: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """How often each id occurs in all texts but some, for each feature."""
    counts = [np.zeros(len(vocabulary), dtype=np.int64) for vocabulary in encoder.vocabularies]
    for begin in range(0, len(texts.ids), COUNTED):
        _count(counts, texts.ids[begin : begin + COUNTED], 1)
    for row in np.flatnonzero(left_out).tolist():
        _count(counts, texts[row], -1)
    return counts


def _count(counts: list[NDArray[np.int64]], ids: NDArray[np.int32], times: int) -> None:
    for k, total in enumerate(counts):
        total[:] += times * np.bincount(ids[:, k], minlength=len(total))
