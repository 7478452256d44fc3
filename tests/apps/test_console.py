"""What is printed is what was meant: names and texts with brackets and colons too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from reread.apps.cli.console import errors, metrics_table, print_json, results, rows_table
from support.command_line import TINY, Command

NAME = "[bold]a[/bold] :smile: [train]"


def test_brackets_are_no_markup(capfd: pytest.CaptureFixture[str]) -> None:
    results.print(NAME)
    results.print(rows_table((NAME,), [(NAME,)]))
    results.print(metrics_table({NAME: {"accuracy": 0.5}}))
    errors.print(NAME)
    captured = capfd.readouterr()
    assert captured.out.count(NAME) == 4
    assert captured.err == f"{NAME}\n"


def test_texts_give_the_terminal_no_orders(capfd: pytest.CaptureFixture[str]) -> None:
    text, seen = "red \x1b[31m\x9b2J\rnow\r\n\tnext \ud800", "red \\x1b[31m\\x9b2J\\x0dnow"
    results.print(text)
    results.print(rows_table((text,), [(text,)]))
    results.print(metrics_table({"a": {f"{text}.accuracy": 0.5}}))
    errors.print(text)
    captured = capfd.readouterr()
    assert captured.out.count(seen) == 4
    assert captured.out.startswith(f"{seen}\n        next \\ud800\n")
    assert captured.err.startswith(seen)
    print_json({"text": text})
    written = capfd.readouterr().out
    assert written.isascii()
    assert not set(written) & {"\x1b", "\x9b", "\r"}
    assert json.loads(written) == {"text": text}


def test_labels_and_texts_of_a_file_give_no_orders(tmp_path: Path, reread: Command) -> None:
    data = tmp_path / "d.jsonl"
    rows = [{"text": f"{'bad' if k % 2 else 'good'} \x1b[31m film {k}", "label": f"\x1b[3{k % 2}m"} for k in range(30)]
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    said = [
        reread(f"train {data} -o {tmp_path}/m.reread {TINY}"),
        reread(f"explain {tmp_path}/m.reread 'good \x1b[31m film'"),
        reread(f"explain {tmp_path}/m.reread --data {data}"),
        reread(f"explain {tmp_path}/m.reread 'good film' --examples {data}"),
        reread(f"evaluate {tmp_path}/m.reread {data}"),
        reread(f"predict {tmp_path}/m.reread {data} -o {tmp_path}/answers.csv"),
    ]
    assert [each.code for each in said] == [0] * 6
    assert not any("\x1b" in each.out + each.err for each in said)
    assert all("\\x1b[3" in each.out for each in said[1:4])
    assert "\x1b[3" in (tmp_path / "answers.csv").read_text(encoding="utf-8"), "what is written to a file is as it was"


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
