"""How the time of a search is divided."""

from __future__ import annotations

import math
import time

import pytest

from reread.lab.tune.budget import END_SECONDS, SLACK, UNBOUNDED, Budget
from reread.lab.tune.standing import DONE, PRUNED, Standing
from reread.pipeline.run import SAVING_SHARE


def trial(number: int, state: str = DONE, seconds: float = 30.0, training_seconds: float = 20.0) -> Standing:
    return Standing(
        number=number, state=state, defaults=not number, value=0.5, settings={}, seconds=seconds,
        training_seconds=training_seconds, note="", ended=1.0,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1_000.0)


def test_a_first_trial_leaves_time_to_train_it_again_and_to_save_it() -> None:
    left = Budget(1_600.0, 5.0).left([], None)
    assert left + (SLACK + SAVING_SHARE) * left + SLACK * 5 + END_SECONDS == pytest.approx(600)
    assert Budget(1_600.0, 5.0).left([trial(0, PRUNED)], None) == left


def test_a_trial_near_the_end_leaves_time_to_train_the_best() -> None:
    best = trial(0, seconds=120, training_seconds=100)
    standings = [best, trial(1, seconds=400, training_seconds=399), trial(2, PRUNED)]
    left = Budget(1_200.0, 5.0).left(standings, best)
    last = SLACK * (5 + 20) + END_SECONDS + (SLACK + SAVING_SHARE) * 100
    assert left == pytest.approx(200 - last)


@pytest.mark.parametrize(("deadline", "another"), [(1_080.0, True), (1_050.0, False), (999.0, False)])
def test_no_trial_begins_that_could_hardly_end(deadline: float, another: bool) -> None:  # noqa: FBT001  # a case
    assert Budget(deadline, 0.0).allows([trial(0)], trial(0)) is another


def test_without_a_limit_there_is_always_time() -> None:
    assert UNBOUNDED.left([trial(0)], trial(0)) == UNBOUNDED.left([], None) == math.inf
    assert UNBOUNDED.allows([trial(0)], trial(0))
