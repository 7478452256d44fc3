"""The machine: cores, how threads wait on them, and the circumstances of a measurement."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from reread.version import __version__

ARENA_MAX = -8  # glibc's <malloc.h>
LIBRARIES = ("torch", "numpy", "gensim", "scikit-learn")


def available_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wait_without_spinning() -> None:
    """Let torch's threads wait for each other without spinning, unless the environment says how they wait.

    They wait many times in a step, by default spinning. If another program uses one of the cores, they delay the very
    thread they wait for, and two threads are slower than one. torch reads this when it is imported, so where it is
    imported already nothing changes.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def glibc() -> ctypes.CDLL | None:
    """The C library of this process where it is glibc, whose allocator has options (mallopt(3))."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "gnu_get_libc_version") else None


def share_one_heap() -> None:
    """Let all threads of this process take memory from one heap, from now on and for good.

    glibc gives each thread a heap of its own, and what one thread has freed is not there for the others. With one heap
    threads wait for each other where they allocate. Only where glibc is; a thread that has a heap already keeps it.
    """
    if (libc := glibc()) is not None:
        libc.mallopt(ARENA_MAX, 1)


def circumstances() -> dict[str, Any]:
    """The origin of a record: ``commit``, ``machine``, ``versions`` and ``date``."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    return {"commit": commit(), "machine": machine(), "versions": versions(), "date": today}


def commit() -> str:
    """The commit of the code, with a + if files have changed since, or its version outside a checkout."""
    here = Path(__file__)
    git = partial(subprocess.run, capture_output=True, text=True, check=False, cwd=here.parent)
    try:
        if git(["git", "ls-files", "--error-unmatch", here.name]).returncode == 0:
            changed = bool(git(["git", "status", "--porcelain", "--untracked-files=no", "."]).stdout)
            return str(git(["git", "rev-parse", "--short", "HEAD"]).stdout).strip() + "+" * changed
    except FileNotFoundError:  # no git
        pass
    return f"reread {__version__}"


def machine() -> str:
    """The processor, all its cores, and the system."""
    cpu = Path("/proc/cpuinfo")
    match = re.search(r"model name\s*: (.+)", cpu.read_text()) if cpu.exists() else None
    return f"{match[1] if match else platform.processor()}, {os.cpu_count()} cores, {platform.system()}"


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """The versions of reread, Python and the libraries."""
    return {
        "reread": __version__,
        "python": platform.python_version(),
        **{name: version_of(name) for name in libraries},
    }


def version_of(library: str) -> str:
    """The installed version of a package."""
    from importlib import metadata  # noqa: PLC0415  # slow to load, and not needed for answers

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"
