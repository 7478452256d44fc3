"""The whole network: ids of one window of each text → scores, and what the next window needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.kernel.numbers import Rows
from reread.kernel.packed_batch import BiasRows, PackedBatch
from reread.scoring.network.dense import Dense, DenseLayers, one_text
from reread.scoring.network.layers import Latent, Layer
from reread.scoring.network.poolings import Pooling
from reread.scoring.network.reading import Everywhere, Floats, Pooled, Reading
from reread.scoring.network.tables import WordTables, by_row


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of a network, in the order a text meets them."""

    tables: WordTables
    layers: Sequence[Layer]
    latent: Latent | None
    pooling: Pooling
    dense: DenseLayers
    scores: Dense


class KernelNet:
    """Reads as `reread.nn.model.TextNet` does."""

    def __init__(self, parts: Parts, embeddings: Sequence[Floats], *, concat_word: bool) -> None:
        self.parts, self._embeddings, self._concat_word = parts, embeddings, concat_word

    def read(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Floats, summary: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Read one window of each text; arguments and results as in `reread.scoring.backends.Backend.run`."""
        if len(lengths) == 1:
            return self._read_sorted(ids, lengths, states, summary)
        order = np.argsort(-lengths, kind="stable")
        back = np.argsort(order)
        scores, leaving, after = self._read_sorted(ids[order], lengths[order], states[:, order], summary[order])
        return scores[back], leaving[:, back], after[back]

    def _read_sorted(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Floats, summary: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """The same for texts sorted from longest to shortest."""
        packed, rows = _packed_batch(ids, lengths)
        reading, leaving = self._read(packed, rows, states, self.parts.pooling.wants)
        after = self.parts.pooling.add(summary, reading)
        return self.parts.scores(self.parts.dense(self.parts.pooling.finish(after))), leaving, after

    def values(self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Floats) -> tuple[Floats, Floats]:
        """The pooling's input at each position of equally long texts, (texts, tokens, dim), and the states leaving."""
        packed, rows = _packed_batch(ids, lengths)
        reading, leaving = self._read(packed, rows, states, frozenset())
        if not isinstance(reading, Everywhere):
            raise TypeError("a reading that no pooled values were requested of has the values at all positions")
        return reading.values.reshape(len(ids), -1, reading.values.shape[1]), leaving

    def _read(
        self, packed: PackedBatch, ids: NDArray[np.int64], states: Floats, wants: frozenset[str]
    ) -> tuple[Reading, Floats]:
        """Read texts: the requested values of their states, see `Pooling.wants`, and the states leaving."""
        parts, leaving = self.parts, []
        *layers, last = parts.layers
        looked_up = parts.tables.look_up(ids)
        bias_rows, beside = looked_up[: len(last.directions)], looked_up[len(last.directions) :]
        starts = states.reshape(len(parts.layers), -1, *states.shape[1:])
        for layer, above, start in zip(layers, parts.layers[1:], starts, strict=False):
            after, outputs = layer.read(packed, bias_rows, start)
            leaving.append(after)
            bias_rows = [by_row(each.products(packed, outputs)) for each in above.inputs]
        if parts.latent is None and not self._concat_word and wants:
            after, pooled = last.read_pooled(packed, bias_rows, starts[-1], wants)
            return Pooled(packed.lengths, **pooled), np.concatenate([*leaving, after])
        after, outputs = last.read(packed, bias_rows, starts[-1])
        return self._between(packed, ids, outputs, beside[0] if beside else None, wants), np.concatenate(
            [*leaving, after]
        )

    def _between(
        self, packed: PackedBatch, ids: NDArray[np.int64], states: Rows, words: BiasRows | None, wants: frozenset[str]
    ) -> Reading:
        """The pooling's input from the states."""
        parts = self.parts
        if parts.latent is not None and parts.latent.is_monotonic and wants == {"largest"}:
            return Pooled(packed.lengths, largest=parts.latent.largest(packed, states, words))
        if parts.latent is not None:
            values = parts.latent.everywhere(packed, states, words)
        else:
            values = parts.layers[-1].states(states)
            if self._concat_word:
                values = np.concatenate(
                    [values, *(table[ids[:, k]] for k, table in enumerate(self._embeddings))], axis=1
                )
        return Everywhere(packed.lengths, packed.starts, values, parts.pooling.backward)


def _packed_batch(ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[PackedBatch, NDArray[np.int64]]:
    """Sorted texts one after another, without padding, and their ids (rows, features)."""
    if len(lengths) == 1:
        return one_text(int(lengths[0])), ids[0, : lengths[0]]
    ends = np.cumsum(lengths)
    real = np.arange(ids.shape[1]) < lengths[:, None]
    return PackedBatch(lengths.astype(np.int32), ends - lengths), ids[real]
