from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.errors import DataError
from reread.statistics.significance import DRAWS, holm, paired_examples, paired_seeds, smallest_p

VALUES = st.integers(0, 50).map(lambda right: right / 50)
PAIRS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=9)


def as_seeds(values: list[float]) -> dict[int, float]:
    return dict(enumerate(values))


@given(PAIRS)
def test_all_flips_are_counted(pairs: list[tuple[float, float]]) -> None:
    first, second = (list(side) for side in zip(*pairs, strict=True))
    whole = [round(50 * a) - round(50 * b) for a, b in pairs]  # no rounding in the reference
    sums = [abs(sum(s * d for s, d in zip(signs, whole, strict=True))) for signs in itertools.product((1, -1), repeat=len(whole))]  # fmt: skip
    test = paired_seeds(as_seeds(first), as_seeds(second))
    assert test.p_value == sum(value >= abs(sum(whole)) for value in sums) / len(sums)
    assert test.difference == pytest.approx(sum(whole) / 50 / len(whole), abs=1e-12)
    assert test.p_value >= test.smallest == 2 / 2 ** len(pairs)


def test_only_seeds_of_both_count() -> None:
    test = paired_seeds({0: 0.9, 1: 0.8, 5: 0.1, 7: 0.7}, {7: 0.6, 0: 0.8, 1: 0.7, 6: 1.0})
    assert (test.n, test.p_value, test.smallest, test.method) == (3, 0.25, 0.25, "exact sign-flip")
    assert test.difference == pytest.approx(0.1)


def test_one_seed_says_nothing() -> None:
    assert paired_seeds({3: 0.9}, {3: 0.1}).p_value == smallest_p(1) == 1


def test_beyond_twenty_seeds_flips_are_drawn() -> None:
    random = np.random.default_rng(5)
    first = as_seeds(random.normal(0.3, 1, 30).tolist())
    second = as_seeds([0.0] * 30)
    test = paired_seeds(first, second)
    sample = np.array(list(first.values()))
    reference = scipy.stats.permutation_test(
        (sample,), np.mean, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(0)
    )
    assert test.method == "sampled sign-flip"
    assert test == paired_seeds(first, second)
    assert test.p_value == pytest.approx(reference.pvalue, abs=4 * math.sqrt(reference.pvalue / 20_000))
    assert paired_seeds(as_seeds([1.0] * 30), second).p_value == 1 / (DRAWS + 1)


def test_twenty_seeds_are_exact() -> None:
    test = paired_seeds(as_seeds([0.5 + i / 1000 for i in range(20)]), as_seeds([0.4] * 20))
    assert test.p_value == 2 / 2**20


@pytest.mark.parametrize("seeds", [8, 25])
def test_p_values_over_seeds_are_uniform_under_the_null(seeds: int) -> None:
    random = np.random.default_rng(seeds)
    p_values = [
        paired_seeds(as_seeds(random.normal(size=seeds).tolist()), as_seeds(random.normal(size=seeds).tolist()), seed=k).p_value
        for k in range(300)
    ]  # fmt: skip
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 0.01


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_one_run_each_is_mcnemar(ahead: int, behind: int, both: int) -> None:
    first = [True] * ahead + [False] * behind + [True] * both + [False]
    second = [False] * ahead + [True] * behind + [True] * both + [False]
    test = paired_examples(first, second)
    tail = sum(math.comb(ahead + behind, k) for k in range(min(ahead, behind) + 1)) / 2 ** (ahead + behind)
    assert test.p_value == pytest.approx(min(1, 2 * tail))
    assert test.method == "exact McNemar"
    assert test.n == len(first)
    assert test.difference == pytest.approx((ahead - behind) / len(first))
    assert test.smallest == smallest_p(ahead + behind)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 4)), min_size=1, max_size=9))
def test_copies_flip_together(texts: list[tuple[bool, bool, int]]) -> None:
    first, second, times = (np.array(side) for side in zip(*texts, strict=True))
    copies = np.repeat(np.arange(len(texts)), times)
    test = paired_examples(first[copies], second[copies], copies=copies)
    sums = (first.astype(int) - second) * times
    flips = np.array(list(itertools.product((1, -1), repeat=len(texts))))
    assert test.p_value == pytest.approx(np.mean(np.abs(flips @ sums) >= abs(sums.sum())))
    assert test.n == len(texts)
    assert test.difference == pytest.approx(sums.sum() / times.sum())


@pytest.mark.parametrize(("examples", "method"), [(14, "exact sign-flip"), (40, "sampled sign-flip")])
def test_several_runs_are_tested_as_flips_say(examples: int, method: str) -> None:
    random = np.random.default_rng(3)
    first, second = random.random((3, examples)) < 0.8, random.random((2, examples)) < 0.55
    test = paired_examples(first, second)
    differences = 2 * first.sum(axis=0) - 3 * second.sum(axis=0)
    differing = differences[differences != 0]
    flips = np.array(list(itertools.product((1, -1), repeat=len(differing)))) if examples == 14 else random.choice([1, -1], (100_000, len(differing)))  # fmt: skip
    p_value = np.mean(np.abs(flips @ differing) >= abs(differing.sum()))
    assert test.method == method
    assert test.difference == pytest.approx(first.mean() - second.mean())
    assert test.p_value == pytest.approx(p_value, abs=1e-12 if examples == 14 else 5 * math.sqrt(p_value / DRAWS))
    assert test.p_value >= test.smallest


def test_p_values_over_examples_are_uniform_under_the_null() -> None:
    random = np.random.default_rng(1)
    easy = random.random(400)
    p_values = [
        paired_examples(random.random((3, 400)) < easy, random.random((3, 400)) < easy, seed=k).p_value
        for k in range(200)
    ]
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 0.01


def test_a_difference_of_many_examples_is_found() -> None:
    random = np.random.default_rng(2)
    test = paired_examples(random.random((5, 25_000)) < 0.92, random.random((5, 25_000)) < 0.91)
    assert test.p_value == test.smallest == 1 / (DRAWS + 1)


def test_equal_answers_differ_in_nothing() -> None:
    answers = np.random.default_rng(0).random((2, 50)) < 0.5
    test = paired_examples(answers, answers)
    assert (test.difference, test.p_value, test.smallest) == (0, 1, 1)


def test_holm_by_hand() -> None:
    # Ordered: 0.005·4 = 0.02, 0.01·3 = 0.03, 0.03·2 = 0.06, and 0.04·1 may not fall below 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.7, 0.6]).tolist() == [1, 1]
    assert holm([]).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 11), st.floats(0, 1))
def test_holm_is_monotone_and_between_the_p_value_and_bonferroni(p_values: list[float], place: int, raised: float) -> None:  # fmt: skip
    corrected = holm(p_values)
    assert (corrected >= np.array(p_values) - 1e-12).all()
    assert (corrected <= np.minimum(np.array(p_values) * len(p_values), 1) + 1e-12).all()
    higher = list(p_values)
    higher[place % len(higher)] = max(higher[place % len(higher)], raised)
    assert (holm(higher) >= corrected - 1e-12).all()


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_holm_keeps_false_alarms_rare(seed: int) -> None:
    p_values = np.random.default_rng(seed).random((2000, 6))
    assert np.mean([holm(row).min() <= 0.05 for row in p_values]) < 0.07


def test_what_cannot_be_tested() -> None:
    with pytest.raises(DataError, match=r"no seed is common to both models: \[1\] and \[2\]"):
        paired_seeds({1: 0.5}, {2: 0.5})
    with pytest.raises(DataError, match="must be finite"):
        paired_seeds({1: math.nan}, {1: 0.5})
    with pytest.raises(DataError, match=r"\(1, 3\) and \(1, 2\) \(runs, examples\)"):
        paired_examples([True] * 3, [True] * 2)
    with pytest.raises(DataError, match="at least one"):
        paired_examples([], [])
    with pytest.raises(DataError, match=r"a p-value is 1\.5"):
        holm([0.1, 1.5])
    with pytest.raises(DataError, match="a p-value is nan"):
        holm([math.nan])


def test_many_examples_have_scipys_p_value_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    for ahead, behind in ((0, 2000), (9_800, 10_100), (150_000, 150_000), (150_900, 149_100)):
        expected = scipy.stats.binomtest(ahead, ahead + behind).pvalue
        with monkeypatch.context() as light:
            light.setitem(sys.modules, "scipy", None)
            found = paired_examples([True] * ahead + [False] * behind, [False] * ahead + [True] * behind)
        assert found.p_value == pytest.approx(expected, rel=1e-8)
