"""`train --calibration --decide`, `predict --abstain-below --sets --interval`: what is printed, saved and answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.data.read import open_rows
from support.command_line import TINY, Command, reviews

SMALL = f"--model rnn {TINY} --validation 0.4"  # the fastest to export


def table(path: str) -> list[dict[str, Any]]:
    return [row.values for row in open_rows(path)]


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in which nobody can always be right, in the current folder."""
    monkeypatch.chdir(tmp_path)
    lines = reviews(60).splitlines()
    lines[4::5] = [line[:-3] + {"pos": "neg", "neg": "pos"}[line[-3:]] for line in lines[4::5]]
    Path("good.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.mark.usefixtures("mixed")
def test_training_tells_what_it_learned_and_repeats_it(reread: Command) -> None:
    outcome = reread(f"train good.csv -o m.reread --decide cost=10:1 {SMALL}")
    assert outcome.code == 0, outcome.err
    config = json.loads(Path("m.reread/config.json").read_text(encoding="utf-8"))
    temperature = config["calibration"]["stack"]["temperature"]
    assert f"calibrated: temperature {temperature:.3g}" in outcome.out.splitlines()
    (threshold,) = config["decision"]["thresholds"]["stack"]
    assert f'decides by cost=10:1: "pos" above {threshold:.3g}' in outcome.out.splitlines()
    assert "calibration error" in outcome.out
    again = json.loads(reread(f"train good.csv -o again.reread --config m.reread/run.toml --json {SMALL}").out)
    assert again["calibration"] == config["calibration"]["stack"]
    assert again["thresholds"] == [threshold]


@pytest.mark.usefixtures("mixed")
def test_evaluate_and_predict_answer_with_what_was_learned(reread: Command) -> None:
    assert reread(f"train good.csv -o m.reread --calibration isotonic --decide precision=0.7 {SMALL}").code == 0
    assert reread("predict m.reread good.csv -o out.csv").code == 0
    rows, model = table("out.csv"), load("m.reread")
    chances = model.predict_proba([row["text"] for row in rows])
    assert [float(row["probability:pos"]) for row in rows] == pytest.approx(chances[:, 1], abs=1e-6)
    assert [row["prediction"] for row in rows] == model.predict([row["text"] for row in rows]).tolist()
    figures = json.loads(reread("evaluate m.reread good.csv --json").out)["metrics"]
    assert figures["accuracy"] == pytest.approx(sum(row["prediction"] == row["label"] for row in rows) / len(rows))


@pytest.mark.usefixtures("mixed")
def test_predict_with_sets_and_abstaining(reread: Command) -> None:
    assert reread(f"train good.csv -o m.reread {SMALL}").code == 0
    model, texts = load("m.reread"), [row["text"] for row in table("good.csv")]
    confidence = model.predict_proba(texts).max(axis=1)
    below = round(float(sorted(confidence)[20]) + 1e-5, 5)
    outcome = reread(f"predict m.reread good.csv -o out.jsonl --abstain-below {below} --sets 0.8")
    assert outcome.code == 0, outcome.err
    rows, unsure = table("out.jsonl"), [bool(chance < below) for chance in confidence]
    assert list(rows[0])[2:] == ["prediction", "abstained", "probability:neg", "probability:pos", "set", "error"]
    assert [row["abstained"] for row in rows] == unsure
    assert [row["prediction"] is None for row in rows] == unsure
    assert f"{sum(unsure)} of 60 rows abstained: less sure than {below:g}" in outcome.err
    assert [row["set"] for row in rows] == model.predict_set(texts, 0.8)
    told = json.loads(reread(f"predict m.reread good.csv -o out.csv --abstain-below {below} --json").out)
    assert (told["rows"], told["abstained"]) == (60, sum(unsure))
    Path("bad.csv").write_text("text\n \na lovely film\n", encoding="utf-8")
    assert reread("predict m.reread bad.csv -o bad.jsonl --abstain-below 1 --sets 0.8").code == 0
    bad, good = table("bad.jsonl")
    assert (bad["abstained"], bad["set"], bad["error"]) == (None, None, "text is only white space")
    assert (good["abstained"], good["prediction"]) == (True, None)


@pytest.mark.usefixtures("mixed")
def test_abstaining_that_takes_back_what_a_rule_decided_is_told(reread: Command) -> None:
    assert reread(f"train good.csv -o m.reread --decide cost=10:1 {SMALL}").code == 0
    (threshold,) = load("m.reread").postprocessor.task.thresholds
    assert threshold < 0.4
    warning = f'--abstain-below 0.9 leaves out answers that train --decide gives at a lower probability: "pos" above {threshold:.3g}'
    assert warning in reread("predict m.reread good.csv -o out.csv --abstain-below 0.9").err.splitlines()
    for option in ("", "--abstain-below 0.9 --quiet"):
        assert "train --decide" not in reread(f"predict m.reread good.csv -o out.csv {option}").err


@pytest.mark.usefixtures("mixed")
def test_predict_with_intervals(reread: Command) -> None:
    lines = [f"{line[:-4]},{k % 7}" for k, line in enumerate(reviews(60).splitlines()[1:])]
    Path("numbers.csv").write_text("\n".join(["text,stars", *lines, ""]), encoding="utf-8")
    assert reread(f"train numbers.csv --target stars -o n.reread {SMALL}").code == 0
    texts = [row["text"] for row in table("numbers.csv")]
    for option in ("", "--answer network", "--answer linear"):
        outcome = reread(f"predict n.reread numbers.csv -o out.csv --interval 0.8 {option}")
        assert outcome.code == 0, outcome.err
        rows = [{name: float(row[name]) for name in ("lower", "prediction", "upper")} for row in table("out.csv")]
        assert all(row["lower"] < row["prediction"] < row["upper"] for row in rows)
        if not option:
            expected = load("n.reread").predict_interval(texts, 0.8)
            assert [[row["lower"], row["upper"]] for row in rows] == pytest.approx(expected, rel=1e-5)


@pytest.mark.usefixtures("mixed")
def test_the_parts_of_a_joint_model_have_columns_of_their_own(reread: Command) -> None:
    lines = [f"{line},{k % 7}" for k, line in enumerate(Path("good.csv").read_text(encoding="utf-8").splitlines()[1:])]
    Path("both.csv").write_text("\n".join(["text,label,stars", *lines, ""]), encoding="utf-8")
    outcome = reread(f"train both.csv --label label --target stars -o j.reread --decide f1 {SMALL}")
    assert outcome.code == 0, outcome.err
    config = json.loads(Path("j.reread/config.json").read_text(encoding="utf-8"))
    temperature = config["calibration"]["stack"]["parts"]["label"]["temperature"]
    assert f"calibrated: label: temperature {temperature:.3g}" in outcome.out.splitlines()
    (threshold,) = config["decision"]["thresholds"]["stack"]["label"]
    assert f'decides by f1: label: "pos" above {threshold:.3g}' in outcome.out.splitlines()
    model, texts = load("j.reread"), [row["text"] for row in table("good.csv")]
    for option in ("", "--answer linear"):
        outcome = reread(
            f"predict j.reread good.csv -o out.jsonl --sets 0.8 --interval 0.8 --abstain-below 0.6 {option}"
        )
        assert outcome.code == 0, outcome.err
        rows = table("out.jsonl")
        assert list(rows[0])[2:] == [
            "label.prediction", "label.abstained", "label.probability:neg", "label.probability:pos", "label.set",
            "stars.prediction", "stars.lower", "stars.upper", "error",
        ]  # fmt: skip
        assert all(row["stars.lower"] < row["stars.prediction"] < row["stars.upper"] for row in rows)
        if not option:
            assert [row["label.set"] for row in rows] == model.predict_set(texts, 0.8)["label"]
            found = [[row["stars.lower"], row["stars.upper"]] for row in rows]
            assert found == pytest.approx(model.predict_interval(texts, 0.8)["stars"], rel=1e-5)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "predict model.reread good.csv --interval 0.9",
            "this classification model has no residuals for intervals",
        ),
        (
            "predict model.reread good.csv --sets 0.99",
            "coverage 0.99 needs at least 99 validation rows, but there are 3",
        ),
        ("predict model.reread good.csv --abstain-below 0", "is not in the range 0<x<=1"),
        ("predict model.reread good.csv --sets 1", "is not in the range 0<x<1"),
        (f"train good.csv -o x.reread --calibration hot {SMALL}", 'unknown calibration "hot"'),
        (f"train good.csv -o x.reread --decide recall=1 {SMALL}", 'unknown decision rule "recall"'),
        (f"train good.csv -o x.reread --decide precision=1.2 {SMALL}", "precision=1.2: expected a share"),
    ],
)
def test_what_cannot_be(command: str, message: str, work: Path, reread: Command) -> None:
    outcome = reread(command)
    assert outcome.code == 2
    assert message in outcome.err
    assert not Path("x.reread").exists()
