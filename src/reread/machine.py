"""What a figure was measured with: the cores, the machine, the code and the libraries."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from reread.version import __version__

LIBRARIES = ("torch", "numpy", "gensim", "scikit-learn")


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def circumstances() -> dict[str, Any]:
    """All that a record says of where it comes from: ``commit``, ``machine``, ``versions`` and ``date``."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    return {"commit": commit(), "machine": machine(), "versions": versions(), "date": today}


def commit() -> str:
    """The commit of the code, with a + where files have changed since, or its version where it is no checkout."""
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
    """The processor, its cores (all of them, however few may be used) and the system."""
    cpu = Path("/proc/cpuinfo")
    match = re.search(r"model name\s*: (.+)", cpu.read_text()) if cpu.exists() else None
    return f"{match[1] if match else platform.processor()}, {os.cpu_count()} cores, {platform.system()}"


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """Of what computes: reread, Python and the libraries."""
    return {
        "reread": __version__,
        "python": platform.python_version(),
        **{name: version_of(name) for name in libraries},
    }


def version_of(library: str) -> str:
    """The version of a package as it is installed."""
    from importlib import metadata  # noqa: PLC0415  # takes longer to load than all else that an answer asks of this module

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"
