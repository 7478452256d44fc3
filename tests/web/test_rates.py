"""How much each asker may ask for, on a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("starlette")
from reread.web import rates
from reread.web.rates import AHEAD, Rates


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rates, "time", clock)
    return clock


def test_what_was_used_is_waited_for(clock: Clock) -> None:
    found = Rates(10)
    assert found.wait(1) == 0
    found.use(1, 100)
    assert found.wait(1) == pytest.approx(100 / 10 - AHEAD)
    assert found.wait(2) == 0  # another one's
    clock.now += found.wait(1)
    assert found.wait(1) == pytest.approx(0)
    clock.now += 1e6  # who asked for nothing has not saved up for a million seconds
    found.use(1, 100)
    assert found.wait(1) == pytest.approx(100 / 10 - AHEAD)


def test_without_a_rate_nobody_waits() -> None:
    found = Rates(None)
    found.use(1, 1e12)
    assert found.wait(1) == 0


@given(
    st.floats(1, 1e5),
    st.lists(st.tuples(st.floats(0, 10), st.floats(1, 1e5)), min_size=1, max_size=50),
)
def test_in_the_long_run_nobody_gets_more_than_the_rate(rate: float, asked: list[tuple[float, float]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(rates, "time", clock)
        found, start, used, largest = Rates(rate), clock.now, 0.0, 0.0
        for seconds, units in asked:
            clock.now += seconds
            if found.wait(1) == 0:
                found.use(1, units)
                used, largest = used + units, max(largest, units)
        assert used <= (rate * (clock.now - start + AHEAD) + largest) * (1 + 1e-9)
