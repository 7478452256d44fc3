"""`reread train --learning-curve`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import TINY, Command

SMALL = f"--model rnn {TINY}"
WORDS = (("lovely", "warm", "clever", "bright"), ("dull", "cold", "clumsy", "tedious"))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def opinions(rows: int) -> str:
    lines = [f"a {WORDS[k % 2][k // 2 % 4]} film of the year {k},{('pos', 'neg')[k % 2]},{k % 7}" for k in range(rows)]
    return "\n".join(["text,label,stars", *lines, ""])


def test_the_curve_is_printed_written_and_drawn(reread: Command) -> None:
    Path("good.csv").write_text(opinions(60), encoding="utf-8")
    outcome = reread(f"train good.csv --label label -o a.reread --learning-curve {SMALL}")
    assert outcome.code == 0
    sentence = "100 more labels would bring about +"
    assert outcome.out.count(sentence) == 1
    assert sentence not in outcome.err, "it would be there twice in a terminal"
    (curve,) = json.loads(Path("a.reread/metrics.json").read_text(encoding="utf-8"))["learning_curve"]
    assert (curve["metric"], curve["rows"], curve["target"]) == ("accuracy", 60, "")
    assert curve["gain"]["labels"] == 100
    assert sentence in Path("a.reread/README.md").read_text(encoding="utf-8")
    page = Path("a.reread/report.html").read_text(encoding="utf-8")
    assert "What would more labels bring?" in page
    assert "Accuracy by the number of labels" in page


def test_each_target_has_a_curve_in_json(reread: Command) -> None:
    Path("good.csv").write_text(opinions(60), encoding="utf-8")
    outcome = reread(f"train good.csv --label label --target stars -o a.reread --learning-curve --json {SMALL}")
    assert outcome.code == 0
    curves = json.loads(outcome.out)["learning_curve"]
    assert [curve["target"] for curve in curves] == ["label", "stars"]
    assert json.loads(Path("a.reread/metrics.json").read_text(encoding="utf-8"))["learning_curve"] == curves


def test_without_the_option_nothing_is_measured(reread: Command) -> None:
    Path("good.csv").write_text(opinions(60), encoding="utf-8")
    outcome = reread(f"train good.csv --label label -o a.reread --json {SMALL}")
    assert "learning_curve" not in json.loads(outcome.out)
    assert "What would more labels bring?" not in Path("a.reread/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (40, "", "--learning-curve: 40 different texts are too few for a learning curve; it needs at least 50"),
        (
            60,
            "--no-baseline",
            (
                "--learning-curve with --no-baseline: the curve is that of the linear member; train that too, or leave "
                "the curve out"
            ),
        ),
        (
            60,
            "--target stars --loss quantile",
            "--learning-curve: the linear member learns no quantiles; leave the curve out",
        ),
    ],
)
def test_what_has_no_curve_is_refused_in_one_line(reread: Command, rows: int, options: str, message: str) -> None:
    Path("good.csv").write_text(opinions(rows), encoding="utf-8")
    label = "" if "--target" in options else "--label label"
    outcome = reread(f"train good.csv {label} --learning-curve -o a.reread {options} --quiet {SMALL}")
    assert outcome.code == 2
    assert outcome.err.strip() == f"reread: {message}"
    assert not Path("a.reread").exists()


def test_a_class_with_a_row_or_two_is_no_second_class(reread: Command) -> None:
    lines = opinions(60).replace(",neg,", ",pos,").splitlines()
    lines[1] = lines[1].replace(",pos,", ",neg,")
    lines[2] = lines[2].replace(",pos,", ",neg,")
    Path("good.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    outcome = reread(f"train good.csv --label label --learning-curve -o a.reread --quiet {SMALL}")
    assert outcome.code == 2
    assert "only one class has 5 rows or more" in outcome.err
