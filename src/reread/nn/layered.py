"""What networks share that read word vectors through recurrent layers, whatever they do with the outputs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reread.kernel import Library
from reread.nn.embedding import TokenEmbedding
from reread.nn.layers import RecurrentLayer
from reread.nn.recurrences import Recurrence
from reread.nn.token_vectors import TokenVectors


class LayeredNet(nn.Module):
    """Word vectors read through recurrent layers. A network assigns these in the order of its parts.

    Attributes:
        embedding: ids → vectors.
        layers: the recurrent layers, each a `RecurrentLayer`.
        input_dropout: of every layer's inputs.
    """

    embedding: TokenEmbedding
    layers: nn.ModuleList
    input_dropout: nn.Dropout

    @property
    def bidirectional(self) -> bool:
        """Whether a second recurrence of each layer reads back."""
        first: RecurrentLayer = self.layers[0]  # type: ignore[assignment]  # ModuleList hides the type
        return first.back is not None

    @property
    def directions(self) -> int:
        """Recurrences of each layer."""
        return 2 if self.bidirectional else 1

    def start_states(self) -> Tensor:
        """The states before reading, (layers x directions, state_dim); row layer x directions + direction."""
        return torch.cat([layer.start() for layer in self.layers])  # type: ignore[operator]  # hidden by ModuleList

    def use_kernel(self, library: Library | None, precision: str = "float32") -> None:
        """Use a build of the compiled kernel from now on, where it can; None: torch, the reference."""
        for layer in self.layers:
            layer.use_kernel(library, precision)  # type: ignore[operator]  # ModuleList hides the type

    def hide_weights(self) -> None:
        """Draw the recurrent weights that weight dropout hides while training, until the next call."""
        for module in self.modules():
            if isinstance(module, Recurrence):
                module.hide_weights()

    def through_layers(self, words: TokenVectors, lengths: Tensor, states: Tensor) -> tuple[TokenVectors, Tensor]:
        """Read words through all layers: the last one's outputs, and the states leaving; shapes as in `TextNet`."""
        read, leaving = words, []
        for k, layer in enumerate(self.layers):
            rows = slice(k * self.directions, (k + 1) * self.directions)
            outputs, after = layer(read.at_every_position(self.input_dropout), lengths, states[rows])
            read = TokenVectors(outputs)
            leaving.append(after)
        return read, torch.cat(leaving)

    def first_states(self, batch: int) -> Tensor:
        """The initial states of this many texts, (layers x directions, batch, state_dim)."""
        return self.start_states().unsqueeze(1).expand(-1, batch, -1)
