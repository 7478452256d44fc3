"""The compiled sweeps against NumPy, on arrays that are exactly as large as the kernel may touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reread.kernel
from reread.kernel import available, load
from reread.kernel.light import Light
from reread.kernel.lstm import Lstm
from support.kernel import light_by_numpy, lstm_by_numpy
from support.kernel.__main__ import sources

lengths = st.lists(st.integers(0, 9), min_size=1, max_size=15)


def test_every_source_has_its_checks() -> None:
    there = {path.stem for path in (Path(reread.kernel.__file__).parent / "source").glob("*.c")}
    assert sources().keys() == there - {
        "processor",
        "text",
    }  # the one reads no array, the other is beside Python: test_text.py


@pytest.mark.parametrize("level", available())
@pytest.mark.parametrize("source", sources())
def test_the_script_s_sweeps_agree(source: str, level: str) -> None:
    differences = list(sources()[source].differences(load(level)))
    assert differences
    assert [each for each in differences if not each.fine] == []


@pytest.mark.parametrize(
    ("level", "number"), [(level, number) for level in available() for number in load(level).numbers]
)
@settings(max_examples=25)
@given(seed=st.integers(0, 99), blocks=st.integers(1, 5), lengths=lengths, reverse=st.booleans(), masked=st.booleans())
def test_lstm_sweeps_agree(
    level: str, number: str, seed: int, blocks: int, lengths: list[int], *, reverse: bool, masked: bool
) -> None:
    library = load(level)
    found = lstm_by_numpy.case(seed, blocks * library.width, lengths, reverse=reverse, masked=masked)
    assert lstm_by_numpy.distance(Lstm(library, number), found) < lstm_by_numpy.TOLERANCE[number]


@pytest.mark.parametrize("level", available())
@settings(max_examples=25)
@given(
    data=st.data(), begin=st.integers(0, 20), lengths=lengths, reverse=st.booleans(), shown=st.booleans(), beside=st.integers(0, 3)
)  # fmt: skip
def test_light_sweeps_agree(
    level: str, data: st.DataObject, begin: int, lengths: list[int], *, reverse: bool, shown: bool, beside: int
) -> None:
    units = range(begin, begin + data.draw(st.integers(1, 40)))
    found = light_by_numpy.case(data.draw(st.integers(0, 99)), units, lengths, reverse=reverse, shown=shown)
    assert light_by_numpy.distance(Light(load(level), "float32"), found, beside=beside) < light_by_numpy.TOLERANCE
