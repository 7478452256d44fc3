"""The compiled sweeps against torch's LSTM in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.kernel import load
from reread.kernel.lstm import Layout, Lstm
from reread.nn.recurrences.lstm_kernel import sweep
from reread.nn.token_vectors import TokenVectors
from support.kernel.sweeping import (
    RAGGED,
    SWEEPS,
    TOLERANCE,
    case,
    distances,
    same_with_threads,
    swept,
    with_strange_padding,
)

every_sweep = pytest.mark.parametrize(("level", "number"), SWEEPS)


@every_sweep
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 99), hidden=st.integers(1, 40), lengths=st.lists(st.integers(1, 9), min_size=1, max_size=15), both=st.booleans()
)  # fmt: skip
def test_sweeps_agree_with_torch(level: str, number: str, seed: int, hidden: int, lengths: list[int], *, both: bool) -> None:  # fmt: skip
    found = case(seed, hidden, lengths, both=both)
    kernel = Lstm(load(level), number)
    assert max(distances(swept(found, kernel), swept(found, None, torch.float64))) < TOLERANCE[number]


@every_sweep
def test_the_last_states_and_their_gradients_agree(level: str, number: str) -> None:
    found = case(1, 20, [6] * 7)
    kernel = Lstm(load(level), number)
    assert max(distances(swept(found, kernel), swept(found, None, torch.float64))) < TOLERANCE[number]


@every_sweep
def test_recurrent_dropout_hides_the_same_units_as_torch_s_steps(level: str, number: str) -> None:
    found = case(2, 12, [6, 6, 6], dropout=0.4, both=False)
    found.layer.train()
    kernel = Lstm(load(level), number)
    plain = swept(found, None)
    assert max(distances(swept(found, kernel), plain)) < TOLERANCE[number]
    found.layer.eval()
    assert max(distances(swept(found, None), plain)) > 0.05


@every_sweep
def test_a_text_s_states_do_not_depend_on_its_batch_to_the_bit(level: str, number: str) -> None:
    found = case(3, 24, RAGGED)
    found.layer.kernel = Lstm(load(level), number)
    together, _ = found.layer(found.words, found.lengths, found.states)
    for k, length in enumerate(found.lengths):
        words = TokenVectors(found.words.vectors, found.words.index[k : k + 1, :length])
        alone, _ = found.layer(words, found.lengths[k : k + 1], found.states[:, k : k + 1])
        assert torch.equal(together[k : k + 1, :length], alone)


def test_gradients_may_stand_column_after_column() -> None:
    found, kernel = case(6, 16, [5, 5, 5], both=False), Lstm(load(), "float32")
    parameters, upstream = list(found.layer.parameters()), torch.randn(16, 3)
    grads = []
    for layout in (torch.contiguous_format, torch.preserve_format):
        direction = found.layer.ahead.direction(kernel, found.words.vectors, found.states[0], reverse=False)
        _, ((state, _),) = sweep(kernel, found.words.index, found.lengths, [direction])
        grads.append(torch.autograd.grad(state, parameters, upstream.t().clone(memory_format=layout)))
    assert all(map(torch.equal, *grads))


def test_threads_change_no_bit() -> None:
    found, kernel = case(4, 16, RAGGED), Lstm(load(), "float32")
    assert same_with_threads((1, 4), lambda: swept(found, kernel))


def test_what_padding_holds_changes_nothing() -> None:
    found, kernel = case(5, 8, [4, 2, 1]), Lstm(load(), "float32")
    assert all(map(torch.equal, with_strange_padding(found, kernel), swept(found, kernel)))


def test_the_layout_holds_every_gate_once() -> None:
    for hidden in (1, 15, 16, 17):
        layout = Layout.of(load(), hidden)
        gates = layout.order[layout.order >= 0]
        assert sorted(gates) == list(range(4 * hidden))
        assert len(layout.order) == 4 * layout.hidden


@every_sweep
def test_rows_are_added_where_the_index_says(level: str, number: str) -> None:
    kernel = Lstm(load(level), number)
    random = np.random.default_rng(0)
    values = torch.from_numpy(random.integers(-9, 9, (6, 32)).astype(np.float32))
    stored: Any = values.bfloat16().view(torch.uint16) if number == "bfloat16" else values
    sums = np.zeros((4, 32), dtype=np.float32)
    kernel.add_rows(np.array([0, 2, -1, 2, 3, 0], dtype=np.int32), stored.numpy(), sums)
    expected = np.stack([values[[0, 5]].sum(0), np.zeros(32), values[[1, 3]].sum(0), values[4]])
    np.testing.assert_array_equal(sums, expected)


def test_a_sweep_goes_backward_once() -> None:
    found = case(6, 8, [4, 2])
    found.layer.kernel = Lstm(load(), "float32")
    outputs, _ = found.layer(found.words, found.lengths, found.states)
    outputs.sum().backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="goes backward once"):
        outputs.sum().backward()


def test_states_cannot_be_changed_in_place() -> None:  # their gradients need them as they were
    found = case(7, 16, [4, 2])
    found.layer.kernel = Lstm(load(), "float32")
    outputs, _ = found.layer(found.words, found.lengths, found.states)
    with pytest.raises(RuntimeError, match="inplace"):
        outputs.mul_(2)
