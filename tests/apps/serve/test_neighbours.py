"""/v1/neighbours: the rows of the training file that are most like a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reread.insight.explain.neighbours import Example, neighbours
from support.command_line import Command
from support.folders import KEPT, OLD, STACK
from support.serving import Serving

pytest.importorskip("uvicorn")
from reread import load
from reread.apps.serve.neighbours import drawn

PATH = "/v1/neighbours"
TEXTS = ["a lovely warm film", "a dull cold film", "", "a warm book", "x" * 2_000, "the end", "lovely", "lovely"]
Start = Callable[..., Serving]


@pytest.fixture
def films(tmp_path: Path) -> Path:
    place = tmp_path / "films.csv"
    rows = "".join(f"{text},{('praise', 'blame')[k % 2]}\n" for k, text in enumerate(TEXTS))
    place.write_text(f"text,label\n{rows}", encoding="utf-8")
    return place


def test_the_rows_are_those_that_explain_finds(start: Start, films: Path) -> None:
    server = start("--examples", str(films))
    assert server.ask("/v1/models").json()["neighbours"] == ["model_v1"]
    said = server.ask(PATH, {"text": "a lovely film"}).json()
    assert (said["model"], said["file"], said["rows"], said["compared"]) == ("model_v1", "films.csv", 7, 7)
    network = load(OLD, threads=1).network()
    assert network is not None
    examples = [Example(text, {}, "") for text in dict.fromkeys(TEXTS) if text]
    expected = neighbours(network, "a lovely film", examples)
    found = said["neighbours"]
    assert [each["cosine"] for each in found] == pytest.approx([each.cosine for each in expected], abs=1e-6)
    assert {each["text"] for each in found} == {each.example.text[:1_000] for each in expected}
    assert all(each["targets"] == {"label": ("praise", "blame")[TEXTS.index(each["text"]) % 2]} for each in found[:1])
    assert found[0]["place"].startswith("films.csv, ")


def test_a_text_that_is_none_and_a_file_that_is_not_there_are_refused(start: Start, films: Path) -> None:
    server = start("--examples", str(films))
    assert server.ask(PATH, {"text": " \n"}).status == 422
    assert server.ask(PATH, {"text": "a film", "model": "other"}).status == 422
    bare = start()
    assert bare.ask("/v1/models").json()["neighbours"] == []
    refused = bare.ask(PATH, {"text": "a film"})
    assert refused.status == 404
    assert "is not at hand" in refused.json()["detail"]
    films.unlink()
    refused = server.ask(PATH, {"text": "a film"})
    assert refused.status == 422
    assert refused.json()["detail"].startswith("films.csv cannot be compared: ")


def test_each_task_s_targets_are_shown(tmp_path: Path) -> None:
    for folder in KEPT:
        task = load(folder, threads=1).task
        names = list(task.class_names()) if isinstance(task.class_names(), dict) else ["label"]
        place = tmp_path / f"{folder.stem}.csv"
        place.write_text(f"text,{','.join(names)}\na film,{','.join('1' for _ in names)}\n", encoding="utf-8")
        server = Serving([folder], "--examples", str(place))
        try:
            (found,) = server.ask(PATH, {"text": "a film"}).json()["neighbours"]
        finally:
            server.kill()
        assert found["cosine"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"serve {STACK} --examples none.csv", "none.csv"),
        (f"serve {STACK} {OLD} --examples none.csv", "--examples none.csv: of one model; serve one of stack, model_v1"),
    ],
)
def test_what_cannot_be_shown_is_said_at_the_start(reread: Command, line: str, said: str) -> None:
    outcome = reread(line)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_of_many_rows_each_is_as_likely_to_be_drawn() -> None:
    def rows() -> Iterator[Example]:
        return (Example(str(k), {}, "") for k in range(2_000))

    some, count = drawn(rows(), 500)
    assert count == 2_000
    assert len({each.text for each in some}) == 500
    places: Counter[Any] = Counter(int(each.text) // 500 for each in some)
    assert all(80 < places[part] < 170 for part in range(4))  # the seed is fixed
    assert drawn(rows(), 5_000) == (list(rows()), 2_000)
    assert drawn(iter([]), 5) == ([], 0)
