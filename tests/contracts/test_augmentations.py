"""Every augmentation gives texts that training can read, from the draws of the step alone, and touches nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.text.encoder import TextEncoder, TextSettings
from reread.train.augment import Augment, Words, augmentations, build_augment
from reread.train.listener import Progress, Silent
from reread.train.loop import Trainer
from reread.typing import override
from reread.vectors.word_vectors import WordVectors
from support import tiny

ENGLISH = [
    "A lovely film! The story was warm, the music clever. Would watch again?",
    "The tedious story was longer than the film... What a tedious evening.",
    "Clever music, lovely story. A warm evening!",
]
CHINESE = ["这部电影很好看。音乐很好！", "味道很差？电影很难看。", "音乐很好，味道很好。"]
LANGUAGES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "words": (ENGLISH, {"language": "en"}),
    "pairs of words": (ENGLISH, {"language": "en", "ngrams": 2}),
    "Chinese words": ([*CHINESE, "film 很好看！ film music。"], {"language": "zh", "segmenter": "chinese"}),
    "character pairs": ([*CHINESE, *ENGLISH], {"language": "zh"}),
    "triples of characters": (CHINESE, {"language": "zh", "segmenter": "characters", "ngrams": 3}),
}
WITHOUT = {("spelling", "character pairs"), ("spelling", "triples of characters")}  # refused, as tested elsewhere
OFTEN = {"rate": 0.9}  # so that hardly any text stays as it is
CASES = [(name, kind) for name in augmentations for kind in LANGUAGES if (name, kind) not in WITHOUT]
every_case = pytest.mark.parametrize(("name", "kind"), CASES)


@cache
def words(kind: str) -> Words:
    texts, changes = LANGUAGES[kind]
    options = {"segmenter_options": {"punctuation": True}} if changes.get("segmenter") == "chinese" else {}
    encoder = TextEncoder.learn(TextSettings.for_language(**{"min_count": 1, **options, **changes}), texts)
    known = encoder.vocabularies[0].tokens[:-1]  # one word has no vector
    numbers = np.random.default_rng(0).normal(size=(len(known), 4)).astype(np.float32)
    return Words(encoder, WordVectors(known, numbers))


def augment(name: str, kind: str, **options: Any) -> Augment:
    made = build_augment({name: {**OFTEN, **options}}, words(kind))
    assert made is not None
    return made


def texts_of(kind: str) -> list[np.ndarray]:
    texts = LANGUAGES[kind][0]
    return [words(kind).encoder.encode(text) for text in [*texts, texts[0][:1], "", "§ ¶ ¤"]]


def same(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(map(np.array_equal, some, others))


@every_case
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_texts_stay_texts_of_known_and_unknown_tokens(name: str, kind: str, seed: int) -> None:
    texts, encoder = texts_of(kind), words(kind).encoder
    given_ids = [text.copy() for text in texts]
    changed = augment(name, kind)(texts, np.random.default_rng(seed))
    assert same(texts, given_ids)
    for text, before in zip(changed, texts, strict=True):
        assert text.dtype == np.int32
        assert 1 <= len(text) <= len(before)
        assert text.shape[1] == encoder.features
        for column, vocabulary in zip(text.T, encoder.vocabularies, strict=True):
            assert 0 <= column.min() <= column.max() < len(vocabulary)
        np.testing.assert_array_equal(encoder.with_ngrams(text[:, 0]), text)  # those of the tokens as they now stand


@every_case
def test_texts_change_and_equal_draws_change_them_equally(name: str, kind: str) -> None:
    texts, changing = texts_of(kind), augment(name, kind)
    outcomes = [changing(texts, np.random.default_rng(seed)) for seed in range(30)]
    again = [augment(name, kind)(texts, np.random.default_rng(seed)) for seed in range(30)]
    assert all(map(same, outcomes, again))
    assert not all(same(outcome, texts) for outcome in outcomes)
    assert not all(same(outcome, outcomes[0]) for outcome in outcomes)


@every_case
def test_a_rate_of_nothing_changes_nothing(name: str, kind: str) -> None:
    texts = texts_of(kind)
    changed = augment(name, kind, rate=0)(texts, np.random.default_rng(0))
    assert all(text is before for text, before in zip(changed, texts, strict=True))


@pytest.mark.parametrize("kind", LANGUAGES)
def test_the_n_grams_of_a_text_are_those_that_the_encoder_finds(kind: str) -> None:
    encoder = words(kind).encoder
    for text in texts_of(kind):
        np.testing.assert_array_equal(encoder.with_ngrams(text[:, 0]), text)


class KilledError(Exception):
    """The process is gone: nothing is written any more."""


class AtStep(Silent):
    """Does something after a step."""

    def __init__(self, step: int, do: Callable[[], None]) -> None:
        self.step, self.do = step, do

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if state.step == self.step:
            self.do()


def killed() -> None:
    raise KilledError


def tiny_words() -> Words:
    """Those of `tiny.texts`: words of four letters and a point, which ends sentences."""
    known = [*(f"word{chr(97 + k)}" for k in range(tiny.WORDS - 2)), "."]
    encoder = TextEncoder.learn(TextSettings.for_language("en", min_count=1), known)
    assert len(encoder.vocabularies[0]) == tiny.WORDS
    numbers = np.random.default_rng(0).normal(size=(len(known), 4)).astype(np.float32)
    return Words(encoder, WordVectors(tuple(known), numbers))


def a_run(options: Mapping[str, Mapping[str, Any]], **more: Any) -> Trainer:
    rows = replace(tiny.texts(), augment=build_augment(options, tiny_words()))
    return tiny.trainer(rows=rows, epochs=1, window=6, **more)  # some texts are longer


@pytest.mark.parametrize("name", augmentations.names())
def test_a_run_that_was_killed_goes_on_to_the_same_weights(name: str) -> None:
    expected = a_run({name: OFTEN})
    expected.run()
    plain = a_run({})
    plain.run()
    assert not torch.equal(expected.net.head[-1].weight, plain.net.head[-1].weight)
    with tempfile.TemporaryDirectory() as folder:
        more: dict[str, Any] = {"checkpoint": Path(folder) / "checkpoint", "checkpoint_seconds": 0.0}
        with pytest.raises(KilledError):
            a_run({name: OFTEN}, listener=AtStep(3, killed), **more).run()
        last = a_run({name: OFTEN}, **more)
        last.resume()
        assert 0 < last.state.step < 5
        last.run()
    tiny.assert_same_run(last, expected)
