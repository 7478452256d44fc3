"""The interface of poolings."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from reread.errors import ExportError
from reread.kernel import Library
from reread.nn.graph import Graph, Value
from reread.nn.token_vectors import Reading
from reread.typing import override


class Pooling(nn.Module):
    """Reads a text's states window by window, from left to right, into a summary; the summary becomes one vector.

    Args:
        in_dim: length of each state.
        backward: which components of a state were read from right to left (an empty slice in a one-way model).

    Attributes:
        reads_everywhere: whether it reads the states at all positions, without distinguishing directions.
        out_dim: length of the text's vector.
        summary_dim: length of the summary.
    """

    reads_everywhere: ClassVar[bool] = True
    out_dim: int
    summary_dim: int

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__()
        self.in_dim, self.backward_part = in_dim, backward
        self.out_dim = self.summary_dim = in_dim
        self.library: Library | None = None

    def use_kernel(self, library: Library | None) -> None:
        """Use a build of the kernel from now on, if it has the pooling; None: torch."""
        self.library = library

    @abstractmethod
    def start(self) -> Tensor:
        """The summary of no states, (summary_dim,)."""

    @abstractmethod
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        """Merge states (batch, time, in_dim), ``lengths`` (batch,) of them real, into summary (batch, summary_dim)."""

    def add_latent(self, summary: Tensor, latent: nn.Sequential, reading: Reading, lengths: Tensor) -> Tensor:
        """Merge the latent layers' outputs: the same as `add` of them, but cheaper if the kernel pools."""
        return self.add(summary, latent(reading.joined()), lengths)

    def finish(self, summary: Tensor) -> Tensor:
        """Map summary (batch, summary_dim) to the text's vector (batch, out_dim)."""
        return summary

    @abstractmethod
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        """Add the operators of `add` to a graph.

        Raises:
            ExportError: the pooling cannot be written as ONNX.
        """
        raise ExportError(f"pooling {type(self).__name__} cannot be written as ONNX: it has no method export_add")

    def export_finish(self, graph: Graph, summary: Value) -> Value:  # noqa: ARG002  # others need the graph
        """Add the operators of `finish` to a graph."""
        return summary

    @override
    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Map states (batch, time, in_dim) and lengths (batch,) to (batch, out_dim): a text in one window."""
        start = self.start().to(states).expand(states.shape[0], -1)
        return self.finish(self.add(start, states, lengths))
