"""Arithmetic: the pace of samples, and the amount of all rows → seconds and bytes."""

from __future__ import annotations

from dataclasses import dataclass

from reread.pipeline.forecast.growth import UNMEASURED, Growth

FEATURE = 16  # bytes of an n-gram, its key and its scale, beside its weights
KEY = 8  # bytes of a text's key in the model folder
PAGE = 500_000  # bytes of the report, the model card and the settings


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What was measured on samples of the rows.

    Attributes:
        learning: seconds for each word that the network learns from,
        evaluating: and for each word of the rows held out that it answers.
        reading: seconds for each character of a text that is read and forgotten.
        linear: seconds for the characters that the linear member learns from, its cross-validation included,
        again: and when it is trained again on all rows.
        features: n-grams that it counts in so many characters.
        vectors: seconds of word2vec for each word of its corpus, all passes included,
        corpus: and bytes of its file.
    """

    learning: float
    evaluating: float = 0.0
    reading: float = 0.0
    linear: Growth = UNMEASURED
    again: Growth = UNMEASURED
    features: Growth = UNMEASURED
    vectors: float = 0.0
    corpus: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What a run reads and writes.

    Attributes:
        rows: all of them.
        scores: of the task.
        words: that the network learns from, all epochs together.
        held_out: words of the rows held out.
        evaluations: how often these are answered.
        linear: characters that the linear member learns from,
        again: and when it is trained again on all rows; 0: it is not.
        read: characters that it reads to know how many they are.
        most_features: of the linear member.
        vectors: words of word2vec's corpus, of all features; 0: there is none.
        table: bytes of the word vectors that are kept.
        network: bytes of the network's weights.
        checkpoint: bytes of a checkpoint.
        there: bytes of the texts and ids that are in temporary files already.
        saving: seconds in which the model is written.
    """

    rows: int
    scores: int
    words: float
    held_out: int
    evaluations: float
    linear: float = 0.0
    again: float = 0.0
    read: float = 0.0
    most_features: int = 0
    vectors: int = 0
    table: int = 0
    network: int = 0
    checkpoint: int = 0
    there: int = 0
    saving: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Disk:
    """Bytes on disk, the most at one time.

    Attributes:
        there: of temporary files that are there already.
        temporary: of temporary files that are still to come.
        beside: beside the model folder, while the run is under way.
        model: of the model folder.
    """

    there: int
    temporary: int
    beside: int
    model: int

    @property
    def all(self) -> int:
        """Everything."""
        return self.there + self.temporary + self.beside


def seconds_of(amount: Amount, pace: Pace) -> float:
    """How long a run takes from the linear member to the model folder, if nothing ends it early."""
    network = amount.words * pace.learning + amount.evaluations * amount.held_out * pace.evaluating
    linear = amount.read * pace.reading + pace.linear.at(amount.linear) + pace.again.at(amount.again)
    return network + linear + amount.vectors * pace.vectors + amount.saving


def disk_of(amount: Amount, pace: Pace | None = None) -> Disk:
    """What a run writes; without a pace what is known before anything was measured."""
    features = 0 if pace is None else features_of(amount, pace)
    linear = features * (FEATURE + 4 * amount.scores)
    corpus = 0.0 if pace is None else amount.vectors * pace.corpus
    model = 2 * amount.network + linear + KEY * amount.rows + PAGE  # as safetensors, and as ONNX
    kept = linear + amount.table
    # A checkpoint replaces the one before when it is whole.
    return Disk(
        there=amount.there,
        temporary=round(corpus),
        beside=kept + amount.checkpoint + max(amount.checkpoint, model),
        model=model,
    )


def features_of(amount: Amount, pace: Pace) -> int:
    """About how many n-grams the linear member counts."""
    return min(amount.most_features, round(pace.features.at(max(amount.linear, amount.again))))
