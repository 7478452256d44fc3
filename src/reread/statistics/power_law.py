"""Learning curves: how an error falls with the number of rows learned from, and how sure that is.

The law is an inverse power of the rows with a floor, error(n) = a + b n^-c (Hestness et al. 2017; Figueroa et al. 2012
for text classifiers; Viering and Loog 2022, section 4, on what is known of it). Few noisy figures cannot tell its
exponent, which decides what lies beyond them; so laws of many exponents are kept, each with the weight that the figures
give it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError

EXPONENTS = (0.1, 0.2, 0.3, 0.4, 0.5)  # from those that Hestness et al. found, 0.07 to 0.35, to that of theory
TINY = 1e-9  # of the variance: keeps a covariance that rows cannot tell apart invertible

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value and its standard error."""

    value: float
    error: float

    def interval(self, level: float) -> tuple[float, float]:
        """The interval of a normal distribution that holds so large a share of it."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.error
        return self.value - reach, self.value + reach


@dataclass(frozen=True, kw_only=True)
class PowerLaws:
    """Laws of several exponents through the same errors.

    Each law is a weighted least-squares fit, so its floor and slope are sums of the errors, times these numbers.

    Attributes:
        errors: at the sizes that were measured, (sizes,).
        covariance: of them, (sizes, sizes).
        exponents: (laws,).
        floors: what each error adds to a law's floor, (laws, sizes).
        slopes: what it adds to its slope, likewise.
        weights: of the laws, in sum 1, (laws,).
    """

    errors: Floats
    covariance: Floats
    exponents: Floats
    floors: Floats
    slopes: Floats
    weights: Floats

    @classmethod
    def fit(cls, sizes: ArrayLike, errors: ArrayLike, covariance: ArrayLike) -> Self:
        """Put laws through errors.

        Larger sizes count in proportion (Figueroa et al. 2012): they are nearer to what is asked for. No floor is below
        0: where it would be, the law has none.

        Args:
            sizes: rows learned from, rising, (sizes,); 3 or more.
            errors: at these sizes, (sizes,), 0 where nothing can be better.
            covariance: of the errors, (sizes, sizes).

        Raises:
            DataError: fewer than 3 sizes, or an error that is not finite.
        """
        rows, found, spread = (np.asarray(each, dtype=np.float64) for each in (sizes, errors, covariance))
        if len(rows) < 3 or not (np.isfinite(found).all() and np.isfinite(spread).all()):
            raise DataError(f"errors {found.tolist()}: a learning curve needs 3 or more finite ones")
        exponents = np.array(EXPONENTS)
        fits = [_least_squares(rows, found, exponent) for exponent in EXPONENTS]
        precision = np.linalg.pinv(spread + TINY * max(float(np.trace(spread)), TINY) * np.eye(len(rows)))
        left = [
            found - floor @ found - rows**-exponent * (slope @ found)
            for exponent, (floor, slope) in zip(EXPONENTS, fits, strict=True)
        ]
        unlikely = np.array([each @ precision @ each for each in left])
        weights = np.exp(-0.5 * (unlikely - unlikely.min()))
        floors, slopes = (np.array(each) for each in zip(*fits, strict=True))
        return cls(
            errors=found,
            covariance=spread,
            exponents=exponents,
            floors=floors,
            slopes=slopes,
            weights=weights / weights.sum(),
        )

    def at(self, rows: float) -> Estimate:
        """The error after learning from so many rows."""
        return self._of(self.floors + (rows**-self.exponents)[:, None] * self.slopes)

    def fall(self, before: float, after: float) -> Estimate:
        """By how much the error falls between two numbers of rows."""
        return self._of((before**-self.exponents - after**-self.exponents)[:, None] * self.slopes)

    def _of(self, sums: Floats) -> Estimate:
        """The mean over the laws of sums of the errors, (laws, sizes); laws that differ make it less sure."""
        each = sums @ self.errors
        value = float(self.weights @ each)
        spread = np.einsum("ls,st,lt->l", sums, self.covariance, sums)
        return Estimate(value, math.sqrt(max(0.0, float(self.weights @ (spread + (each - value) ** 2)))))


def _least_squares(rows: Floats, errors: Floats, exponent: float) -> tuple[Floats, Floats]:
    """What each error adds to floor and slope, (sizes,) each."""
    weight = np.sqrt(rows / rows.max())
    powers = rows**-exponent
    design = np.stack([np.ones_like(rows), powers], axis=1)
    floor, slope = np.linalg.pinv(weight[:, None] * design) * weight
    if floor @ errors < 0:
        floor, slope = np.zeros_like(floor), (np.linalg.pinv((weight * powers)[:, None]) * weight)[0]
    return floor, slope


def jackknife_covariance(without: Sequence[Sequence[float]] | Floats) -> Floats:
    """The covariance of figures, from the same figures without one group of rows each, (groups, figures).

    The delete-a-group jackknife (Kott 2001).
    """
    each = np.asarray(without, dtype=np.float64)
    apart = each - each.mean(axis=0)
    return np.asarray((len(each) - 1) / len(each) * apart.T @ apart, dtype=np.float64)
