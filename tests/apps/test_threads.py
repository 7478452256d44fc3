"""How torch's threads wait for each other: torch reads it from the environment when it is imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, path, target=None):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"), flush=True)
            if ENDS:
                os._exit(0)  # torch itself takes seconds
sys.meta_path.insert(0, Watch())
"""
COMMAND_LINE = """
from reread.apps.cli import main
sys.argv = ["reread", "--version"]
try:
    main()
except SystemExit:
    import torch
"""
ESTIMATOR = """
from reread import TextClassifier
try:
    TextClassifier().fit(["a lovely film"], ["good"])
except ValueError:
    assert "torch" in sys.modules
"""
TORCH_FIRST = f"""
import torch
{ESTIMATOR}
print(os.environ.get("OMP_WAIT_POLICY"))
"""


@pytest.mark.parametrize("code", [COMMAND_LINE, ESTIMATOR])
@pytest.mark.parametrize(("asked", "found"), [(None, "passive"), ("active", "active")])
def test_threads_wait_without_spinning_unless_asked(code: str, asked: str | None, found: str) -> None:
    assert told(f"ENDS = True{code}", asked)[-1] == found


def test_where_torch_is_imported_already_nothing_is_set() -> None:
    assert told(f"ENDS = False{TORCH_FIRST}", None) == ["None", "None"]


def told(code: str, asked: str | None) -> list[str]:
    """What a fresh Python prints that runs ``code``: how threads are asked to wait when torch is imported."""
    others = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment = {**others, **({} if asked is None else {"OMP_WAIT_POLICY": asked})}
    command = [sys.executable, "-c", WATCH + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.splitlines()
