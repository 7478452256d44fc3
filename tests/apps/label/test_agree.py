"""`reread agree`: what it prints and writes, and the page that settles."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reread.data.read import open_rows
from support.browser import CHROMIUM, MISSING, WIDTHS, barriers, chromium, hearing
from support.command_line import TINY, Command
from support.labelling import true_label, write_texts
from support.serving import Running

pytest.importorskip("uvicorn")


def other(row: int) -> str:
    return true_label(row + 1)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """Ada has labelled rows 1 to 40, and Bob 11 to 50; he says something else of 15, 25 and 35."""
    texts = [str(row.values["text"]) for row in open_rows(write_texts(tmp_path / "texts.csv"))]
    files = tmp_path / "ada.jsonl", tmp_path / "bob.jsonl"
    for path, name, rows in zip(files, ("Ada", "Bob"), (range(1, 41), range(11, 51)), strict=True):
        labels = {row: other(row) if name == "Bob" and row % 10 == 5 and row < 40 else true_label(row) for row in rows}
        lines = [{"row": row, "text": texts[row - 1], "label": label, "by": name} for row, label in labels.items()]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return files


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
        (str(row), true_label(row), other(row), "Bob") for row in (15, 25, 35)
    ]
    said = json.loads(reread(f"agree {first} {second} --json").out)
    assert (said["texts"], said["alone"], said["conflicts"]) == (30, 20, 3)
    assert said["low"] < said["alpha"] < said["high"]
    assert said["confusion"][-1] == {"first": "pos", "second": "neg", "texts": 3}


class Settling(Running):
    """`reread agree --settle`."""

    def __init__(self, both: tuple[Path, Path], out: Path) -> None:
        super().__init__("agree", [*map(str, both), "--settle", str(out), "--by", "Eve", "--json"])
        self.said = json.loads(self.ready)
        self.address = urlsplit(self.said["address"])

    def state(self) -> Any:
        return self.ask("/v1/label").json()


@pytest.fixture
def settle(both: tuple[Path, Path], tmp_path: Path) -> Iterator[Callable[[], Settling]]:
    running: list[Settling] = []

    def start() -> Settling:
        running.append(Settling(both, tmp_path / "settled.jsonl"))
        return running[-1]

    yield start
    for server in running:
        server.kill()


def test_what_differs_is_settled_on_a_page_and_the_result_is_trained_on(
    settle: Callable[[], Settling], tmp_path: Path, reread: Command
) -> None:
    out = tmp_path / "settled.jsonl"
    server = settle()
    assert (server.said["texts"], server.said["labels"]) == (50, 47)
    state = server.state()
    row = state["asked"]["row"]
    assert row in {15, 25, 35}
    assert state["asked"]["given"] == [{"by": "Ada", "label": true_label(row)}, {"by": "Bob", "label": other(row)}]
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


@pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_both_labels_are_shown_on_the_page(settle: Callable[[], Settling], scheme: str) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    server = settle()
    with chromium() as browser:
        for width in WIDTHS.values():
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.goto(server.address.geturl() + "/")
            page.wait_for_selector("#classes button")
            hearing(page)
            row = server.state()["asked"]["row"]
            assert page.locator("#given").inner_text() == f"Ada: {true_label(row)} · Bob: {other(row)}"
            assert barriers(page) == []
            page.keyboard.press("2")
            page.wait_for_function(
                "row => document.querySelector('#kept').textContent.includes(`row ${row},`)", arg=row
            )


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
