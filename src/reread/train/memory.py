"""Too little memory, said in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from reread.errors import RereadError

# torch has no error of its own for the CPU's memory
ALLOCATION = re.compile(r"DefaultCPUAllocator.*?tried to allocate (\d+) bytes")


@contextmanager
def enough_memory(error: type[RereadError], advice: str) -> Iterator[None]:
    """Raise ``error`` with ``advice`` where the memory does not suffice."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as cause:
        raise error(f"the memory does not suffice; {advice}") from cause
    except RuntimeError as cause:
        found = ALLOCATION.search(str(cause))
        if found is None:
            raise
        raise error(f"the memory does not suffice: {int(found[1]) / 2**30:,.1f} GiB in one piece; {advice}") from cause
