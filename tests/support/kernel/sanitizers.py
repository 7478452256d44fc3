"""Running the kernel's checks under AddressSanitizer, UndefinedBehaviorSanitizer and valgrind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SWEEPS = "-m", "support.kernel"
SUPPRESSED = "tests/support/kernel/valgrind.supp"
SANITIZERS = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def library(name: str) -> str | None:
    """Where gcc has a library of its own."""
    if shutil.which("gcc") is None:
        return None
    found = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout
    return found.strip() if Path(found).is_absolute() else None


# A C++ exception in torch ends the process unless the library that throws it is there when AddressSanitizer starts.
PRELOADED = [library("libasan.so"), library("libstdc++.so")]
with_sanitizers = pytest.mark.skipif(None in PRELOADED, reason="here is no gcc with libasan")
with_valgrind = pytest.mark.skipif(
    None in {shutil.which("valgrind"), shutil.which("gcc")}, reason="here is no valgrind, or no gcc"
)


def run(source: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the package from a folder."""
    environment = {
        "PYTHONPATH": os.pathsep.join([str(source), str(ROOT / "tests")]),
        "OMP_NUM_THREADS": "1",
        **environment,
    }
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def sanitized(source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    preload = " ".join(map(str, PRELOADED))
    return run(source, sys.executable, *arguments, LD_PRELOAD=preload, ASAN_OPTIONS="detect_leaks=0")


def valgrind(source: Path) -> subprocess.CompletedProcess[str]:
    options = ["--quiet", "--error-exitcode=9", f"--suppressions={SUPPRESSED}"]
    return run(source, "valgrind", *options, sys.executable, *SWEEPS, PYTHONMALLOC="malloc")
