"""word2vec: skip-gram and CBOW, with or without character n-grams, trained by gensim's threads."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from reread.errors import ConfigError, DataError
from reread.machine import available_cores, version_of
from reread.recipes.spec import VectorSettings
from reread.registry import unknown_name
from reread.vectors.corpus import CorpusWriter
from reread.vectors.gensim_models import gensim_module
from reread.vectors.ngrams import NGrams
from reread.vectors.word_vectors import WordVectors
from reread.wording import number_of

ALGORITHMS = {"cbow": 0, "skip_gram": 1}
LARGE = 5_000_000  # tokens of a large corpus (S1 gives no number; its IMDB with the unlabelled reviews is large)
DIM, MIN_COUNT = 200, 5
AUTO, ENOUGH, MOST_PASSES = "auto", 10_000_000, 10  # tokens that are read in all, in so many passes at most
SLOWEST = 1e-4  # the learning rate at the end, as in word2vec
BUCKETS_A_WORD, MOST_BUCKETS = 10, 200_000  # of n-grams: a word adds about ten, and memory is bounded

OnProgress = Callable[[int, int], None]
"""Takes the number of words trained on so far, and in total."""

Note = Callable[[str], None]
"""Takes one line about a choice or result."""


def train_word2vec(  # two are keyword-only
    sentences: Iterable[Sequence[str]],
    settings: VectorSettings,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
    *,
    note: Note | None = None,
    deadline: float | None = None,
) -> WordVectors:
    """Train word vectors on sentences, which are read once and may be more than memory holds.

    Args:
        sentences: the tokens of a text, or of a part of one, each; no window reaches from one to the next.
        settings: how to train; ``source`` and ``frozen`` are not read.
        workers: threads; None: one for each core. With several, the vectors differ a little every time.
        on_progress: called from time to time.
        note: takes lines about what was chosen.
        deadline: `time.monotonic` by which to stop, after a whole part of the corpus.

    Raises:
        ConfigError: the algorithm does not exist.
        DataError: no word is frequent enough.
        MissingExtraError: gensim is not installed.
    """
    check_settings(settings)
    say = note or (lambda _: None)
    with (
        tempfile.TemporaryDirectory(prefix="reread-corpus-", ignore_cleanup_errors=True) as folder,
        closing(CorpusWriter(Path(folder))) as corpus,
    ):
        corpus.write(sentences)
        min_count = settings.min_count or MIN_COUNT
        counts = frequent(corpus.counts, min_count)
        algorithm = choose_algorithm(settings, corpus.tokens, say)
        workers = 1 if settings.deterministic else workers or available_cores()
        say(
            f"word2vec: {corpus.tokens:,} tokens, {len(counts):,} words that occur at least "
            f"{number_of(min_count, 'time')}; {number_of(workers, 'worker')}"
        )
        model = _model(settings, algorithm, workers, len(counts))
        model.build_vocab_from_freq(counts)
        trained = _train(model, corpus, settings, on_progress or (lambda _, __: None), deadline)
    epochs = passes(settings, corpus.tokens)
    if trained < epochs * corpus.tokens and settings.trained_tokens is None:
        say(f"word2vec: out of time after {trained / corpus.tokens:.1f} of {epochs} passes")
    meta = {
        **_recorded(settings),
        "epochs": epochs,
        "algorithm": algorithm,
        "min_count": min_count,
        "tokens": corpus.tokens,
        "trained_tokens": trained,
        "workers": workers,
        "gensim": version_of("gensim"),
    }
    return _vectors(model, corpus.originals, meta)


def check_settings(settings: VectorSettings) -> None:
    """Refuse settings that cannot be trained.

    Raises:
        ConfigError: the algorithm or the n-grams do not exist, or ``reduce`` exceeds the dimension.
        MissingExtraError: gensim is not installed.
    """
    gensim_module("models.word2vec")
    if settings.algorithm is not None and settings.algorithm not in ALGORITHMS:
        raise unknown_name("word2vec algorithm", settings.algorithm, list(ALGORITHMS))
    if settings.ngram_max < settings.ngram_min:
        raise ConfigError(
            f"vectors.ngram_max = {settings.ngram_max}: expected at least ngram_min, {settings.ngram_min}"
        )
    check_reduce(settings, settings.dim or DIM)


def check_reduce(settings: VectorSettings, dim: int) -> None:
    """Refuse to reduce vectors of ``dim`` numbers to more.

    Raises:
        ConfigError: ``settings.reduce`` is above ``dim``.
    """
    if settings.reduce is not None and settings.reduce > dim:
        raise ConfigError(f"vectors.reduce = {settings.reduce}: expected at most the {dim} numbers that a vector has")


def passes(settings: VectorSettings, tokens: int) -> int:
    """How often a corpus of so many tokens is read."""
    if settings.epochs != AUTO:
        return int(settings.epochs)
    return max(1, min(MOST_PASSES, round(ENOUGH / max(1, tokens))))


def choose_algorithm(settings: VectorSettings, tokens: int, note: Note) -> str:
    """The requested algorithm, or that of S1: CBOW for a small corpus, skip-gram for a large one."""
    if settings.algorithm is not None:
        return settings.algorithm
    chosen, size = ("skip_gram", "at least") if tokens >= LARGE else ("cbow", "fewer than")
    note(f"word2vec: {chosen}, since the corpus has {size} {LARGE:,} tokens (vectors.algorithm sets it)")
    return chosen


def frequent(counts: Mapping[str, int], min_count: int) -> dict[str, int]:
    """The words that occur at least ``min_count`` times.

    Raises:
        DataError: there are fewer than two such words.
    """
    kept = {word: count for word, count in counts.items() if count >= min_count}
    if len(kept) < 2:
        raise DataError(
            f"word2vec: {len(kept)} of the corpus's {len(counts):,} words occur at least "
            f"{number_of(min_count, 'time')}, and two are needed; lower min_count or add texts"
        )
    return kept


def _model(settings: VectorSettings, algorithm: str, workers: int, words: int) -> Any:
    """An untrained model of gensim."""
    options = {
        "vector_size": settings.dim or DIM,
        "window": settings.window,
        "min_count": 1,
        "sample": settings.sample,
        "sg": ALGORITHMS[algorithm],
        "hs": int(settings.hierarchical_softmax),
        "negative": 0 if settings.hierarchical_softmax else settings.negative,
        "alpha": settings.learning_rate,
        "min_alpha": min(SLOWEST, settings.learning_rate),
        "seed": settings.seed or 0,
        "workers": workers,
    }
    if not settings.ngrams:
        return gensim_module("models.word2vec").Word2Vec(**options)
    buckets = min(MOST_BUCKETS, BUCKETS_A_WORD * words)
    return gensim_module("models.fasttext").FastText(
        **options, min_n=settings.ngram_min, max_n=settings.ngram_max, bucket=buckets
    )


def _train(
    model: Any, corpus: CorpusWriter, settings: VectorSettings, on_progress: OnProgress, deadline: float | None
) -> int:
    """Read the corpus ``epochs`` times, with a falling learning rate; returns the number of tokens trained on."""
    first, last = model.alpha, model.min_alpha
    epochs = passes(settings, corpus.tokens)
    done, total, longest = 0, epochs * corpus.tokens, 0.0
    for part in corpus.parts * epochs:
        started = time.monotonic()
        if done >= (settings.trained_tokens or total) or (
            deadline is not None and done and started + longest > deadline
        ):
            break
        rates = [first - (first - last) * tokens / total for tokens in (done, done + part.tokens)]
        model.train(
            corpus_file=str(part.path), total_words=part.tokens, epochs=1, start_alpha=rates[0], end_alpha=rates[1]
        )
        done += part.tokens
        longest = max(longest, time.monotonic() - started)
        on_progress(done, total)
    return done


def _recorded(settings: VectorSettings) -> dict[str, Any]:
    return {name: value for name, value in asdict(settings).items() if name not in {"source", "frozen", "dim"}}


def _vectors(model: Any, originals: Mapping[str, str], meta: Mapping[str, Any]) -> WordVectors:
    words = tuple(originals.get(word, word) for word in model.wv.index_to_key)
    ngrams = None
    if meta["ngrams"]:
        ngrams = NGrams(model.wv.vectors_ngrams, model.wv.min_n, model.wv.max_n)
    return WordVectors(words, np.asarray(model.wv.vectors, dtype=np.float32), meta, ngrams)
