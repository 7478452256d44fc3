"""Memory while training: reused from step to step, and a clear error if there is too little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from reread.errors import RereadError
from reread.machine import glibc

# torch has no special error for CPU memory
ALLOCATION = re.compile(r"DefaultCPUAllocator.*?tried to allocate (\d+) bytes")

# glibc's <malloc.h>
TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4
REUSED = {MMAP_MAX: 0, TRIM_THRESHOLD: -1}
AFTERWARDS = {MMAP_MAX: 65_536, MMAP_THRESHOLD: 32 << 20, TRIM_THRESHOLD: 64 << 20}
"""The threshold that glibc reaches by itself after large blocks were freed."""


@contextmanager
def reused_memory() -> Iterator[None]:
    """Keep freed memory for the next step instead of returning it to the system; returned at the end.

    glibc maps every block above 32 MiB anew, and the system zeroes it first: at every step, for the tensors of long
    texts. This may need an eighth more memory (measured: bilstm_max in bfloat16; the plain network in float32: none).
    Only on Linux with glibc and its allocator.
    """
    libc = glibc()
    if libc is None:
        yield
        return
    for option, value in REUSED.items():
        libc.mallopt(option, value)
    try:
        yield
    finally:
        for option, value in AFTERWARDS.items():
            libc.mallopt(option, value)
        libc.malloc_trim(0)


@contextmanager
def enough_memory(error: type[RereadError], advice: str) -> Iterator[None]:
    """Raise ``error`` with ``advice`` if there is not enough memory."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as cause:
        raise error(f"there is not enough memory; {advice}") from cause
    except RuntimeError as cause:
        match = ALLOCATION.search(str(cause))
        if match is None:
            raise
        raise error(f"there is not enough memory: {int(match[1]) / 2**30:,.1f} GiB in one piece; {advice}") from cause
