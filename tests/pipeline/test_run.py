"""How the time of a bounded run is divided."""

from __future__ import annotations

import time

import pytest

from reread.pipeline.run import SAVING_SECONDS, SAVING_SHARE, Run, last_step_at, out_of_time, saving_seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1_000.0)


def test_more_time_is_kept_free_where_there_is_more_to_save() -> None:
    assert saving_seconds() == SAVING_SECONDS == Run().kept_free(0)
    assert SAVING_SECONDS < Run().kept_free(1_000) < Run().kept_free(1_000_000)
    assert Run().kept_free(1_000) < Run().kept_free(1_000, 50_000_000)
    assert Run(saving=0.0).kept_free(1_000_000, 50_000_000) == 0


def test_of_twelve_seconds_most_are_left_for_training() -> None:
    assert not out_of_time(1_012.0, saving_seconds(5_000, 1_000_000))
    last = last_step_at(1_012.0, saving_seconds(5_000, 1_000_000))
    assert 1_009 < last < 1_012 - SAVING_SECONDS
    assert out_of_time(1_000.0 + SAVING_SECONDS, SAVING_SECONDS)
    assert not out_of_time(None, SAVING_SECONDS)


def test_a_share_is_of_what_saving_leaves() -> None:
    run = Run(deadline=1_100.0, saving=20.0)
    assert run.share_of_time(0.5, 1_000) == pytest.approx(1_000 + 0.5 * (80 - SAVING_SHARE * 100))
    assert Run().share_of_time(0.5, 1_000) is None
