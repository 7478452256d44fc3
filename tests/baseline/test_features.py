"""Which n-grams are counted, and what they weigh."""

from __future__ import annotations

import numpy as np
import pytest

from reread.baseline import features as module
from reread.baseline.features import Features
from reread.baseline.fitters import problems_of
from reread.tasks import tasks
from support.linear import FOLD, LABELS, TEXTS, dense, named_counts, names, ones

TASK = tasks.get("classification").fit(LABELS)


@pytest.mark.parametrize(("language", "kinds"), [("en", ("words", "characters")), ("fr", ("words", "characters")), ("zh", ("characters",))])  # fmt: skip
def test_a_language_has_its_kinds(language: str, kinds: tuple[str, ...]) -> None:
    features = Features.learn(TEXTS, language, 1000)
    assert features.kinds == kinds
    assert len(features) == sum(map(len, features.known)) > 0
    assert features.numbers == sum((dense(counts) > 0).sum() for counts in features.counts)


def test_of_few_texts_every_n_gram_counts_and_of_more_those_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["a film", "a film", "rare rare"]
    assert ("rare",) in names("words", Features.learn(texts, "en", 1000).known[0])
    monkeypatch.setattr(module, "FEW_CHARACTERS", 10)
    features = Features.learn(texts, "en", 1000)
    assert sorted(names("words", features.known[0])) == [("", "a"), ("a",), ("a", "film"), ("film",), ("film", "")]
    assert all((counts.frequencies() >= 2).all() for counts in features.counts)


def test_of_very_many_characters_words_alone_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Features.learn(TEXTS, "en", 1000).limits == ()
    monkeypatch.setattr(module, "MAX_FOR_CHARACTER_GRAMS", 10)
    features = Features.learn(TEXTS, "en", 1000)
    assert features.kinds == ("words",)
    assert features.limits == ("no n-grams of characters, as the texts have more than 10 characters",)
    features = Features.learn(["很好", "不好"] * 9, "zh", 1000)
    assert (features.kinds, features.limits) == (("characters",), ())


def test_the_most_frequent_ones_are_kept_an_equal_share_of_each_kind() -> None:
    features = Features.learn(["b a a a", "b c", "b d", "c d", "c"], "en", 6)
    assert [len(each) for each in features.known] == [3, 3]
    assert sorted(names("words", features.known[0])) == [("", "b"), ("b",), ("c",)]  # of most texts, not most often
    assert [counts.width for counts in features.counts] == [3, 3]


def test_counts_are_damped_and_in_the_order_of_the_n_grams() -> None:
    texts = ["good good good film", "film"]
    features = Features.learn(texts, "en", 1000)
    for kind, known, counts in zip(features.kinds, features.known, features.counts, strict=True):
        expected = named_counts(kind, known, texts)
        for text, row in enumerate(dense(counts)):
            found = {name: value for name, value in zip(names(kind, known), row.tolist(), strict=True) if value}
            assert found == pytest.approx({name: 1 + np.log(count) for name, count in expected[text].items()})


def test_a_text_s_features_have_length_1_for_each_kind() -> None:
    features, rows = Features.learn(["", *TEXTS], "en", 1000), np.array([0, 5, 5, 1])
    every = np.arange(1 + len(TEXTS))
    problems = problems_of(TASK, TASK.encode(["pos", *LABELS]), ones(len(every)))
    scales = features.scales(every, problems, ones(len(every)))
    assert [len(scale) for scale in scales] == [counts.width for counts in features.counts]
    whole = dense(features.weighed(rows, scales))
    assert whole.shape == (4, len(features))
    assert (whole**2).sum(axis=1) == pytest.approx([0, 2, 2, 2], rel=1e-5)
    assert np.array_equal(whole[1], whole[2])


def test_what_features_tell_is_learned_from_some_texts_and_their_frequencies_from_all() -> None:
    features, rest = Features.learn(TEXTS, "en", 1000), np.flatnonzero(FOLD != 0)
    targets, weights = TASK.encode(LABELS), ones(len(TEXTS))

    def scales(rows: np.ndarray, of: np.ndarray) -> list[np.ndarray]:
        return list(features.scales(rows, problems_of(TASK, of[rows], weights[rows]), weights[rows]))

    flipped = targets.copy()
    flipped[FOLD == 0] = 1 - flipped[FOLD == 0]
    assert all(map(np.array_equal, scales(rest, targets), scales(rest, flipped)))
    assert not np.array_equal(scales(np.arange(24), targets)[0], scales(np.arange(24), flipped)[0])
    taken = features.take(rest)
    assert not np.array_equal(taken.scales(np.arange(len(rest)), problems_of(TASK, targets[rest], weights[rest]), weights[rest])[0], scales(rest, targets)[0])  # fmt: skip
