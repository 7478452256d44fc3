"""How measurements at two sizes are continued."""

from __future__ import annotations

import pytest

from reread.pipeline.forecast.growth import UNMEASURED, Growth

BETWEEN = (1.0, 1.5)


def test_it_goes_through_both_measurements_and_on_by_the_same_power() -> None:
    growth = Growth.through((100, 2.0), (400, 2.0 * 4**1.2), BETWEEN)
    assert growth.power == pytest.approx(1.2)
    assert growth.at(100) == pytest.approx(2.0)
    assert growth.at(1_600) == pytest.approx(2.0 * 16**1.2)


@pytest.mark.parametrize(("value", "power"), [(1.0, 1.0), (1e6, 1.5)])
def test_a_sample_that_misleads_is_not_followed(value: float, power: float) -> None:
    growth = Growth.through((100, 2.0), (400, value), BETWEEN)
    assert growth.power == power
    assert growth.at(400) == value


@pytest.mark.parametrize(
    ("few", "many"),
    [((100, 2.0), (150, 9.0)), ((100, 2.0), (100, 2.0)), ((0, 0.0), (9, 2.0)), ((100, 0.0), (400, 2.0))],
)
def test_sizes_that_tell_no_growth_grow_by_the_least(few: tuple[float, float], many: tuple[float, float]) -> None:
    assert Growth.through(few, many, BETWEEN) == Growth(amount=many[0], value=many[1], power=1.0)


def test_what_was_not_measured_is_nothing() -> None:
    assert UNMEASURED.at(1e9) == 0
