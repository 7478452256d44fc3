"""What the commands do with a model: predict, evaluate, verify, export, and the lists."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reread import JointTextModel, load
from reread.data.read import open_rows
from reread.kernel import available
from support.command_line import Command

ANSWERS = ["prediction", "probability:neg", "probability:pos", "error"]


def table(path: str) -> list[dict[str, Any]]:
    return [row.values for row in open_rows(path)]


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def test_predict_answers_every_row_in_order(work: Path, reread: Command) -> None:
    outcome = reread("predict model.reread good.csv -o out.csv")
    assert outcome == (0, "", "30 rows answered in out.csv\n")
    given, answered = table("good.csv"), table("out.csv")
    assert list(answered[0]) == ["text", "label", *ANSWERS]
    assert [(row["text"], row["label"]) for row in answered] == [(row["text"], row["label"]) for row in given]
    probabilities = load("model.reread").predict_proba([row["text"] for row in given])
    for row, (negative, positive) in zip(answered, probabilities, strict=True):
        assert float(row["probability:neg"]) == pytest.approx(negative, abs=1e-6)
        assert row["prediction"] == ("neg" if negative > positive else "pos")
        assert row["error"] == ""


def test_predict_keeps_bad_rows_in_their_place(work: Path, reread: Command) -> None:
    rows = ["text,n", "lovely,1", ",2", "  ,3", "so,many,columns", '"never closed,5', "dull,6", "..., 7"]
    Path("d.csv").write_text("\n".join(rows), encoding="utf-8")
    outcome = reread("predict model.reread d.csv -o out.csv")
    assert outcome == (0, "", "4 of 7 rows could not be answered; the error column says why\n")
    answered = table("out.csv")
    assert [bool(row["prediction"]) for row in answered] == [True, False, False, False, False, True, True]
    assert [row["error"] for row in answered] == [
        "", "text is missing", "text is only white space", "has 3 columns where the header has 2",
        "a quote opens here that is never closed", "", "",
    ]  # fmt: skip


def test_predict_keeps_bad_objects_in_their_place(work: Path, reread: Command) -> None:
    Path("d.jsonl").write_text('{"text": "dull"}\n{"text": 5}\nnope\n[1]\n{"text": null}\n', encoding="utf-8")
    assert reread("predict model.reread d.jsonl -o out.jsonl").code == 0
    answered = table("out.jsonl")
    assert [row["prediction"] is None for row in answered] == [False, True, True, True, True]
    assert [row["error"] for row in answered] == [
        "", "text is a number, expected a string", "is no JSON: Expecting value at character 1", "is JSON but no object: [1]",
        "text is missing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["out.csv", "out.tsv", "out.jsonl", "out.parquet", "out.arrow", "out.csv.gz", "out.jsonl.zst"]
)
def test_predict_writes_the_format_of_the_name(name: str, work: Path, reread: Command) -> None:
    assert reread(f"predict model.reread good.csv -o {name}").code == 0
    answered = table(name)
    assert len(answered) == 30
    assert list(answered[0]) == ["text", "label", *ANSWERS]


def test_predict_between_streams(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, Path("good.csv").read_text(encoding="utf-8"))
    outcome = reread("predict model.reread -")
    assert outcome.code == 0
    assert outcome.err == ""
    answered = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["text"] for row in answered] == [row["text"] for row in table("good.csv")]


@pytest.mark.parametrize("name", ["out.csv", "out.tsv.gz", "out.jsonl", "out.parquet", "-"])
def test_predict_answers_a_file_without_rows_with_a_header(name: str, work: Path, reread: Command) -> None:
    Path("none.csv").write_text("id,text\n", encoding="utf-8")
    outcome = reread(f"predict model.reread none.csv -o {name}")
    written = "" if name == "-" else f"0 rows answered in {name}\n"
    assert (outcome.code, outcome.err) == (0, f"none.csv holds no rows, so there is nothing to answer\n{written}")
    columns = ["id", "text", *ANSWERS]
    if name == "-":
        assert outcome.out == ",".join(columns) + "\n"
    elif name == "out.jsonl":
        assert Path(name).read_bytes() == b""
    else:
        answers = open_rows(name, may_be_empty=True)
        assert (list(answers.columns), list(answers)) == (columns, [])
    again = reread("predict model.reread none.csv -o again.csv --where id=3 --json --quiet")
    assert (again.code, json.loads(again.out)["rows"], again.err) == (0, 0, "")


def test_predict_takes_no_single_line_for_a_header(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, "A great film\n")
    outcome = reread("predict model.reread -")
    message = "reread: standard input: holds no rows; as csv it has only columns: A great film\n"
    assert (outcome.code, outcome.out, outcome.err) == (2, "", message)


def test_predict_reads_and_writes_json_lines_between_streams(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, '{"text": "lovely", "id": 7}\n')
    outcome = reread("predict model.reread - --out-format jsonl")
    assert outcome.code == 0
    (row,) = [json.loads(line) for line in outcome.out.splitlines()]
    assert list(row) == ["text", "id", *ANSWERS]
    assert row["id"] == 7


def test_predict_with_each_member(work: Path, reread: Command) -> None:
    for answer in ("network", "linear"):
        assert reread(f"predict model.reread good.csv -o {answer}.csv --answer {answer}").code == 0
    network, linear = table("network.csv"), table("linear.csv")
    assert list(network[0]) == list(linear[0])
    assert [row["prediction"] for row in linear] == [row["label"] for row in linear]
    assert [row["probability:pos"] for row in network] != [row["probability:pos"] for row in linear]


@pytest.mark.skipif(not available(), reason="the kernel was not built here")
def test_predict_in_another_precision(work: Path, reread: Command) -> None:
    for name, options in {
        "exact": "",
        "onnx": "--backend onnx",
        "int8": "--precision int8 --precision-limit 1",
    }.items():
        assert reread(f"predict model.reread good.csv -o {name}.csv --answer network {options}").code == 0
    exact, onnx, int8 = (
        [float(row["probability:pos"]) for row in table(f"{name}.csv")] for name in ("exact", "onnx", "int8")
    )
    assert exact == pytest.approx(onnx, abs=1e-5)
    assert exact == pytest.approx(int8, abs=0.05)
    assert exact != int8
    assert reread("evaluate model.reread good.csv --precision int8 --json").code == 0
    outcome = reread("predict model.reread good.csv -o auto.csv --precision auto --precision-limit 1")
    told = re.match(
        r"precision: (float32|bfloat16|int8), the fastest here that changes at most 100.00% of", outcome.err
    )
    assert told is not None
    assert reread(f"predict model.reread good.csv -o own.csv --precision {told[1]} --precision-limit 1").code == 0
    assert table("auto.csv") == table("own.csv")
    refused = reread("predict model.reread good.csv --precision int8 --backend onnx")
    assert (refused.code, refused.out) == (2, "")
    assert "with backend onnx use float32" in refused.err


def test_predict_some_rows(work: Path, reread: Command) -> None:
    assert reread("predict model.reread good.csv -o out.csv --where label=pos").code == 0
    assert [row["label"] for row in table("out.csv")] == ["pos"] * 15


def test_predict_another_column(work: Path, reread: Command) -> None:
    Path("d.tsv").write_text("id\tReview\n1\tlovely\n", encoding="utf-8")
    assert reread("predict model.reread d.tsv -o found.csv").code == 0
    assert reread("predict model.reread d.tsv -o named.csv --text Review").code == 0
    assert Path("found.csv").read_bytes() == Path("named.csv").read_bytes()


def test_predict_counts_as_json(work: Path, reread: Command) -> None:
    outcome = reread("predict model.reread good.csv -o out.csv --json --quiet")
    assert outcome.err == ""
    assert json.loads(outcome.out) == {
        "model": "model.reread",
        "out": "out.csv",
        "rows": 30,
        "failed": 0,
        "abstained": 0,
    }


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("one line of a megabyte.csv", ("text\n" + "a lovely film " * 75_000 + "\n").encode(), 1),
        ("utf-16 with its mark.csv", "text\ntrès bon\n".encode("utf-16"), 1),
        ("utf-8 with its mark.csv", "text\ntrès bon\n".encode("utf-8-sig"), 1),
        ("gb18030.csv", ("text\n" + "这部电影的音乐很好听，我们都很喜欢。\n" * 3).encode("gb18030"), 3),
        ("lines of windows.csv", b"text\r\nlovely\r\ndull\r\n", 2),
        ("blank lines at the end.csv", b"text\nlovely\n\n\n", 1),
        ("no line end.jsonl", b'{"text": "lovely"}', 1),
        ("nothing known.txt", "☃☃☃\n...\n\u200b\nxyzzy\n".encode(), 4),
        ("a text of two lines.csv", b'text\n"lovely\n\nindeed"\ndull\n', 2),
    ],
)
def test_odd_input_that_is_good(name: str, content: bytes, rows: int, work: Path, reread: Command) -> None:
    Path(name).write_bytes(content)
    outcome = reread(f"predict model.reread '{name}' -o out.jsonl")
    assert outcome.code == 0
    answered = table("out.jsonl")
    assert len(answered) == rows
    assert all(row["prediction"] in {"neg", "pos"} and row["error"] == "" for row in answered)


def test_evaluate(work: Path, reread: Command) -> None:
    outcome = reread("evaluate model.reread good.csv")
    assert outcome.code == 0
    assert outcome.err == ""
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["linear", "baseline", "network"], "30 rows cannot show that the network helps"
    assert lines[1].split()[0] == "accuracy"
    assert lines[-1] == "30 rows; report: model.good.html"


def test_evaluate_as_json(work: Path, reread: Command) -> None:
    reread("predict model.reread good.csv -o out.csv")
    found = json.loads(reread("evaluate model.reread good.csv --json").out)
    assert list(found) == ["model", "rows", "seen", "metrics", "network", "baseline", "report"]
    assert found["rows"] == 30
    assert found["metrics"].keys() == found["network"].keys() == found["baseline"].keys()
    right = sum(row["label"] == row["prediction"] for row in table("out.csv"))
    assert found["metrics"]["accuracy"] == pytest.approx(right / 30)
    assert found["baseline"]["accuracy"] == 1


def test_a_metric_that_is_not_defined_is_null(work: Path, reread: Command) -> None:
    Path("d.csv").write_text("text,label\nlovely,pos\ndull,pos\n", encoding="utf-8")
    found = json.loads(reread("evaluate model.reread d.csv --json").out)
    assert found["metrics"]["auc"] is None


def test_evaluate_sets_bad_rows_aside(work: Path, reread: Command) -> None:
    Path("d.csv").write_text("text,label\nlovely,pos\n,neg\ndull,\ndull,neg\n", encoding="utf-8")
    outcome = reread("evaluate model.reread d.csv --on-bad-rows set-aside --rejects bad.jsonl --json")
    assert outcome.err == "2 bad rows set aside in bad.jsonl\n"
    assert json.loads(outcome.out)["rows"] == 2
    rejects = [json.loads(line) for line in Path("bad.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["line"], row["problem"]) for row in rejects] == [
        (3, 'the text in column "text" is missing'),
        (4, 'the label in column "label" is missing'),
    ]


def test_evaluate_names_labels_and_numbers_of_a_joint_model_each_in_their_own_order(
    tmp_path: Path, reread: Command
) -> None:
    """Also where Python named a number first: --label and --target say which is which."""
    rows = [(f"take {k}", ("neg", "pos")[k % 2], k / 10, ("a", "b")[k % 3 % 2], k % 7) for k in range(40)]
    texts, moods, prices, kinds, stars = ([row[k] for row in rows] for k in range(5))
    small = {"model": {"hidden": 4, "embedding_dim": 4, "latent": (4,)}}
    targets = {"price": prices, "mood": moods, "stars": stars, "kind": kinds}
    model = JointTextModel(numbers=["price", "stars"], settings=small, epochs=1, baseline=False, threads=1)
    model.fit(texts, targets).save(tmp_path / "m.reread")
    lines = [",".join(map(str, row)) for row in rows]
    (tmp_path / "d.csv").write_text("\n".join(["text,mood,price,kind,stars", *lines, ""]), encoding="utf-8")
    command = f"evaluate {tmp_path}/m.reread {tmp_path}/d.csv --json"
    expected = reread(command)
    assert expected.code == 0
    assert reread(f"{command} --label mood --label kind --target price --target stars") == expected
    assert reread(f"{command} --target price --target stars") == expected
    other = reread(f"{command} --label mood --label kind --target stars --target price")
    assert (other.code, other.out == expected.out) == (0, False)


def test_evaluate_other_columns_of_several_files(work: Path, reread: Command) -> None:
    for name in ("a.csv", "b.csv"):
        Path(name).write_text("words,mood\nlovely,pos\ndull,neg\n", encoding="utf-8")
    outcome = reread("evaluate model.reread a.csv b.csv --text words --label mood --where mood=pos --json")
    assert json.loads(outcome.out)["rows"] == 2


def test_verify(work: Path, reread: Command) -> None:
    outcome = reread("verify model.reread")
    assert outcome.code == 0
    assert [line.split("  ")[0] for line in outcome.out.splitlines()[1:]] == [
        "checksums", "finite", "batch size and padding", "order", "threads", "windows", "export", "kernel", "training kernel",
        "members", "linear member: batch and order", "linear member: kernel",
    ]  # fmt: skip
    found = json.loads(reread("verify model.reread --json").out)
    assert found["ok"] is True
    assert all(check["ok"] for check in found["checks"])
    assert reread("verify model.reread --quiet") == (0, "", "")


def test_a_difference_that_verify_finds(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.verification.TOLERANCE", -1)
    outcome = reread("verify model.reread")
    assert outcome.code == 1
    assert "DIFFERS" in outcome.out
    assert json.loads(reread("verify model.reread --json").out)["ok"] is False
    assert reread("export model.reread --answer network -o out.onnx").code == 1
    assert not Path("out.onnx").exists()


def test_export(work: Path, reread: Command) -> None:
    assert reread("export model.reread --answer network").code == 0
    assert Path("model.onnx").read_bytes() == Path("model.reread/model.onnx").read_bytes()
    found = json.loads(reread("export model.reread --answer network --overwrite --json").out)
    assert found["onnx"] == "model.onnx"
    assert found["bytes"] == Path("model.onnx").stat().st_size


def test_recipes(reread: Command) -> None:
    outcome = reread("recipes")
    assert outcome.code == 0
    assert "bilstm_max" in outcome.out
    found = json.loads(reread("recipes --json").out)
    names = [recipe["name"] for recipe in found]
    assert names == sorted(names)
    assert {"rnn", "lstm", "attention_lstm", "bilstm_max", "recurrent_context"} <= set(names)
    assert all(recipe["summary"] and recipe["source"] for recipe in found)


def test_data_list(reread: Command) -> None:
    assert "sms_spam" in reread("data list").out
    names = [item["name"] for item in json.loads(reread("data list --json").out)]
    assert names == ["20newsgroups", "emobank", "goemotions", "imdb", "sms_spam", "thucnews_titles", "yelp"]


def test_version(reread: Command) -> None:
    assert reread("--version").out.startswith("reread, version ")
