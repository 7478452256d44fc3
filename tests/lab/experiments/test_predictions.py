from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reread.errors import DataError
from reread.lab.experiments.predictions import LIMIT, Packed, pack, unpack
from support.made_runs import answers

CHANCES = st.floats(0, 1) | st.sampled_from([0.0, 0.5, np.nextafter(0.5, 0), np.nextafter(0.5, 1), 1.0])
SECONDS = st.lists(CHANCES, min_size=1, max_size=60)


def two_classes(seconds: list[float]) -> NDArray[np.float64]:
    second = np.array(seconds)
    return np.column_stack([1 - second, second])


@st.composite
def tables(draw: st.DrawFn) -> NDArray[np.float64]:
    classes = draw(st.integers(3, 256))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    table = random.dirichlet(np.full(classes, draw(st.sampled_from([0.01, 1.0]))), draw(st.integers(1, 50)))
    table[0, :] = 1 / classes  # all equal: the first class is the prediction
    return table


@given(SECONDS, st.sampled_from([0, 30, 1000]))
@settings(max_examples=300)
def test_two_classes_are_predicted_as_before_at_any_number_of_levels(seconds: list[float], limit: int) -> None:
    table = two_classes(seconds)
    packed = pack(table, limit)
    codes = np.frombuffer(zlib.decompress(packed.data), dtype=np.uint8)
    assert ((codes >= 128) == (table.argmax(axis=1) == 1)).all()
    found = unpack(packed)
    assert (found.labels == table.argmax(axis=1)).all()
    assert np.abs(found.probabilities - table.max(axis=1)).max() <= 0.5 / packed.levels + 1e-12
    assert found.classes == 2


@given(tables(), st.sampled_from([0, 60, 1000]))
def test_more_classes_are_predicted_as_before(table: NDArray[np.float64], limit: int) -> None:
    packed = pack(table, limit)
    found = unpack(packed)
    assert (found.labels == table.argmax(axis=1)).all()
    assert np.abs(found.probabilities - table.max(axis=1)).max() <= 0.5 / packed.levels + 1e-12


@pytest.mark.parametrize("accuracy", [0.7, 0.85, 0.93, 0.99])
def test_the_answers_to_imdb_take_20_kilobytes_at_most(accuracy: float) -> None:
    packed = pack(answers(accuracy, 25_000, seed=1))
    assert len(packed.data) <= LIMIT == 20_000
    assert packed.levels >= 32


def test_even_answers_without_any_structure_fit() -> None:
    packed = pack(two_classes(np.random.default_rng(0).random(25_000).tolist()))
    assert len(packed.data) <= LIMIT
    assert packed.levels == 64


def test_levels_are_halved_only_until_the_bytes_fit() -> None:
    table = answers(0.8, 1000, seed=1)
    sizes = {}
    for limit in (1000, 800, 600, 400, 0):
        packed = pack(table, limit)
        sizes[packed.levels] = len(packed.data)
        if packed.levels < 256:
            assert len(pack(table, len(packed.data)).data) == len(packed.data)
        assert len(packed.data) <= limit or packed.levels == 2
    assert 2 in sizes
    assert len(sizes) > 3


def test_other_probabilities_of_a_float32_network_do() -> None:
    table = np.array([[0.3, 0.7], [0.50000006, 0.49999994], [0.49999997, 0.49999997]], dtype=np.float32)
    assert unpack(pack(table)).labels.tolist() == [1, 0, 0]


def test_no_rows_are_no_bytes() -> None:
    assert unpack(pack(np.zeros((0, 2)))).labels.shape == (0,)
    assert unpack(pack(np.zeros((0, 5)))).labels.shape == (0,)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([0.1, 0.9], r"shape \(2,\)"),
        ([[1.0]], r"shape \(1, 1\); expected \(rows, classes\) with 2 to 256 classes"),
        (np.full((1, 257), 1 / 257), "2 to 256 classes"),
        ([[0.5, 0.5], [0.5, float("nan")]], r"row 1 has the probabilities \[0.5, nan\]"),
        ([[-0.1, 1.1]], "row 0 .* from 0 to 1"),
    ],
)
def test_what_is_no_probability(probabilities: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        pack(probabilities)


def test_what_cannot_be_unpacked() -> None:
    packed = pack(np.eye(3))
    with pytest.raises(DataError, match="cannot be decompressed"):
        unpack(Packed(packed.data[:-3], 3, packed.levels))
    with pytest.raises(DataError, match="lack a probability"):
        unpack(Packed(zlib.compress(b"\0\0\0"), 3, 256))
    with pytest.raises(DataError, match="name another class"):
        unpack(Packed(zlib.compress(b"\7\0"), 3, 256))
    for classes, levels in ((1, 256), (300, 256), (2, 3), (2, 512), (2, 1)):
        with pytest.raises(DataError, match=f"predictions of {classes} classes at {levels} levels"):
            unpack(Packed(packed.data, classes, levels))
