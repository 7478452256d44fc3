"""Seconds and bytes from a pace and an amount."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reread.pipeline.forecast.amounts import FEATURE, KEY, PAGE, Amount, Pace, disk_of, features_of, seconds_of
from reread.pipeline.forecast.growth import Growth
from reread.wording import bytes_of, duration

AMOUNT = Amount(
    rows=1_000,
    scores=3,
    words=50_000,
    held_out=2_000,
    evaluations=12,
    linear=40_000,
    again=44_000,
    read=84_000,
    most_features=9_000,
    vectors=10_000,
    table=8_000,
    network=100_000,
    checkpoint=500_000,
    there=70_000,
    saving=2.0,
)
PACE = Pace(
    learning=1e-3,
    evaluating=1e-4,
    reading=1e-5,
    linear=Growth(amount=10_000, value=10, power=1.5),
    again=Growth(amount=10_000, value=1),
    features=Growth(amount=10_000, value=500, power=0.6),
    vectors=1e-3,
    corpus=6.0,
)


def test_each_part_takes_its_time() -> None:
    assert seconds_of(AMOUNT, PACE) == pytest.approx(50 + 2.4 + 0.84 + 80 + 4.4 + 10 + 2)
    assert seconds_of(AMOUNT, Pace(learning=1e-3)) == pytest.approx(52)
    twice = replace(AMOUNT, words=100_000)
    assert seconds_of(twice, PACE) - seconds_of(AMOUNT, PACE) == pytest.approx(50)


def test_the_disk_is_that_of_the_fullest_moment() -> None:
    linear = round(500 * 4.4**0.6) * (FEATURE + 4 * 3)
    disk = disk_of(AMOUNT, PACE)
    assert disk.model == 200_000 + linear + KEY * 1_000 + PAGE
    assert disk.beside == linear + 8_000 + 500_000 + max(500_000, disk.model)
    assert (disk.there, disk.temporary) == (70_000, 60_000)
    assert disk.all == disk.beside + 130_000


def test_before_anything_is_measured_the_network_is_known() -> None:
    disk = disk_of(AMOUNT)
    assert disk.temporary == 0
    assert 0 < disk.beside < disk_of(AMOUNT, PACE).beside


def test_ngrams_grow_slower_than_texts_up_to_their_limit() -> None:
    assert 500 < features_of(AMOUNT, PACE) < 500 * 4.4
    assert features_of(replace(AMOUNT, again=1e12), PACE) == 9_000
    assert features_of(AMOUNT, Pace(learning=1.0)) == 0


def test_times_and_sizes_are_readable() -> None:
    assert [duration(seconds) for seconds in (45.4, 120, 5_400)] == ["45 s", "2 min", "1.5 h"]
    sizes = (999, 4_400_000, 44_000_000, 2_340_000_000, 23_400_000_000)
    assert [bytes_of(size) for size in sizes] == ["less than 1 MB", "4.4 MB", "44 MB", "2.3 GB", "23 GB"]
