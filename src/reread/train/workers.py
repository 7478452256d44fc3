"""Data-parallel training under torchrun: each worker takes its part of every batch, gradients are summed."""

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
        """Replace each gradient by its sum over all workers; one without rows adds nothing."""
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
                    dist.all_reduce(parameter.grad)

    def _sum_sparse(self, parameter: Tensor) -> Tensor:
        grad = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter).to_sparse(1)
        grad = grad.coalesce()
        gathered: list[tuple[Tensor, Tensor] | None] = [None] * self.size
        dist.all_gather_object(gathered, (grad.indices(), grad.values()))
        indices = torch.cat([part[0] for part in gathered if part is not None], dim=1)
        values = torch.cat([part[1] for part in gathered if part is not None])
        return torch.sparse_coo_tensor(indices, values, grad.shape).coalesce()

    def sum(self, value: float) -> float:
        """The sum of a number over all workers."""
        if self.size == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64)
        dist.all_reduce(total)
        return float(total)

    def agree(self, *, stop: bool) -> bool:
        """Whether any worker wants to stop: all must do it at the same step."""
        return self.sum(float(stop)) > 0


@contextmanager
def workers_from_environment() -> Iterator[Workers]:
    """Join the group that torchrun's environment variables describe; alone where they are absent."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Workers()
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Workers(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()
