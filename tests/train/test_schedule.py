"""The learning rate as a function of the step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.train.schedule import DECAYS, FLOOR, rate_factor

decays = st.sampled_from(sorted(DECAYS))


@given(step=st.integers(0, 2000), total=st.integers(1, 1000), warmup=st.integers(0, 100), decay=decays)
def test_a_factor_is_a_share_of_the_rate(step: int, total: int, warmup: int, decay: str) -> None:
    assert 0 < rate_factor(step, total, warmup=warmup, decay=decay) <= 1


@given(total=st.integers(2, 500), warmup=st.integers(0, 50), decay=decays)
def test_it_never_rises_after_the_warm_up(total: int, warmup: int, decay: str) -> None:
    factors = [rate_factor(step, total, warmup=warmup, decay=decay) for step in range(warmup, 2 * total + warmup)]
    assert factors == sorted(factors, reverse=True)


def test_values() -> None:
    rising = [rate_factor(step, 100, warmup=4, decay="constant") for step in range(6)]
    assert rising == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])
    assert rate_factor(0, 100, warmup=0, decay="linear") == 1
    assert rate_factor(50, 100, warmup=0, decay="linear") == pytest.approx((1 + FLOOR) / 2)
    assert rate_factor(50, 100, warmup=0, decay="cosine") == pytest.approx((1 + FLOOR) / 2)
    for decay in ("linear", "cosine"):
        assert rate_factor(100, 100, warmup=0, decay=decay) == pytest.approx(FLOOR)
        assert rate_factor(1000, 100, warmup=0, decay=decay) == pytest.approx(FLOOR)


def test_what_cannot_be_scheduled() -> None:
    with pytest.raises(ConfigError, match=r'unknown decay "linaer"\. Did you mean "linear"'):
        rate_factor(0, 1, warmup=0, decay="linaer")
    with pytest.raises(ConfigError, match="a schedule over 0 steps: at least 1 is needed"):
        rate_factor(0, 0, warmup=0, decay="linear")
