"""`reread serve --work`: a file is understood and learned from, a corrected model takes the place of the one before."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("uvicorn")
from reread.apps.serve.training.corrected import Correction, correct
from reread.apps.serve.training.deciding import Verdict
from reread.apps.serve.work import FILES, Work
from reread.data.lists import examples_from_lists
from reread.data.seen import SeenTexts
from reread.errors import ConfigError, DataError
from reread.tasks import tasks
from reread.web.problems import Problem
from support.folders import OLD, STACK
from support.serving import Reply, Serving

CSV = {"content-type": "text/csv"}
NDJSON = {"content-type": "application/x-ndjson"}
PARQUET = {"content-type": "application/vnd.apache.parquet"}
TRAINING = "/v1/training"
LONG = 120.0  # seconds after which a training of a second counts as stuck


def labelled(rows: int = 60, *, seed: int = 0) -> list[tuple[str, str]]:
    """Texts of films, and whether they praise."""
    draws = random.Random(seed)
    words = {"pos": ["lovely", "warm", "bright", "fine"], "neg": ["dull", "cold", "dark", "poor"]}
    found = []
    for number in range(rows):
        label = ("pos", "neg")[number % 2]
        found.append((f"{' '.join(draws.sample(words[label], 2))} film {number}", label))
    return found


def stack_rows() -> list[tuple[str, str]]:
    """Those that the kept model was trained on, see tests/data/make_folders.py."""
    words = {"tedious": "blame", "dull": "blame", "plain": "neither", "bright": "praise", "lovely": "praise"}
    things = ("film", "book", "play", "song", "meal", "game")
    forms = ("A {} {}, all in all.", "I don't know a more {} {}!", "What a {} {}; we talked about it for days.")
    return [(form.format(word, thing), words[word]) for word, thing, form in product(words, things, forms)]


def written(rows: list[tuple[str, str]], columns: tuple[str, str] = ("review", "sentiment")) -> bytes:
    place = io.StringIO()
    csv.writer(place).writerows([columns, *rows])
    return place.getvalue().encode()


def sent(server: Serving, content: bytes, query: str = "name=reviews.csv") -> Reply:
    return server.ask(f"{TRAINING}/data?{query}", content, CSV)


def ended(server: Serving) -> Any:
    """How the training is when it is over."""
    until = time.monotonic() + LONG
    while (state := server.ask(TRAINING).json())["state"] in {"running", "deciding"}:
        assert time.monotonic() < until, state
        time.sleep(0.1)
    return state


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


def options(place: Path, text: str) -> list[str]:
    """Those of a server that trains in a folder."""
    (place / "training.toml").write_text(text, encoding="utf-8")
    return ["--work", str(place / "files"), "--training", str(place / "training.toml")]


@pytest.fixture(scope="module")
def server(work: Path) -> Iterator[Serving]:
    running = Serving([OLD, STACK], *options(work, "steps = 2\nno_report = true\n"), absent=())
    yield running
    running.kill()


def test_a_file_is_taken_for_what_train_takes_it_for(server: Serving) -> None:
    rows = [*labelled(), ("", "pos"), ("a film", "")]
    found = sent(server, written(rows)).json()
    assert (found["text"], found["label"], found["task"], found["language"]) == (
        "review", "sentiment", "classification", "en",
    )  # fmt: skip
    assert (found["rows"], found["set_aside"], found["why"]) == (60, 2, None)
    assert sorted((each["name"], each["rows"]) for each in found["classes"]) == [("neg", 30), ("pos", 30)]
    other = sent(
        server, written([("一部好看的电影", "3.5"), ("没有意思的电影", "1.5"), ("还可以", "2")], ("text", "score"))
    ).json()
    assert (other["task"], other["language"], other["range"]) == ("regression", "zh", [1.5, 3.5])


def parquet(columns: dict[str, Any]) -> bytes:
    arrow = pytest.importorskip("pyarrow")
    place = io.BytesIO()
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), place)
    return place.getvalue()


def test_parquet_is_taken_for_what_its_rows_are_taken_for_as_csv(server: Serving, work: Path) -> None:
    rows = labelled()
    texts, labels = zip(*rows, strict=True)
    content = parquet({"review": texts, "sentiment": labels})
    found = server.ask(f"{TRAINING}/data?name=reviews.parquet", content, PARQUET).json()
    as_csv = sent(server, written(rows)).json()
    assert found["rows"] == 60
    assert {**found, "data": ""} == {**as_csv, "data": ""}
    kept = (work / "files" / "data" / found["data"]).read_text(encoding="utf-8")
    assert [json.loads(line) for line in kept.splitlines()] == [
        {"review": text, "sentiment": label} for text, label in rows
    ]


def test_a_small_parquet_file_does_not_become_an_endless_one(server: Serving, work: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    few = arrow.DictionaryArray.from_arrays(arrow.array([0] * 256, arrow.int32()), ["x" * (1 << 20)])
    content = parquet({"text": few, "label": ["pos"] * 256})
    before = sorted((work / "files" / "data").iterdir())
    reply = server.ask(f"{TRAINING}/data?name=large.parquet", content, PARQUET)
    assert reply.status == 422
    assert "when it is unpacked" in reply.json()["detail"] or "of memory to read" in reply.json()["detail"]
    assert sorted((work / "files" / "data").iterdir()) == before


def test_columns_that_are_not_found_can_be_named(server: Serving) -> None:
    found = sent(server, written(labelled(), ("said", "what")), "name=odd.csv").json()
    assert (found["text"], found["label"]) == (None, None)
    assert "text" in found["why"]
    assert server.ask(TRAINING, {"data": found["data"]}).status == 422
    again = server.ask(f"{TRAINING}/data/{found['data']}?text=said&label=what").json()
    assert (again["text"], again["label"], again["why"]) == ("said", "what", None)


def test_what_cannot_be_learned_from_is_a_problem(server: Serving, work: Path) -> None:
    for content, query, kind, status in (
        (b"", "name=a.csv", "text/csv", 422),
        (b"a", "name=a.csv", "application/pdf", 415),
        (b"PAR1", "name=a.parquet", PARQUET["content-type"], 422),
        (b"text,label\na,b\n", "named=a.csv", "text/csv", 422),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "name=a.csv", "text/csv", 422),
    ):
        reply = server.ask(f"{TRAINING}/data?{query}", content, {"content-type": kind})
        assert reply.status == status
        assert str(work) not in reply.body.decode()


def test_no_name_of_a_file_leads_out_of_the_folder(server: Serving, work: Path) -> None:
    found = sent(server, written(labelled()), "name=../../../evil%2F..%2Fname.csv").json()
    assert (work / "files" / "data" / found["data"]).is_file()
    for name in ("../training.toml", "..", "", "/etc/passwd"):
        assert server.ask(TRAINING, {"data": name}).status == 404


def test_a_folder_of_trainings_is_bounded(tmp_path: Path) -> None:
    work = Work(tmp_path / "work")
    names = []
    for number in range(FILES + 3):
        (tmp_path / "sent").write_text(str(number))
        names.append(work.keep(tmp_path / "sent", "reviews.csv", "csv"))
        os.utime(work.data(names[-1]), (number, number))
    assert sum(1 for _ in (tmp_path / "work" / "data").iterdir()) == FILES
    assert work.data(names[-1]).read_text() == str(FILES + 2)
    with pytest.raises(Problem):
        work.data(names[0])
    with pytest.raises(ConfigError, match="is a model folder"):
        Work(OLD)


def checksums(server: Serving) -> dict[str, str]:
    return {each["name"]: each["checksum"] for each in server.ask("/v1/models").json()["models"]}


def test_a_model_is_corrected_used_and_gone_back_from(server: Serving, work: Path) -> None:
    before = checksums(server)
    rows = stack_rows()
    data = sent(server, written(rows, ("text", "label")), "name=stack.csv").json()["data"]
    asked = {"model": "stack", "data": data, "corrections": [{"text": "a film", "label": "new"}]}
    wrong = server.ask(f"{TRAINING}/again", asked)
    assert (wrong.status, wrong.fields()) == (422, ["#/corrections"])
    wrong = server.ask(f"{TRAINING}/again", {**asked, "data": None})
    assert (wrong.status, wrong.fields()) == (422, ["#/data"])
    right = [{"text": rows[0][0].upper(), "label": "praise"}, {"text": "nobody has seen this", "label": "praise"}]
    assert server.ask(f"{TRAINING}/again", {**asked, "corrections": right}).json()["state"] == "running"
    state = ended(server)
    assert (state["state"], state["purpose"], state["why"]) == ("done", "corrected", None)
    assert "27 rows held out from both" in state["verdict"]
    assert "Of 2 corrected texts" in state["verdict"]
    assert state["figures"]["columns"] == ["stack", "linear baseline"]
    assert state["progress"]["step"] == state["progress"]["steps"] == 2
    assert state["progress"]["evaluations"] != []
    assert str(work) not in str(state)
    assert (checksums(server) != before) == (state["answering"] == "stack")
    if state["answering"]:
        assert server.ask(f"{TRAINING}/back", {"model": "stack"}).json()["answering"] is None
    assert checksums(server) == before

    used = server.ask(f"{TRAINING}/use", {"model": "model_v1"}).json()
    assert (used["answering"], used["back"], used["origins"]) == ("model_v1", ["model_v1"], ["model_v1"])
    assert {name for name, each in checksums(server).items() if each != before[name]} == {"model_v1"}
    answer = server.ask("/v1/predict", {"model": "model_v1", "text": "a lovely film"}).json()["answers"][0]
    assert answer["probabilities"].keys() == {"praise", "blame", "neither"}
    server.ask(f"{TRAINING}/back", {"model": "model_v1"})
    assert checksums(server) == before


@pytest.mark.parametrize(
    ("name", "answers", "right", "verdict"),
    [
        ("labels", [["fun"], ["long", "sad"], []], {"label": ["fun", "sad"]}, "Of 1 corrected text it answers "),
        ("numbers", [1.5, 4.0, 2.5], {"target": 3.25}, "On 1 corrected text it is "),
    ],
)
def test_models_of_several_labels_and_of_numbers_are_corrected(
    tmp_path: Path, name: str, answers: list[Any], right: dict[str, Any], verdict: str
) -> None:
    server = Serving([OLD], *options(tmp_path, "steps = 2\nno_report = true\n"), absent=())
    try:
        field = next(iter(right))
        lines = [json.dumps({"text": text, field: answers[k % 3]}) for k, (text, _) in enumerate(labelled())]
        data = server.ask(f"{TRAINING}/data?name={name}.jsonl", "\n".join(lines).encode(), NDJSON).json()["data"]
        server.ask(TRAINING, {"data": data})
        assert ended(server)["state"] == "done"
        server.ask(f"{TRAINING}/use", {"model": OLD.stem})
        wrong = {"label" if field == "target" else "target": 1.0 if field == "label" else "pos"}
        asked = {"model": OLD.stem, "corrections": [{"text": "a film", **wrong}]}
        refused = server.ask(f"{TRAINING}/again", asked)
        assert (refused.status, refused.fields()) == (422, ["#/corrections"])
        asked["corrections"] = [{"text": labelled()[0][0], **right}]
        assert server.ask(f"{TRAINING}/again", asked).json()["state"] == "running"
        state = ended(server)
        assert (state["state"], state["why"]) == ("done", None)
        assert "held out from both" in state["verdict"]
        assert verdict in state["verdict"]
        if state["answering"]:  # and it can be corrected once more
            assert server.ask(f"{TRAINING}/again", asked).json()["state"] == "running"
            assert ended(server)["state"] == "done"
    finally:
        server.kill()


def test_a_training_is_cancelled_and_none_outlives_its_server(tmp_path: Path) -> None:
    server = Serving([OLD], *options(tmp_path, "epochs = 5000\nno_report = true\n"), absent=())
    try:
        data = sent(server, written(labelled(400))).json()["data"]
        assert server.ask(TRAINING, {"data": data}).json()["state"] == "running"
        assert server.ask(TRAINING, {"data": data}).status == 409  # one at a time
        assert server.ask(f"{TRAINING}/cancel", {}).json()["state"] == "cancelled"
        server.ask(TRAINING, {"data": data})
        child = _child(server)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        until = time.monotonic() + LONG
        while _lives(child):
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        server.kill()


@pytest.mark.slow
def test_a_training_that_was_cancelled_goes_on_where_it_was(tmp_path: Path) -> None:
    server = Serving([OLD], *options(tmp_path, "epochs = 5000\nno_report = true\n"), absent=())
    try:
        assert server.ask(f"{TRAINING}/resume", {}).status == 409
        data = sent(server, written(labelled(400))).json()["data"]
        server.ask(TRAINING, {"data": data})
        _learns(server)
        stopped = server.ask(f"{TRAINING}/cancel", {}).json()
        assert (stopped["state"], stopped["resumable"]) == ("cancelled", True)
        resumed = server.ask(f"{TRAINING}/resume", {}).json()
        assert (resumed["state"], resumed["name"], resumed["progress"]["step"]) == ("running", stopped["name"], 0)
        assert _learns(server) > stopped["progress"]["step"]
        assert server.ask(f"{TRAINING}/cancel", {}).json()["state"] == "cancelled"
    finally:
        server.kill()


def _learns(server: Serving) -> int:
    """The first step that is told."""
    until = time.monotonic() + LONG
    while not (state := server.ask(TRAINING).json())["progress"]["step"]:
        assert (state["state"], time.monotonic() < until) == ("running", True)
        time.sleep(0.1)
    return int(state["progress"]["step"])


def _child(server: Serving) -> int:
    place = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not place.exists():
        pytest.skip("no /proc here")
    until = time.monotonic() + LONG
    while not (found := place.read_text().split()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return int(found[0])


def _lives(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_server_that_lacks_the_extra_says_so_and_one_without_a_folder_does_not_train(tmp_path: Path) -> None:
    server = Serving([OLD], "--work", str(tmp_path / "files"))
    try:
        assert server.ask("/v1/models").json()["trains"]
        said = server.ask(TRAINING).json()
        assert not said["able"]
        assert 'pip install "reread[train]"' in said["why"]
        assert sent(server, written(labelled())).status == 501
        assert server.ask(TRAINING, {"data": "reviews.csv"}).status == 501
    finally:
        server.kill()


def test_without_a_folder_nothing_trains(one: Serving) -> None:
    assert not one.ask("/v1/models").json()["trains"]
    assert one.ask(TRAINING).status == 404
    assert one.ask(f"{TRAINING}/use", {"model": "model_v1"}).status == 404


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--training", "run.toml"), "--training run.toml: pass --work too"),
        (("--work", "files", "--workers", "2"), "leave out --workers"),
        (("--work", str(OLD)), "is a model folder"),
    ],
)
def test_a_server_that_cannot_train_so_says_why(options: tuple[str, ...], said: str) -> None:
    with pytest.raises(RuntimeError, match=said):
        Serving([OLD], *options)


def test_who_may_not_ask_may_not_train(tmp_path: Path) -> None:
    token = "a-token-of-sixteen-characters"
    environment = {"REREAD_TOKEN": token}
    server = Serving([OLD], "--work", str(tmp_path / "files"), environment=environment, absent=())
    known = {"authorization": f"Bearer {token}"}
    try:
        for path, body in ((TRAINING, None), (TRAINING, {"data": "a"}), (f"{TRAINING}/use", {"model": "model_v1"})):
            assert server.ask(path, body).status == 401
            assert server.ask(path, body, {**known, "origin": "http://example.com"}).status == 403
            assert server.ask(path, body, {**known, "host": "example.com"}).status == 403
            assert server.ask(path, body, known).status in {200, 404, 409}
        assert server.ask(f"{TRAINING}/data?name=a.csv", written(labelled()), CSV).status == 401
        assert list((tmp_path / "files" / "data").iterdir()) == []
    finally:
        server.kill()


def test_corrections_change_labels_and_add_rows_that_are_not_held_out() -> None:
    texts, labels = ["a", "b", "c", "d"], ["x", "y", "x", "y"]
    examples = examples_from_lists(texts, {"label": labels})
    seen = SeenTexts.of(examples.keys, np.array([0, 1]), np.array([2, 3]))
    given = [Correction("C ", "y"), Correction("e", "x"), Correction("e", "y"), Correction("b", "y")]
    found = correct(examples, given, seen, task=tasks.get("classification").fit(labels))
    assert found.texts == ["a", "b", "c", "d", "e"]
    assert found.answers == ["x", "y", "y", "y", "y"]
    assert found.held_out == [False, False, True, True, False]
    assert found.options() == ["--text=text", "--label=label", "--time=held_out", "--validation=0.4"]
    assert not any(correct(examples, given, None, task=tasks.get("classification").fit(labels)).held_out)
    with pytest.raises(DataError, match='names the class "z"'):
        correct(examples, [Correction("a", "z")], seen, task=tasks.get("classification").fit(labels))


def test_several_labels_and_numbers_are_corrected_too() -> None:
    texts = ["a", "b"]
    labels = examples_from_lists(texts, {"label": [["x", "y"], []]})
    task = tasks.get("multilabel").fit([["x", "y"], []])
    several = correct(labels, [Correction("A", ["y", "x", "y"]), Correction("b", ["y"])], None, task=task)
    assert several.answers == [("x", "y"), ("y",)]
    assert [json.loads(line) for line in several.lines().splitlines()] == [
        {"text": "a", "label": ["x", "y"]},
        {"text": "b", "label": ["y"]},
    ]
    with pytest.raises(DataError, match='names the class "z"'):
        correct(labels, [Correction("a", ["z"])], None, task=task)
    with pytest.raises(DataError, match="expected a list of labels as label"):
        correct(labels, [Correction("a", "x")], None, task=task)
    with pytest.raises(DataError, match="no lists of labels"):
        correct(examples_from_lists(texts, {"label": ["x", "y"]}), [Correction("a", ["x"])], None, task=task)
    order = tasks.get("ordinal").fit(["good", "bad"], ["bad", "good"])
    kept = correct(examples_from_lists(texts, {"label": ["good", "bad"]}), [Correction("a", "bad")], None, task=order)
    assert [json.loads(line)["ordinal_order"] for line in kept.lines().splitlines()] == ["bad,good"] * 2
    numbers, task = examples_from_lists(texts, {"target": [1.0, 2.5]}), tasks.get("regression").fit([1.0, 2.5])
    found = correct(numbers, [Correction("c", target=4)], None, task=task)
    assert (found.answers, found.options()) == ([1.0, 2.5, 4.0], ["--text=text"])
    with pytest.raises(DataError, match="expected a number as target"):
        correct(numbers, [Correction("a", "x")], None, task=task)


@pytest.mark.parametrize(
    ("candidate", "served", "worse", "said"),
    [
        ([True] * 40, [True] * 40, False, "equally good; nothing shows that it is worse"),
        ([False] * 10 + [True] * 30, [True] * 40, True, "it is worse"),
        ([False] * 2 + [True] * 38, [True] * 40, False, "which chance explains; nothing shows that it is worse"),
        ([True] * 40, [False] * 10 + [True] * 30, False, "which chance hardly explains; nothing shows"),
    ],
)
def test_a_candidate_is_worse_where_the_rows_show_it(
    candidate: list[bool],
    served: list[bool],
    worse: bool,  # noqa: FBT001
    said: str,
) -> None:
    texts = [f"text {number}" for number in range(len(candidate))]
    verdict = Verdict(candidate, served, texts, unseen=True)
    assert verdict.worse is worse
    assert said in verdict.sentence()
    assert "flatters" in Verdict(candidate, served, texts, unseen=False).sentence()


def test_copies_of_one_text_show_nothing() -> None:
    assert not Verdict([False] * 40, [True] * 40, ["the same"] * 40, unseen=True).worse
