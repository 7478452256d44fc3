"""A model finds its columns in any file: those of training, or else the one sensible choice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Command


@pytest.fixture
def renamed(work: Path) -> None:
    """``other.csv``: the rows of training under other names."""
    rows = (work / "good.csv").read_text(encoding="utf-8").partition("\n")[2]
    (work / "other.csv").write_text(f"评论,标签\n{rows}", encoding="utf-8")


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize(
    "command",
    ["predict model.reread other.csv -o out.csv", "evaluate model.reread other.csv --no-report",
     "drift model.reread other.csv", "explain model.reread --data other.csv",
     "explain model.reread 'a film' --examples other.csv", "audit other.csv --check duplicates"],
)  # fmt: skip
def test_columns_of_other_names_are_found(command: str, reread: Command) -> None:
    outcome = reread(f"{command} --quiet")
    assert (outcome.code in {0, 3}, outcome.err) == (True, "")


@pytest.mark.usefixtures("renamed")
def test_evaluate_measures_the_same_and_says_what_it_read(reread: Command) -> None:
    one = reread("evaluate model.reread good.csv --no-report --json")
    other = reread("evaluate model.reread other.csv --no-report --json")
    assert json.loads(other.out) == json.loads(one.out)
    assert other.err == "text: 评论, target: 标签; in training text, label\n"
    assert one.err == ""


@pytest.mark.usefixtures("renamed")
def test_predict_says_which_column_it_read(reread: Command) -> None:
    assert "text: 评论; in training text\n" in reread("predict model.reread other.csv -o out.csv").err
    assert "in training" not in reread("predict model.reread good.csv -o again.csv").err
    assert "in training" not in reread("predict model.reread other.csv --text 评论 -o named.csv").err


def test_the_column_of_training_goes_before_usual_names(work: Path, reread: Command) -> None:
    lines = Path("good.csv").read_text(encoding="utf-8").splitlines()
    wider = [f"{line},{'title' if k == 0 else 'dull'},{'topic' if k == 0 else 'film'}" for k, line in enumerate(lines)]
    Path("wider.csv").write_text("\n".join([*wider, ""]), encoding="utf-8")
    assert reread("evaluate model.reread wider.csv --no-report") == reread("evaluate model.reread good.csv --no-report")


@pytest.mark.usefixtures("work")
def test_where_there_is_no_sensible_choice_both_are_named(reread: Command) -> None:
    Path("two.csv").write_text("title,body,label\na,b,pos\n", encoding="utf-8")
    for command in ("evaluate", "predict"):
        assert reread(f"{command} model.reread two.csv").err == (
            'reread: two.csv: --text: there is no column "text" as in training, and several columns could be meant '
            "(title, body); name one. Columns: title, body, label\n"
        )
