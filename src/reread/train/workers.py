"""Data-parallel training under torchrun: each worker takes a part of every batch, and gradients are summed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor, nn

from reread.errors import TrainingError

BACKENDS = {"cpu": "gloo", "cuda": "cpu:gloo,cuda:nccl"}  # by the run's device; numbers are always summed on the CPU


@dataclass(frozen=True)
class Workers:
    """This process's place among those that train together."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process reports and writes files."""
        return self.rank == 0

    def share(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """This worker's part of a batch."""
        return rows[self.rank :: self.size]

    def sum_gradients(self, net: nn.Module) -> None:
        """Replace each gradient by its sum over all workers; a worker without rows adds nothing."""
        if self.size == 1:
            return
        for module in net.modules():
            for parameter in module.parameters(recurse=False):
                if not parameter.requires_grad:
                    continue
                if getattr(module, "sparse", False):
                    parameter.grad = self._sum_sparse(parameter)
                else:
                    parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                    with _all_there():
                        dist.all_reduce(parameter.grad)

    def _sum_sparse(self, parameter: Tensor) -> Tensor:
        grad = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter).to_sparse(1)
        grad = grad.coalesce()
        gathered: list[tuple[Tensor, Tensor] | None] = [None] * self.size
        with _all_there():
            dist.all_gather_object(gathered, (grad.indices(), grad.values()))
        indices = torch.cat([part[0] for part in gathered if part is not None], dim=1)
        values = torch.cat([part[1] for part in gathered if part is not None])
        return torch.sparse_coo_tensor(indices, values, grad.shape, check_invariants=False).coalesce()

    def sum(self, value: float) -> float:
        """The sum of a number over all workers."""
        return self._sums(value)[0]

    def agree(self, *, stop: bool) -> bool:
        """Whether any worker wants to stop: all must stop at the same step."""
        return self.wanted(stop)[0]

    def wanted(self, *wishes: bool) -> list[bool]:
        """Whether any worker has the first wish, the second …: all must act at the same step."""
        return [total > 0 for total in self._sums(*wishes)]

    def _sums(self, *values: float) -> list[float]:
        if self.size == 1:
            return list(values)
        totals = torch.tensor(values, dtype=torch.float64)
        with _all_there():
            dist.all_reduce(totals)
        sums: list[float] = totals.tolist()
        return sums


@contextmanager
def _all_there() -> Iterator[None]:
    """Raise a clear error if another worker has ended."""
    try:
        yield
    except RuntimeError as error:
        raise TrainingError(f"another worker of this run has ended: {str(error).splitlines()[0]}") from error


@contextmanager
def workers_from_environment(device: str) -> Iterator[Workers]:
    """Join the group of torchrun's environment variables; a single worker without them.

    Args:
        device: where the run's tensors are, "cpu" or "cuda".
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Workers()
        return
    dist.init_process_group(BACKENDS[device])
    try:
        yield Workers(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()
