"""Every network that the kernel can sweep on its best build here and on the portable one: torch's answers and gradients, and the same promises."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from reread.kernel import available
from reread.nn.model import TextNet
from reread.nn.recurrences import recurrences
from reread.scoring.backends.torch import TorchBackend
from reread.train.engine import KERNEL, TORCH, use_engine
from reread.windows import pad
from support import net_properties as properties
from support.examples import share_of_examples
from support.net_properties import network, texts_of
from support.networks import combinations

every_network = pytest.mark.parametrize(
    "spec",
    [each for each in combinations() if recurrences.get(each.values[0].get("recurrence", "lstm")).sweeps is not None],
)
both_ends = pytest.mark.parametrize("level", sorted({available()[0], "portable"}))  # tests/kernel compares all levels
few = share_of_examples(8)
lengths_of_texts = st.lists(st.integers(1, 14), min_size=2, max_size=6)


def swept(level: str, **spec: Any) -> TextNet:
    net = network(**spec)
    use_engine(net, KERNEL + level)
    return net


def gradients(net: TextNet, lengths: list[int], seed: int) -> list[Tensor]:
    ids, real = map(torch.from_numpy, pad(texts_of(lengths, seed)))
    net.zero_grad()
    (net.read(ids, real) ** 2).sum().backward()
    return [parameter.grad.to_dense() for parameter in net.parameters()]


@both_ends
@every_network
@given(lengths=lengths_of_texts, seed=st.integers(0, 99))
@few
def test_answers_and_gradients_are_torch_s(spec: dict[str, Any], level: str, lengths: list[int], seed: int) -> None:
    net = swept(level, **spec)
    texts = texts_of(lengths, seed)
    answers, found = properties.answers(TorchBackend(net), texts), gradients(net, lengths, seed)
    use_engine(net, TORCH)
    properties.assert_same(answers, properties.answers(TorchBackend(net), texts))
    for ours, theirs in zip(found, gradients(net, lengths, seed), strict=True):
        properties.assert_same(ours / theirs.abs().max().clamp(min=1), theirs / theirs.abs().max().clamp(min=1))


@both_ends
def test_with_hidden_weights_too(level: str) -> None:
    net = swept(level, weight_dropout=0.4, layers=2, learned_start=True).train()

    def seeded() -> list[Tensor]:
        torch.manual_seed(0)
        return gradients(net, [9, 4, 1, 6], seed=0)

    found = seeded()
    use_engine(net, TORCH)
    expected = seeded()
    for ours, theirs in zip(found, expected, strict=True):
        properties.assert_same(ours, theirs)
    whole = gradients(net.eval(), [9, 4, 1, 6], seed=0)
    assert max(float((ours - theirs).abs().max()) for ours, theirs in zip(whole, expected, strict=True)) > 0.1


@both_ends
@every_network
@given(lengths=lengths_of_texts, window=st.integers(1, 9), seed=st.integers(0, 99))
@few
def test_the_text_alone_decides_in_one_pass_and_in_windows(
    spec: dict[str, Any], level: str, lengths: list[int], window: int, seed: int
) -> None:
    backend, texts = TorchBackend(swept(level, **spec)), texts_of(lengths, seed)
    properties.assert_text_alone_decides(backend, texts)
    properties.assert_windows_are_one_pass(backend, texts, window)


@every_network
def test_padding_gets_no_gradient(spec: dict[str, Any]) -> None:
    net, filler = swept(available()[0], **spec), 7
    ids = torch.full((3, 6, 1), filler)
    lengths = torch.tensor([6, 2, 1])
    ids[torch.arange(6) < lengths[:, None]] = 3
    (net.read(ids, lengths) ** 2).sum().backward()
    assert not net.embedding.tables[0].weight.grad.to_dense()[filler].any()
