"""`reread predict` with many files: each is answered once, whole or not at all, whoever does it and however often it is killed."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from reread.data.parts import Part, name_of_result
from reread.errors import BundleError, ConfigError, DataError
from reread.lab.scale.answering import Answering, Opened, answer_parts
from reread.lab.scale.total import Total
from reread.locks import lock
from reread.model.files import Answered
from support.command_line import Command, reread_process

OTHER = Path(__file__).parents[1] / "data" / "folders_2026_12" / "stack.reread"
TEXTS = [f"a {kind} film, number {number}" for number in range(30) for kind in ("lovely", "dull")]


@pytest.fixture
def parts(work: Path) -> Path:
    """A folder with three files of rows, one of them below another folder, and two that are none."""
    folder = work / "in"
    (folder / "deep").mkdir(parents=True)
    for name, texts in {"a.csv": TEXTS[:20], "b.csv": TEXTS[20:40], "deep/c.csv": TEXTS[40:]}.items():
        (folder / name).write_text("id,text\n" + "".join(f'{k},"{text}"\n' for k, text in enumerate(texts)))
    (folder / "notes.pdf").write_text("no rows")
    (folder / "_SUCCESS").write_text("")
    return folder


def answers(folder: Path) -> dict[str, str]:
    """Every file of a folder with what it holds, but for locks and what was asked."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".locks", ".reread.json"} & set(path.parts)
    }


def test_every_file_of_a_folder_is_answered_in_one_of_the_same_name(parts: Path, reread: Command) -> None:
    outcome = reread("predict model.reread in -o out")
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "2 files left out; by their names they hold no rows: _SUCCESS, notes.pdf",
        "60 rows of 3 parts answered in out",
    ]
    assert list(answers(Path("out"))) == ["a.csv", "b.csv", "deep/c.csv"]
    assert reread("predict model.reread in/a.csv -o alone.csv").code == 0
    assert Path("out/a.csv").read_text() == Path("alone.csv").read_text()


def test_a_line_says_from_time_to_time_how_far_it_is_within_a_part_too(
    parts: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.lab.scale.answering.TOLD_SECONDS", 0)
    monkeypatch.setattr("reread.apps.cli.answering_parts.LINE_SECONDS", 0)
    told = [line for line in reread("predict model.reread in -o out").err.splitlines() if "a second" in line]
    speed = r"[\d,]+ rows a second"
    assert re.fullmatch(f"0 of 3 parts, {speed}", told[0])  # how long nobody knows yet
    assert [line.split(",")[0] for line in told] == [f"{k} of 3 parts" for k in (0, 1, 1, 2, 2)]
    assert all(re.fullmatch(rf"\d of 3 parts, {speed}, .+ left", line) for line in told[1:])


def test_the_time_left_counts_the_rows_of_parts_that_are_not_done() -> None:
    total = Total(parts=3, there=0, size=400, started=time.monotonic() - 3000)
    assert total.seconds_left is None
    total.in_part["b"] = 10
    assert total.seconds_left is None  # nobody knows how many bytes a row has
    total.add("a", 100, Answered(rows=20))
    assert total.seconds_left == pytest.approx(5000, rel=0.01)  # 150 bytes of 400
    total.add("b", 100, Answered(rows=20))
    assert total.seconds_left == pytest.approx(3000, rel=0.01)
    assert total.rows_a_second == pytest.approx(40 / 3000, rel=0.01)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ("predict other.reread in -o out", "model"),
        ("predict model.reread in -o out --abstain-below 0.6 --where id=1", "where, abstain-below"),
        ("predict model.reread in -o out --text id", "text"),
        ("predict model.reread in -o out --precision int8 --precision-limit 1", "precision"),
    ],
)
def test_answers_of_another_question_are_not_taken_for_these(
    parts: Path, reread: Command, changed: str, what: str
) -> None:
    shutil.copytree(OTHER, "other.reread")
    assert reread("predict model.reread in -o out").code == 0
    before = answers(Path("out"))
    outcome = reread(changed)
    assert outcome.code == 2
    assert f"out: the answers that are there were made with another {what}; name another folder" in outcome.err
    assert answers(Path("out")) == before
    shutil.rmtree("out")
    assert reread("predict model.reread in -o out").code == 0


def test_what_was_asked_may_be_lost_but_not_spoiled(parts: Path, reread: Command) -> None:
    assert reread("predict model.reread in -o out").code == 0
    asked = Path("out/.reread.json")
    for spoiled in (b"[1]", b"\xff"):
        asked.write_bytes(spoiled)
        assert "remove it" in reread("predict model.reread in -o out").err
    asked.unlink()  # then nobody knows what they were made with
    outcome = reread("predict model.reread in -o out")
    said = "reread: out: a.csv is there already, and no .reread.json"
    assert (outcome.code, outcome.err.splitlines()[-1].startswith(said)) == (2, True)
    assert not asked.exists()


def test_what_is_no_result_is_not_taken_for_one(parts: Path, reread: Command) -> None:
    shutil.copytree(parts, "copied")
    outcome = reread("predict model.reread in -o copied")
    assert (outcome.code, "copied: a.csv is there already" in outcome.err) == (2, True)
    assert "prediction" not in Path("copied/a.csv").read_text()


def test_two_commands_that_ask_for_something_else_do_not_share_a_folder(parts: Path, reread: Command) -> None:
    with lock(Path("out/.locks"), "held") as ours:  # as by a command that answers its first part
        assert ours
        outcome = reread("predict model.reread in -o out")
    assert (outcome.code, "out: another command answers there with another model" in outcome.err) == (2, True)
    assert not Path("out/.reread.json").exists()

    class Meddler:
        """Asks for something else after the first part."""

        def on_progress(self, total: Total) -> None:
            if total.done == 1:
                Path("out/.reread.json").write_text('{"model": "another"}', encoding="utf-8")

    with pytest.raises(ConfigError, match="another command answers there"):
        answer_parts(Answering(model=Path("model.reread"), data="in", out="out"), Meddler())
    assert list(answers(Path("out"))) == ["a.csv"]


def test_a_model_that_is_exchanged_is_not_opened(parts: Path) -> None:
    meant = Answering(model=Path("model.reread"), data="in", out="out", checksum="another")
    with pytest.raises(BundleError, match="another model is there than when the command began"):
        Opened(meant)


@pytest.mark.skipif(sys.platform == "win32", reason="signals there are others")
@pytest.mark.parametrize(("how", "code", "said"), [(signal.SIGINT, 130, "goes on"), (signal.SIGTERM, -15, "")])
def test_workers_that_are_stopped_leave_nothing_half_written(work: Path, how: int, code: int, said: str) -> None:
    Path("many").mkdir()
    for number in range(4):
        rows = "".join(f"{number}-{k},a lovely film of many words\n" for k in range(200_000))
        Path(f"many/{number}.csv").write_text("id,text\n" + rows)
    with reread_process(shlex.split("predict model.reread many -o out --workers 2")) as process:
        while len(list(Path("out").glob(".*.part"))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(how)
        errors = process.communicate(timeout=60)[1]  # whose end the workers hold, too
    assert (process.returncode, "Traceback" in errors, said in errors) == (code, False, True)
    assert list(Path("out").glob(".*.part")) == []


def test_earlier_results_below_the_data_are_no_data(parts: Path, reread: Command) -> None:
    assert reread("predict model.reread in -o in/out").code == 0
    assert reread("predict model.reread in -o in/again").err.endswith("60 rows of 3 parts answered in in/again\n")
    assert reread('predict model.reread "in/**/*.csv" -o last').err.endswith("60 rows of 3 parts answered in last\n")


def test_it_is_said_where_texts_have_another_column_and_where_rows_have_no_answer(parts: Path, reread: Command) -> None:
    (parts / "d.csv").write_text("id,review\n1,lovely\n2,\n")
    outcome = reread("predict model.reread in -o out")
    assert "text: review in d.csv; in training text" in outcome.err.splitlines()
    assert "1 of 62 rows could not be answered; the error column says why, in d.csv" in outcome.err.splitlines()
    shutil.rmtree("out")
    assert json.loads(reread("predict model.reread in -o out --json").out)["failed_in"] == {"d.csv": 1}


def test_what_is_there_is_passed_over(parts: Path, reread: Command) -> None:
    assert reread("predict model.reread in -o out").code == 0
    before = answers(Path("out"))
    Path("out/b.csv").unlink()
    Path("out/a.csv").write_text("made by someone else")
    outcome = reread("predict model.reread in -o out --json")
    assert json.loads(outcome.out) == {
        "model": "model.reread", "out": "out", "parts": 3, "skipped": 2, "rows": 20, "failed": 0,
        "failed_in": {}, "abstained": 0,
    }  # fmt: skip
    assert answers(Path("out")) == {**before, "a.csv": "made by someone else"}
    assert reread("predict model.reread in -o out").err.endswith("all of 3 parts were answered in out before\n")


def test_a_pattern_and_another_format(parts: Path, reread: Command) -> None:
    assert reread('predict model.reread "in/**/*.csv" -o out --out-format parquet --quiet').code == 0
    assert sorted(answers_of_parquet(Path("out"))) == ["a.parquet", "b.parquet", "deep/c.parquet"]
    assert reread('predict model.reread "in/[ab].csv" -o two --where id=3 --quiet').code == 0
    assert list(answers(Path("two"))) == ["a.csv", "b.csv"]
    with Path("two/a.csv").open() as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["3"]


def answers_of_parquet(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): pq.read_table(path).num_rows for path in folder.rglob("*.parquet")}


def test_links_to_folders_end_nowhere(parts: Path, reread: Command) -> None:
    (parts / "loop").symlink_to(".")
    (parts / "d.csv").symlink_to("a.csv")
    for number, data in enumerate(["in", '"in/**/*.csv"']):
        assert reread(f"predict model.reread {data} -o out{number} --quiet").code == 0
        assert list(answers(Path(f"out{number}"))) == ["a.csv", "b.csv", "d.csv", "deep/c.csv"]


def test_links_to_other_folders_are_followed(parts: Path, reread: Command) -> None:
    Path("more").mkdir()
    (parts / "a.csv").rename("more/e.csv")
    (parts / "linked").symlink_to("../more")
    for number, data in enumerate(["in", '"in/**/*.csv"']):
        assert reread(f"predict model.reread {data} -o out{number} --quiet").code == 0
        assert list(answers(Path(f"out{number}"))) == ["b.csv", "deep/c.csv", "linked/e.csv"]


def test_a_link_that_leads_nowhere_is_no_part_that_can_be_left_out(parts: Path, reread: Command) -> None:
    (parts / "gone.csv").symlink_to("nowhere.csv")
    outcome = reread("predict model.reread in -o out")
    assert (outcome.code, outcome.err) == (2, "reread: in/gone.csv: is a link to a file that is not there\n")


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_a_name_that_is_no_text(parts: Path, reread: Command) -> None:
    name = b"bad\xff\xfe.csv"
    (parts / "a.csv").rename(parts / os.fsdecode(name))
    outcome = reread("predict model.reread in -o out")
    assert (outcome.code, "60 rows of 3 parts" in outcome.err) == (0, True)
    assert name in {os.fsencode(each) for each in os.listdir("out")}  # noqa: PTH208


def test_names_as_long_as_a_file_may_have(parts: Path, reread: Command) -> None:
    deep = parts / ("x" * 200) / ("y" * 200)
    deep.mkdir(parents=True)
    (parts / "a.csv").rename(deep / f"{'z' * 200}.csv")
    assert reread("predict model.reread in -o out --quiet").code == 0
    assert len(answers(Path("out"))) == 3


def test_results_below_the_data_are_no_data(parts: Path, reread: Command) -> None:
    for _ in range(2):
        assert reread("predict model.reread in -o in/answers --quiet").code == 0
    assert list(answers(Path("in/answers"))) == ["a.csv", "b.csv", "deep/c.csv"]


def test_a_part_without_rows_is_answered_with_a_header(parts: Path, reread: Command) -> None:
    (parts / "a.csv").write_text("id,text\n")
    assert reread("predict model.reread in -o out --quiet").code == 0
    assert Path("out/a.csv").read_text().strip() == "id,text,prediction,probability:neg,probability:pos,error"


def test_a_part_that_cannot_be_read_stops_the_run_and_what_was_done_stays(parts: Path, reread: Command) -> None:
    (parts / "b.csv").write_text("id,prediction\n1,pos\n")
    outcome = reread("predict model.reread in -o out --quiet")
    assert outcome.code == 2
    assert outcome.err.startswith("reread: in/b.csv: --text: ")
    assert list(answers(Path("out"))) == ["a.csv"]
    (parts / "b.csv").write_text("id,text\n1,lovely\n")
    assert reread("predict model.reread in -o out --quiet").code == 0
    assert list(answers(Path("out"))) == ["a.csv", "b.csv", "deep/c.csv"]


def test_workers_answer_the_same(parts: Path, reread: Command) -> None:
    assert reread("predict model.reread in -o alone --quiet --threads 1").code == 0
    outcome = reread("predict model.reread in -o shared --workers 2")
    assert outcome.code == 0
    assert outcome.err.endswith("60 rows of 3 parts answered in shared\n")
    assert answers(Path("shared")) == answers(Path("alone"))
    (parts / "b.csv").write_text("id,prediction\n1,pos\n")
    shutil.rmtree("shared")
    outcome = reread("predict model.reread in -o shared --workers 2 --quiet")
    assert outcome.err.startswith("reread: in/b.csv: --text: ")
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("in", "in stands for several files; name a folder for their answers with -o FOLDER"),
        ("in -o good.csv", "good.csv: is a file; answers to several files go into a folder; name one"),
        ("in -o model.reread/x", "model.reread/x: is inside the model folder"),
        ("in -o model.reread", "model.reread: is a model folder; name another one for the answers"),
        ("in -o .", ".: holds the data; answers go into another folder, beside it or below"),
        ('"in/*.csv" -o in', "in: is the folder of the data; answers go into another folder"),
        ("none -o out", "none: no such file"),
        ("in -o in", "in: is the folder of the data; answers go into another folder, beside it or below"),
        ('"in/*.parquet" -o out', "in/*.parquet: no file with rows matches this pattern"),
        ("good.csv -o out.csv --workers 2", "--workers shares several files among processes; DATA is one file"),
        ("good.csv -o out.csv --ray auto", "--ray shares several files among machines; DATA is one file"),
        (
            "in -o out --out-format txt",
            "--out-format txt: it holds no answers; csv, tsv, jsonl, parquet or arrow do",
        ),
        ("in -o out --interval 0.9", "this classification model has no residuals for intervals"),
        ("model.reread -o out", "model.reread: is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(command: str, message: str, parts: Path, reread: Command) -> None:
    outcome = reread(f"predict model.reread {command}")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith(f"reread: {message}")
    assert not Path("out").exists()


def test_two_parts_of_one_result_are_refused(parts: Path, reread: Command) -> None:
    (parts / "a.jsonl").write_text('{"text": "lovely"}\n')
    outcome = reread("predict model.reread in -o out --out-format parquet --quiet")
    assert (outcome.code, outcome.err) == (
        2, "reread: a.csv and a.jsonl would both be answered in a.parquet; rename one of them\n",
    )  # fmt: skip
    assert reread("predict model.reread in -o out --quiet").code == 0


@pytest.mark.parametrize(
    ("name", "out_format", "result"),
    [
        ("a.csv", None, "a.csv"),
        ("x/a.csv.gz", None, "x/a.csv.gz"),
        ("a.csv.gz", "jsonl", "a.jsonl.gz"),
        ("a.csv.zst", "parquet", "a.parquet"),
        ("a.ndjson", "jsonl", "a.ndjson"),
        ("a.b.txt", "csv", "a.b.csv"),
    ],
)
def test_the_name_of_a_result(name: str, out_format: str | None, result: str) -> None:
    assert name_of_result(Part(name, name, 1), out_format) == result


def test_lines_have_no_columns_for_answers() -> None:
    with pytest.raises(DataError, match=r"a\.txt: txt holds no answers; pass output format"):
        name_of_result(Part("a.txt", "a.txt", 1), None)


def test_killed_again_and_again_every_row_has_one_answer(work: Path, reread: Command) -> None:
    many = work / "many"
    many.mkdir()
    for number in range(12):
        rows = "".join(f"{number}-{k},{text}\n" for k, text in enumerate(["a lovely film", "a dull film"] * 400))
        (many / f"{number:02}.csv").write_text("id,text\n" + rows)
    command = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
    for done in range(4):
        with subprocess.Popen(
            [*command, "predict", "model.reread", "many", "-o", "out", "--quiet"], cwd=work
        ) as process:
            while process.poll() is None and len(list(Path("out").glob("*.csv"))) <= done:
                time.sleep(0.005)
            os.kill(process.pid, signal.SIGKILL)
    whole = {path.name: path.read_bytes() for path in Path("out").glob("*.csv")}
    outcome = reread("predict model.reread many -o out")
    assert outcome.code == 0
    assert re.search(r"; \d+ parts? there before$", outcome.err.strip())
    ids = []
    for path in sorted(Path("out").glob("*.csv")):
        assert path.read_bytes() == whole.get(path.name, path.read_bytes())  # what was there was whole
        with path.open() as file:
            ids += [row["id"] for row in csv.DictReader(file)]
    assert ids == [f"{number}-{k}" for number in range(12) for k in range(800)]
