"""Texts labelled in Python, and the figures of rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.weak import Rule, Rules, label
from reread.weak.joins import joins
from reread.weak.summary import summarise

TEXTS = ["great fun", "dull", "great but dull", "a film", "fun"]
RULES = Rules(
    ["neg", "pos"],
    [Rule("fun", "pos", words=["fun"]), Rule("great", "pos", words=["great"]), Rule("dull", "neg", words=["dull"])],
)


def test_texts_become_labels_with_probabilities() -> None:
    labelled = label(TEXTS, RULES)
    assert labelled.classes == ("neg", "pos")
    assert labelled.predictions[0] == labelled.predictions[4] == "pos"
    assert labelled.predictions[1] == "neg"
    assert labelled.predictions[3] is None
    assert np.isnan(labelled.probabilities[3]).all()
    assert np.allclose(labelled.probabilities[[0, 1, 2, 4]].sum(axis=1), 1)
    assert labelled.votes.tolist() == [[1, 1, -1], [-1, -1, 0], [-1, 1, 0], [-1, -1, -1], [1, -1, -1]]


def test_the_figures_of_rules_are_counts() -> None:
    found = label(TEXTS, RULES, join="majority").summary
    fun, great, dull = found.rules
    assert (fun.votes, fun.overlaps, fun.conflicts, fun.coverage, fun.accuracy) == (2, 1, 0, 0.4, 1.0)
    assert (great.votes, great.overlaps, great.conflicts, great.accuracy) == (2, 2, 1, 0.75)
    assert (dull.votes, dull.overlaps, dull.conflicts, dull.accuracy) == (2, 1, 1, 0.75)
    assert (found.rows, found.silent, found.true_accuracy, found.unnamed) == (5, 1, None, ())
    assert found.shares == {"neg": pytest.approx(0.375), "pos": pytest.approx(0.625)}


def test_true_labels_are_compared_and_change_no_estimate() -> None:
    votes = label(TEXTS, RULES).votes
    joined = joins.get("dawid-skene")().join(votes, 2)
    names = [rule.name for rule in RULES.rules]
    without, *others = (
        summarise(names, RULES.classes, votes, joined, truth)
        for truth in (None, np.asarray([1, 0, 1, 0, 0]), np.asarray([0, 1, 0, 1, -1]))
    )
    assert [[rule.accuracy for rule in each.rules] for each in others] == [[r.accuracy for r in without.rules]] * 2
    assert [rule.true_accuracy for rule in others[0].rules] == [0.5, 1.0, 0.5]
    assert [rule.true_accuracy for rule in others[1].rules] == [0.0, 0.0, 0.5]


def test_a_rule_without_votes_and_a_class_without_rules_are_shown() -> None:
    found = label(
        TEXTS, Rules(["a", "b", "c"], [Rule("x", "a", words=["fun"]), Rule("y", "b", words=["none"])])
    ).summary
    assert (found.rules[1].votes, found.rules[1].accuracy) == (0, None)
    assert found.unnamed == ("b", "c")


def test_a_file_of_rules_and_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("classes = ['neg', 'pos']\n[[rule]]\nname = 'stars'\nlabel = 'pos'\ncolumn = 'stars'\nabove = 3\n")
    assert label(["a", "b"], path, rows=[{"stars": 5}, {"stars": 1}]).predictions == ["pos", None]
    with pytest.raises(DataError, match='row 1: rule "stars": "stars" is not a number'):
        label(["a", "b"], path, rows=[{"stars": 5}, {"stars": "x"}])
    with pytest.raises(DataError, match='there is no column "stars"'):
        label(["a"], path)
    with pytest.raises(DataError, match="1 rows for 2 texts"):
        label(["a", "b"], path, rows=[{"stars": 5}])


def test_what_is_no_list_of_texts_is_refused() -> None:
    with pytest.raises(DataError, match="texts is one string"):
        label("a film", RULES)
    with pytest.raises(ConfigError, match="unknown way to join votes"):
        label(TEXTS, RULES, join="mean")
    assert label([], RULES).predictions == []
