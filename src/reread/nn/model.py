"""ModelSpec → TextNet. `build_model` is the only reader of the spec; modules get plain arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.kernel import Library
from reread.nn.embedding import TokenEmbedding
from reread.nn.graph import Graph, Value
from reread.nn.heads import Head, dense_layers, export_layers
from reread.nn.layered import LayeredNet
from reread.nn.layers import RecurrentLayer
from reread.nn.poolings import Pooling, poolings
from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.token_vectors import Reading, TokenVectors
from reread.recipes.spec import ModelSpec
from reread.typing import override


@dataclass(frozen=True)
class Parts:
    """The modules of a network, in the order a text meets them."""

    embedding: TokenEmbedding
    layers: list[RecurrentLayer]
    latent: nn.Sequential
    pooling: Pooling
    head: Head


class TextNet(LayeredNet):
    """Ids of one window of each text → scores, and what the next window needs to go on.

    A text that fits in one window is read from `start_states` and `start_summary` in a single call.
    """

    def __init__(self, parts: Parts, *, concat_word: bool, input_dropout: float) -> None:
        super().__init__()
        self.embedding, self.latent, self.pooling, self.head = parts.embedding, parts.latent, parts.pooling, parts.head
        self.layers = nn.ModuleList(parts.layers)
        self.concat_word = concat_word
        self.input_dropout = nn.Dropout(input_dropout)

    def start_summary(self) -> Tensor:
        """The summary before reading, (summary_dim,)."""
        return self.pooling.start()

    @override
    def forward(
        self, ids: Tensor, lengths: Tensor, states: Tensor, summary: Tensor, perturbation: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read one window of each text.

        Args:
            ids: (batch, time, features), right-padded.
            lengths: real tokens of each text in this window, (batch,), at least 1.
            states: states entering the window, (layers x directions, batch, state_dim).
            summary: the pooling's summary of the windows before, (batch, summary_dim).
            perturbation: added to the word vector at each position, (batch, time, out_dim of the embedding), in
                units of the size of the text's vectors in this window; see `TokenVectors.perturbed`.

        Returns:
            scores (batch, scores), the states leaving the window and the summary after it, of the same shapes.
        """
        words: TokenVectors = self.embedding(ids)
        if perturbation is not None:
            words = words.perturbed(perturbation, lengths)
        return self._read(words, lengths, states, summary)

    def _read(
        self, words: TokenVectors, lengths: Tensor, states: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """`forward` after the embedding."""
        leaving, summary = self._summarise(words, lengths, states, summary)
        return self.head(self.pooling.finish(summary)), leaving, summary

    def _summarise(
        self, words: TokenVectors, lengths: Tensor, states: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The states leaving the window and the summary after it; see `forward`."""
        reading, leaving = self._recur(words, lengths, states)
        return leaving, self.pooling.add_latent(summary, self.latent, reading, lengths)

    def values(self, ids: Tensor, lengths: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """The pooling's input at each position, (batch, time, dim), and the states leaving; see `forward`."""
        reading, leaving = self._recur(self.embedding(ids), lengths, states)
        return self.latent(reading.joined()), leaving

    def _recur(self, words: TokenVectors, lengths: Tensor, states: Tensor) -> tuple[Reading, Tensor]:
        """Read words through all layers: the last one's outputs, and the states leaving."""
        read, leaving = self.through_layers(words, lengths, states)
        return Reading(read.vectors, words if self.concat_word else None), leaving

    def export(
        self, graph: Graph, ids: Value, lengths: Value, states: Value, summary: Value
    ) -> tuple[Value, Value, Value]:
        """Add the operators of `forward`, outside training, with the same arguments and results.

        Raises:
            ExportError: a part cannot be written as ONNX.
        """
        words = values = self.embedding.export(graph, ids)
        entering = [graph.take(states, row, axis=0) for row in range(self.directions * len(self.layers))]
        leaving: list[Value] = []
        for layer in self.layers:
            values, after = layer.export(graph, values, lengths, entering[len(leaving) :])  # type: ignore[operator]
            leaving += after
        values = graph.concat([values, words], axis=2) if self.concat_word else values
        summary = self.pooling.export_add(graph, summary, export_layers(graph, self.latent, values), lengths)
        scores = export_layers(graph, self.head, self.pooling.export_finish(graph, summary))
        return scores, graph.concat([graph.add("Unsqueeze", state, [0]) for state in leaving], axis=0), summary

    @override
    def use_kernel(self, library: Library | None, precision: str = "float32") -> None:
        super().use_kernel(library, precision)
        self.pooling.use_kernel(library)

    def read(self, ids: Tensor, lengths: Tensor, perturbation: Tensor | None = None) -> Tensor:
        """Scores (batch, scores) of texts that fit in one window; for arguments see `forward`."""
        self.hide_weights()
        scores: Tensor = self(ids, lengths, *self._start(ids.shape[0]), perturbation)[0]
        return scores

    def pool(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """What the head reads of texts that fit in one window, (batch, out_dim of the pooling); see `forward`."""
        self.hide_weights()
        words, states = self.embedding(ids), self._start(ids.shape[0])
        return self.pooling.finish(self._summarise(words, lengths, *states)[1])

    def read_vectors(self, vectors: Tensor) -> Tensor:
        """Scores (batch, scores) of equally long texts, given by vectors (batch, time, out_dim of the embedding).

        Each occurrence of a word has a separate vector, so that gradients distinguish positions.
        """
        lengths = torch.full((vectors.shape[0],), vectors.shape[1], device=vectors.device)
        return self._read(TokenVectors(vectors), lengths, *self._start(vectors.shape[0]))[0]

    def _start(self, batch: int) -> tuple[Tensor, Tensor]:
        """The initial states and summary of this many texts."""
        states = self.first_states(batch)
        return states, self.start_summary().to(states).expand(batch, -1)


def build_model(spec: ModelSpec, vocabulary_sizes: Sequence[int], scores: int) -> TextNet:
    """Build the network that ``spec`` describes.

    Args:
        spec: the network's settings.
        vocabulary_sizes: rows of each token feature's table, the unknown token included.
        scores: numbers per text that the task needs.

    Raises:
        ConfigError: a name is unknown, or a number is invalid.
    """
    if spec.layers < 1 or spec.hidden < 1 or spec.embedding_dim < 1:
        raise ConfigError(
            f"layers = {spec.layers}, hidden = {spec.hidden}, embedding_dim = {spec.embedding_dim}: "
            "each must be at least 1"
        )
    embedding = TokenEmbedding(
        vocabulary_sizes,
        spec.embedding_dim,
        word_dropout=spec.word_dropout,
        dropout=spec.embedding_dropout,
        dropout_by=spec.embedding_dropout_by,
        token_weights=spec.token_weights,
    )
    layers = _recurrent_layers(spec, embedding.out_dim)
    width = layers[-1].out_dim + (embedding.out_dim if spec.concat_word else 0)
    latent, pooled_dim = dense_layers(width, spec.latent, spec.latent_activation)
    pooling = _pooling(spec, pooled_dim)
    head = Head(pooling.out_dim, scores, spec.dense, spec.activation, spec.dropout)
    parts = Parts(embedding, layers, latent, pooling, head)
    return TextNet(parts, concat_word=spec.concat_word, input_dropout=spec.input_dropout)


def _recurrent_layers(spec: ModelSpec, in_dim: int) -> list[RecurrentLayer]:
    kind, layers = recurrences.get(spec.recurrence), []
    options: Options = {
        "recurrent_dropout": spec.recurrent_dropout,
        "weight_dropout": spec.weight_dropout,
        "learned_start": spec.learned_start,
    }
    for _ in range(spec.layers):
        ahead = kind(in_dim, spec.hidden, **options)
        back = kind(in_dim, spec.hidden, **options) if spec.bidirectional else None
        layers.append(RecurrentLayer(ahead, back))
        in_dim = layers[-1].out_dim
    return layers


def _pooling(spec: ModelSpec, in_dim: int) -> Pooling:
    kind, mixed = poolings.get(spec.pooling), bool(spec.latent)
    if spec.bidirectional and mixed and not kind.reads_everywhere:
        raise ConfigError(
            f"pooling {spec.pooling} takes each direction where it ends, which latent = {list(spec.latent)} mixes;"
            " set model.latent=[], or set model.bidirectional=false"
        )
    # A latent layer mixes both directions: no component of its output belongs to one of them.
    return kind(in_dim, slice(spec.hidden, 2 * spec.hidden) if spec.bidirectional and not mixed else slice(0, 0))
