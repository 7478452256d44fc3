"""The compiled sweeps against NumPy, on arrays that are exactly as large as the kernel may touch."""

from __future__ import annotations

import pytest
from by_numpy import TOLERANCE, case, distance
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.kernel import available, load
from reread.kernel.lstm import Lstm


@pytest.mark.parametrize(
    ("level", "number"), [(level, number) for level in available() for number in load(level).numbers]
)
@settings(max_examples=25)
@given(
    seed=st.integers(0, 99), blocks=st.integers(1, 5), lengths=st.lists(st.integers(0, 9), min_size=1, max_size=15),
    reverse=st.booleans(), masked=st.booleans(),
)  # fmt: skip
def test_sweeps_agree_with_numpy(
    level: str, number: str, seed: int, blocks: int, lengths: list[int], *, reverse: bool, masked: bool
) -> None:
    library = load(level)
    found = case(seed, blocks * library.width, lengths, reverse=reverse, masked=masked)
    assert distance(Lstm(library, number), found) < TOLERANCE[number]
