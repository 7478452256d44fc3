"""The running average of a network's weights, at a cost by the words of a batch, not by the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage:
    """After step t each average is d·average + (1 - d)·weight, with d = min(``decay``, (1 + t) / (10 + t)).

    A word vector does not change between the batches with its word, and its average approaches it by the product of
    the d's. So its row is updated only before it changes or when the averages are read.

    Args:
        net: the network whose trained weights are averaged, those of sparse embeddings row by row.
        decay: the weight of the past once training is well under way.
    """

    def __init__(self, net: nn.Module, decay: float) -> None:
        self.net, self.decay = net, decay
        sparse = {name for name, module in net.named_modules() if getattr(module, "sparse", False)}
        self.averages = {name: weight.detach().clone() for name, weight in self._trained()}
        # For each row, the last step included in its average.
        self.known = {
            name: torch.zeros(len(weight), dtype=torch.int64, device=weight.device)
            for name, weight in self._trained()
            if name.rpartition(".")[0] in sparse
        }
        self._products = torch.zeros(1, dtype=torch.float64)  # logarithms of the product of the d's up to each step

    @contextmanager
    def following(self, step: int) -> Iterator[None]:
        """Update the averages for the weight update made inside, with its gradients, as step ``step``, from 1."""
        self._reach(step)
        met = {name: _rows(weight) for name, weight in self._trained() if name in self.known}
        for name, rows in met.items():
            self.averages[name][rows] = self._of_rows(name, rows, step - 1)
            self.known[name][rows] = step - 1
        yield
        for name, weight in self._trained():
            if name in met:
                self.averages[name][met[name]] = self._of_rows(name, met[name], step)
                self.known[name][met[name]] = step
            else:
                self.averages[name].lerp_(weight.detach(), 1 - self._past(step))

    def weights(self, step: int) -> dict[str, Tensor]:
        """The network's state with the averages after step ``step`` instead of the trained weights; changes nothing."""
        self._reach(step)
        every = {name: torch.arange(len(known), device=known.device) for name, known in self.known.items()}
        rows = {name: self._of_rows(name, which, step) for name, which in every.items()}
        return {**self.net.state_dict(), **self.averages, **rows}

    def state(self) -> dict[str, Tensor]:
        """The state that `restore` needs to continue bit by bit."""
        known = {f"known/{name}": steps for name, steps in self.known.items()}
        return known | {f"averages/{name}": average for name, average in self.averages.items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.known = {name: state[f"known/{name}"] for name in self.known}
        self.averages = {name: state[f"averages/{name}"] for name in self.averages}

    def _trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        return ((name, weight) for name, weight in self.net.named_parameters() if weight.requires_grad)

    def _of_rows(self, name: str, rows: Tensor, step: int) -> Tensor:
        """The averages of rows after ``step``, if the rows have not changed since the last included step."""
        weight = self.net.get_parameter(name).detach()[rows]
        past = (self._products[step] - self._products[self.known[name][rows]]).exp().to(weight.dtype)
        return torch.lerp(weight, self.averages[name][rows], past.unsqueeze(1))

    def _past(self, step: int) -> float:
        return min(self.decay, (1 + step) / (10 + step))

    def _reach(self, step: int) -> None:
        """Compute the products up to twice ``step``, so that this is rarely needed."""
        if len(self._products) <= step:
            logs = [math.log(self._past(k)) for k in range(1, 2 * step + 1)]
            sums = torch.tensor([0.0, *logs], dtype=torch.float64).cumsum(0)
            self._products = sums.to(next(self.net.parameters()).device)


def _rows(weight: nn.Parameter) -> Tensor:
    """The rows of a sparse gradient."""
    return (
        weight.grad.coalesce().indices()[0]
        if weight.grad is not None
        else torch.empty(0, dtype=torch.int64, device=weight.device)
    )
