"""Every start gives a new network weights that training can go on from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reread.errors import ConfigError
from reread.nn.model import TextNet, build_model
from reread.recipes.spec import ModelSpec
from reread.train.start import build_start, starts
from reread.train.start.base import has_read_much

WORDS, DIM = 6, 4
TABLE = "embedding.tables.0.weight"


def network() -> TextNet:
    torch.manual_seed(0)
    return build_model(ModelSpec(embedding_dim=DIM, hidden=3), [WORDS], 2)


def vectors(*, frozen: bool = False) -> dict[str, Any]:
    known = np.array([True, True, False, True, True])
    matrix = np.random.default_rng(0).normal(size=(WORDS - 1, DIM)).astype(np.float32)
    return {"tables": [(matrix, known)], "scale": 0.5, "frozen": frozen}


def language_model() -> dict[str, Any]:
    """Of a vocabulary with two words less."""
    random, own = np.random.default_rng(1), network().state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in own.items() if name.startswith("layers.")}
    shapes[TABLE] = (WORDS - 2, DIM)
    return {"weights": {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}}


def model() -> dict[str, Any]:
    """A trained network of a vocabulary with two words less, whose second score becomes the first one."""
    torch.manual_seed(1)
    own = build_model(ModelSpec(embedding_dim=DIM, hidden=3), [WORDS - 2], 2).state_dict()
    return {"weights": {name: tensor.numpy() for name, tensor in own.items()}, "scores": np.array([1, -1])}


def test_every_start_is_tried_here() -> None:
    assert starts.names() == sorted(OPTIONS)


OPTIONS: dict[str, dict[str, Any]] = {
    "random": {},
    "vectors": vectors(),
    "language_model": language_model(),
    "model": model(),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_started_network_is_finite_and_answers(name: str) -> None:
    net = network()
    build_start(name, **OPTIONS[name]).begin(net)
    assert all(torch.isfinite(parameter).all() for parameter in net.parameters())
    assert torch.isfinite(net.read(torch.zeros(1, 3, 1, dtype=torch.int64), torch.tensor([3]))).all()


@pytest.mark.parametrize("name", OPTIONS)
def test_a_start_names_the_parts_that_were_learned_before(name: str) -> None:
    """Each has a weight that differs from what it was built with; a part below the head that has none is not named."""
    net, built = network(), network().state_dict()
    start = build_start(name, **OPTIONS[name])
    start.begin(net)
    changed = {key.partition(".")[0] for key, tensor in net.state_dict().items() if not torch.equal(tensor, built[key])}
    assert set(start.parts) == changed - {"head"}


def test_the_random_start_leaves_the_network_as_it_was_built() -> None:
    net, other = network(), network()
    build_start("random").begin(net)
    pairs = zip(net.state_dict().values(), other.state_dict().values(), strict=True)
    assert all(torch.equal(one, two) for one, two in pairs)


@pytest.mark.parametrize("frozen", [False, True])
def test_known_words_start_from_their_vectors(frozen: bool) -> None:  # noqa: FBT001
    net, options = network(), vectors(frozen=frozen)
    build_start("vectors", **options).begin(net)
    (matrix, known), weight = options["tables"][0], net.embedding.tables[0].weight
    np.testing.assert_array_equal(weight[1:].detach().numpy()[known], matrix[known])
    np.testing.assert_allclose(weight[0].detach().numpy(), matrix[known].mean(axis=0), rtol=1e-6)
    assert weight.requires_grad is not frozen


def test_an_unknown_start_is_named() -> None:
    with pytest.raises(ConfigError, match=r'unknown start "vector"\. Did you mean "vectors"'):
        build_start("vector")


def test_a_language_models_words_and_layers_are_taken_over_and_new_words_are_of_their_size() -> None:
    net, options = network(), language_model()
    before = {name: tensor.clone() for name, tensor in net.head.state_dict().items()}
    build_start("language_model", **options).begin(net)
    own = net.state_dict()
    for name, array in options["weights"].items():
        np.testing.assert_array_equal(own[name][: len(array)].numpy(), array)
    assert 0.2 < float(own[TABLE][WORDS - 2 :].std()) < 3
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.head.state_dict().items())


def test_what_has_learned_much_from_texts_is_spared() -> None:
    for name, options in (("language_model", language_model()), ("vectors", vectors())):
        start, spared = build_start(name, **options), build_start(name, **{**options, "slow": True})
        assert not start.pretrained
        assert set(spared.pretrained) == set(spared.parts) == set(start.parts)
    assert [has_read_much(tokens) for tokens in (0, 999_999, 1_000_000)] == [False, False, True]


def test_a_language_model_of_another_shape_is_refused() -> None:
    weights = language_model()["weights"]
    with pytest.raises(ConfigError, match=r"the language model's layers\.0\.x is \(2,\), the network has none"):
        build_start("language_model", weights={**weights, "layers.0.x": np.ones(2, np.float32)}).begin(network())
    with pytest.raises(ConfigError, match=r"weight is \(7, 4\), the network has \(6, 4\)"):
        build_start("language_model", weights={TABLE: np.ones((WORDS + 1, DIM), np.float32)}).begin(network())


def test_of_a_model_all_is_taken_over_but_new_words_and_new_scores() -> None:
    net, options = network(), model()
    before = net.head[-1].weight.detach().clone()  # type: ignore[union-attr]
    start = build_start("model", **options)
    start.begin(net)
    own, weights = net.state_dict(), options["weights"]
    for name, array in weights.items():
        if not name.startswith("head.2"):
            np.testing.assert_array_equal(own[name][: len(array)].numpy(), array)
    np.testing.assert_array_equal(own["head.2.weight"][0].numpy(), weights["head.2.weight"][1])
    assert torch.equal(own["head.2.weight"][1], before[1])
    np.testing.assert_array_equal(own["head.2.bias"].numpy(), weights["head.2.bias"][[1, 1]])
    assert start.begins_head


def test_of_a_model_with_other_scores_the_last_layer_is_new() -> None:
    net, options = network(), model()
    before = {name: tensor.clone() for name, tensor in net.head.state_dict().items()}
    start = build_start("model", weights=options["weights"], scores=np.array([-1, -1]))
    start.begin(net)
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.head.state_dict().items())
    assert not start.begins_head
