"""What is printed is what was meant: names and texts with brackets and colons too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reread.apps.cli.console import errors, metrics_table, results, rows_table
from support.command_line import Command

NAME = "[bold]a[/bold] :smile: [train]"


def test_brackets_are_no_markup(capfd: pytest.CaptureFixture[str]) -> None:
    results.print(NAME)
    results.print(rows_table((NAME,), [(NAME,)]))
    results.print(metrics_table({NAME: {"accuracy": 0.5}}))
    errors.print(NAME)
    captured = capfd.readouterr()
    assert captured.out.count(NAME) == 4
    assert captured.err == f"{NAME}\n"


def test_a_missing_extra_is_named_as_it_is_installed(
    trained: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    outcome = reread(f"verify {trained}/model.reread")
    assert outcome.code == 0
    assert outcome.out.count('torch is not installed (pip install "reread[train]")') == 2


def test_files_are_called_by_their_names(work: Path, reread: Command) -> None:
    Path("good.csv").rename("a [red] film :+1:.csv")
    outcome = reread("predict model.reread 'a [red] film :+1:.csv' -o 'answers [i].csv'")
    assert outcome == (0, "", "30 rows answered in answers [i].csv\n")
