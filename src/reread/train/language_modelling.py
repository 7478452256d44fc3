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


class NextWords:
    """What a training step of a language model lowers: the mean loss of each text's predictions.

    Args:
        model: in training.
        sampler: of the candidates.
    """

    def __init__(self, model: LanguageModel, sampler: CandidateSampler) -> None:
        self.model, self.sampler = model, sampler

    def losses(self, batch: Batch) -> Iterator[Tensor]:
        """See `StepLosses`."""
        vectors, targets, texts = self.model.pointers(batch.ids, batch.lengths)
        losses = self.model.sampled_losses(vectors, targets, self.sampler.draw())
        predictions = self.model.directions * (batch.lengths - 1)
        yield losses.new_zeros(len(predictions)).index_add(0, texts, losses) / predictions


@dataclass(frozen=True, kw_only=True)
class Perplexity:
    """How well texts are predicted: among how many equally likely words the model hesitates on average.

    Attributes:
        model: of the language model, under the softmax over the whole vocabulary.
        unigram: of the words' frequencies alone, on the same texts.
        predictions: how many words were predicted.
    """

    model: float
    unigram: float
    predictions: int


def measure(model: LanguageModel, texts: Stretches, counts: NDArray[np.int64]) -> Perplexity:
    """The perplexity of texts.

    Args:
        model: the language model; it is in evaluation mode afterwards.
        texts: at least one stretch.
        counts: how often each word occurs in the texts of training, (words,); one is added to each.
    """
    model.eval()
    device = next(model.parameters()).device
    unigram = -np.log((counts + 1) / (counts.sum() + len(counts)))
    sums, predictions = np.zeros(2), 0
    with torch.no_grad():
        for group in length_groups(texts.lengths, texts=len(texts), tokens=READ_TOKENS, window=READ_TOKENS):
            ids, lengths = (torch.from_numpy(array).to(device) for array in pad([texts[row] for row in group]))
            vectors, targets, _ = model.pointers(ids, lengths)
            at_a_time = max(1, SCORES // len(counts))
            for some, words in zip(vectors.split(at_a_time), targets.split(at_a_time), strict=True):
                sums[0] += float(model.losses(some, words).double().sum())
            sums[1] += float(unigram[targets.cpu().numpy()].sum())
            predictions += len(targets)
    own, by_frequency = (math.exp(each / predictions) for each in sums)
    return Perplexity(model=own, unigram=by_frequency, predictions=predictions)
