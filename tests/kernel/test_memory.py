"""Nothing reaches C that would make it read or write beyond an array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reread.kernel import light, load, lstm
from reread.kernel.light import Light
from reread.kernel.lstm import Lstm
from reread.kernel.sweeps import Texts
from support.kernel.lstm_by_numpy import WORDS, case, prepared, swept

Change = Callable[[Any], Any]
LENGTHS = [2, 3, 1]


@pytest.fixture
def kernel() -> Lstm:
    return Lstm(load("portable"), "float32")


@pytest.fixture
def call(kernel: Lstm) -> tuple[Texts, dict[str, Any]]:
    found = case(0, 4, LENGTHS, reverse=False, masked=True)
    found.index = np.arange(9).reshape(3, 3) % WORDS
    return prepared(kernel, found)


def read_only(array: Any) -> Any:
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array: Any) -> Any:
    memory = np.zeros(array.nbytes + 1, dtype=np.uint8)
    return memory[1:].view(array.dtype).reshape(array.shape)


def every_other(array: Any) -> Any:
    return np.repeat(array, 2, axis=0)[::2]


def in_(name: str, change: Change, message: str) -> Any:
    return pytest.param(name, change, message, id=f"{name}: {message}")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        in_("inputs", np.float64, r"inputs is float64 \(5, 16\); the kernel takes float32 \(5, 16\)"),
        in_("inputs", lambda array: array[:, :12].copy(), r"inputs is float32 \(5, 12\)"),
        in_("inputs", np.asfortranarray, r"inputs has strides \(4, 20\); the kernel takes whole rows"),
        in_("inputs", unaligned, "inputs has strides"),
        in_("inputs", lambda array: array[:3], "index holds numbers from 0 to 4; here they are from 0 to 2"),
        in_("weights", lambda array: array[:-1], r"weights is float32 \(63,\); the kernel takes float32 \(64,\)"),
        in_("mask", lambda array: array[:2], r"mask is float32 \(2, 4\)"),
        in_("states", lambda array: array[3:], r"states is float32 \(12, 4\); the kernel takes float32 \(15, 4\)"),
        in_("states", np.asfortranarray, "states has strides"),
        in_("states", lambda array: array[::-1], "states has strides"),
        in_("states", lambda array: np.broadcast_to(array[:1], array.shape), "states is read-only, or its rows overlap"),
        in_("mask", every_other, "mask has strides"),
        in_("cells", lambda array: array[..., :3], "a layer of 3; the kernel takes multiples of 4"),
        in_("fed", lambda array: np.zeros_like(array, dtype=np.uint16), "fed is uint16"),
        in_("gates", np.ravel, r"gates is float32 \(240,\)"),
    ],
)  # fmt: skip
def test_a_wrong_array_is_refused(
    kernel: Lstm, call: tuple[Texts, dict[str, Any]], name: str, change: Change, message: str
) -> None:
    texts, arrays = call
    arrays[name] = change(arrays[name])
    with pytest.raises(ValueError, match=f"^{message}"):
        kernel.forward(texts, **arrays)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        in_("lengths", lambda array: array + np.int32(1), "lengths holds numbers from 2 to 4; here they are from 0 to 3"),
        in_("lengths", lambda array: array - np.int32(2), "lengths holds numbers from -1 to 1"),
        in_("lengths", np.int64, r"lengths is int64 \(3,\); the kernel takes int32 \(3,\)"),
        in_("lengths", lambda array: np.repeat(array, 2)[::2], "lengths has strides"),
        in_("order", lambda array: array + np.int32(1), "order holds numbers from 1 to 3; here they are from 0 to 2"),
        in_("order", lambda array: array[::-1].copy(), r"order is \[2 0 1\]; the longest text comes first"),
        in_("index", lambda array: array + np.int32(WORDS), "index holds numbers from 5 to 9"),
        in_("index", lambda array: array - np.int32(1), "index holds numbers from -1 to 3; here they are from 0 to 4"),
        in_("index", lambda array: array[:2], r"order holds numbers from 0 to 2; here they are from 0 to 1"),
    ],
)  # fmt: skip
def test_wrong_texts_are_refused(
    kernel: Lstm, call: tuple[Texts, dict[str, Any]], name: str, change: Change, message: str
) -> None:
    texts, arrays = call
    texts = replace(texts, **{name: change(getattr(texts, name))})
    with pytest.raises(ValueError, match=f"^{message}"):
        kernel.forward(texts, **arrays)


def test_more_rows_than_the_kernel_counts_are_refused(
    kernel: Lstm, call: tuple[Texts, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lstm, "LARGEST", 14)
    with pytest.raises(ValueError, match=r"^3 texts of 3 positions; the kernel takes 14 rows$"):
        kernel.forward(call[0], **call[1])


@pytest.mark.parametrize("name", lstm.BACKWARD)
def test_a_missing_array_is_refused(kernel: Lstm, name: str) -> None:
    found = case(0, 4, LENGTHS, reverse=True, masked=False)
    arrays, _ = swept(kernel, found)
    with pytest.raises(TypeError, match=f"^a sweep needs {name}$"):
        kernel.backward(prepared(kernel, found)[0], **(arrays | {name: None}))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros((16, 4)), r"weights is float64 \(16, 4\)"),
        (np.zeros((12, 4), dtype=np.float32), r"weights is float32 \(12, 4\); the kernel takes float32 \(16, 4\)"),
        (np.zeros((4, 16), dtype=np.float32).T, "weights has strides"),
        (np.zeros((12, 3), dtype=np.float32), "a layer of 3; the kernel takes multiples of 4"),
    ],
)
def test_wrong_weights_are_not_packed(kernel: Lstm, weights: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        kernel.pack(weights)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"index": np.array([0, 4], dtype=np.int32)}, "index holds numbers from 0 to 4; here they are from -1 to 3"),
        ({"index": np.array([0, -2], dtype=np.int32)}, "index holds numbers from -2 to 0"),
        ({"index": np.array([0, 1])}, r"index is int64 \(2,\)"),
        ({"values": np.zeros((3, 8), dtype=np.float32)}, r"values is float32 \(3, 8\); the kernel takes float32 \(2, 8\)"),
        ({"sums": np.zeros((4, 6), dtype=np.float32)}, "a row of 6; the kernel takes multiples of 4"),
        ({"sums": np.zeros((8, 8), dtype=np.float32)[::2]}, "sums has strides"),
        ({"sums": read_only(np.zeros((4, 8), dtype=np.float32))}, "sums is read-only"),
    ],
)  # fmt: skip
def test_rows_are_added_nowhere_else(kernel: Lstm, changes: dict[str, Any], message: str) -> None:
    arrays = {
        "index": np.array([0, 1], dtype=np.int32),
        "values": np.zeros((2, 8), dtype=np.float32),
        "sums": np.zeros((4, 8), dtype=np.float32),
    }
    kernel.add_rows(**arrays)
    with pytest.raises(ValueError, match=f"^{message}"):
        kernel.add_rows(**(arrays | changes))


def light_call() -> tuple[Light, Texts, dict[str, Any]]:
    """Three texts of at most three words, of five, in two units; the arrays of both sweeps."""
    kernel = Light(load("portable"), "float32")
    index = (np.arange(9, dtype=np.int32) % 5).reshape(3, 3)
    texts = Texts(np.array(LENGTHS, dtype=np.int32), np.array([1, 0, 2], dtype=np.int32), index, reverse=False)
    rows = dict.fromkeys(light.BY_TEXT, 3) | dict.fromkeys(light.BY_POSITION, 9)
    names = {*light.FORWARD, *light.BACKWARD, "show", *light.SHOWN[light.FORWARD], *light.SHOWN[light.BACKWARD]}
    return kernel, texts, {name: np.zeros((rows.get(name, 5), 2), dtype=np.float32) for name in names}


@pytest.mark.parametrize("name", light.FORWARD + light.SHOWN[light.FORWARD])
def test_a_light_sweep_needs_its_arrays(name: str) -> None:
    kernel, texts, arrays = light_call()
    kernel.forward(texts, range(2), **arrays)
    with pytest.raises(TypeError, match=f"^a sweep needs {name}$"):
        kernel.forward(texts, range(2), **(arrays | {name: None}))


@pytest.mark.parametrize("name", light.BACKWARD + light.SHOWN[light.BACKWARD])
def test_and_so_does_its_way_back(name: str) -> None:
    kernel, texts, arrays = light_call()
    kernel.backward(texts, range(2), **arrays)
    with pytest.raises(TypeError, match=f"^a sweep needs {name}$"):
        kernel.backward(texts, range(2), **(arrays | {name: None}))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        in_("candidate", np.float64, r"candidate is float64 \(5, 2\); the kernel takes float32 \(5, 2\)"),
        in_("candidate", lambda array: array[:4], r"candidate is float32 \(4, 2\)"),
        in_("keep", lambda array: array[:3], "index holds numbers from 0 to 4; here they are from 0 to 2"),
        in_("cells", lambda array: array[:8], r"cells is float32 \(8, 2\); the kernel takes float32 \(9, 2\)"),
        in_("cells", np.asfortranarray, "cells has strides"),
        in_("cells", read_only, "cells is read-only"),
        in_("last", lambda array: np.broadcast_to(array[:1], (3, 2)), "last is read-only, or its rows overlap"),
    ],
)  # fmt: skip
def test_a_light_sweep_refuses_wrong_arrays(name: str, change: Change, message: str) -> None:
    kernel, texts, arrays = light_call()
    with pytest.raises(ValueError, match=f"^{message}"):
        kernel.forward(texts, range(2), **(arrays | {name: change(arrays[name])}))


def test_a_light_sweep_refuses_units_and_lengths_that_are_not_there() -> None:
    kernel, texts, arrays = light_call()
    with pytest.raises(ValueError, match=r"^range\(0, 3\) of 2 units$"):
        kernel.forward(texts, range(3), **arrays)
    with pytest.raises(ValueError, match=r"^lengths holds numbers from 2 to 4"):
        kernel.forward(replace(texts, lengths=texts.lengths + np.int32(1)), range(2), **arrays)
