"""docs/gallery.md: every script is short, has its picture on the page, and makes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.pages import ROOT, read

SCRIPTS = sorted((ROOT / "examples" / "gallery").glob("*.py"))
SCRIPT = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)


@SCRIPT
def test_a_script_is_short_and_its_picture_is_on_the_page(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) < 40
    page = read(ROOT / "docs" / "gallery.md")
    assert f"](../examples/gallery/{script.stem}.png)" in page
    assert f"`python examples/gallery/{script.name}`" in page


@pytest.mark.slow
@SCRIPT
def test_a_script_makes_its_picture(script: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for the command that scripts call
    environment = {**os.environ, "MPLBACKEND": "agg", "PATH": path}
    subprocess.run([sys.executable, script, picture], check=True, env=environment, cwd=ROOT, capture_output=True)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 10_000  # more than empty axes
