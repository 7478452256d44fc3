"""Training word vectors: that they mean something, are gensim's, are told about, and can be repeated."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, Word2Vec

from reread.errors import ConfigError, DataError, MissingExtraError
from reread.machine import available_cores
from reread.recipes.spec import VectorSettings
from reread.vectors import word2vec
from reread.vectors.corpus import CorpusWriter
from reread.vectors.word2vec import train_word2vec
from reread.vectors.word_vectors import WordVectors
from support.meadow import MEADOW, meadow

ONE = {"deterministic": True, "dim": 16, "min_count": 1}


def trained(sentences: Any = None, **settings: Any) -> WordVectors:
    return train_word2vec(sentences or meadow(), VectorSettings(**{**ONE, **settings}))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "settings",
    [{"algorithm": "cbow"}, {"algorithm": "skip_gram"}, {"algorithm": "cbow", "hierarchical_softmax": True}, {"algorithm": "skip_gram", "hierarchical_softmax": True}],
    ids="-".join,
)  # fmt: skip
def test_neighbours_are_words_that_keep_the_same_company(settings: dict[str, Any], language: str) -> None:
    vectors = trained(meadow(language=language), epochs=15, sample=0, learning_rate=0.05, **settings)
    for company in MEADOW[language]:
        for word in company:
            assert {other for other, _ in vectors.neighbours(word, 7)} == {*company} - {word}


@pytest.mark.parametrize("algorithm", ["cbow", "skip_gram"])
def test_the_numbers_are_those_of_gensim_called_directly(tmp_path: Path, algorithm: str) -> None:
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(map(" ".join, meadow())) + "\n", encoding="utf-8")
    ours = trained(algorithm=algorithm, epochs=1, window=3, negative=7, seed=5, min_count=2)
    theirs = Word2Vec(
        corpus_file=str(file), sg=algorithm == "skip_gram", vector_size=16, epochs=1, window=3, negative=7, seed=5,
        min_count=2, workers=1,
    ).wv  # fmt: skip
    assert list(ours.words) == theirs.index_to_key
    np.testing.assert_array_equal(ours.matrix, theirs.vectors)


def test_unknown_words_get_the_vector_that_fasttext_gives_them(tmp_path: Path) -> None:
    ours = trained(ngrams=True, epochs=1, ngram_min=3, ngram_max=4)
    theirs = FastText(vector_size=16, epochs=1, min_count=1, seed=0, workers=1, min_n=3, max_n=4, bucket=160)
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(map(" ".join, meadow())) + "\n", encoding="utf-8")
    theirs.build_vocab(corpus_file=str(file))
    theirs.train(corpus_file=str(file), total_words=theirs.corpus_total_words, epochs=1)
    rows, known = ours.rows_for(["cats", "cat", "x", "牛奶", "\ud800"])
    assert known.tolist() == [True, True, True, True, True]
    for word, row in zip(["cats", "cat", "x", "牛奶"], rows, strict=False):
        np.testing.assert_allclose(row, theirs.wv[word], rtol=1e-5, atol=1e-7)
    few = ours.restricted(["cats", "cat"])
    assert (few.words, few.ngrams) == (("cats", "cat"), None)


def test_a_word_too_short_for_an_n_gram_has_no_vector() -> None:
    vectors = trained(ngrams=True, epochs=1, ngram_min=5, ngram_max=6)
    assert vectors.rows_for(["ox", "oxen"])[1].tolist() == [False, True]


@pytest.mark.parametrize("more", [{}, {"ngrams": True}, {"hierarchical_softmax": True}])
def test_one_worker_gives_the_same_vectors_every_time(more: dict[str, Any]) -> None:
    once, again, other = (trained(epochs=1, seed=seed, **more).checksum() for seed in (3, 3, 4))
    assert once == again != other


def test_all_cores_by_default_and_what_it_was_made_with_is_kept() -> None:
    settings = VectorSettings(dim=8, min_count=1, epochs=2)
    vectors = train_word2vec(meadow(), settings)
    assert vectors.meta["workers"] == available_cores()
    assert train_word2vec(meadow(), settings, 3).meta["workers"] == 3
    assert vectors.meta | {"algorithm": "cbow", "tokens": 9000, "trained_tokens": 18000, "epochs": 2} == vectors.meta
    assert vectors.matrix.shape == (16, 8)


@pytest.mark.parametrize(
    ("large", "asked", "chosen", "told"),
    [(9000, None, "skip_gram", "skip_gram, since the corpus has at least 9,000 tokens"),
     (9001, None, "cbow", "cbow, since the corpus has fewer than 9,001 tokens"),
     (9001, "skip_gram", "skip_gram", "")],
)  # fmt: skip
def test_the_algorithm_goes_by_the_size_of_the_corpus_and_is_told(
    large: int, asked: str | None, chosen: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word2vec, "LARGE", large)
    notes: list[str] = []
    settings = VectorSettings(**ONE, epochs=1, algorithm=asked)
    assert train_word2vec(meadow(), settings, note=notes.append).meta["algorithm"] == chosen
    assert len(notes) == (2 if told else 1)
    assert told in notes[0]
    assert "9,000 tokens, 16 words that occur at least 1 time; 1 worker" in notes[-1]


def test_rare_words_are_left_out() -> None:
    sentences = [*meadow(100), ["cat", "once"], ["cat", "twice", "twice"]]
    assert "once" not in trained(sentences, min_count=2)
    assert "twice" in trained(sentences, min_count=2)
    with pytest.raises(DataError, match="0 of the corpus's 18 words occur at least 200 times"):
        trained(sentences, min_count=200)


@pytest.mark.parametrize("sentences", [[], [[]], [["cat", "cat"]]])
def test_nothing_to_learn_from(sentences: list[list[str]]) -> None:
    with pytest.raises(
        DataError, match=r"[01] of the corpus.* words occur at least 1 time, and two are needed; lower min_count"
    ):
        train_word2vec(sentences, VectorSettings(min_count=1))


def test_two_words_are_enough() -> None:
    for hierarchical_softmax in (True, False):
        vectors = trained([["cat", "dog"]], hierarchical_softmax=hierarchical_softmax, epochs=1)
        assert set(vectors.words) == {"cat", "dog"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"algorithm": "skipgram"}, 'unknown word2vec algorithm "skipgram". Did you mean "skip_gram"'),
     ({"ngram_min": 4, "ngram_max": 3}, "ngram_max = 3: expected at least ngram_min, 4"),
     ({"dim": 8, "reduce": 9}, "vectors.reduce = 9: expected at most the 8 numbers that a vector has"),
     ({"reduce": 201}, "vectors.reduce = 201: expected at most the 200 numbers")],
)  # fmt: skip
def test_settings_that_cannot_be_trained_are_refused_before_a_sentence_is_read(
    settings: dict[str, Any], message: str
) -> None:
    def unread() -> Any:
        raise AssertionError
        yield

    with pytest.raises(ConfigError, match=message):
        train_word2vec(unread(), VectorSettings(**settings))


def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corpora of 9,000 tokens are written in three files."""
    monkeypatch.setattr(word2vec, "CorpusWriter", lambda folder: CorpusWriter(folder, 3000))


def test_sentences_are_read_once_and_trained_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts(monkeypatch)
    seen: list[tuple[int, int]] = []
    settings = VectorSettings(**ONE, epochs=2)
    vectors = train_word2vec(iter(meadow()), settings, on_progress=lambda *done: seen.append(done))
    assert seen == [(3000 * k, 18000) for k in range(1, 7)]
    assert vectors.meta["trained_tokens"] == 18000


def test_parts_teach_as_the_whole_does(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts(monkeypatch)
    vectors = trained(epochs=15, sample=0, learning_rate=0.05)
    assert {other for other, _ in vectors.neighbours("cat", 7)} == {*MEADOW["en"][0]} - {"cat"}


def test_a_deadline_ends_training_after_a_part_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts(monkeypatch)
    notes: list[str] = []
    vectors = train_word2vec(meadow(), VectorSettings(**ONE, epochs=4), note=notes.append, deadline=0.0)
    assert vectors.meta["trained_tokens"] == 3000
    assert notes[-1] == "word2vec: out of time after 0.3 of 4 passes"
    again = train_word2vec(meadow(), VectorSettings(**ONE, epochs=4, trained_tokens=3000), note=notes.append)
    assert again.checksum() == vectors.checksum()
    assert "out of time" not in notes[-1]


def test_words_that_a_corpus_file_cannot_hold_get_a_vector_all_the_same() -> None:
    chance = random.Random(0)
    odd = ["New York", "a\nb", "\ud800"]
    vectors = trained([chance.choices(odd, k=5) for _ in range(50)])
    assert set(vectors.words) == set(odd)


def test_the_temporary_corpus_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trained(epochs=1)
    with pytest.raises(DataError):
        trained(min_count=10_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("settings", [{}, {"ngrams": True}])
def test_without_gensim_one_line_says_what_to_install(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gensim.models.word2vec", None)
    with pytest.raises(MissingExtraError, match=r'word2vec needs an extra: pip install "reread\[train\]"'):
        train_word2vec(meadow(), VectorSettings(**settings))
