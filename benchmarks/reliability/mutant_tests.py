"""One process of mutants.py: the tests of a mutant, in a process that has imported the large libraries before, and nothing of reread."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

LARGE = (
    "numpy",
    "scipy.stats",
    "sklearn.linear_model",
    "torch",
    "onnxruntime",
    "pyarrow",
    "pytest",
)  # not hypothesis, which pytest rewrites
MEMORY = 8 << 30  # bytes: a mutant may ask for more than there is
A_TEST = 60  # seconds: a mutant may wait for ever


class Times:
    """Each test's seconds and whether it passed, as pytest goes on."""

    def __init__(self) -> None:
        """Nothing has run yet."""
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for each part of a test."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def run(folder: Path, options: list[str], out: Path, *, memory: int = MEMORY, a_test: int = A_TEST) -> None:
    """Run pytest in a copy of the checkout and end this process with pytest's exit status; the times go to ``out``."""
    os.setsid()  # so that what a test leaves behind can be ended with it
    os.chdir(folder)
    sys.path.insert(0, str(folder / "src"))
    os.environ |= {"PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    log = os.open(out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    import pytest  # noqa: PLC0415  # imported by the process that this one was made from

    times = Times()
    status = pytest.main(["-p", "no:cacheprovider", f"--timeout={a_test}", *options], plugins=[times])
    out.write_text(json.dumps({"seconds": times.seconds, "failed": times.failed}))
    os._exit(int(status))


if __name__ == "__main__":  # the unchanged code: it may take its time
    run(Path(sys.argv[1]), sys.argv[3:], Path(sys.argv[2]), memory=resource.RLIM_INFINITY, a_test=600)
