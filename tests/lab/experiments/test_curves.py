from __future__ import annotations

import numpy as np
import pytest

from reread.errors import DataError
from reread.lab.experiments.curves import curves_of
from support.made_runs import run


def points(**accuracy: float) -> list[dict[str, float]]:
    return [{"iteration": int(name[1:]), "accuracy": value} for name, value in accuracy.items()]


def test_curves_stand_beside_each_other_where_all_were_measured() -> None:
    records = [
        run("a", "1", 0, 0.9, curve=points(i50=0.5, i100=0.7, i150=0.8)),
        run("a", "1", 1, 0.9, curve=points(i100=0.9, i50=0.6, i200=0.9)),
        run("a", "2", 0, 0.9, curve=points(i50=0.0)),
        run("b", "1", 0, 0.9, curve=points(i50=0.0)),
    ]
    found = curves_of(records, "a", "1")
    assert found.iterations.tolist() == [50, 100]
    assert found.accuracy.tolist() == [[0.5, 0.7], [0.6, 0.9]]
    assert found.mean.tolist() == pytest.approx([0.55, 0.8])
    assert found.at(np.array([100])).tolist() == pytest.approx([0.8])


def test_runs_that_cannot_be_drawn_together() -> None:
    records = [run("a", "1", 0, 0.9, curve=points(i50=0.5)), run("a", "1", 1, 0.9, curve=points(i60=0.5))]
    with pytest.raises(DataError, match="2 runs of a under 1 were measured at no common iteration"):
        curves_of(records, "a", "1")
    with pytest.raises(
        DataError, match=r"runs of c under 1 ended before their first measurement; make curve\.every smaller"
    ):
        curves_of([run("c", "1", 0, 0.9, curve=points(i50=0.5)), run("c", "1", 1, 0.9, curve=[])], "c", "1")
    with pytest.raises(DataError, match="no run of b under 1"):
        curves_of(records, "b", "1")
