"""Long texts: exact answers, gradients that stop at the windows' borders."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from reread.kernel import available
from reread.nn.poolings import poolings
from reread.nn.recurrences import recurrences
from reread.train import truncated
from reread.train.engine import use_engine
from reread.train.truncated import read_long
from support import tiny
from support.networks import paired

few = settings(max_examples=5, deadline=None)
every_network = pytest.mark.parametrize("spec", list(paired()))


def text_of(length: int, seed: int = 0) -> Tensor:
    return torch.randint(0, tiny.WORDS, (1, length, 1), generator=torch.Generator().manual_seed(seed))


def network(spec: dict[str, Any]) -> Any:
    net = tiny.network(**spec, word_dropout=0.0)
    torch.nn.init.normal_(net.embedding.tables[0].weight)
    return net.eval()


def gradients(net: Any, scores: Tensor) -> dict[str, Tensor]:
    net.zero_grad()
    (scores**2).sum().backward()
    return {name: p.grad.to_dense() for name, p in net.named_parameters() if p.grad is not None}


@every_network
@given(length=st.integers(1, 20), window=st.integers(1, 9))
@few
def test_scores_are_those_of_one_pass(spec: dict[str, Any], length: int, window: int) -> None:
    net, ids = network(spec), text_of(length)
    torch.testing.assert_close(read_long(net, ids, window), net.read(ids, torch.tensor([length])), rtol=1e-5, atol=1e-5)


@every_network
def test_in_one_window_gradients_are_those_of_full_back_propagation(spec: dict[str, Any]) -> None:
    net, ids = network(spec), text_of(9)
    expected = gradients(net, net.read(ids, torch.tensor([9])))
    found = gradients(net, read_long(net, ids, 9))
    assert found.keys() == expected.keys() == dict(net.named_parameters()).keys()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


@every_network
def test_over_windows_a_finite_gradient_reaches_every_parameter(spec: dict[str, Any]) -> None:
    net = network(spec)
    found = gradients(net, torch.cat([read_long(net, text_of(23, seed), 6) for seed in range(4)]))
    for name, _ in net.named_parameters():
        assert torch.isfinite(found[name]).all(), name
        assert found[name].any() or name.endswith("boundary"), name  # few states are near enough to a text's boundary


@pytest.mark.parametrize("recurrence", recurrences.names())
@pytest.mark.parametrize("two_way", [False, True])
def test_learned_starts_get_a_gradient_from_long_texts_too(recurrence: str, two_way: bool) -> None:  # noqa: FBT001
    net = network(
        {"recurrence": recurrence, "learned_start": True, "pooling": "mean", "bidirectional": two_way, "layers": 2}
    )
    found = gradients(net, read_long(net, text_of(23), 6))
    starts = [name for name in found if name.endswith(("boundary", "first"))]
    assert len(starts) == (4 if two_way else 2)
    assert all(found[name].any() for name in starts)


@pytest.mark.parametrize("engine", ["torch", f"kernel-{available()[0]}"])
def test_one_set_of_weights_is_hidden_in_all_windows_and_on_the_way_back(engine: str) -> None:
    net = network({"weight_dropout": 0.5, "dropout": 0.0, "layers": 2, "learned_start": True}).train()
    use_engine(net, engine)
    ids = text_of(9)

    def seeded(window: int) -> tuple[Tensor, dict[str, Tensor]]:
        torch.manual_seed(0)
        scores = read_long(net, ids, window)
        return scores.detach(), gradients(net, scores)

    torch.manual_seed(0)
    scores = net.read(ids, torch.tensor([9]))
    torch.testing.assert_close(seeded(2)[0], scores, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(seeded(9)[1], gradients(net, scores), rtol=1e-4, atol=1e-6)
    assert not torch.allclose(scores, net.read(ids, torch.tensor([9])), atol=1e-3)


@pytest.mark.parametrize(
    "spec", [{"word_dropout": 0.3, "learned_start": True}, {"recurrence": "sru", "pooling": "attention", "layers": 2}]
)
def test_what_is_read_again_is_what_was_read(spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every inner value were kept: words, components and units are dropped the same, and later draws go on as ever."""
    net, ids = tiny.network(**{"dropout": 0.5, "input_dropout": 0.3, **spec}).train(), text_of(20)

    def once() -> tuple[dict[str, Tensor], Tensor]:
        torch.manual_seed(0)
        move = torch.full((1, 20, net.embedding.out_dim), 0.1, requires_grad=True)
        found = gradients(net, read_long(net, ids, 6, move))
        return {**found, "perturbation": move.grad}, torch.get_rng_state()

    found, later = once()
    monkeypatch.setattr(truncated, "recomputed", lambda net, fixed, *entering: net(*fixed, *entering))
    kept, expected = once()
    assert found.keys() == kept.keys()
    torch.testing.assert_close(found, kept, rtol=1e-5, atol=1e-6)
    assert torch.equal(later, expected)


@pytest.mark.parametrize("pooling", [name for name in poolings.names() if poolings.get(name).reads_everywhere])
def test_the_gradient_reaches_words_of_every_window(pooling: str) -> None:
    net = network({"pooling": pooling, "hidden": 12})
    ids = torch.arange(1, 19).view(1, 18, 1)
    table = gradients(net, read_long(net, ids, 6))["embedding.tables.0.weight"]
    for start in (1, 7, 13):
        assert table[start : start + 6].any()


def test_a_word_beyond_the_border_is_out_of_reach_of_a_last_state() -> None:
    net = network({"pooling": "last", "bidirectional": False})
    ids = torch.arange(1, 13).view(1, 12, 1)
    table = gradients(net, read_long(net, ids, 4))["embedding.tables.0.weight"]
    assert not table[1:9].any()
    assert table[9:13].any(dim=1).all()


def test_full_gradients_need_no_border_where_words_stand_alone() -> None:
    """With no recurrent weights, windows change no gradient at all."""
    net = network({"recurrence": "rnn", "pooling": "mean", "layers": 1})
    for direction in (net.layers[0].ahead, net.layers[0].back):
        torch.nn.init.zeros_(direction.cell.weight_hh_l0)
    ids = text_of(17)
    expected = gradients(net, net.read(ids, torch.tensor([17])))
    found = gradients(net, read_long(net, ids, 5))
    for name in expected:
        if "weight_hh" not in name:
            torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-6)
