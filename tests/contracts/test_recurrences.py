"""Every registered recurrence against the same promises, the cells against their equations, and wrong ones that are caught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Unpack

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.nn.layers import RecurrentLayer
from reread.nn.recurrences import Recurrence, recurrences
from reread.nn.recurrences.base import Options
from reread.nn.reference import gru_step, lstm_step, rnn_step
from reread.nn.token_vectors import TokenVectors
from support import net_properties as properties
from support.wrong_parts import Foresight, Forgetful

IN_DIM, HIDDEN = 3, 5

every_recurrence = pytest.mark.parametrize("name", recurrences.names())
LIGHT = [
    name for name in recurrences if not any("weight_hh" in n for n, _ in recurrences.get(name)(1, 1).named_parameters())
]
with_recurrent_weights = pytest.mark.parametrize("name", sorted({*recurrences} - {*LIGHT}))
few = settings(max_examples=30, deadline=None)


def shake(module: nn.Module, seed: int = 0) -> None:
    """Weights and biases that differ from zero and from each other."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(std=0.6, generator=generator)


def recurrence_of(name: str, **options: Unpack[Options]) -> Recurrence:
    recurrence = recurrences.get(name)(IN_DIM, HIDDEN, **options)
    shake(recurrence)
    return recurrence


def inputs_of(batch: int, time: int, seed: int = 1) -> Tensor:
    return torch.randn(batch, time, IN_DIM, generator=torch.Generator().manual_seed(seed))


def read(recurrence: Recurrence, inputs: Tensor) -> tuple[Tensor, Tensor]:
    outputs, state = recurrence(
        inputs, torch.full((len(inputs),), inputs.shape[1]), recurrence.start().expand(len(inputs), -1)
    )
    return outputs, state


@every_recurrence
@given(time=st.integers(1, 9), batch=st.integers(1, 3))
@few
def test_shapes_and_independent_rows(name: str, time: int, batch: int) -> None:
    recurrence, inputs = recurrence_of(name), inputs_of(batch, time)
    outputs, state = read(recurrence, inputs)
    assert recurrence.start().shape == (recurrence.state_dim,)
    assert outputs.shape == (batch, time, HIDDEN)
    assert state.shape == (batch, recurrence.state_dim)
    for row in range(batch):
        torch.testing.assert_close(read(recurrence, inputs[row : row + 1])[0], outputs[row : row + 1])


@every_recurrence
@given(time=st.integers(2, 9), data=st.data())
@few
def test_future_words_do_not_reach_an_output(name: str, time: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, time - 2))
    properties.assert_blind_to_the_future(recurrence_of(name), inputs_of(2, time), position)


@every_recurrence
@given(time=st.integers(2, 9), data=st.data())
@few
def test_the_state_says_all_that_was_read(name: str, time: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, time - 1))
    properties.assert_state_says_all(recurrence_of(name), inputs_of(2, time), cut)


@every_recurrence
def test_order_matters(name: str) -> None:
    recurrence, inputs = recurrence_of(name), inputs_of(2, 6)
    mirrored = read(recurrence, inputs.flip(1))[0].flip(1)
    assert not torch.allclose(read(recurrence, inputs)[0], mirrored, atol=1e-2)


@every_recurrence
def test_the_gradient_reaches_every_parameter(name: str) -> None:
    recurrence = recurrence_of(name)
    (read(recurrence, inputs_of(2, 4))[0] ** 2).sum().backward()
    for parameter in recurrence.parameters():
        assert parameter.grad is not None
        assert (parameter.grad != 0).any()


@with_recurrent_weights
def test_a_mask_of_ones_on_the_slow_path_is_the_fast_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recurrence, inputs = recurrence_of(name), inputs_of(3, 8).requires_grad_()
    fast, fast_state = read(recurrence, inputs)
    fast_gradient = torch.autograd.grad((fast**2).sum(), [inputs, *recurrence.parameters()])
    monkeypatch.setattr(recurrence, "recurrent_mask", lambda state: torch.ones(len(state), HIDDEN))
    slow, slow_state = read(recurrence, inputs)
    slow_gradient = torch.autograd.grad((slow**2).sum(), [inputs, *recurrence.parameters()])
    torch.testing.assert_close((slow, slow_state), (fast, fast_state), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(slow_gradient, fast_gradient, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("option", ["recurrent_dropout", "weight_dropout"])
@pytest.mark.parametrize("name", LIGHT)
def test_dropout_is_refused_where_no_weights_read_the_state(name: str, option: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"^{option} = 0\.5: this recurrence has no recurrent weights; set it to 0, and "
    ):
        recurrence_of(name, **{option: 0.5})


@with_recurrent_weights
def test_weight_dropout_hides_the_same_weights_until_it_draws_again(name: str) -> None:
    recurrence, plain, inputs = recurrence_of(name, weight_dropout=0.5), recurrence_of(name), inputs_of(3, 8)
    torch.manual_seed(0)
    recurrence.hide_weights()
    hidden = [read(recurrence, inputs) for _ in range(2)]
    torch.testing.assert_close(hidden[0], hidden[1], rtol=0, atol=0)
    weights, whole = recurrence.weights()["weight_hh"], recurrence.cell.weight_hh_l0
    assert set((weights / whole).round(decimals=5).unique().tolist()) == {0.0, 2.0}  # the kept make up for the hidden
    with torch.no_grad():
        plain.cell.weight_hh_l0.copy_(weights)
    torch.testing.assert_close(hidden[0], read(plain, inputs))
    recurrence.hide_weights()
    assert not torch.equal(read(recurrence, inputs)[0], hidden[0][0])
    assert torch.equal(read(recurrence.eval(), inputs)[0], read(recurrence_of(name), inputs)[0])


@with_recurrent_weights
def test_a_hidden_weight_gets_no_gradient_step_by_step_or_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recurrence, inputs, gradients = recurrence_of(name, weight_dropout=0.5), inputs_of(3, 8), []
    recurrence.hide_weights()
    for patch in (None, lambda state: torch.ones(len(state), HIDDEN)):
        if patch is not None:
            monkeypatch.setattr(recurrence, "recurrent_mask", patch)
        gradients.append(torch.autograd.grad((read(recurrence, inputs)[0] ** 2).sum(), recurrence.cell.weight_hh_l0)[0])
    assert torch.equal(gradients[0] == 0, recurrence.weights()["weight_hh"] == 0)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-4, atol=1e-5)


@every_recurrence
def test_a_learned_start_is_zeros_at_first_and_gets_a_gradient(name: str) -> None:
    fresh = recurrences.get(name)(IN_DIM, HIDDEN, learned_start=True)
    named = [each for each, _ in fresh.named_parameters() if each in {"first", "boundary"}]
    assert len(named) == 1  # the recurrent context has always learned its own
    assert named == ["boundary"] or not fresh.start().any()
    recurrence = recurrence_of(name, learned_start=True)
    (read(recurrence, inputs_of(2, 1))[0] ** 2).sum().backward()
    assert recurrence.get_parameter(named[0]).grad.abs().min() > 0
    assert torch.equal(recurrence.start(), recurrence.get_parameter(named[0]))


@with_recurrent_weights
def test_recurrent_dropout_hides_the_same_units_at_every_step(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recurrence, inputs, masks = recurrence_of(name, recurrent_dropout=0.5), inputs_of(4, 6), []

    def remember(state: Tensor, draw: object = recurrence.recurrent_mask) -> Tensor:
        masks.append(draw(state))  # type: ignore[operator]  # a bound method
        return masks[-1]

    monkeypatch.setattr(recurrence, "recurrent_mask", remember)
    torch.manual_seed(0)
    trained = read(recurrence, inputs)[0]
    assert len(masks) == 1  # drawn once a text, not once a step
    assert masks[0].shape == (4, HIDDEN)
    assert set(masks[0].unique().tolist()) == {0.0, 2.0}  # what is kept makes up for what is hidden
    monkeypatch.undo()
    assert not torch.equal(read(recurrence.eval(), inputs)[0], trained)
    assert torch.equal(read(recurrence, inputs)[0], read(recurrence_of(name).eval(), inputs)[0])


@with_recurrent_weights
def test_hidden_units_are_those_whose_recurrent_weights_are_zero(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mask is on the recurrent connection and nowhere else: what is carried from step to step is not scaled."""
    mask, recurrence, inputs = torch.tensor([0.0, 2.0, 2.0, 0.0, 2.0]), recurrence_of(name), inputs_of(2, 12)
    with monkeypatch.context() as patch:
        patch.setattr(recurrence, "recurrent_mask", lambda state: mask.expand(len(state), -1))
        masked = read(recurrence, inputs)
    with torch.no_grad():
        for parameter_name, parameter in recurrence.named_parameters():
            if "weight_hh" in parameter_name:
                parameter.mul_(mask)
    torch.testing.assert_close(masked, read(recurrence, inputs), rtol=1e-5, atol=1e-5)


@every_recurrence
def test_the_backward_direction_is_the_forward_one_read_in_a_mirror(name: str) -> None:
    ahead, back = recurrence_of(name), recurrence_of(name)
    layer, inputs, lengths = RecurrentLayer(ahead, back), inputs_of(3, 7), torch.tensor([7, 4, 1])
    outputs, _ = layer(TokenVectors(inputs), lengths, layer.start().unsqueeze(1).expand(-1, 3, -1))
    for row, length in enumerate(lengths):
        real = inputs[row : row + 1, :length]
        torch.testing.assert_close(outputs[row : row + 1, :length, :HIDDEN], read(ahead, real)[0])
        torch.testing.assert_close(outputs[row : row + 1, :length, HIDDEN:], read(back, real.flip(1))[0].flip(1))


# The cells against their equations


@given(batch=st.integers(1, 3), time=st.integers(1, 8), in_dim=st.integers(1, 6), hidden=st.integers(1, 6))
@few
def test_the_reference_lstm_is_the_fast_one(batch: int, time: int, in_dim: int, hidden: int) -> None:
    fast = nn.LSTM(in_dim, hidden, batch_first=True)
    shake(fast)
    inputs, h, c = torch.randn(batch, time, in_dim), torch.zeros(batch, hidden), torch.zeros(batch, hidden)
    expected, (expected_h, expected_c) = fast(inputs)
    for t in range(time):
        h, c = lstm_step(
            inputs[:, t], h, c, U=fast.weight_ih_l0, W=fast.weight_hh_l0, b=fast.bias_ih_l0 + fast.bias_hh_l0
        )
        torch.testing.assert_close(h, expected[:, t], rtol=1e-6, atol=1e-6)
    torch.testing.assert_close((h, c), (expected_h[0], expected_c[0]), rtol=1e-6, atol=1e-6)


@given(batch=st.integers(1, 3), time=st.integers(1, 8), in_dim=st.integers(1, 6), hidden=st.integers(1, 6))
@few
def test_the_reference_gru_and_rnn_are_the_fast_ones(batch: int, time: int, in_dim: int, hidden: int) -> None:
    inputs = torch.randn(batch, time, in_dim)
    gru, rnn = nn.GRU(in_dim, hidden, batch_first=True), nn.RNN(in_dim, hidden, batch_first=True)
    g = r = torch.zeros(batch, hidden)
    shake(gru)
    shake(rnn)
    for t in range(time):
        x = inputs[:, t]
        g = gru_step(x, g, U=gru.weight_ih_l0, W=gru.weight_hh_l0, b=gru.bias_ih_l0, d=gru.bias_hh_l0)
        r = rnn_step(x, r, U=rnn.weight_ih_l0, W=rnn.weight_hh_l0, b=rnn.bias_ih_l0 + rnn.bias_hh_l0)
        torch.testing.assert_close((g, r), (gru(inputs)[0][:, t], rnn(inputs)[0][:, t]), rtol=1e-6, atol=1e-6)


@dataclass
class Written:
    """A light recurrence with its formula, one step of one text in plain numbers."""

    name: str
    step: Callable[..., tuple[Tensor, Tensor]]
    blocks: Sequence[str]


def written_sru(x: Tensor, c: Tensor, w: dict[str, Tensor], b: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    f = 1 / (1 + torch.exp(-(w["f"] @ x + b["f"])))
    r = 1 / (1 + torch.exp(-(w["r"] @ x + b["r"])))
    c = f * c + (1 - f) * (w["x"] @ x)
    return r * c + (1 - r) * (w["h"] @ x), c


def written_min_lstm(x: Tensor, h: Tensor, w: dict[str, Tensor], b: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    f = 1 / (1 + torch.exp(-(w["f"] @ x + b["f"])))
    i = 1 / (1 + torch.exp(-(w["i"] @ x + b["i"])))
    h = f / (f + i) * h + i / (f + i) * (w["x"] @ x)
    return h, h


light = pytest.mark.parametrize(
    "written",
    [Written("sru", written_sru, "frxh"), Written("min_lstm", written_min_lstm, "fix")],
    ids=lambda each: each.name,
)


@light
@given(time=st.integers(1, 8), seed=st.integers(0, 99))
@few
def test_a_light_recurrence_follows_its_formula(written: Written, time: int, seed: int) -> None:
    recurrence, inputs = recurrence_of(written.name).double(), inputs_of(1, time, seed).double()
    state = torch.linspace(-1, 1, HIDDEN, dtype=torch.float64)
    outputs, last = recurrence(inputs, torch.tensor([time]), state[None])
    w = dict(zip(written.blocks, recurrence.weight.chunk(len(written.blocks)), strict=True))
    b = dict(zip(written.blocks, recurrence.bias.chunk(2), strict=False))
    for t in range(time):
        expected, state = written.step(inputs[0, t], state, w, b)
        torch.testing.assert_close(outputs[0, t], expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(last[0], state, rtol=1e-12, atol=1e-12)


@light
def test_the_gradients_of_a_light_recurrence_are_those_of_small_differences(written: Written) -> None:
    recurrence, lengths = recurrence_of(written.name).double(), torch.tensor([4, 4])
    inputs, state = inputs_of(2, 4).double().requires_grad_(), torch.rand(2, HIDDEN).double().requires_grad_()

    def read_with(inputs: Tensor, state: Tensor, *_: Tensor) -> tuple[Tensor, Tensor]:
        return recurrence(inputs, lengths, state)

    assert torch.autograd.gradcheck(read_with, (inputs, state, *recurrence.parameters()))


@light
def test_a_light_recurrence_keeps_most_of_its_cell_at_first(written: Written) -> None:
    """As much as an LSTM does: σ(1) of it, where a word says nothing."""
    recurrence = recurrences.get(written.name)(IN_DIM, HIDDEN)
    _, last = recurrence(torch.zeros(1, 1, IN_DIM), torch.tensor([1]), torch.ones(1, HIDDEN))
    torch.testing.assert_close(last, torch.sigmoid(torch.ones(1, HIDDEN)))


def test_both_gates_shut_are_no_division_by_zero() -> None:
    recurrence = recurrences.get("min_lstm")(IN_DIM, HIDDEN)
    torch.nn.init.constant_(recurrence.bias, -1e3)
    outputs, _ = read(recurrence, inputs_of(1, 3))
    outputs.sum().backward()
    assert torch.isfinite(outputs).all()
    assert torch.isfinite(recurrence.weight.grad).all()


def test_the_lstm_forgets_nothing_at_first() -> None:
    lstm = recurrences.get("lstm")(IN_DIM, HIDDEN)
    bias = lstm.cell.bias_ih_l0 + lstm.cell.bias_hh_l0
    assert bias.tolist() == [0.0] * HIDDEN + [1.0] * HIDDEN + [0.0] * 2 * HIDDEN


# The literal recurrent context: docs/sources.md, S1, equations 11-12


def plain_contexts(words: Tensor, first: Tensor, W: Tensor, U: Tensor) -> list[Tensor]:  # noqa: N803  # the equations' names
    """c(w_1) is given; c(w_i) = tanh(W c(w_{i-1}) + U e(w_{i-1})), with the sums written out."""
    contexts = [first]
    for i in range(1, len(words)):
        before, word = contexts[i - 1], words[i - 1]
        units = []
        for k in range(len(first)):
            total = sum(W[k, j] * before[j] for j in range(len(before)))
            total = total + sum(U[k, j] * word[j] for j in range(len(word)))
            units.append(torch.tanh(total))
        contexts.append(torch.stack(units))
    return contexts


def test_recurrent_context_follows_equations_11_and_12() -> None:
    left, right = recurrence_of("recurrent_context"), recurrence_of("recurrent_context")
    shake(right, seed=1)
    layer, words = RecurrentLayer(left, right), inputs_of(1, 5)
    outputs, _ = layer(TokenVectors(words), torch.tensor([5]), layer.start().unsqueeze(1))
    lefts = plain_contexts(words[0], left.boundary, left.cell.weight_hh_l0, left.cell.weight_ih_l0)
    rights = plain_contexts(words[0].flip(0), right.boundary, right.cell.weight_hh_l0, right.cell.weight_ih_l0)[::-1]
    torch.testing.assert_close(outputs[0], torch.cat([torch.stack(lefts), torch.stack(rights)], dim=1))


@given(time=st.integers(1, 7), data=st.data())
@few
def test_a_context_does_not_depend_on_the_word_itself(time: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, time - 1))
    recurrence, words = recurrence_of("recurrent_context"), inputs_of(1, time).requires_grad_()
    outputs, _ = read(recurrence, words)
    gradient = torch.autograd.grad(outputs[0, position].sum(), words, allow_unused=True)[0]
    assert gradient is None or (gradient[0, position:] == 0).all()
    changed = words.detach().clone()
    changed[0, position] += 5
    torch.testing.assert_close(read(recurrence, changed)[0][0, position], outputs[0, position])


def test_the_learned_boundary_gets_a_gradient_even_from_one_word() -> None:
    recurrence = recurrence_of("recurrent_context")
    outputs, _ = read(recurrence, inputs_of(2, 1))
    torch.testing.assert_close(outputs[:, 0], recurrence.boundary.expand(2, -1))
    outputs.sum().backward()
    assert recurrence.boundary.grad.tolist() == [2.0] * HIDDEN


# Wrong ones


def test_a_recurrence_that_looks_at_the_future_is_caught() -> None:
    wrong = Foresight(IN_DIM, HIDDEN)
    with pytest.raises(AssertionError):
        properties.assert_blind_to_the_future(wrong, inputs_of(2, 6), 3)


def test_a_recurrence_that_forgets_at_a_cut_is_caught() -> None:
    wrong = Forgetful(IN_DIM, HIDDEN)
    properties.assert_blind_to_the_future(wrong, inputs_of(2, 6), 3)
    with pytest.raises(AssertionError):
        properties.assert_state_says_all(wrong, inputs_of(2, 6), 3)
