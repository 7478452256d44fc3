"""What calls of the compiled kernel's sweeps share: tensors as arrays, and threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import torch
from torch import Tensor

from reread.kernel.sweeps import Texts


def texts_of(index: Tensor, lengths: Tensor) -> Texts:
    """The texts of a batch, read ahead, from ``index`` (batch, time) and ``lengths`` (batch,)."""
    order = torch.argsort(lengths, descending=True, stable=True)
    arrays = [array(each.int().contiguous()) for each in (lengths, order, index)]
    return Texts(lengths=arrays[0], order=arrays[1], index=arrays[2], reverse=False)


def array(tensor: Any) -> Any:
    """A tensor's memory as a NumPy array; bfloat16, which NumPy lacks, as integers."""
    if tensor is None:
        return None
    tensor = tensor.detach()
    return (tensor.view(torch.uint16) if tensor.dtype == torch.bfloat16 else tensor).numpy()


def side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    """Run all jobs, as many at a time as torch has threads."""
    threads = torch.get_num_threads()
    if threads == 1 or len(jobs) == 1:
        for job in jobs:
            job()
    else:
        list(_pool(threads).map(lambda job: job(), jobs))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="reread-sweep")
