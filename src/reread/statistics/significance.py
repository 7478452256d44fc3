"""Whether two models differ by more than chance: paired sign-flip tests, and their correction for many comparisons.

Under the null hypothesis the two models of a pair could change names, so each difference could as well have the other
sign (Fisher 1935, section 21). Differences are first − second, and every p-value is two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[Any]

EXACT = 20  # up to this many differences all 2ⁿ flips are computed
DRAWS = 19_999  # flips drawn beyond that: the smallest p-value is 1 / 20,000
ROUNDING = 1e-9  # share of Σ|difference| by which equal sums may differ in floating point


@dataclass(frozen=True)
class PairedTest:
    """A two-sided test of first against second.

    Attributes:
        n: the number of independent pairs.
        difference: mean of first − second.
        p_value: the probability of a difference at least this large under the null hypothesis.
        smallest: the smallest p-value possible with this many pairs.
        method: the name of the test.
    """

    n: int
    difference: float
    p_value: float
    smallest: float
    method: str


def paired_seeds(first: Mapping[int, float], second: Mapping[int, float], *, seed: int = 0) -> PairedTest:
    """Sign-flip test over the seeds that both models were trained with: would newly trained networks differ too?

    All 2ⁿ flips up to 20 seeds, random ones beyond.

    Args:
        first: the value of each seed's run.
        second: the same for the other model.
        seed: of the random flips.

    Raises:
        DataError: no seed is common to both, or a value is not finite.
    """
    shared = sorted(first.keys() & second.keys())
    if not shared:
        raise DataError(
            f"no seed is common to both models: {sorted(first)} and {sorted(second)}; train both with the same seeds"
        )
    differences = np.array([first[key] - second[key] for key in shared], dtype=np.float64)
    if not np.isfinite(differences).all():
        raise DataError(f"the differences of the seeds {shared} are {differences.tolist()}; they must be finite")
    exact = len(shared) <= EXACT
    return PairedTest(
        len(shared),
        float(differences.mean()),
        p_value=_exact_p(differences) if exact else _sampled_p(differences, seed),
        smallest=smallest_p(len(shared), exact=exact),
        method="exact sign-flip" if exact else "sampled sign-flip",
    )


def paired_examples(
    first: ArrayLike, second: ArrayLike, *, copies: NDArray[np.int64] | None = None, seed: int = 0
) -> PairedTest:
    """Sign-flip test over test examples: would the same models differ on other such examples too?

    An example's value is the share of a model's runs that answer it correctly. If all differences have the same size,
    as with one run each, this is McNemar's exact test (McNemar 1947); with up to 20 examples that differ, all flips
    are computed; otherwise flips are drawn.

    Copies of an example are no evidence of their own: a model answers all of them alike. They count as one pair, whose
    difference is the sum of theirs, and a flip changes the sign of that sum, as of any cluster of examples that depend
    on one another. The difference in accuracy is the same with and without them.

    Args:
        first: whether each run of the model answers each example right, (runs, examples), or (examples,) for one run.
        second: the same for the other model on the same examples, with any number of runs.
        copies: a number from 0 for each example, the same for copies of one another, (examples,); None: all differ.
        seed: of the random flips.

    Raises:
        DataError: the numbers of examples differ, or there are none.
    """
    right = [np.atleast_2d(np.asarray(side, dtype=bool)) for side in (first, second)]
    if right[0].shape[1] != right[1].shape[1] or not all(side.size for side in right):
        shapes = " and ".join(str(side.shape) for side in right)
        raise DataError(
            f"correct answers of shape {shapes} (runs, examples); both need the same examples, and at least one"
        )
    runs = [len(side) for side in right]
    scale = math.lcm(*runs)  # whole numbers: equal differences are equal to the last bit
    counts = [side.sum(axis=0, dtype=np.int64) * (scale // len(side)) for side in right]
    differences = counts[0] - counts[1]
    mean = float(differences.mean() / scale)
    if copies is not None:
        each = np.zeros(int(copies.max()) + 1, dtype=np.int64)
        np.add.at(each, copies, differences)
        differences = each
    differing = differences[differences != 0]
    one_size = len(np.unique(np.abs(differing))) <= 1
    exact = one_size or len(differing) <= EXACT
    ahead = int((differing > 0).sum())
    p_value = (
        mcnemar(ahead, len(differing) - ahead)
        if one_size
        else _exact_p(differing)
        if exact
        else _grouped_p(differing, seed)
    )
    return PairedTest(
        len(differences),
        mean,
        p_value,
        smallest=smallest_p(len(differing), exact=exact),
        method="exact McNemar" if one_size and runs == [1, 1] else f"{'exact' if exact else 'sampled'} sign-flip",
    )


def smallest_p(n: int, *, exact: bool = True) -> float:
    """The smallest two-sided p-value of a sign-flip test of ``n`` differences: two of 2ⁿ flips are most extreme."""
    of_flips = min(1.0, 2.0 ** (1 - n))
    return of_flips if exact else max(of_flips, 1 / (DRAWS + 1))


def holm(p_values: Iterable[float]) -> Floats:
    """P-values corrected for the family-wise error rate (Holm 1979), in the given order.

    Raises:
        DataError: a p-value is not between 0 and 1.
    """
    given = np.array(list(p_values), dtype=np.float64)
    wrong = given[~((given >= 0) & (given <= 1))]
    if wrong.size:
        raise DataError(f"a p-value is {wrong[0]}; p-values lie between 0 and 1")
    order = np.argsort(given, kind="stable")
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1)), 1)
    return corrected


def _exact_p(differences: Numbers) -> float:
    """The share of all flips as extreme as the observed one; flipping all signs only mirrors, so half are computed."""
    sums = differences[:1]
    for difference in differences[1:]:
        sums = np.concatenate([sums + difference, sums - difference])
    return float(_extreme(sums, differences).mean())


def _sampled_p(differences: Numbers, seed: int) -> float:
    flips = np.random.default_rng(seed).integers(0, 2, (DRAWS, len(differences)), dtype=np.int8)
    return _drawn_p(_extreme((2 * flips - 1) @ differences, differences))


def _grouped_p(differences: Numbers, seed: int) -> float:
    """Differences of the same size keep their signs binomially: 25,000 examples cost as much as 50."""
    sizes, counts = np.unique(np.abs(differences), return_counts=True)
    positive = np.random.default_rng(seed).binomial(counts, 0.5, (DRAWS, len(counts)))
    return _drawn_p(_extreme((2 * positive - counts) @ sizes, differences))


def _extreme(sums: Numbers, differences: Numbers) -> NDArray[np.bool_]:
    """Which sums are as far from 0 as that of the differences."""
    rounding = ROUNDING * np.abs(differences).sum()
    return np.asarray(np.abs(sums) >= abs(differences.sum()) - rounding)


def _drawn_p(extreme: NDArray[np.bool_]) -> float:
    """The observed flip counts as one of the drawn, or p could be 0 (Phipson & Smyth 2010)."""
    return float((extreme.sum() + 1) / (extreme.size + 1))


def mcnemar(ahead: int, behind: int) -> float:
    """The two-sided p-value of McNemar's exact test (McNemar 1947).

    Args:
        ahead: pairs of which the first alone is so.
        behind: pairs of which the second alone is so.
    """
    # Twice the probability that so few of n fair coins fall on the rarer side; the light install has no SciPy.
    n = ahead + behind
    k = np.arange(1, min(ahead, behind) + 1)
    of_flips = np.concatenate([[0.0], np.cumsum(np.log((n + 1 - k) / k))]) - n * math.log(2)
    return min(1.0, 2 * float(np.exp(of_flips).sum()))
