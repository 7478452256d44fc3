from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from reread.apps.cli.run import run
from support.command_line import TINY, Command, Outcome, reviews


@pytest.fixture
def reread(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def call(command: str) -> Outcome:
        capfd.readouterr()
        code = run(shlex.split(command))
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``good.csv`` and ``model.reread``, trained on it; not to be changed."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "good.csv").write_text(reviews(), encoding="utf-8")
    command = f"train {folder}/good.csv -o {folder}/model.reread --quiet {TINY}"
    assert run(shlex.split(command)) == 0
    return folder


@pytest.fixture
def work(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a copy of ``trained`` with nothing else in it."""
    folder = tmp_path / "work"
    shutil.copytree(trained, folder)
    monkeypatch.chdir(folder)
    return folder
