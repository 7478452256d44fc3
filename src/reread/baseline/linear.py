"""The linear baseline: TF-IDF of word or character n-grams with logistic or ridge regression.

Trained with scikit-learn, kept and scored as plain arrays. It shows whether the network earned its keep: on
topics and sentiment it is hard to beat (Wang and Manning 2012).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from reread.baseline.fitters import fit_columns
from reread.baseline.grams import GRAMS, count_grams
from reread.errors import BundleError, ConfigError, MissingExtraError
from reread.recipes.fitting import fit_table
from reread.registry import unknown_name
from reread.tasks import Task
from reread.text.encoder import TextEncoder, TextSettings

MAX_FEATURES = 300_000
MAX_ROWS = 100_000  # a sample of this size is enough for a baseline, and bounds its memory
MAX_WEIGHTS = 10_000_000  # features x scores: the solver holds some 25 copies, 2 GB
MAX_CHANCES = 100_000_000  # rows x scores: it holds three copies, 2.4 GB
MIN_COUNT = 2  # texts that an n-gram must stand in
DESCRIPTION: Mapping[str, Any] = {"text": Mapping[str, Any], "grams": str, "facts": Mapping[str, Any]}


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """A trained baseline.

    Attributes:
        encoder: cuts texts into the tokens that the n-grams are made of.
        grams: "words" or "characters": which n-grams.
        features: the row of each n-gram.
        idf: inverse document frequency of each n-gram, (features,).
        weights: (features, scores).
        intercept: (scores,).
        facts: rows and features it was trained on, seconds, and what was left out for lack of memory or time.
    """

    encoder: TextEncoder
    grams: str
    features: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    facts: dict[str, Any]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The raw scores that the task turns into answers, (texts, scores)."""
        scores = np.empty((len(texts), len(self.intercept)), dtype=np.float32)
        for row, text in enumerate(texts):
            scores[row] = self._score(text)
        return scores

    @property
    def limits(self) -> str:
        """The limits that a larger machine or more time would lift, in words; empty if none."""
        return "; ".join(self.facts.get("limits", ()))

    def description(self) -> dict[str, Any]:
        """The n-grams in the order of their rows, and the tokenisation, as JSON-able values."""
        return {
            "text": self.encoder.to_config(),
            "grams": self.grams,
            "features": list(self.features),
            "facts": self.facts,
        }

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The numbers."""
        return {"idf": self.idf, "weights": self.weights, "intercept": self.intercept}

    @classmethod
    def from_parts(cls, description: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]]) -> LinearModel:
        """Rebuild a baseline from its `description` and `arrays`.

        Raises:
            ConfigError: they have the wrong type, or do not fit each other.
        """
        fit_table(description, DESCRIPTION, "baseline.json")
        if description["grams"] not in GRAMS:
            raise unknown_name("kind of n-grams", description["grams"], list(GRAMS))
        encoder = TextEncoder.from_config(description["text"], ())
        features = {gram: row for row, gram in enumerate(description["features"])}
        expected = {"idf": (len(features),), "weights": (len(features), *arrays["intercept"].shape)}
        for name, shape in expected.items():
            if arrays[name].shape != shape:
                raise ConfigError(f"{name} of shape {arrays[name].shape} for {len(features)} n-grams; expected {shape}")
        return cls(
            encoder=encoder,
            grams=description["grams"],
            features=features,
            idf=arrays["idf"],
            weights=arrays["weights"],
            intercept=arrays["intercept"],
            facts=description["facts"],
        )

    def _score(self, text: str) -> NDArray[np.float32]:
        gram_counts = Counter(self.features.get(gram, -1) for gram in analyse(self.encoder, self.grams, text))
        gram_counts.pop(-1, None)
        if not gram_counts:
            return self.intercept
        rows = np.fromiter(gram_counts, dtype=np.int64, count=len(gram_counts))
        counts = np.fromiter(gram_counts.values(), dtype=np.float32, count=len(gram_counts))
        values = (1 + np.log(counts)) * self.idf[rows]
        values /= np.linalg.norm(values)
        scored: NDArray[np.float32] = values @ self.weights[rows] + self.intercept
        return scored


def analyse(encoder: TextEncoder, grams: str, text: str) -> list[str]:
    """The n-grams of one text."""
    return GRAMS[grams](encoder.tokens(text))


def baseline_encoder(language: str) -> tuple[TextEncoder, str]:
    """The baseline's tokens: words, or characters if the language has no spaces between words."""
    grams = "characters" if language == "zh" else "words"
    return TextEncoder(TextSettings.for_language(language, segmenter=grams), ()), grams


def fit_linear(
    texts: Sequence[str],
    targets: NDArray[np.float32],
    task: Task,
    language: str,
    *,
    weights: NDArray[np.float32],
    seed: int = 0,
    deadline: float | None = None,
) -> LinearModel:
    """Train the baseline.

    Args:
        texts: training texts.
        targets: what ``task.encode`` made of their targets, (texts, width).
        task: defines the columns of the targets.
        language: chooses the n-grams.
        weights: how much each text counts, (texts,).
        seed: of the sample that is drawn if the texts exceed its memory.
        deadline: `time.monotonic` at which to stop improving.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    started = time.monotonic()
    rows = np.arange(len(texts))
    most_rows, most_features = min(MAX_ROWS, MAX_CHANCES // task.size), min(MAX_FEATURES, MAX_WEIGHTS // task.size)
    if len(rows) > most_rows:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), most_rows, replace=False))
    encoder, grams = baseline_encoder(language)
    matrix, names, idf = _tf_idf(encoder.settings, grams, texts, rows, most_features)
    if not names:
        return _empty(encoder, grams, task)
    coefficients, intercept, complete = fit_columns(task, matrix, targets[rows], weights[rows], deadline)
    left_out = {
        f"{len(rows):,} of {len(texts):,} rows": len(rows) < len(texts),
        f"the {len(names):,} most frequent n-grams": len(names) == most_features,
        "no time to come to its end": not complete and deadline is not None,
    }
    facts = {
        "rows": len(rows),
        "features": len(names),
        "complete": complete,
        "limits": [what for what, is_so in left_out.items() if is_so],
        "seconds": round(time.monotonic() - started, 2),
    }
    features = {gram: row for row, gram in enumerate(names)}
    return LinearModel(
        encoder=encoder, grams=grams, features=features, idf=idf, weights=coefficients, intercept=intercept, facts=facts
    )


def _tf_idf(
    settings: TextSettings, grams: str, texts: Sequence[str], rows: NDArray[np.int64], most: int
) -> tuple[Any, list[str], NDArray[np.float32]]:
    """Sparse TF-IDF weights of some texts, (rows, n-grams), the n-grams and their inverse document frequencies."""
    try:
        from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("the linear baseline", "train") from error
    least = MIN_COUNT if len(rows) > 1000 else 1  # with few texts every n-gram counts
    settings = replace(settings, min_count=least, max_vocabulary=None)  # the tokens of n-grams in so many texts
    encoder = TextEncoder.learn(settings, (texts[int(row)] for row in rows))
    encoded = encoder.encode_many(texts[int(row)] for row in rows)
    tokens = encoder.vocabularies[0].tokens
    counts, names = count_grams(encoded, tokens, GRAMS[grams], min_texts=least, most=most)
    if not names:
        return counts, names, np.zeros(0, np.float32)
    transformer = TfidfTransformer(sublinear_tf=True)
    return transformer.fit_transform(counts), names, transformer.idf_.astype(np.float32)


def _empty(encoder: TextEncoder, grams: str, task: Task) -> LinearModel:
    none = np.zeros((0,), dtype=np.float32)
    weights, intercept = np.zeros((0, task.size), dtype=np.float32), np.zeros(task.size, dtype=np.float32)
    return LinearModel(
        encoder=encoder,
        grams=grams,
        features={},
        idf=none,
        weights=weights,
        intercept=intercept,
        facts={"rows": 0, "features": 0, "complete": True, "seconds": 0.0},
    )


def read_baseline(files: Mapping[str, bytes]) -> LinearModel | None:
    """The baseline in a model folder's files; None if none was trained.

    Raises:
        BundleError: the baseline in the files cannot be read.
    """
    try:
        description = json.loads(files["baseline.json"])
        return LinearModel.from_parts(description, load_tensors(files["baseline.safetensors"])) if description else None
    except ConfigError as error:
        raise BundleError(f"the folder's baseline cannot be read: {error}") from error
    except (LookupError, TypeError, ValueError, RecursionError, SafetensorError) as error:
        raise BundleError(f"the folder's baseline cannot be read: {type(error).__name__} {error}") from error
