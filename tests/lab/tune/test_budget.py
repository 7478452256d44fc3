"""How the time of a search is divided."""

from __future__ import annotations

import math
import time

import pytest

from reread.lab.tune.budget import SLACK, UNBOUNDED, Budget
from reread.lab.tune.study import DONE, PRUNED, Standing
from reread.pipeline.run import SAVING_SECONDS, SAVING_SHARE


def trial(number: int, state: str = DONE, seconds: float = 30.0, training_seconds: float = 20.0) -> Standing:
    return Standing(
        number=number, state=state, defaults=not number, value=0.5, settings={}, seconds=seconds,
        training_seconds=training_seconds, note="", ended=1.0,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1_000.0)


def test_the_defaults_may_take_half_of_the_time() -> None:
    assert Budget(1_600.0, 5.0).left([]) == 300
    assert Budget(1_600.0, 5.0).left([trial(0, PRUNED)]) == 300


def test_time_is_left_to_train_the_slowest_and_to_save_it() -> None:
    standings = [trial(0, seconds=50, training_seconds=30), trial(1, seconds=75, training_seconds=70), trial(2, PRUNED)]
    last = SLACK * (5 + 20 + 70) + SAVING_SECONDS + SAVING_SHARE * 70
    assert Budget(1_600.0, 5.0).left(standings) == pytest.approx(600 - last)


@pytest.mark.parametrize(("deadline", "another"), [(1_070.0, True), (1_055.0, False), (999.0, False)])
def test_no_trial_begins_that_could_hardly_end(deadline: float, another: bool) -> None:  # noqa: FBT001  # a case
    standings = [trial(0)]  # 44.9 s to train it again; half a trial is 15 s
    assert Budget(deadline, 0.0).allows(standings) is another


def test_without_a_limit_there_is_always_time() -> None:
    assert UNBOUNDED.left([trial(0)]) == UNBOUNDED.left([]) == math.inf
    assert UNBOUNDED.allows([trial(0)])
