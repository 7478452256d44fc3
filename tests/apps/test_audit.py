"""`reread audit`, and what `reread train` says of its rows."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from reread.apps.cli.arguments.train import TrainArguments, WatchedTrainArguments
from reread.apps.cli.commands.train import command as train_command
from reread.apps.cli.training_data import data_note
from reread.data.examples import ColumnRequest, read_examples
from reread.data.read import open_rows
from reread.insight.audit.run import cheap_audit
from support.command_line import Command, reviews

FLIPPED = (11, 25, 39)  # rows of praise that are called blame, each of its own words


def train_arguments(data: str) -> TrainArguments:
    """The options of ``reread train DATA``."""
    return WatchedTrainArguments(**train_command.make_context("train", [data]).params)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reviews with flipped labels, a text twice, one with two labels, a broken one and a bad row; and a file that shares a text."""
    monkeypatch.chdir(tmp_path)
    rows = reviews(120).splitlines()
    for row in FLIPPED:
        rows[row] = rows[row].replace(",pos", ",neg")
    rows += [
        rows[5].upper().replace("POS", "pos").replace("NEG", "neg"),
        "one of two minds,pos",
        "one of  two minds,neg",
        "fish &amp; chips,pos",
        ",pos",
    ]
    Path("train.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    Path("more.csv").write_text(f"text\n{rows[7].rpartition(',')[0]}\nnothing like it at all\n", encoding="utf-8")
    return tmp_path


def test_audit_shows_what_it_finds_and_writes_all_of_it(files: Path, reread: Command) -> None:
    outcome = reread("audit train.csv more.csv --folds 3 -o findings.csv")
    assert outcome.code == 0
    assert outcome.err.splitlines()[0] == "more.csv has no labels: only its texts are checked"
    assert "label: models trained on other rows agree with" in outcome.out
    for line in ("1 row cannot be used", "2 texts occur more than once", "1 text has different labels", "1 text occurs in more than one file",
                 "1 text has broken characters or HTML", "train.csv and more.csv share 1 text", "126 rows"):  # fmt: skip
        assert line in outcome.out
    found = [row.values for row in open_rows("findings.csv")]
    assert {"file": "train.csv", "line": "126", "finding": "unusable"}.items() <= found[0].items()
    wrong = [row for row in found if row["finding"] == "labels" and int(row["line"]) - 1 in FLIPPED]
    assert len(wrong) >= 2
    assert {(row["label"], row["suggested"]) for row in wrong} == {("neg", "pos")}
    assert all(0 <= float(row["score"]) < 0.5 for row in wrong)
    [leak] = [row for row in found if row["finding"] == "leaks"]
    assert (leak["file"], leak["line"], leak["other_file"], leak["other_line"]) == ("more.csv", "2", "train.csv", "8")


def test_audit_as_json_has_the_same_counts(files: Path, reread: Command) -> None:
    outcome = reread(
        "audit train.csv --check duplicates --check conflicts --check unusable --json --quiet --examples 1"
    )
    assert (outcome.code, outcome.err) == (0, "")
    said = json.loads(outcome.out)
    assert (said["rows"], said["files"], said["out"]) == (124, ["train.csv"], None)
    assert {own["check"]: (own["rows"], len(own["examples"])) for own in said["findings"]} == {
        "unusable": (1, 1),
        "duplicates": (2, 1),
        "conflicts": (2, 1),
    }
    assert said["findings"][2]["examples"][0]["label"] == "pos"


def test_audit_says_how_a_file_differs_from_another(files: Path, reread: Command) -> None:
    Path("other.csv").write_text(
        "text,label\n" + "\n".join(f"quite other words {'again ' * 20}{k},pos" for k in range(80)), encoding="utf-8"
    )
    out = reread("audit train.csv --against other.csv --check against").out
    assert "length and unknown words and label: not as in other.csv" in out
    assert "label: neg 0% →" in out
    assert "not as in" not in reread("audit train.csv --against train.csv --check against").out


@pytest.mark.parametrize(
    ("before", "now", "note"),
    [
        ([["a"], ["b", "c"]], [[], []], "label: (no label) 0% → 100%, stability index"),
        ([[], []], [["a"], ["b", "c"]], "label: (no label) 100% → 0%, stability index"),
        ([f"topic {k}" for k in range(60)], [f"topic {k}" for k in range(60, 120)], "label: others 18% → 100%, stability index"),
    ],
)  # fmt: skip
def test_lists_without_a_label_and_very_many_labels_are_compared(
    before: list[object], now: list[object], note: str, tmp_path: Path, reread: Command
) -> None:
    names = [tmp_path / f"{side}.jsonl" for side in ("before", "now")]
    for name, labels in zip(names, (before, now), strict=True):
        rows = [{"text": f"{name.stem} {k}", "label": labels[k % len(labels)]} for k in range(120)]
        name.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    outcome = reread(f"audit {names[1]} --against {names[0]} --check against")
    assert (outcome.code, note in outcome.out) == (0, True)


def test_texts_are_shown_as_they_are_and_steer_no_terminal(tmp_path: Path, reread: Command) -> None:
    rows = [{"text": f"[red]{mark} a text", "label": ["[b]", "c"]} for mark in ("\x1b[31m&lt;", "\x1b[31m&LT;")]
    data, out = tmp_path / "d.jsonl", tmp_path / "findings.csv"
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    outcome = reread(f"audit {data} --check duplicates --check encoding -o {out}")
    assert "[red]\\x1b[31m&lt; a text" in outcome.out
    assert "[b], c; as d.jsonl, 1" in outcome.out
    assert "\x1b" not in outcome.out
    assert [json.loads(row.values["label"]) for row in open_rows(out)] == [["[b]", "c"]] * 3


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("audit train.csv --check duplicate", 'unknown check "duplicate". Did you mean "duplicates"?'),
        ("audit train.csv --label topic", '--label: there is no column "topic"'),
        ("audit train.csv --on-bad-rows stop", 'train.csv, line 126: the text in column "text" is missing'),
        ("audit train.csv --with bilstm --check labels", 'unknown recipe "bilstm"'),
        ("audit none.csv", "none.csv"),
        ("audit train.csv --folds 1", "folds"),
        ("audit train.csv -o findings.xyz", "findings.xyz"),
    ],
)  # fmt: skip
def test_what_cannot_be_audited_is_one_line(command: str, message: str, files: Path, reread: Command) -> None:
    outcome = reread(command)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert message in outcome.err


@pytest.mark.parametrize(("library", "check"), [("cleanlab.filter", "labels"), ("datasketch", "near_duplicates")])
def test_a_missing_extra_is_one_line(
    library: str, check: str, files: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    outcome = reread(f"audit train.csv --quiet --folds 2 --check {check}")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert 'pip install "reread[audit]"' in outcome.err


def test_train_says_in_one_line_what_is_wrong_with_its_rows(
    files: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("cleanlab", "datasketch"):
        monkeypatch.setitem(sys.modules, library, None)
    said = reread("train train.csv --on-bad-rows set-aside --ordinal-order one").err  # which is refused a moment later
    found = "2 texts occur more than once, 1 text has different labels, 1 text has broken characters or HTML"
    extra = '(it needs an extra: pip install "reread[audit]")'
    assert f"data: {found}; reread audit train.csv shows which {extra}\n" in said


def test_rows_with_nothing_wrong_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(reviews(), encoding="utf-8")
    examples = read_examples(tmp_path / "good.csv", ColumnRequest())
    note = "data: no text occurs twice, none is broken or unlike the others"
    assert data_note(cheap_audit(examples), train_arguments("good.csv")) == note


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ("--text 'the words' --label mood", "--text 'the words' --label mood"),
        ("--text 'the words' --target grade --where mood=pos --encoding utf-8 --epochs 1",
         "--text 'the words' --target grade --where mood=pos --encoding utf-8"),
        ("--text 'the words' --task regression", "--text 'the words' --target score"),
        ("--text 'the words' --label mood --label grade --group mood --label-separator ;",
         "--text 'the words' --label mood --label grade --label-separator ';' --group mood"),
    ],
)  # fmt: skip
def test_what_train_names_works_as_typed(
    options: str, same: str, tmp_path: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"take {k // 4} of it,{('pos', 'neg')[k % 2]},{k % 5},{k}.5" for k in range(8)]
    Path("my data.txt").write_text("\n".join(["the words,mood,grade,score", *rows, ""]), encoding="utf-8")
    # an order of one class is refused, a moment later
    said = reread(f"train 'my data.txt' --format csv {options} --ordinal-order one").err
    [command] = re.findall(r"; reread (audit .*) shows which", said)
    outcome = reread(f"{command} --check duplicates --check conflicts")
    assert (outcome.code, outcome.err) == (0, "")
    assert "more than once" in outcome.out
    assert sorted(shlex.split(command)) == sorted(["audit", "my data.txt", "--format", "csv", *shlex.split(same)])


def test_standard_input_cannot_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("text,label\nlovely,pos\nlovely,pos\n", encoding="utf-8")
    found = cheap_audit(read_examples(tmp_path / "d.csv", ColumnRequest()))
    assert data_note(found, train_arguments("-")) == "data: 1 text occurs more than once"


def test_on_standard_output_findings_stand_alone(files: Path, reread: Command) -> None:
    Path("findings.csv").write_text(reread("audit train.csv --check duplicates -o -").out, encoding="utf-8")
    assert [row.values["finding"] for row in open_rows("findings.csv")] == ["duplicates"] * 2
    outcome = reread("audit train.csv --check duplicates -o - --json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "name a file for them with -o FILE" in outcome.err


def test_bad_rows_of_the_other_file_are_told_too(files: Path, reread: Command) -> None:
    Path("other.csv").write_text("text,label\n,pos\nquite other,neg\n", encoding="utf-8")
    assert "2 rows cannot be used" in reread("audit train.csv --against other.csv --check unusable").out
    assert reread("audit train.csv --against other.csv --check unusable -o found.csv").code == 0
    assert [(row.values["file"], row.values["line"]) for row in open_rows("found.csv")] == [("train.csv", "126"), ("other.csv", "2")]  # fmt: skip
    command = "audit train.csv --against other.csv --check unusable --on-bad-rows set-aside --rejects bad.jsonl"
    assert reread(command).code == 0
    assert [(row.values["file"], row.values["line"]) for row in open_rows("bad.jsonl")] == [("train.csv", 126), ("other.csv", 2)]  # fmt: skip


def test_of_several_targets_each_finding_says_which(tmp_path: Path, reread: Command) -> None:
    data, out = tmp_path / "d.csv", tmp_path / "found.csv"
    data.write_text("text,mood,stars\na film,pos,3\nA film,neg,4\n", encoding="utf-8")
    command = f"audit {data} --label mood --target stars --check conflicts"
    assert "mood pos; as d.csv, 3" in reread(f"{command} -o {out}").out
    found = [(row.values["line"], row.values["target"], row.values["label"]) for row in open_rows(out)]
    assert found == [("2", "mood", "pos"), ("3", "mood", "neg"), ("2", "stars", "3.0"), ("3", "stars", "4.0")]
    said = json.loads(reread(f"{command} --json").out)["findings"][0]
    assert [row["target"] for row in said["examples"]] == ["mood", "mood", "stars"]
    assert "pos; as d.csv, 3" in reread(f"audit {data} --label mood --check conflicts").out


def test_files_of_one_name_are_told_apart(tmp_path: Path, reread: Command) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "d.csv").write_text("text,label\na film,pos\n", encoding="utf-8")
    out = reread(f"audit {tmp_path}/a/d.csv {tmp_path}/b/d.csv --check leaks").out
    assert re.search(r"b/d\.csv, 2 +pos; as a/d\.csv, 2", out)
    assert str(tmp_path / "b") not in out.rpartition("share 1 text")[2]
