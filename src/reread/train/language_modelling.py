"""Training and measuring a language model: texts in stretches, the losses of a step, the perplexity afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, overload

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reread.nn.language_model import CandidateSampler, LanguageModel
from reread.text.encoded import EncodedTexts
from reread.train.objectives import Batch
from reread.train.predictions import Prediction
from reread.train.state import TrainingSet
from reread.typing import override
from reread.windows import length_groups, pad

Ids: TypeAlias = NDArray[np.int32]

SHORTEST = 2  # tokens of a stretch: one alone has no neighbour to predict
SCORES = 1 << 23  # numbers held at a time where every word is a candidate: 32 MiB
READ_TOKENS = 8_192  # of a batch that is measured, padding included


class Stretches(Sequence[Ids]):
    """Texts cut into stretches of equal length, without copying their ids; those of one token are left out.

    Args:
        texts: the ids of many texts.
        rows: of the texts to cut, (rows,).
        longest: tokens of a stretch, at most.

    Attributes:
        lengths: tokens of each stretch, (stretches,).
    """

    def __init__(self, texts: EncodedTexts, rows: NDArray[np.int64], longest: int) -> None:
        self._texts, self._rows, self._longest = texts, rows, longest
        lengths = texts.lengths[rows]
        pieces = -(-lengths // longest)
        number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        whole, among = np.repeat(lengths, pieces), np.repeat(pieces, pieces)
        first, last = number * whole // among, (number + 1) * whole // among
        kept = last - first >= SHORTEST
        self._ids, self._begins = texts.ids, (np.repeat(texts.offsets[rows], pieces) + first)[kept]
        self.lengths: NDArray[np.int64] = (last - first)[kept]

    @override
    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, index: int) -> Ids: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Ids]: ...
    @override
    def __getitem__(self, index: int | slice) -> Ids | Sequence[Ids]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        begin = self._begins[index]
        return self._ids[begin : begin + self.lengths[index]]

    @override
    def __iter__(self) -> Iterator[Ids]:
        return (self[row] for row in range(len(self)))

    def within(self, tokens: int) -> Stretches:
        """Those of the first texts that have so many tokens together, or of as many texts as give a stretch."""
        counts = np.cumsum(self._texts.lengths[self._rows])
        few = Stretches(self._texts, self._rows[: np.searchsorted(counts, tokens, "right")], self._longest)
        if len(few):
            return few
        first = np.flatnonzero(self._texts.lengths[self._rows] >= SHORTEST)[:1]
        return Stretches(self._texts, self._rows[first], self._longest)

    def training_set(self) -> TrainingSet:
        """What a `Trainer` reads. A stretch counts as one row: those of a batch are about equally long."""
        rows = len(self)
        return TrainingSet(self, self.lengths, np.zeros((rows, 0), np.float32), np.ones(rows, np.float32))


class WordPrediction:
    """What a training step of a language model lowers: the mean loss of each text's predictions.

    Args:
        model: in training.
        prediction: what its states predict.
        sampler: of the candidates.
    """

    def __init__(self, model: LanguageModel, prediction: Prediction, sampler: CandidateSampler) -> None:
        self.model, self.prediction, self.sampler = model, prediction, sampler

    def losses(self, batch: Batch) -> Iterator[Tensor]:
        """See `StepLosses`."""
        found = self.prediction.read(self.model, batch.ids, batch.lengths)
        losses = self.model.sampled_losses(found.vectors, found.words, found.scores, self.sampler.draw())
        both = torch.stack([losses * found.weights, found.weights]).sum(dim=2)
        total, weight = both.new_zeros(2, len(batch.ids)).index_add(1, found.rows, both)
        yield total / weight


@dataclass(frozen=True, kw_only=True)
class Perplexity:
    """How well texts are predicted: among how many equally likely words the model hesitates on average.

    Attributes:
        model: of the language model, under the softmax over the whole vocabulary.
        unigram: of the frequencies alone with which words are predicted, on the same texts.
        predictions: how many words were predicted.
    """

    model: float
    unigram: float
    predictions: int


def measure(model: LanguageModel, prediction: Prediction, texts: Stretches) -> Perplexity:
    """The perplexity of texts.

    Args:
        model: the language model; it is in evaluation mode afterwards.
        prediction: what its states predict. To know the words' frequencies, one is added to each count.
        texts: at least one stretch.
    """
    model.eval()
    device, counts = next(model.parameters()).device, prediction.counts
    unigram = torch.from_numpy(-np.log((counts + 1) / (counts.sum() + len(counts))))
    sums, weight, predictions = torch.zeros(2, dtype=torch.float64), 0.0, 0
    at_a_time = max(1, SCORES // len(counts))
    with torch.no_grad():
        for group in length_groups(texts.lengths, texts=len(texts), tokens=READ_TOKENS, window=READ_TOKENS):
            ids, lengths = (torch.from_numpy(array).to(device) for array in pad([texts[row] for row in group]))
            found = prediction.read(model, ids, lengths)
            parts = zip(*(each.split(at_a_time) for each in (found.vectors, found.words, found.weights)), strict=True)
            for vectors, words, weights in parts:
                sums[0] += (model.losses(vectors, words).double() * weights).sum().cpu()
            words, weights = found.words.cpu(), found.weights.cpu().double()
            sums[1] += (unigram[words] * weights).sum()
            weight, predictions = weight + float(weights.sum()), predictions + int((weights > 0).sum())
    own, by_frequency = (math.exp(each / weight) for each in sums.tolist())
    return Perplexity(model=own, unigram=by_frequency, predictions=predictions)
