"""Two people's labels: Krippendorff's alpha as another implementation has it, its interval, and what is compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest

from reread.errors import DataError
from reread.label.agreement import alpha, compare, question_of
from reread.label.disagreement import by_metric, masi, nominal
from reread.label.questions import questions
from support.labelling import KINDS, THREE

LEVELS: dict[str, Any] = {"classes": "nominal", "ordinal": "ordinal", "numbers": "interval"}


def line(row: int, label: Any, **others: Any) -> dict[str, Any]:
    return {"row": row, "text": f"text {row}", "label": label, "by": "Ada", **others}


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return path


def drawn(kind: str, seed: int, texts: int = 40) -> list[tuple[Any, Any]]:
    """Answers of two people who agree more often than by chance."""
    random, pairs = np.random.default_rng(seed), []
    for _ in range(texts):
        both = []
        value = int(random.integers(3))
        for _ in range(2):
            value = value if random.random() < 0.7 else int(random.integers(3))
            several = [name for name in THREE if random.random() < 0.3] + [THREE[value]]
            both.append({"multilabel": several, "numbers": value + 0.5}.get(kind, THREE[value]))
        pairs.append((KINDS[kind].check(both[0]), KINDS[kind].check(both[1])))
    return pairs


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", LEVELS)
def test_alpha_is_that_of_another_implementation(kind: str, seed: int) -> None:
    pairs = drawn(kind, seed)
    found = alpha(KINDS[kind].disagreement(pairs), len(pairs))
    values = [
        [THREE.index(each) if isinstance(each, str) else each for each in side] for side in zip(*pairs, strict=True)
    ]
    domain = None if kind == "numbers" else [0, 1, 2]
    assert found.alpha == pytest.approx(
        krippendorff.alpha(values, value_domain=domain, level_of_measurement=LEVELS[kind])
    )
    assert found.low < found.alpha < found.high


def test_of_several_labels_alpha_is_that_of_another_implementation_with_passonneau_s_distance() -> None:
    pairs = drawn("multilabel", 0)
    sets = list(dict.fromkeys(each for pair in pairs for each in pair))
    table = masi([frozenset(each) for each in sets])(np.zeros(0))
    there = krippendorff.alpha(
        [[sets.index(pair[side]) for pair in pairs] for side in (0, 1)],
        level_of_measurement=lambda *_, i1, i2, **__: table[i1, i2],
    )
    assert alpha(KINDS["multilabel"].disagreement(pairs), len(pairs)).alpha == pytest.approx(there)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("ab", "ab", 0), ("", "", 0), ("a", "b", 1), ("", "a", 1), ("a", "ab", 1 - 1 / 2 * 2 / 3), ("ab", "bc", 1 - 1 / 3 * 1 / 3)],
)  # fmt: skip
def test_the_distance_of_sets(one: str, other: str, apart: float) -> None:
    table = masi([frozenset(one), frozenset(other)])(np.zeros(0))
    assert table[0, 1] == table[1, 0] == pytest.approx(apart)
    assert table[0, 0] == table[1, 1] == 0


def test_always_the_same_is_1_and_only_one_answer_is_undefined() -> None:
    assert alpha(by_metric([0, 1, 1], [0, 1, 1], nominal, 2), 3).alpha == 1
    found = alpha(by_metric([0, 0, 0], [0, 0, 0], nominal, 2), 3)
    assert np.isnan([found.alpha, found.low, found.high]).all()


def test_the_interval_holds_the_alpha_of_many_texts_about_as_often_as_it_says() -> None:
    many = drawn("classes", 99, 20_000)
    question = KINDS["classes"]
    true = alpha(question.disagreement(many), len(many)).alpha
    held = [
        found.low <= true <= found.high
        for start in range(0, 10_000, 100)
        for found in [alpha(question.disagreement(many[start : start + 100]), 100)]
    ]
    assert sum(held) >= 85  # of 100, 95 expected


def test_two_files_are_compared_by_their_rows(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", line(1, "pos"), line(2, "neg"), line(9, "neg"), line(4, "pos"))
    second = write(tmp_path / "b.jsonl", line(4, "pos", by="Bob"), line(2, "pos", by="Bob"), line(7, "neg", by="Bob"))
    found = compare(first, second)
    assert [(one.row, one.label, other.label) for one, other in found.conflicts] == [(2, "neg", "pos")]
    assert [(each.row, each.label) for each in found.settled] == [(4, "pos"), (1, "pos"), (9, "neg"), (7, "neg")]
    assert found.confusion() == {("neg", "pos"): 1, ("pos", "pos"): 1}
    assert found.given(("a", "b")) == {2: (("Ada", "neg"), ("Bob", "pos"))}
    assert found.texts().rows == [1, 2, 4, 7, 9]
    assert list(found.texts().texts) == [f"text {row}" for row in (1, 2, 4, 7, 9)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_show_what_was_asked(kind: str, tmp_path: Path) -> None:
    question, pairs = KINDS[kind], drawn(kind, 0)
    lines = [{"row": row, "text": "", **question.fields(each)} for row, (each, _) in enumerate(pairs)]
    found = question_of([write(tmp_path / "a.jsonl", *lines)])
    assert type(found) is type(question)
    assert len(found.counts([])) == len(question.counts([]))
    for each, _ in pairs:
        answer = found.check(question.fields(each)[question.field])
        assert sorted(found.words(answer)) == sorted(question.words(each))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([[line(1, "a")], [line(1, ["a"])]], "no labels, or of several kinds"),
        ([[], []], "no labels, or of several kinds"),
        ([[line(1, "a")], [line(2, "b")]], "no text has a label in both"),
        ([[line(1, "a")], [line(1, "b", text="another")]], "row 1 is another text in"),
        ([[line(1, "a"), line(1, "a")], [line(1, "b")]], r"a\.jsonl, line 2: row 1 has a label already"),
        ([[line(1, "a", ordinal_order="a,b")], [line(1, "b")]], "expected a JSON object with row, text and label"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, lines: list[list[dict[str, Any]]], words: str) -> None:
    first, second = (write(tmp_path / f"{name}.jsonl", *each) for name, each in zip("ab", lines, strict=True))
    with pytest.raises(DataError, match=words):
        compare(first, second)


def test_every_kind_is_compared() -> None:
    assert {*LEVELS, "multilabel"} == set(questions)
