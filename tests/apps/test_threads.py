"""How the command line's threads wait for each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

CODE = """
import sys
from reread.apps.cli import main
sys.argv = ["reread", "--version"]
try:
    main()
except SystemExit:
    import torch
"""


@pytest.mark.parametrize(("asked", "found"), [(None, "PASSIVE"), ("active", "ACTIVE")])
def test_threads_wait_without_spinning_unless_asked(asked: str | None, found: str) -> None:
    others = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment = {**others, "OMP_DISPLAY_ENV": "true", **({} if asked is None else {"OMP_WAIT_POLICY": asked})}
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    assert set(re.findall(r"OMP_WAIT_POLICY\W+(\w+)", told.stderr)) == {found}
