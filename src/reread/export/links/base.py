"""What every link promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.nn.graph import Graph, Value
from reread.tasks import Task

PREDICTION, PROBABILITIES = "prediction", "probabilities"


def one_class_of(classes: int) -> tuple[Port, ...]:
    """The outputs where a text has one class: the probability of each, and its place."""
    return Port(PROBABILITIES, "float32", ("batch", classes)), Port(PREDICTION, "int64", ("batch",))


class Link(ABC):
    """From calibrated scores to answers. What its methods give is in the order of the ports.

    Args:
        task: what the scores mean.
    """

    def __init__(self, task: Task) -> None:
        self.task: Any = task  # each link knows more of its own tasks

    @abstractmethod
    def ports(self) -> tuple[Port, ...]:
        """The outputs."""

    @abstractmethod
    def export(self, graph: Graph, scores: Value) -> tuple[Value, ...]:
        """Add the operators from calibrated scores (batch, size) to the outputs."""

    @abstractmethod
    def answers(self, scores: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """The same by the task itself, of calibrated scores (rows, size)."""

    def log_odds(self, graph: Graph, scores: Value) -> Value:
        """Add the operators of `ClassTask.log_odds`, in the precision of the scores."""
        del graph
        return scores

    def from_log_odds(self, graph: Graph, log_odds: Value) -> Value:
        """Add the operators of `ClassTask.from_log_odds`, in the precision of the log-odds."""
        del graph
        return log_odds
