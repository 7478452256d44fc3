"""`reread agree`: what it prints and writes, and the page that settles."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from reread.data.read import open_rows
from support.command_line import TINY, Command
from support.labelling import other_label, true_label
from support.serving import Settling

pytest.importorskip("uvicorn")


def test_it_says_how_far_two_people_agree(both: tuple[Path, Path], tmp_path: Path, reread: Command) -> None:
    out = tmp_path / "conflicts.csv"
    first, second = both
    outcome = reread(f"agree {first} {second} -o {out}")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "30 texts with two labels, 20 with one"
    assert lines[1].startswith("Krippendorff's alpha: 0.80")
    assert lines[2].startswith("the same label: 27 of 30, 90.0 % (95 % interval: ")
    assert [line.split() for line in lines[3:6]] == [
        ["first", "\\", "second", "neg", "pos"],
        ["neg", "15", "0"],
        ["pos", "3", "12"],
    ]
    assert lines[6] == f"3 conflicts in {out}"
    conflicts = [dict(row.values) for row in open_rows(out)]
    assert [(each["row"], each["first"], each["second"], each["second_by"]) for each in conflicts] == [
        (str(row), true_label(row), other_label(row), "Bob") for row in (15, 25, 35)
    ]
    said = json.loads(reread(f"agree {first} {second} --json").out)
    assert (said["texts"], said["alone"], said["conflicts"]) == (30, 20, 3)
    assert said["low"] < said["alpha"] < said["high"]
    assert said["confusion"][-1] == {"first": "pos", "second": "neg", "texts": 3}


def test_what_differs_is_settled_on_a_page_and_the_result_is_trained_on(
    settle: Callable[[], Settling], tmp_path: Path, reread: Command
) -> None:
    out = tmp_path / "settled.jsonl"
    server = settle()
    assert (server.said["texts"], server.said["labels"]) == (50, 47)
    state = server.state()
    row = state["asked"]["row"]
    assert row in {15, 25, 35}
    assert state["asked"]["given"] == [
        {"by": "Ada", "label": true_label(row)},
        {"by": "Bob", "label": other_label(row)},
    ]
    assert state["asked"]["suggestion"] is None
    assert server.ask("/v1/label", {"row": row, "label": true_label(row)}).status == 200
    code, said = server.stop(signal.SIGINT)
    assert (code, said.splitlines()[0]) == (130, f"{out}: 47 labels; 3 conflicts to settle")
    server = settle()  # goes on
    assert server.said["labels"] == 48
    while (asked := server.state()["asked"]) is not None:
        server.ask("/v1/label", {"row": asked["row"], "label": true_label(asked["row"])})
    server.stop()
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert sorted((line["row"], line["label"]) for line in lines) == [(row, true_label(row)) for row in range(1, 51)]
    assert {line["by"] for line in lines if line["row"] in {15, 25, 35}} == {"Eve"}
    trained = reread(f"train {out} -o {tmp_path / 'm.reread'} --answer linear --no-report --json {TINY}")
    assert json.loads(trained.out)["rows"] == 50


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--settle s.csv", "s.csv: labels are lines of JSON; choose a name that ends with .jsonl"),
        ("--settle {first}", "{first}: is an input, so it cannot be"),
        ("-o {second}", "{second}: is an input, so it cannot be"),
        ("-o - --json", "--json would mix with the conflicts on standard output; name a file for them with -o"),
    ],
)
def test_what_cannot_be_done_is_said(both: tuple[Path, Path], options: str, words: str, reread: Command) -> None:
    first, second = both
    names = {"first": str(first), "second": str(second)}
    outcome = reread(f"agree {first} {second} --port 0 {options.format(**names)}")
    assert (outcome.code, outcome.out) == (2, "")
    assert words.format(**names) in outcome.err


def test_a_file_that_is_not_there(both: tuple[Path, Path], reread: Command) -> None:
    assert reread(f"agree {both[0]} no.jsonl") == (2, "", "reread: no.jsonl: no such file\n")
