"""Optimisers by part, sparse updates, clipping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.recipes.spec import TrainingSettings
from reread.train.optimisers import DENSE, SPARSE, build_optimisers, clip_gradients, set_rates
from reread.train.steps import SGD, Adam, Optimiser, SparseAdam
from reread.windows import pad
from support import tiny


def optimisers_of(net: nn.Module, **settings: Any) -> dict[str, Optimiser]:
    """By the name of the part whose parameters they hold."""
    found = {}
    for optimiser in build_optimisers(net, TrainingSettings(**settings)):
        held = set(map(id, optimiser.parameters))
        (name,) = [name for name, part in net.named_children() if held == set(map(id, part.parameters()))]
        found[name] = optimiser
    return found


def rates_of(optimisers: dict[str, Optimiser]) -> dict[str, float]:
    return {name: optimiser.rate for name, optimiser in optimisers.items()}


def test_every_parameter_has_one_optimiser() -> None:
    net = tiny.network(latent=(4,), pooling="attention", dense=(3,))
    optimisers = optimisers_of(net)
    assert set(optimisers) == {"embedding", "layers", "latent", "pooling", "head"}
    assert isinstance(optimisers.pop("embedding"), SparseAdam)
    assert all(isinstance(optimiser, Adam) and optimiser.decay > 0 for optimiser in optimisers.values())


def test_a_part_can_have_its_own() -> None:
    parts = {
        "embedding": {"optimiser": "sgd", "learning_rate": 0.5},
        "head": {"optimiser": "adam"},
        "layers": {"weight_decay": 0.3},
    }
    optimisers = optimisers_of(tiny.network(), learning_rate=0.1, parts=parts)
    assert [type(optimisers[name]) for name in ("embedding", "layers", "head")] == [SGD, Adam, Adam]
    assert [optimisers[name].decay for name in ("layers", "head")] == [0.3, 0.0]
    set_rates(optimisers.values(), 0.2)
    assert rates_of(optimisers) == pytest.approx({"embedding": 0.1, "layers": 0.02, "head": 0.02})
    set_rates(optimisers.values(), 1)
    assert optimisers["embedding"].rate == 0.5  # rates do not wear off


def test_a_rate_relative_to_that_of_the_run() -> None:
    optimisers = optimisers_of(tiny.network(), learning_rate=0.1, parts={"embedding": {"learning_rate_factor": 5}})
    assert rates_of(optimisers) == pytest.approx({"embedding": 0.5, "layers": 0.1, "head": 0.1})


def test_parts_that_have_learned_from_texts_without_labels_learn_more_slowly() -> None:
    net, parts = tiny.network(), {"embedding": {"learning_rate_factor": 5, "pretrained_factor": 0.1}}
    settings = TrainingSettings(learning_rate=0.1, parts=parts)
    for pretrained, rate in (((), 0.5), (("embedding",), 0.05), (("layers",), 0.5)):
        names = [name for name, part in net.named_children() if list(part.parameters())]
        optimisers = build_optimisers(net, settings, pretrained)
        assert rates_of(dict(zip(names, optimisers, strict=True)))["embedding"] == pytest.approx(rate)


def test_frozen_parameters_have_none() -> None:
    net = tiny.network()
    net.embedding.requires_grad_(requires_grad=False)
    assert set(optimisers_of(net)) == {"layers", "head"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimiser": "adaw"}, 'unknown optimiser "adaw". Did you mean "adamw"'),
        ({"parts": {"heads": {}}}, 'unknown part of the network "heads". Did you mean "head"'),
        ({"parts": {"head": {"rate": 1}}}, 'unknown setting "rate" of part head'),
        ({"parts": {"head": {"learning_rate": 0}}}, "learning.rate.*0.*above 0"),
        (
            {"parts": {"embedding": {"weight_decay": 0.1}}},
            r"training\.parts\.embedding: weight_decay = 0\.1 has no effect; only adamw shrinks weights, and never word",
        ),
        ({"parts": {"head": {"optimiser": "adam", "weight_decay": 0.1}}}, r"parts\.head: weight_decay = 0\.1 has no"),
        ({"optimiser": "sgd", "parts": {"head": {"weight_decay": 0}}}, r"parts\.head: weight_decay = 0 has no"),
    ],
)
def test_what_cannot_be_built(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_optimisers(tiny.network(), TrainingSettings(**settings))


def gradients(net: nn.Module, rows: tiny.TrainingSet) -> None:
    ids, lengths = map(torch.from_numpy, pad(rows.texts))
    net.zero_grad()
    (net.read(ids, lengths) ** 2).sum().backward()


@pytest.mark.parametrize("optimiser", sorted(DENSE))
def test_only_the_words_that_were_read_move(optimiser: str) -> None:
    net = tiny.network(word_dropout=0.0)
    rows = tiny.texts(3, longest=4)
    optimisers = build_optimisers(net, TrainingSettings(optimiser=optimiser, learning_rate=0.1, weight_decay=0.5))
    before = net.embedding.tables[0].weight.detach().clone()
    for _ in range(3):  # moments of earlier steps must not move other rows either
        gradients(net, rows)
        for each in optimisers:
            each.step()
    ids, lengths = pad(rows.texts)
    read = {int(word) for text in rows.texts for word in text[:, 0]}
    moved = (net.embedding.tables[0].weight != before).any(dim=1)
    assert len(ids) < lengths.sum()
    assert set(moved.nonzero()[:, 0].tolist()) - {0} == read - {0}  # 0 is the padding's id too: its gradient is zero


@pytest.mark.parametrize("optimiser", sorted(DENSE))
def test_a_sparse_step_is_the_dense_one_where_all_words_are_read(optimiser: str) -> None:
    sparse, dense = nn.Embedding(4, 3, sparse=True), nn.Embedding(4, 3)
    dense.load_state_dict(sparse.state_dict())
    settings = TrainingSettings(optimiser=optimiser, learning_rate=0.1, weight_decay=0.0)
    for table in (sparse, dense):
        optimisers = build_optimisers(nn.ModuleDict({"table": table}), settings)
        for k in range(4):
            table.zero_grad()
            (table(torch.tensor([0, 1, 2, 3, 1])) ** 2).sum().mul(k + 1).backward()
            optimisers[0].step()
    torch.testing.assert_close(sparse.weight, dense.weight)


THEIRS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "adamw": (torch.optim.AdamW, lambda weights, lr, **_: torch.optim.SparseAdam(weights, lr=lr)),
    "adam": (lambda weights, lr, **_: torch.optim.Adam(weights, lr=lr), torch.optim.SparseAdam),
    "sgd": (lambda weights, lr, **_: torch.optim.SGD(weights, lr=lr), torch.optim.SGD),
}


def gradient(step: int, rows: int) -> Tensor:
    """Of a weight (rows, 3): large at times, tiny at others; two rows in three have none at a step."""
    random = torch.Generator().manual_seed(step)
    values = torch.randn(rows, 3, generator=random) * 10.0 ** -(step % 6)
    return values * ((torch.arange(rows) + step) % 3 == 0).unsqueeze(1)


@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", sorted(DENSE))
def test_many_steps_are_those_of_torch(name: str, *, sparse: bool) -> None:
    ours, theirs = (nn.Parameter(torch.linspace(-1, 1, 36).view(12, 3)) for _ in range(2))
    decay = {} if sparse or name != "adamw" else {"weight_decay": 0.1}
    optimiser = (SPARSE if sparse else DENSE)[name]([ours], 0.05, 0.1)
    reference = THEIRS[name][sparse]([theirs], lr=0.05, **decay)
    for step in range(200):
        rate = 0.05 / (1 + step / 50)
        set_rates([optimiser], rate / 0.05)
        reference.param_groups[0]["lr"] = rate
        for weight in (ours, theirs):
            weight.grad = gradient(step, 12).to_sparse(1) if sparse else gradient(step, 12)
        optimiser.step()
        reference.step()
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-6)


def joint_norm(net: nn.Module) -> Tensor:
    return torch.cat([p.grad.to_dense().flatten() for p in net.parameters()]).norm()


@given(largest=st.floats(0.01, 100), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_clipping_bounds_the_joint_norm_of_dense_and_sparse_gradients(largest: float, scale: float) -> None:
    net, rows = tiny.network(), tiny.texts(4)
    gradients(net, rows)
    for parameter in net.parameters():
        parameter.grad = parameter.grad * scale
    before, directions = joint_norm(net), [p.grad.to_dense() / joint_norm(net) for p in net.parameters()]
    assert net.embedding.tables[0].weight.grad.is_sparse
    torch.testing.assert_close(clip_gradients(net.parameters(), largest), before)
    assert joint_norm(net) <= largest * 1.001 or joint_norm(net) <= before
    torch.testing.assert_close(joint_norm(net), before.clamp(max=largest))
    for parameter, direction in zip(net.parameters(), directions, strict=True):
        torch.testing.assert_close(parameter.grad.to_dense() / joint_norm(net), direction)


def test_no_clipping_only_measures() -> None:
    net = tiny.network()
    gradients(net, tiny.texts(4))
    before = joint_norm(net)
    torch.testing.assert_close(clip_gradients(net.parameters(), None), before)
    torch.testing.assert_close(joint_norm(net), before)


def test_a_word_that_occurs_twice_counts_with_its_whole_gradient() -> None:
    table = nn.Embedding(3, 2, sparse=True)
    table(torch.tensor([1, 1, 1])).sum().backward()
    assert float(clip_gradients(table.parameters(), None)) == pytest.approx(18**0.5)
