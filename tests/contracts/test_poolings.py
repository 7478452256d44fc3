"""Every registered pooling against the same promises, and a wrong one that breaks them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from reread import segments
from reread.nn.heads import ACTIVATIONS, dense_layers
from reread.nn.poolings import Pooling, poolings
from reread.nn.token_vectors import Reading, TokenVectors
from support import net_properties as properties
from support.examples import share_of_examples
from support.wrong_parts import LastColumn, LastWindow

DIM = 6
PARTS = {"one-way": slice(0, 0), "two-way": slice(3, 6), "word beside": slice(2, 4)}

every_pooling = pytest.mark.parametrize("name", poolings.names())
every_part = pytest.mark.parametrize("backward", PARTS.values(), ids=PARTS)
few = settings(max_examples=30, deadline=None)


def pooling_of(name: str, backward: slice = PARTS["two-way"]) -> Pooling:
    torch.manual_seed(0)
    return poolings.get(name)(DIM, backward)


def states_of(batch: int, time: int, seed: int = 0) -> Tensor:
    return torch.randn(batch, time, DIM, generator=torch.Generator().manual_seed(seed))


@every_pooling
@every_part
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=5), seed=st.integers(0, 99))
@few
def test_padding_is_not_pooled(name: str, backward: slice, lengths: list[int], seed: int) -> None:
    states = states_of(len(lengths), max(lengths), seed)
    properties.assert_padding_is_not_pooled(pooling_of(name, backward), states, torch.tensor(lengths))


@every_pooling
@every_part
@given(time=st.integers(2, 12), data=st.data())
@few
def test_summaries_merge(name: str, backward: slice, time: int, data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(1, time - 1)))
    properties.assert_summaries_merge(pooling_of(name, backward), states_of(2, time), list(cuts))


@every_pooling
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(), (DIM,), (4, DIM)], ids=["no layer", "one layer", "two layers"])
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=5), beside=st.booleans(), seed=st.integers(0, 99))
@share_of_examples(4)
def test_latent_layers_are_merged_as_their_outputs_are(
    name: str, activation: str, sizes: tuple[int, ...], lengths: list[int], seed: int, *, beside: bool
) -> None:
    torch.manual_seed(seed)
    width = 3 + 2 * beside if sizes else DIM
    pooling, batch, time = pooling_of(name, slice(0, 0)), len(lengths), max(lengths)
    latent = dense_layers(width, sizes, activation)[0]
    outputs, vectors = (
        torch.randn(*shape, requires_grad=True) for shape in ((batch, time, width - 2 * beside), (4, 2))
    )
    reading = Reading(outputs, TokenVectors(vectors, torch.randint(4, (batch, time))) if beside else None)
    start, real = pooling.start().expand(batch, -1), torch.tensor(lengths)
    leaves = [outputs, *[vectors] * beside, *latent.parameters()]
    summary = pooling.add_latent(start, latent, reading, real)
    expected = pooling.add(start, latent(reading.joined()), real)
    torch.testing.assert_close(summary, expected)
    upstream = torch.randn_like(expected)
    found, wanted = (torch.autograd.grad(each, leaves, upstream, allow_unused=True) for each in (summary, expected))
    torch.testing.assert_close(found, wanted)


@every_pooling
def test_the_gradient_reaches_every_parameter_and_no_padding(name: str) -> None:
    pooling, states = pooling_of(name), states_of(2, 7).requires_grad_()
    (pooling(states, torch.tensor([7, 3])) ** 2).sum().backward()
    assert states.grad is not None
    assert (states.grad[0] != 0).any()
    assert (states.grad[1, 3:] == 0).all()
    for parameter in pooling.parameters():
        assert parameter.grad is not None
        assert (parameter.grad != 0).any()


@every_pooling
@pytest.mark.parametrize("size", [0.0, 1e4])
def test_extreme_states_stay_finite(name: str, size: float) -> None:
    states = (size * states_of(2, 9)).requires_grad_()
    vector = pooling_of(name)(states, torch.tensor([9, 1]))
    vector.sum().backward()
    assert torch.isfinite(vector).all()
    assert states.grad is not None
    assert torch.isfinite(states.grad).all()


def test_one_word_is_its_own_last_largest_and_mean() -> None:
    states = states_of(3, 1)
    for name in ("last", "max", "mean", "attention"):
        torch.testing.assert_close(pooling_of(name)(states, torch.ones(3, dtype=torch.int64)), states[:, 0])


def test_values_by_hand() -> None:
    states = torch.tensor([[[1.0, -4.0], [3.0, 5.0], [99.0, 99.0]]])
    lengths = torch.tensor([2])
    expected = {"last": [3.0, -4.0], "max": [3.0, 5.0], "mean": [2.0, 0.5], "max_mean": [3.0, 5.0, 2.0, 0.5]}
    for name, vector in expected.items():
        assert poolings.get(name)(2, slice(1, 2))(states, lengths).tolist() == [vector]


SPANS = (1, 3, 10, 19, 80, 81, 160, 161, 500)


@pytest.mark.parametrize("time", SPANS)
def test_segments_are_pooled_one_by_one(time: int) -> None:
    states = states_of(1, time)
    (bins,), (width,) = segments.bins_of(np.array([time])), segments.widths(np.array([time]))
    expected = [states[0, own[0] * width : (own[-1] + 1) * width].max(dim=0).values for own in bins]
    found = pooling_of("segment_max")(torch.cat([states, states_of(1, 7)], dim=1), torch.tensor([time]))
    assert torch.equal(found[0], torch.cat(expected))


@given(time=st.sampled_from([2, 90, 300, 700]), data=st.data())
@few
def test_summaries_of_long_texts_merge_into_wider_bins(time: int, data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(1, time - 1), max_size=5))
    properties.assert_summaries_merge(pooling_of("segment_max"), states_of(2, time), list(cuts))


def test_gradients_reach_the_largest_of_each_segment_through_windows() -> None:
    pooling, states = pooling_of("segment_max"), states_of(1, 300).requires_grad_()
    upstream = torch.rand(1, pooling.out_dim) + 1
    expected = torch.autograd.grad(pooling(states, torch.tensor([300])), states, upstream)[0]
    summary = pooling.start().expand(1, -1)
    for start in range(0, 300, 70):
        window = states[:, start : start + 70]
        summary = pooling.add(summary, window, torch.tensor([window.shape[1]]))
    found = torch.autograd.grad(pooling.finish(summary), states, upstream)[0]
    torch.testing.assert_close(found, expected)
    assert (expected != 0).sum() == pooling.out_dim  # no value is in two of these segments


def test_attention_is_a_softmax_over_the_real_words() -> None:
    pooling, states = pooling_of("attention"), states_of(1, 5)
    weights = torch.softmax(pooling.logits(states, torch.tensor([5]))[0, :4, 0], dim=0)
    torch.testing.assert_close(pooling(states, torch.tensor([4]))[0], weights @ states[0, :4])


def test_the_last_padded_column_is_caught() -> None:
    wrong, states = LastColumn(DIM, slice(0, 0)), states_of(2, 7)
    with pytest.raises(AssertionError):
        properties.assert_padding_is_not_pooled(wrong, states, torch.tensor([7, 3]))
    properties.assert_padding_is_not_pooled(wrong, states, torch.tensor([7, 7]))  # right where nothing is padded
    properties.assert_summaries_merge(wrong, states, [3])


def test_a_pooling_that_forgets_earlier_windows_is_caught() -> None:
    wrong = LastWindow(DIM, slice(0, 0))
    with pytest.raises(AssertionError):
        properties.assert_summaries_merge(wrong, states_of(2, 7), [3])
