"""What the comparison with a second model says."""

from __future__ import annotations

from collections import Counter

import pytest
from scipy.stats import binomtest

from reread import load
from reread.apps.stream.opened import Opened
from reread.apps.stream.scoring import score_batch
from reread.apps.stream.shadow import Shadow
from reread.monitoring.source import ModelSource
from reread.statistics.significance import mcnemar
from support.folders import DATA, OLD

KEPT = DATA / "folders_2026_11"
Answers = frozenset[str]


def shadow_of(name: str = "classes") -> Shadow:
    folder = KEPT / f"{name}.reread"
    source = ModelSource(folder, lambda: Opened(load(folder, threads=1)))
    return Shadow(source, source)


def sentence(*pairs: tuple[str, str, int]) -> str:
    """What is said of answers, each with its labels divided by ``+``."""
    shadow = shadow_of()
    shadow.pairs = Counter({(Answers(one.split("+")), Answers(other.split("+"))): count for one, other, count in pairs})
    return shadow.sentence()


def test_disagreements_that_go_both_ways_alike_are_chance() -> None:
    chance = binomtest(9, 20).pvalue
    assert sentence(("a", "a", 70), ("b", "b", 10), ("a", "b", 9), ("b", "a", 11)) == (
        "The shadow disagrees with 20 of 100 answers (20.0 %); chance explains it: neither gives a class more often "
        f"(p = {min(1, 2 * chance):.2g})."
    )


def test_disagreements_that_go_one_way_are_not() -> None:
    chance = 3 * binomtest(2, 32).pvalue
    assert sentence(("a", "a", 1000), ("a", "b", 20), ("c", "b", 10), ("b", "a", 2)) == (
        "The shadow disagrees with 32 of 1,032 answers (3.1 %); chance does not explain it: b comes 30 times from the "
        f"shadow alone and 2 times from the model alone (p = {chance:.2g})."
    )


def test_of_several_labels_each_is_compared() -> None:
    said = sentence(("a+b", "a+b", 5), ("a+b", "a", 12))
    assert "b comes 12 times from the model alone and 0 times from the shadow alone (p = 0.00049)" in said


def test_no_answers_and_no_disagreements() -> None:
    assert sentence() == ""
    assert sentence(("a", "a", 1)) == "The shadow gave the same 1 answer."


@pytest.mark.parametrize(("ahead", "behind"), [(0, 0), (1, 0), (3, 9), (200, 260), (4000, 4500)])
def test_the_exact_test_is_that_of_fair_coins(ahead: int, behind: int) -> None:
    expected = binomtest(ahead, ahead + behind).pvalue if ahead + behind else 1.0
    assert mcnemar(ahead, behind) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["classes", "labels", "order", "joint", "blend"])
def test_a_model_agrees_with_itself_whatever_it_answers(name: str) -> None:
    shadow = shadow_of(name)
    messages = [{"id": 1, "text": "a lovely film"}, {"id": 2}, {"id": 3, "text": "a dull book"}]
    apart, pairs = shadow.compare(messages, score_batch(shadow.source.opened.model, messages))
    assert apart == []
    assert pairs.total() == 2


def test_a_disagreement_has_both_answers() -> None:
    shadow, message = shadow_of("order"), {"id": 1, "text": "a lovely film"}
    (answer,) = score_batch(load(OLD, threads=1), [message], name="first")
    (apart,), _ = shadow.compare([message], [answer])
    (other,) = score_batch(shadow.source.opened.model, [message], name="order.reread")
    assert apart == {**answer, "shadow": {key: value for key, value in other.items() if key != "id"}}
