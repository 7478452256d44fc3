"""ONNX Runtime tells nobody of what it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.folders import OLD

SCRIPT = f"from reread import load; load({str(OLD)!r}, backend='onnx').predict(['a film'])"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it keeps its session's name in another place")
def test_onnx_runtime_reports_nothing(tmp_path: Path) -> None:
    silenced = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")  # any of them would do, too
    environment = {name: value for name, value in os.environ.items() if name not in silenced}
    subprocess.run([sys.executable, "-c", SCRIPT], env={**environment, "TMPDIR": str(tmp_path)}, check=True)
    assert [*tmp_path.iterdir()] == []  # its telemetry begins with a file for the session
