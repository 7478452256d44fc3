"""The curves of one model under one setting, for all seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.lab.experiments.records import RunRecord

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """Accuracy on the fixed sample while training.

    Attributes:
        iterations: where every run was measured, rising, (points,).
        accuracy: of each run there, (runs, points).
    """

    iterations: NDArray[np.int64]
    accuracy: Floats

    @property
    def mean(self) -> Floats:
        """Over the runs, (points,)."""
        return np.asarray(self.accuracy.mean(axis=0))

    def at(self, iterations: NDArray[np.int64]) -> Floats:
        """The mean at some of the iterations, (len(iterations),)."""
        return self.mean[np.searchsorted(self.iterations, iterations)]


def curves_of(records: Iterable[RunRecord], model: str, setting: str) -> Curves:
    """The curves of a model's runs under a setting, at the iterations that all of them were measured at.

    Raises:
        DataError: there is no such run, or no such iteration.
    """
    runs = [
        {int(point["iteration"]): float(point["accuracy"]) for point in record.curve}
        for record in records
        if (record.model, record.setting) == (model, setting)
    ]
    if not runs:
        raise DataError(f"no run of {model} under {setting}; run the experiment first")
    shared = sorted(set(runs[0]).intersection(*runs[1:]))
    if not all(runs):
        raise DataError(
            f"runs of {model} under {setting} ended before their first measurement; make curve.every smaller"
        )
    if not shared:
        raise DataError(
            f"the {len(runs)} runs of {model} under {setting} were measured at no common iteration; "
            "run them with one curve.every"
        )
    return Curves(np.array(shared), np.array([[run[iteration] for iteration in shared] for run in runs]))
