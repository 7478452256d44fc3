"""Votes joined: what every way promises, the paper's estimate by hand, and what few rules may not do."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.weak.joins import joins
from reread.weak.joins.dawid_skene import DawidSkene
from reread.weak.rules import NO_VOTE, Votes

Truth = NDArray[np.int64]


def drawn(
    rows: int, rules: Sequence[tuple[float, float, int | None]], share: float = 0.5, seed: int = 0
) -> tuple[Votes, Truth]:
    """Votes of rules (accuracy, coverage, the only class it votes for or None) on two classes, and the truth."""
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < share).astype(np.int64)
    columns = []
    for accuracy, coverage, only in rules:
        if only is None:
            said = np.where(random.random(rows) < accuracy, truth, 1 - truth)
            speaks = random.random(rows) < coverage
        else:
            own = share if only == 1 else 1 - share
            rates = np.where(truth == only, coverage * accuracy / own, coverage * (1 - accuracy) / (1 - own))
            said, speaks = np.full(rows, only), random.random(rows) < rates
        columns.append(np.where(speaks, said, NO_VOTE))
    return np.stack(columns, axis=1).astype(np.int16), truth


def by_hand(votes: Votes, classes: int, rounds: int = 80) -> list[list[float]]:
    """Dawid and Skene's estimate without any refinement, row by row, for rules that always vote."""
    rows = votes.tolist()
    found = [[row.count(label) / len(row) for label in range(classes)] for row in rows]
    for _ in range(rounds):
        shares = [sum(each[label] for each in found) / len(rows) for label in range(classes)]
        matrices = []
        for rule in range(len(rows[0])):
            matrix = [[1e-9] * classes for _ in range(classes)]
            for row, each in zip(rows, found, strict=True):
                for label in range(classes):
                    matrix[label][row[rule]] += each[label]
            matrices.append([[count / sum(line) for count in line] for line in matrix])
        for place, row in enumerate(rows):
            joint = [
                shares[label] * math.prod(matrix[label][said] for matrix, said in zip(matrices, row, strict=True))
                for label in range(classes)
            ]
            found[place] = [each / sum(joint) for each in joint]
    return found


def right(name: str, votes: Votes, truth: Truth) -> float:
    """How many of the rows with a vote are labelled right."""
    joined = joins.get(name)().join(votes, 2)
    covered = joined.choice != NO_VOTE
    return float((joined.choice[covered] == truth[covered]).mean())


@pytest.mark.parametrize("name", joins.names())
@pytest.mark.parametrize("classes", [2, 4])
def test_rows_with_a_vote_have_probabilities_and_the_others_none(name: str, classes: int) -> None:
    random = np.random.default_rng(1)
    votes = random.integers(NO_VOTE, classes, (200, 3)).astype(np.int16)
    votes[:20] = NO_VOTE
    joined = joins.get(name)().join(votes, classes)
    covered = (votes != NO_VOTE).any(axis=1)
    assert joined.probabilities.shape == (200, classes)
    assert np.array_equal(np.isnan(joined.probabilities).any(axis=1), ~covered)
    assert np.array_equal(joined.choice == NO_VOTE, ~covered)
    found = joined.probabilities[covered]
    assert np.allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()
    assert np.allclose(found[np.arange(len(found)), joined.choice[covered]], found.max(axis=1))


@pytest.mark.parametrize("name", joins.names())
def test_order_and_equal_rows_change_nothing(name: str) -> None:
    votes, _ = drawn(400, [(0.8, 0.5, None), (0.7, 0.5, 1), (0.7, 0.5, 0)])
    order = np.random.default_rng(2).permutation(len(votes))
    join = joins.get(name)()
    assert np.allclose(
        join.join(votes[order], 2).probabilities, join.join(votes, 2).probabilities[order], equal_nan=True
    )


@pytest.mark.parametrize("name", joins.names())
def test_no_rows_and_no_votes_are_no_error(name: str) -> None:
    join = joins.get(name)()
    assert join.join(np.empty((0, 2), dtype=np.int16), 2).probabilities.shape == (0, 2)
    assert np.isnan(join.join(np.full((3, 2), NO_VOTE, dtype=np.int16), 2).probabilities).all()


def test_the_majority_is_the_share_of_the_votes_and_a_tie_goes_to_the_class_of_most_rows() -> None:
    votes = np.asarray([[0, 1, 1], [0, NO_VOTE, 1], [1, NO_VOTE, NO_VOTE]], dtype=np.int16)
    joined = joins.get("majority")().join(votes, 2)
    assert np.allclose(joined.probabilities, [[1 / 3, 2 / 3], [0.5, 0.5], [0, 1]])
    assert joined.choice.tolist() == [1, 1, 1]


def test_without_imagined_rows_it_is_the_estimate_of_the_paper() -> None:
    random = np.random.default_rng(0)
    truth = random.choice(3, 500, p=[0.5, 0.3, 0.2])
    accuracies = (0.6, 0.7, 0.8, 0.7)
    votes = np.stack(
        [np.where(random.random(500) < own, truth, random.integers(0, 3, 500)) for own in accuracies], axis=1
    ).astype(np.int16)
    found = DawidSkene(weight=0.0).join(votes, 3).probabilities
    expected = np.asarray(by_hand(votes, 3))
    assert np.abs(found - expected).mean() < 5e-3
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.995


def test_a_good_rule_outvotes_three_poor_ones() -> None:
    votes, truth = drawn(4000, [(0.95, 1.0, None), (0.6, 1.0, None), (0.6, 1.0, None), (0.6, 1.0, None)])
    assert right("dawid-skene", votes, truth) > right("majority", votes, truth) + 0.1
    assert right("dawid-skene", votes, truth) > 0.88


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "rules",
    [
        [(0.8, 0.3, 1), (0.8, 0.3, 0)],
        [(0.9, 0.3, 1), (0.7, 0.2, 0), (0.7, 0.3, 1)],
        [(0.8, 0.05, 1), (0.8, 0.6, 0)],
        [(0.95, 0.3, None), (0.45, 0.5, None), (0.7, 0.3, None)],
        [(0.7, 0.9, None), (0.7, 0.9, None)],
    ],
)
def test_few_rules_do_not_trade_the_classes(rules: list[tuple[float, float, int | None]], seed: int) -> None:
    votes, truth = drawn(3000, rules, seed=seed)
    assert right("dawid-skene", votes, truth) > right("majority", votes, truth) - 0.04
    alone = (votes != NO_VOTE).sum(axis=1) == 1
    assert (joins.get("dawid-skene")().join(votes, 2).choice[alone] == votes[alone].max(axis=1)).mean() > 0.5


@pytest.mark.parametrize("seed", range(3))
def test_long_texts_are_not_taken_for_a_class(seed: int) -> None:
    """All rules speak more often on some texts than on others, whatever the class."""
    random = np.random.default_rng(seed)
    votes, truth = drawn(6000, [(0.9, 0.9, None), (0.6, 0.8, None), (0.7, 0.9, None), (0.8, 0.5, None)], seed=seed)
    short = random.random(6000) < 0.5
    votes[short[:, None] & (random.random(votes.shape) < 0.8)] = NO_VOTE
    assert right("dawid-skene", votes, truth) > right("majority", votes, truth) - 0.02
    assert right("dawid-skene", votes, truth) > 0.75


def test_a_rule_that_is_worse_than_chance_is_not_turned_round() -> None:
    votes, truth = drawn(4000, [(0.85, 1.0, None), (0.85, 1.0, None), (0.85, 1.0, None), (0.2, 1.0, None)])
    alike = np.asarray([[0, 0, 1, 0], [0, 0, 1, 1]], dtype=np.int16)  # but for its vote
    joined = DawidSkene(weight=0.0).join(np.concatenate([votes, alike]), 2)
    assert joined.probabilities[-2, 0] >= joined.probabilities[-1, 0] - 1e-6
    assert (joined.choice[:-2] == truth).mean() > 0.9


def test_one_rule_is_not_taken_for_infallible() -> None:
    votes = np.asarray([[0], [1], [1], [0]] * 50, dtype=np.int16)
    found = joins.get("dawid-skene")().join(votes, 2).probabilities
    assert np.array_equal(found.argmax(axis=1), votes[:, 0])
    assert found.max() < 1


@pytest.mark.parametrize("name", joins.names())
def test_answers_of_a_model_count_where_there_is_a_vote(name: str) -> None:
    votes, _ = drawn(400, [(0.8, 0.5, None), (0.7, 0.5, 1), (0.7, 0.5, 0)])
    covered = (votes != NO_VOTE).any(axis=1)
    join = joins.get(name)()
    unsure, low, high = (join.join(votes, 2, np.tile([1 - p, p], (400, 1))) for p in (0.5, 0.3, 0.7))
    for joined in (unsure, low, high):
        assert np.array_equal(np.isnan(joined.probabilities).any(axis=1), ~covered)
        assert np.allclose(joined.probabilities[covered].sum(axis=1), 1)
    assert (low.probabilities[covered, 1] < high.probabilities[covered, 1]).all()
    assert (low.probabilities[covered, 1] < unsure.probabilities[covered, 1]).all()


def test_a_good_model_s_answers_make_the_estimate_better() -> None:
    votes, truth = drawn(4000, [(0.7, 0.6, None), (0.65, 0.6, None), (0.6, 0.6, None)])
    random = np.random.default_rng(3)
    side = np.where(random.random(4000) < 0.85, truth, 1 - truth)
    answers = np.where(side[:, None] == np.arange(2), 0.85, 0.15)
    covered = (votes != NO_VOTE).any(axis=1)
    alone, together = (DawidSkene().join(votes, 2, each).choice[covered] for each in (None, answers))
    assert (together == truth[covered]).mean() > (alone == truth[covered]).mean() + 0.05


def test_a_model_that_is_certain_can_be_outvoted() -> None:
    votes = np.asarray([[0, 0, 0], [1, 1, 1]] * 100, dtype=np.int16)
    certain = np.tile([1.0, 0.0], (200, 1))
    found = DawidSkene().join(votes, 2, certain).probabilities
    assert np.isfinite(found).all()
    assert (found.min(axis=1) > 0).all()


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'unknown way to join votes "dawid_skene"\. Did you mean "dawid-skene"'):
        joins.get("dawid_skene")
