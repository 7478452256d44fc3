"""The compiled max pooling against torch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reread.kernel import available, load
from reread.kernel.max_pool import max_pool, max_pool_backward

LENGTHS = np.array([3, 0, 2], dtype=np.int32)


@pytest.fixture(params=available())
def library(request: pytest.FixtureRequest) -> Any:
    return load(request.param)


def test_of_equal_values_the_first_wins(library: Any) -> None:
    values = np.zeros((3, 4, 20), dtype=np.float32)
    values[0, 1:] = 2
    found, argmax = max_pool(library, values, LENGTHS)
    assert (found[0] == 2).all()
    assert (argmax[0] == 1).all()


def test_of_no_rows_the_largest_is_minus_infinity(library: Any) -> None:
    found, argmax = max_pool(library, np.ones((3, 4, 20), dtype=np.float32), LENGTHS)
    assert (found[1] == -np.inf).all()
    assert (argmax[1] == 0).all()


def test_nan_wins_as_in_torch(library: Any) -> None:
    values = np.ones((3, 4, 20), dtype=np.float32)
    values[0, 1, 5:] = np.nan
    values[2, 3] = np.nan  # beyond the text
    found, argmax = max_pool(library, values, LENGTHS)
    np.testing.assert_array_equal(found[0], torch.from_numpy(values[0, :3]).amax(0))
    assert (argmax[0, 5:] == 1).all()
    assert np.isfinite(found[2]).all()


@pytest.mark.parametrize(
    ("values", "lengths", "message"),
    [
        (np.ones((3, 2, 8), dtype=np.float32), LENGTHS, "lengths holds numbers from 0 to 3; here they are from 0 to 2"),
        (np.ones((2, 4, 8), dtype=np.float32), LENGTHS, r"lengths is int32 \(3,\); the kernel takes int32 \(2,\)"),
        (np.ones((3, 4, 8)), LENGTHS, "values are float64"),
        (np.ones((3, 8, 4), dtype=np.float32).swapaxes(1, 2), LENGTHS, "values are float32 with strides"),
    ],
)
def test_wrong_arrays_are_refused(values: Any, lengths: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        max_pool(load(), values, lengths)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"argmax": np.array([[0, 4]])}, "argmax holds numbers from 0 to 4; here they are from 0 to 3"),
        ({"argmax": np.array([[0, 1]], dtype=np.int32)}, "argmax is int32"),
        ({"gradients": np.ones((1, 2))}, "gradients is float64"),
        ({"values": np.ones((3, 4), dtype=np.float32).T}, "values has strides"),
        ({"weights": np.ones((2, 2), dtype=np.float32)}, r"weights is float32 \(2, 2\); the kernel takes float32 \(2, 3\)"),
    ],
)  # fmt: skip
def test_gradients_are_shared_nowhere_else(changes: dict[str, Any], message: str) -> None:
    arrays = {
        "gradients": np.ones((1, 2), dtype=np.float32), "argmax": np.array([[0, 3]]),
        "values": np.ones((4, 3), dtype=np.float32), "weights": np.ones((2, 3), dtype=np.float32),
    }  # fmt: skip
    max_pool_backward(load(), **arrays)
    with pytest.raises(ValueError, match=f"^{message}"):
        max_pool_backward(load(), **(arrays | changes))
