"""A package with parts of its own, laid out as pip installs it, in processes that have it on their path or not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin"
REREAD = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
ROWS = "text,label\n" + "".join(f"a well-made film {i},good\na dull and long-winded film {i},bad\n" for i in range(30))


class Said(NamedTuple):
    """What a command ended with."""

    code: int
    out: str
    err: str


def install(site: Path, source: Path = EXAMPLE) -> None:
    """Lay a package out, with what entry points are found by."""
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shutil.copytree(source / "reread_example", site / "reread_example")
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {module}\n" for name, module in project["entry-points"]["reread.plugins"].items())
    (info / "entry_points.txt").write_text(f"[reread.plugins]\n{points}")


def call(command: str, folder: Path, site: Path | None = None) -> Said:
    path = os.pathsep.join(filter(None, [str(site) if site else "", os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    options = {"cwd": folder, "env": environment, "capture_output": True, "text": True}
    done = subprocess.run([*REREAD, *command.split()], check=False, **options)
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    install(folder)
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    """A folder with a model that has a pooling and a segmenter of the package."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "rows.csv").write_text(ROWS)
    own = "--set model.pooling=smallest --set text.segmenter=hyphens --set model.hidden=4 --set text.min_count=1"
    said = call(
        f"train rows.csv -o own.reread --model lstm {own} --epochs 2 --no-report --answer network", folder, site
    )
    assert said.code == 0, said.err
    return folder


def test_a_model_with_parts_of_a_plugin_answers_where_it_is_installed(work: Path, site: Path) -> None:
    assert json.loads((work / "own.reread" / "config.json").read_bytes())["plugins"] == {"reread-example-plugin": "1.0"}
    assert "well-made" in (work / "own.reread" / "vocabulary.json").read_text()
    assert call("verify own.reread", work, site).code == 0
    said = call("predict own.reread rows.csv --quiet", work, site)
    assert (said.code, said.err, len(said.out.splitlines())) == (0, "", 61)


def test_where_it_is_not_installed_the_folder_says_what_it_needs(work: Path) -> None:
    said = call("predict own.reread rows.csv", work)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "own.reread needs reread-example-plugin 1.0: install it if you trust it" in said.err


def test_a_command_of_a_plugin_is_one_of_all_and_is_nothing_without_it(work: Path, site: Path) -> None:
    assert call("count rows.csv", work, site) == Said(0, "60\n", "")
    assert "\n  count " in call("--help", work, site).out
    said = call("count rows.csv", work)
    assert said.code == 2
    assert 'unknown command "count"' in said.err


def test_a_plugin_that_cannot_be_used_costs_one_line(tmp_path: Path, work: Path) -> None:
    install(tmp_path)
    package = tmp_path / "reread_example"
    (package / "smallest.py").write_text("raise RuntimeError('no such machine')")
    (package / "hyphens.py").write_text((package / "hyphens.py").read_text().replace('"hyphens"', '"words"'))
    said = call("count rows.csv", work, tmp_path)
    assert (said.code, said.out) == (0, "60\n")
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert any("reread-example-plugin 1.0 cannot be used: no such machine" in line for line in lines)
    assert any('segmenter "words" is registered twice' in line for line in lines)
