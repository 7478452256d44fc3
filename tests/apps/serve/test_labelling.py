"""`reread serve --work`: files of texts are labelled, and what is labelled stays in the folder."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytest.importorskip("uvicorn")
from reread.apps.serve.labelling.kept import MOST
from reread.apps.serve.labelling.labellings import OPEN
from reread.label.label_file import open_labels
from reread.label.questions.classes import Classes
from support.brokers import wait_until
from support.folders import OLD
from support.labelling import true_label, write_texts
from support.serving import Reply, Serving

CSV, PLAIN = {"content-type": "text/csv"}, {"content-type": "text/plain"}
PARQUET = {"content-type": "application/vnd.apache.parquet"}
LABELLINGS = "/v1/labellings"
Start = Callable[..., Serving]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def server(work: Path, start: Start) -> Serving:
    return start("--work", str(work))


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_texts(tmp_path_factory.mktemp("texts") / "texts.csv").read_bytes()


def sent(server: Serving, content: bytes, name: str = "films.csv", headers: dict[str, str] = CSV) -> Reply:
    return server.ask(f"{LABELLINGS}/data?name={quote(name)}", content, headers)


def begun(server: Serving, content: bytes, name: str = "films.csv", **asked: Any) -> Reply:
    """A file is sent, and a labelling of it begun."""
    data = sent(server, content, name).json()["data"]
    return server.ask(LABELLINGS, {"data": data, "asked": "pos,neg", **asked})


def page_of(name: str) -> str:
    return f"/label/{name}/v1/label"


def listed(server: Serving) -> list[tuple[str, int, int]]:
    said = server.ask(LABELLINGS).json()["labellings"]
    return [(each["name"], each["labelled"], each["texts"]) for each in said]


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_file_is_labelled_and_gone_on_with_after_a_new_start(work: Path, start: Start, texts: bytes) -> None:
    server = start("--work", str(work))
    assert listed(server) == []
    looked = sent(server, texts).json()
    assert (looked["columns"], looked["text"], looked["rows"]) == (["number", "text"], "text", 60)
    reply = server.ask(LABELLINGS, {"data": looked["data"], "asked": "pos, neg", "by": "Ada", "blind": True})
    assert reply.json() == {"name": "films", "kind": "classes", "asked": "pos, neg", "labelled": 0, "texts": 60}
    state = server.ask(page_of("films")).json()
    assert (state["blind"], state["texts"], state["labelled"]) == (True, 60, 0)
    assert [each["name"] for each in state["question"]["classes"]] == ["pos", "neg"]
    for row in (3, 8):
        assert server.ask(page_of("films"), {"row": row, "label": true_label(row)}).status == 200
        assert lines(work / "labels" / "films" / "labels.jsonl")[-1]["row"] == row  # on the disk before it is said
    assert listed(server) == [("films", 2, 60)]
    assert server.ask(f"{LABELLINGS}/films").body == (work / "labels" / "films" / "labels.jsonl").read_bytes()
    assert server.stop(signal.SIGKILL)[0] == -signal.SIGKILL
    again = start("--work", str(work))
    assert listed(again) == [("films", 2, 60)]
    state = again.ask(page_of("films")).json()
    assert (state["labelled"], state["last"]["row"]) == (2, 8)
    assert again.ask(f"{page_of('films')}/undo", {"row": 8}).json()["labelled"] == 1
    assert again.ask(f"{page_of('films')}/skip", {"row": 1}).status == 200
    kept = lines(work / "labels" / "films" / "labels.jsonl")
    assert [(each["row"], each["label"], each["by"]) for each in kept] == [(3, "pos", "Ada")]
    assert again.stop()[0] == 0
    names = {each.name for each in (work / "labels" / "films").iterdir()}
    assert names == {"labelling.json", "labels.jsonl", "texts.csv"}


@pytest.mark.parametrize(
    ("asked", "given_and_kept"),
    [
        ({"kind": "multilabel", "asked": "a,b,c"}, (["c", "a"], {"label": ["a", "c"]})),
        (
            {"kind": "ordinal", "asked": "bad,fair,good"},
            ("fair", {"label": "fair", "ordinal_order": "bad,fair,good"}),
        ),
        ({"kind": "numbers", "asked": "0,10"}, (7.5, {"target": 7.5})),
    ],
)
def test_whatever_is_asked_is_kept_as_reread_label_keeps_it(
    server: Serving, work: Path, texts: bytes, asked: dict[str, str], given_and_kept: tuple[Any, dict[str, Any]]
) -> None:
    given, kept = given_and_kept
    assert begun(server, texts, **asked).status == 200
    assert server.ask(page_of("films"), {"row": 1, "label": given}).status == 200
    (line,) = lines(work / "labels" / "films" / "labels.jsonl")
    assert {name: line[name] for name in kept} == kept


def test_plain_text_and_a_single_column_of_any_name_can_be_labelled(server: Serving) -> None:
    plain = sent(server, "好看\n没有意思\n还可以\n".encode(), "评论.txt", PLAIN).json()
    assert (plain["columns"], plain["text"], plain["rows"]) == (["text"], "text", 3)
    assert server.ask(LABELLINGS, {"data": plain["data"], "asked": "好,坏"}).json()["name"] == "评论"
    state = server.ask(page_of(quote("评论"))).json()
    assert state["texts"] == 3
    other = sent(server, b"saying\nfine\ndull\n", "b.csv").json()
    assert (other["text"], other["columns"]) == (None, ["saying"])
    reply = server.ask(LABELLINGS, {"data": other["data"], "text": "saying", "asked": "pos,neg"})
    assert reply.json()["texts"] == 2


def test_it_is_said_which_rows_are_not_asked_about(server: Serving) -> None:
    name = sent(server, b"text,b\nfine,1\n,2\ndull,3\nFINE,4\n,5\nbad,6,7\n").json()["data"]
    said = server.ask(f"{LABELLINGS}/data/{name}?text=text").json()
    assert said == {"texts": 2, "equal": 1, "left_out": 3, "why": "text is missing"}
    assert server.ask(f"{LABELLINGS}/data/{name}?text=b").json()["texts"] == 5
    assert server.ask(f"{LABELLINGS}/data/{name}?text=c").status == 422
    assert server.ask(f"{LABELLINGS}/data/nothing.csv?text=text").status == 404


def test_parquet_is_labelled_as_its_rows(server: Serving, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    place = tmp_path / "films.parquet"
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table({"text": ["one", "two", "one"]}), place)
    looked = sent(server, place.read_bytes(), "films.parquet", PARQUET).json()
    assert (looked["columns"], looked["rows"]) == (["text"], 3)
    reply = server.ask(LABELLINGS, {"data": looked["data"], "asked": "pos,neg"})
    assert reply.json()["texts"] == 2  # each once


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    [
        (b"text\nfine\ndull\n", {"asked": "pos"}, "only class"),
        (b"text\nfine\ndull\n", {"asked": "pos,,neg"}, "a class is empty"),
        (b"text\nfine\ndull\n", {"asked": "pos,pos"}, "there twice"),
        (b"text\nfine\ndull\n", {"kind": "numbers", "asked": "5,1"}, "the lower one first"),
        (b"text\nfine\ndull\n", {"kind": "numbers", "asked": "many"}, "expected two numbers"),
        (b"text\nfine\ndull\n", {"text": "review", "asked": "pos,neg"}, 'no column "review"'),
        (b"saying,number\nfine,1\n", {"asked": "pos,neg"}, "no column has a usual name"),
        (b"text,number\n,1\n,2\n", {"asked": "pos,neg"}, 'no row has a text in the column "text": text is missing'),
    ],
)
def test_what_cannot_be_labelled_so_is_a_problem(
    server: Serving, work: Path, content: bytes, asked: dict[str, str], said: str
) -> None:
    reply = begun(server, content, **asked)
    assert reply.status == 422
    assert said in reply.json()["detail"]
    assert str(work) not in reply.json()["detail"]
    assert listed(server) == []
    assert list((work / "labels").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", CSV, 422),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", CSV, 422),
        (b"text\nfine\n", {"content-type": "application/zip"}, 415),
        (b"PAR1", PARQUET, 422),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    server: Serving, work: Path, content: bytes, headers: dict[str, str], status: int
) -> None:
    reply = sent(server, content, "films.csv", headers)
    assert reply.status == status
    assert str(work) not in reply.json()["detail"]


HOSTILE = [
    "../../etc/passwd.csv",
    "..\\..\\evil.csv",
    "/etc/passwd",
    "a/b.csv",
    ".csv",
    "..",
    "nul\0.csv",
    "<b>x</b>.csv",
    "x" * 300,
]


def test_no_name_leads_out_of_the_folder(server: Serving, work: Path, texts: bytes) -> None:
    for name in HOSTILE:
        reply = begun(server, texts, name)
        assert reply.status == 200
        made = reply.json()["name"]
        assert (work / "labels" / made / "labelling.json").is_file()
        assert server.ask(page_of(quote(made))).json()["texts"] == 60
    assert {each.name for each in work.parent.iterdir()} == {work.name}
    assert {each.name for each in work.iterdir()} == {"data", "labels", "models"}
    for name in ("..", "../labels", "films/../films", "nothing", "labels.jsonl", ""):
        assert server.ask(page_of(quote(name, safe=""))).status == 404
        assert name == "" or server.ask(f"{LABELLINGS}/{quote(name, safe='')}").status == 404
        assert server.ask(page_of(quote(name, safe="")), {"row": 1, "label": "pos"}).status == 404


def test_two_files_of_one_name_are_two_labellings(server: Serving, work: Path, texts: bytes) -> None:
    names = [begun(server, texts).json()["name"] for _ in range(3)]
    assert names == ["films", "films-2", "films-3"]
    server.ask(page_of("films-2"), {"row": 1, "label": "pos"})
    assert {name: labelled for name, labelled, _ in listed(server)} == {"films": 0, "films-2": 1, "films-3": 0}
    os.utime(work / "labels" / "films-2" / "labels.jsonl", (2e9, 2e9))  # whatever the clock of the disk is
    assert listed(server)[0][0] == "films-2"


def test_only_a_few_are_in_memory_and_all_can_be_worked_on(server: Serving, work: Path, texts: bytes) -> None:
    names = [begun(server, texts).json()["name"] for _ in range(OPEN + 2)]
    for row in (1, 2):
        for name in names:
            assert server.ask(page_of(name), {"row": row, "label": "pos"}).status == 200
    held = [name for name in names if (work / "labels" / name / ".labels.jsonl.lock").exists()]
    assert held == names[-OPEN:]
    assert {labelled for _, labelled, _ in listed(server)} == {2}


def test_a_folder_of_labellings_is_bounded(server: Serving, work: Path, texts: bytes) -> None:
    for number in range(MOST):
        (work / "labels" / str(number)).mkdir()
    assert begun(server, texts).status == 507
    (work / "labels" / "0").rmdir()
    assert begun(server, texts).status == 200


def test_what_many_give_at_once_is_all_kept_and_each_line_is_whole(server: Serving, work: Path, texts: bytes) -> None:
    begun(server, texts)

    def give(first: int) -> None:
        for row in range(first, 61, 3):
            assert server.ask(page_of("films"), {"row": row, "label": true_label(row)}).status == 200

    people = [threading.Thread(target=give, args=(first,)) for first in (1, 2, 3)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    kept = lines(work / "labels" / "films" / "labels.jsonl")
    assert sorted(each["row"] for each in kept) == list(range(1, 61))
    assert all(each["label"] == true_label(each["row"]) for each in kept)


def test_a_labelling_that_another_process_has_open_is_not_torn(server: Serving, work: Path, texts: bytes) -> None:
    begun(server, texts)
    place = work / "labels" / "films" / "labels.jsonl"
    with open_labels(place, Classes(["pos", "neg"])):
        reply = server.ask(page_of("films"), {"row": 1, "label": "pos"})
        assert reply.status == 409
        assert "labels/films/labels.jsonl: another reread label has it open" in reply.json()["detail"]
        assert str(work) not in reply.json()["detail"]
    assert server.ask(page_of("films"), {"row": 1, "label": "pos"}).status == 200


def test_a_file_that_another_program_has_changed_is_read_anew(server: Serving, work: Path, texts: bytes) -> None:
    begun(server, texts)
    place = work / "labels" / "films" / "labels.jsonl"
    for row in (1, 2):
        server.ask(page_of("films"), {"row": row, "label": true_label(row)})
    place.write_text("".join(place.read_text().splitlines(keepends=True)[:1]), encoding="utf-8")
    refused = server.ask(page_of("films"), {"row": 3, "label": "pos"})
    assert refused.status == 422
    assert "was changed by another program; load this page again" in refused.json()["detail"]
    assert [each["row"] for each in lines(place)] == [1]
    assert server.ask(page_of("films")).json()["labelled"] == 1
    assert server.ask(page_of("films"), {"row": 3, "label": "pos"}).status == 200
    place.write_text("no label\n", encoding="utf-8")
    server.ask(page_of("films"), {"row": 4, "label": "neg"})
    wrong = server.ask(page_of("films"))
    assert wrong.status == 422
    assert "labels/films/labels.jsonl, line 1: is no label" in wrong.json()["detail"]
    assert place.read_text() == "no label\n"


def test_without_a_folder_nothing_is_labelled(one: Serving) -> None:
    assert one.ask(LABELLINGS).status == 404
    assert one.ask(page_of("films"), {"row": 1, "label": "pos"}).status == 404
    assert one.ask("/label/films/").status == 404


TOKEN = "a-token-of-sixteen-characters"


def test_who_may_not_ask_may_not_label(work: Path, start: Start, texts: bytes) -> None:
    server = start("--work", str(work), environment={"REREAD_TOKEN": TOKEN})
    known = {"authorization": f"Bearer {TOKEN}"}
    data = f"{LABELLINGS}/data?name=films.csv"
    assert server.ask(data, texts, CSV).status == 401
    assert list((work / "data").iterdir()) == []
    name = server.ask(data, texts, {**CSV, **known}).json()["data"]
    begin, give = {"data": name, "asked": "pos,neg"}, {"row": 1, "label": "pos"}
    paths = {
        LABELLINGS: (None, begin),
        f"{LABELLINGS}/films": (None,),
        f"{LABELLINGS}/data/{name}?text=text": (None,),
        page_of("films"): (None, give),
        f"{page_of('films')}/skip": ({"row": 1},),
        f"{page_of('films')}/undo": ({"row": 1},),
        f"{page_of('films')}/training": (None, {}),
        f"{page_of('films')}/training/cancel": ({},),
        f"{page_of('films')}/training/report": (None,),
    }
    for path, bodies in paths.items():
        for body in bodies:
            for wrong in ({}, {"authorization": "Bearer another-token-of-many"}):
                assert server.ask(path, body, wrong).status == 401
            assert server.ask(path, body, {**known, "origin": "http://example.com"}).status == 403
            assert server.ask(path, body, {**known, "host": "example.com"}).status == 403
    assert not any((work / "labels").iterdir())
    assert server.ask(LABELLINGS, begin, known).status == 200
    assert server.ask(page_of("films"), give, known).status == 200


def test_the_page_of_a_labelling_needs_no_token_and_does_not_say_which_there_are(
    work: Path, start: Start, texts: bytes
) -> None:
    server = start("--work", str(work), environment={"REREAD_TOKEN": TOKEN})
    known = {"authorization": f"Bearer {TOKEN}"}
    data = server.ask(f"{LABELLINGS}/data?name=films.csv", texts, {**CSV, **known}).json()["data"]
    server.ask(LABELLINGS, {"data": data, "asked": "pos,neg"}, known)
    there, nowhere = (server.ask(f"/label/{name}/") for name in ("films", "nothing"))
    assert (there.status, there.body) == (nowhere.status, nowhere.body)
    assert b"films" not in there.body
    assert "default-src 'none'" in there.headers["content-security-policy"]
    assert server.ask("/label/films/page/label.js").body == server.ask("/page/label.js").body
    for path in ("/label/films/page/label.html", "/label/films", "/label/films/x/", "/label/films/page/../v1/label"):
        assert server.ask(path).status == 401


def test_without_the_extra_texts_are_labelled_and_it_is_said_that_nothing_trains(server: Serving, texts: bytes) -> None:
    begun(server, texts)
    assert server.ask(page_of("films"), {"row": 1, "label": "pos"}).status == 200
    said = server.ask(f"{page_of('films')}/training").json()
    assert (said["able"], said["state"]) == (False, None)
    refused = server.ask(f"{page_of('films')}/training", {})
    assert refused.status == 501
    assert 'pip install "reread[train]"' in refused.json()["detail"]


@pytest.fixture(scope="module")
def trains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    place = tmp_path_factory.mktemp("trains")
    (place / "small.toml").write_text("steps = 2\nno_report = true\n", encoding="utf-8")
    running = Serving([OLD], "--work", str(place / "work"), "--training", str(place / "small.toml"), absent=())
    yield running
    running.kill()


def test_a_model_is_trained_on_the_labels_and_answers_in_the_place_of_another(trains: Serving, texts: bytes) -> None:
    for name in ("films", "others"):
        begun(trains, texts, f"{name}.csv")
    path = f"{page_of('films')}/training"
    trains.ask(page_of("films"), {"row": 1, "label": "pos"})
    few = trains.ask(path, {})
    assert few.status == 422
    assert "same label" in few.json()["detail"]
    for row in range(2, 61):
        trains.ask(page_of("films"), {"row": row, "label": true_label(row)})
    assert trains.ask(path).json()["state"] is None
    assert trains.ask(path, {}).json()["state"] == "running"
    assert trains.ask(path, {}).status == 409
    assert trains.ask(f"{page_of('others')}/training").json()["state"] is None  # the model is another labelling's
    trains.ask(f"{page_of('others')}/training/cancel", {})  # so this ends nothing
    wait_until(lambda: trains.ask(path).json()["state"] != "running")
    said = trains.ask(path).json()
    assert (said["state"], said["why"], said["name"], said["serve"]) == ("done", None, "films", None)
    assert said["figures"]["rows"]
    assert trains.ask("/v1/training").json()["name"] == "films"
    assert trains.ask("/v1/training/use", {"model": "model_v1"}).json()["answering"] == "model_v1"
    answer = trains.ask("/v1/predict", {"text": "a lovely film"}).json()["answers"][0]
    assert set(answer["probabilities"]) == {"pos", "neg"}


def test_a_training_on_labels_can_be_cancelled(trains: Serving, texts: bytes) -> None:
    name = begun(trains, texts, "cancelled.csv").json()["name"]
    for row in range(1, 61):
        trains.ask(page_of(name), {"row": row, "label": true_label(row)})
    path = f"{page_of(name)}/training"
    assert trains.ask(path, {}).status == 200
    assert trains.ask(f"{path}/cancel", {}).json()["state"] == "cancelled"
    assert trains.ask(f"{path}/report").status == 404
