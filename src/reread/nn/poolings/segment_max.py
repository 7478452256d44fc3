"""Max pooling over segments: Johnson and Zhang 2015 (a fixed number of equal regions), 2016 (over recurrent states)."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from reread import segments
from reread.nn.graph import FLOAT, INT64, Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.nn.segments import export_bins_of, export_in_use, export_places
from reread.nn.token_vectors import export_real
from reread.segments import BINS, PER_SEGMENT, SEGMENTS
from reread.typing import override


@poolings.register("segment_max")
class SegmentMaxPooling(Pooling):
    """The largest value of each component over each of 10 equal segments of the text, in reading order.

    See `reread.segments` for where they are. The summary holds the largest values of each bin, 0 where it has no token
    yet, and then the number of tokens.
    """

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.out_dim, self.summary_dim = SEGMENTS * in_dim, BINS * in_dim + 1

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.summary_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        before = _tokens(summary)
        after = before + lengths.cpu().numpy()
        merged = _largest(states, segments.sizes(before, after, segments.widths(after)))
        if before.any():
            merged = torch.maximum(merged, _largest(self._bins(summary), segments.merged_sizes(before, after)))
        empty = torch.from_numpy(np.arange(BINS) >= segments.used(after)[:, None]).to(states.device)
        tokens = torch.from_numpy(after).to(merged).unsqueeze(1)
        return torch.cat([merged.masked_fill(empty.unsqueeze(2), 0).flatten(1), tokens], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        which = torch.from_numpy(segments.bins_of(_tokens(summary))).to(summary.device)
        values = self._bins(summary).gather(1, which.flatten(1).unsqueeze(2).expand(-1, -1, self.in_dim))
        largest: Tensor = values.unflatten(1, (SEGMENTS, PER_SEGMENT)).max(dim=2).values
        return largest.flatten(1)

    def _bins(self, summary: Tensor) -> Tensor:
        """The largest values of each bin, (batch, bins, in_dim)."""
        bins: Tensor = summary[:, :-1].unflatten(1, (BINS, self.in_dim))
        return bins

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        bins, before = self._export_parts(graph, summary)
        after = graph.add("Add", before, graph.add("Unsqueeze", lengths, [1]))
        time = graph.add("Squeeze", graph.add("Shape", states, start=1, end=2))
        places = export_places(graph, before, after, time)
        # What stands in padding is minus infinity, which changes nothing in whichever bin it is.
        values = graph.concat(
            [
                graph.add("Where", export_in_use(graph, before), bins, -math.inf),
                graph.add("Where", export_real(graph, states, lengths), states, -math.inf),
            ],
            axis=1,
        )
        nothing = graph.add("Expand", -math.inf, graph.add("Shape", bins))
        index = graph.add("Expand", graph.add("Unsqueeze", places, [2]), graph.add("Shape", values))
        merged = graph.add("ScatterElements", nothing, index, values, axis=1, reduction="max")
        merged = graph.add("Where", export_in_use(graph, after), merged, 0.0)
        flat = graph.add("Reshape", merged, [0, BINS * self.in_dim])
        return graph.concat([flat, graph.add("Cast", after, to=FLOAT)], axis=1)

    @override
    def export_finish(self, graph: Graph, summary: Value) -> Value:
        bins, tokens = self._export_parts(graph, summary)
        which = export_bins_of(graph, tokens)
        values = graph.add("GatherND", bins, graph.add("Reshape", which, [0, BINS, 1]), batch_dims=1)
        values = graph.add("Reshape", values, [0, SEGMENTS, PER_SEGMENT, self.in_dim])
        largest = graph.add("ReduceMax", values, [2], keepdims=0)
        return graph.add("Reshape", largest, [0, self.out_dim])

    def _export_parts(self, graph: Graph, summary: Value) -> tuple[Value, Value]:
        """The largest values of each bin, (batch, bins, in_dim), and the tokens read, (batch, 1)."""
        flat, tokens = graph.split(summary, [BINS * self.in_dim, 1], axis=1)
        return graph.add("Reshape", flat, [0, BINS, self.in_dim]), graph.add("Cast", tokens, to=INT64)


def _tokens(summary: Tensor) -> segments.Ints:
    return summary[:, -1].detach().long().cpu().numpy()


def _largest(values: Tensor, counts: segments.Ints) -> Tensor:
    """The largest of each run of values (batch, rows, dim), of ``counts`` (batch, runs); minus infinity of none."""
    rest = values.shape[1] - counts.sum(axis=1, keepdims=True)
    lengths = torch.from_numpy(np.concatenate([counts, rest], axis=1)).to(values.device)
    largest = torch.segment_reduce(values.flatten(0, 1), "max", lengths=lengths.flatten(), axis=0, initial=-torch.inf)
    runs: Tensor = largest.unflatten(0, lengths.shape)
    return runs[:, :-1]
