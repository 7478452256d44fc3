"""What is labelled, whatever is asked, is kept, learned between two keys, and trained on as what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reread.label.questions import Answer
from support.command_line import TINY, Command
from support.labelling import KINDS, THREE, labelling, write_texts

TASKS = {"classes": "classification", "multilabel": "multilabel", "numbers": "regression", "ordinal": "ordinal"}


def said_of(kind: str, row: int) -> Any:
    """What a person says of a row of `write_texts`: praise is high."""
    good = row % 2
    return {
        "classes": THREE[2 * good],
        "multilabel": [["low"], ["high", "middle"]][good] if row % 7 else [],
        "numbers": 8 + row % 5 / 4 if good else 2,
        "ordinal": THREE[2 * good] if row % 9 else "middle",
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_kept_learned_and_trained_on_as_what_it_is(kind: str, tmp_path: Path, reread: Command) -> None:
    question, out = KINDS[kind], tmp_path / "labels.jsonl"
    with labelling(write_texts(tmp_path / "texts.csv"), out, question) as work:
        given: dict[int, Answer] = {}
        for count in range(50):
            asked = work.state().asked
            assert asked is not None
            if count == 20:
                work.learn()
            work.give(asked.row, said_of(kind, asked.row))
            given[asked.row] = question.check(said_of(kind, asked.row))
        state = work.state()
        assert (state.learned, state.trouble) == (20, "")
        assert state.accuracy is not None
        assert sum(state.counts.values()) >= 50 - 8
        assert state.asked is not None
        assert state.asked.suggestion is not None
        assert question.check(state.asked.suggestion.label) == state.asked.suggestion.label
    with labelling(tmp_path / "texts.csv", out, question) as work:
        assert {label.row: label.label for label in work.file.labels} == given
    model = tmp_path / "m.reread"
    trained = reread(f"train {out} -o {model} --answer linear --no-report --json {TINY}")
    assert trained.code == 0, trained.err
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    assert [each["task"] for each in config["targets"].values()] == [TASKS[kind]]
    if kind == "ordinal":
        assert config["task"]["classes"] == THREE
