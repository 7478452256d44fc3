"""Every network: what its pooling reads is the same on every backend, and what the words bring adds up to the scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reread.explain.head import contributions
from reread.kernel import available
from reread.nn.poolings import poolings as torch_poolings
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.network.poolings import poolings
from reread.scoring.network.tensors import Tensors
from reread.scoring.scorer import Scorer
from support import net_properties as properties
from support.net_properties import network, texts_of
from support.networks import combinations, kernel, scored, stored

every_network = pytest.mark.parametrize("spec", list(combinations()))


def reading(backend: Any, window: int = 64) -> Scorer:
    return properties.scorer(backend, window)


def test_every_pooling_has_an_account() -> None:
    assert poolings.names() == torch_poolings.names()


@pytest.mark.skipif(not available(), reason="the kernel was not built here")
@pytest.mark.parametrize("spec", scored() if available() else [])
def test_the_kernel_reads_what_torch_reads(spec: dict[str, Any]) -> None:
    net, (text,) = network(**spec), texts_of([11])
    expected = reading(TorchBackend(net)).values(text)
    found = reading(kernel(net, spec)).values(text)
    assert np.abs(found - expected).max() < properties.TOLERANCE


@pytest.mark.skipif(not available(), reason="the kernel was not built here")
@pytest.mark.parametrize("spec", scored() if available() else [])
def test_the_kernel_makes_the_vectors_that_torch_makes(spec: dict[str, Any]) -> None:
    net, texts = network(**spec), ["w1 w2 w3", "w4", "w5 w6"] * 2
    expected, found = (reading(each).vectors(texts) for each in (TorchBackend(net), kernel(net, spec)))
    assert np.abs(found - expected).max() < properties.TOLERANCE


@every_network
@pytest.mark.parametrize("window", [2, 64])
def test_scores_are_made_of_vectors(spec: dict[str, Any], window: int) -> None:
    net, texts = network(**spec), ["w1 w2 w3", "w4", "w5 w6 w7 w1 w2"]
    scorer = reading(TorchBackend(net), window)
    with torch.no_grad():
        scores = net.head(torch.from_numpy(scorer.vectors(texts))).numpy()
    assert np.abs(scores - scorer.scores(texts)).max() < properties.TOLERANCE


@every_network
@pytest.mark.parametrize("window", [1, 4])
def test_values_in_windows_are_those_of_one_pass(spec: dict[str, Any], window: int) -> None:
    backend, (text,) = TorchBackend(network(**spec)), texts_of([9])
    whole, cut = (reading(backend, size).values(text) for size in (64, window))
    assert whole.shape == cut.shape
    assert np.abs(whole - cut).max() < properties.TOLERANCE


@every_network
@pytest.mark.parametrize("length", [1, 12])
def test_what_positions_bring_adds_up_to_the_scores(spec: dict[str, Any], length: int) -> None:
    net, (text,) = network(**spec), texts_of([length], seed=3)
    backend = TorchBackend(net)
    own, scorer = stored(net, spec), reading(backend)
    backward = slice(4, 8) if net.bidirectional and not own.spec.latent else slice(0, 0)
    account = poolings.get(own.spec.pooling).account(scorer.values(text), backward, Tensors(own.weights, "pooling."))
    vector = account.sum(axis=0).astype(np.float64)
    scores = scorer.score_ids([text])[0]
    with torch.no_grad():
        of_nothing = net.head(torch.zeros(1, len(vector)))[0].numpy()
    for k, direction in enumerate(np.eye(len(scores))):
        added = contributions(own.spec, Tensors(own.weights, "head."), vector, direction)
        assert added.sum() == pytest.approx(scores[k] - of_nothing[k], abs=1e-4)
