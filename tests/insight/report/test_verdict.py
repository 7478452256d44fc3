"""One sentence says whether the model is better than the baseline, and says it only where the rows do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reread.insight.report import Measured
from reread.insight.report.verdict import verdict
from reread.tasks.classification import Classification
from reread.wording import number_of
from support.made_facts import measured

UNKNOWN = "These rows cannot show whether the network beats the linear baseline in "


def said(ours: list[bool], theirs: list[bool], texts: list[str] | None = None, **others: Any) -> str:
    """The verdict on rows which both answer rightly or wrongly as said."""
    scores = {
        name: np.where(np.array(right)[:, None], [2.0, 0], [0, 2.0])
        for name, right in (("network", ours), ("linear baseline", theirs))
    }
    rows = Measured(
        tasks=dict.fromkeys(scores, Classification(["a", "b"])),
        targets=["a"] * len(ours),
        scores=scores,
        texts=[f"row {k}" for k in range(len(ours))] if texts is None else texts,
        place=str,
        name="label",
        **others,
    )
    return verdict(rows.parts()[0]).sentence


@pytest.mark.parametrize("rows", [1, 5])
def test_few_rows_show_nothing(rows: int) -> None:
    words = said([True] * rows, [False] * rows)
    assert words.startswith(
        f"{UNKNOWN}accuracy: 1.0000 against 0.0000; the network alone is right on {number_of(rows, 'row')}, "
    )
    assert words.endswith(f"p = {min(1, 2.0 ** (1 - rows)):.3g}).")
    assert verdict(measured("numbers", rows).parts()[0]).sentence.startswith(UNKNOWN)


def test_accuracies_are_compared_by_mcnemars_exact_test() -> None:
    ours, theirs = [True] * 16 + [False] * 4, [True] * 7 + [False] * 12 + [True]
    assert said(ours, theirs) == (
        "The network is better than the linear baseline in accuracy: 0.8000 against 0.4000; the network alone is right on 9 rows, "
        "the baseline alone on 1 row (exact McNemar test, p = 0.0215)."
    )
    worse = said(theirs, ours)
    assert worse.startswith("The network is worse than the linear baseline in accuracy: 0.4000 against 0.8000; ")
    assert worse.endswith("(exact McNemar test, p = 0.0215).")
    assert said(ours[2:], theirs[2:]).startswith("The network is better")
    assert said([*ours, False], [*theirs, True]).startswith(UNKNOWN), "9 and 2: p = 0.065"


def test_copies_of_a_text_count_once() -> None:
    ours, theirs = [True] * 14 + [True, False] * 10, [False] * 14 + [True, False] * 10
    assert said(ours, theirs).endswith("(exact McNemar test, p < 0.001).")
    one_text = ["A winner", "a  WINNER "] * 7 + [f"row {k}" for k in range(20)]
    words = said(ours, theirs, one_text)
    assert words.startswith(f"{UNKNOWN}accuracy: 0.7059 against 0.2941; the network alone is right on 14 rows, ")
    assert words.endswith("(exact McNemar test, equal texts as one, p = 1).")
    pairs = [f"text {k // 2}" for k in range(34)]
    assert said(ours, theirs, pairs).endswith("(exact McNemar test, equal texts as one, p = 0.0156).")


@pytest.mark.parametrize("kind", ["ordered", "numbers"])
def test_copies_of_a_text_are_drawn_together(kind: str) -> None:
    rows = measured(kind, 60)
    assert verdict(rows.parts()[0]).better == "network"
    again = {name: np.tile(scores[:9], (20, 1)) for name, scores in rows.scores.items()}
    copied = replace(rows, targets=rows.targets[:9] * 20, scores=again, texts=list(rows.texts[:9]) * 20)
    assert verdict(copied.parts()[0]).sentence.startswith(UNKNOWN), "nine texts, however often"
    assert "confidence" in verdict(replace(copied, texts=[str(k) for k in range(180)]).parts()[0]).sentence


def test_weighted_rows_are_resampled() -> None:
    ours, theirs = [True] * 60 + [False] * 40, [False] * 40 + [True] * 20 + [False] * 40
    weights = np.linspace(1, 2, 100)
    words = said(ours, theirs, weights=weights)
    assert words.startswith("The network is better than the linear baseline in accuracy: 0.5")
    assert "% confidence" in words
    assert "McNemar" not in words


@pytest.mark.parametrize("kind", ["ordered", "labels", "numbers", "quantiles"])
def test_what_is_not_better_is_worse_or_unknown(kind: str) -> None:
    rows = measured(kind, 400)
    ours, theirs = rows.scores.values()
    words = [
        verdict(replace(rows, scores={"network": first, "linear baseline": second}).parts()[0]).sentence
        for first, second in ((ours, theirs), (theirs, ours), (ours, ours))
    ]
    assert words[0].startswith("The network is better than the linear baseline in ")
    assert words[1].startswith("The network is worse than the linear baseline in ")
    assert words[2].startswith(UNKNOWN)
    assert "confidence" not in words[2]


def test_without_a_baseline_nothing_is_said_of_it() -> None:
    rows = measured("numbers", baseline=False)
    assert verdict(rows.parts()[0]).sentence == (
        "There is no linear baseline, so there is nothing to compare the network with."
    )


def test_a_linear_member_that_answers_is_compared_and_needs_no_way_out() -> None:
    rows = measured("numbers", 400)
    ours, theirs = rows.scores.values()
    for network, word in ((ours, "better"), (theirs, "worse")):
        linear = theirs if network is ours else ours
        found = verdict(replace(rows, scores={"linear baseline": linear, "network": network}).parts()[0])
        assert found.sentence.startswith(f"The network is {word} than the linear baseline in ")
        assert found.better == ""
