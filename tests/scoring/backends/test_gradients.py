from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
import pytest
import torch

from reread.ids import UNKNOWN
from reread.nn.model import TextNet
from reread.scoring.backends.gradients import by_word, gradient_sizes, integrated_gradients
from reread.scoring.backends.torch import TorchBackend
from support.net_properties import network, texts_of

DIRECTION = np.array([1.0, -0.5, -0.5])
NETWORKS: list[dict[str, Any]] = [
    {},
    {"bidirectional": True, "concat_word": True, "latent": (6,)},
    {"pooling": "attention", "layers": 2},
    {"recurrence": "sru", "pooling": "mean", "dense": (6,)},
    {"recurrence": "rnn", "pooling": "last", "bidirectional": False},
]
each_network = pytest.mark.parametrize("spec", NETWORKS)


def vectors_of(net: TextNet, ids: Any) -> torch.Tensor:
    return net.embedding(torch.from_numpy(np.asarray(ids)[None]).long()).spread().detach()


def values(net: TextNet, vectors: torch.Tensor) -> Any:
    with torch.no_grad():
        return net.read_vectors(vectors).double().numpy() @ DIRECTION


@each_network
def test_a_text_of_vectors_is_read_as_the_text(spec: dict[str, Any]) -> None:
    net, (text,) = network(**spec), texts_of([9])
    with torch.no_grad():
        expected = net.read(torch.from_numpy(text[None]).long(), torch.tensor([9]))
        assert torch.allclose(net.read_vectors(vectors_of(net, text)), expected, atol=1e-6)


@each_network
def test_what_words_add_is_the_difference_to_unknown_words(spec: dict[str, Any]) -> None:
    net = network(**spec)
    for text in texts_of([1, 12], seed=3):
        ends = [values(net, vectors_of(net, ids))[0] for ids in (text, np.full_like(text, UNKNOWN))]
        found = integrated_gradients(TorchBackend(net), text, DIRECTION, 64)
        assert found.shape == (len(text),)
        assert found.sum() == pytest.approx(ends[0] - ends[1], rel=0.01, abs=0.01)


@each_network
def test_each_position_has_the_gradient_of_its_own(spec: dict[str, Any]) -> None:
    """One point of the quadrature is the middle: there the gradient is that of finite differences, by position, of a word said twice too."""
    net, text = network(**spec).double(), np.array([[4], [7], [4], [9], [7]], dtype=np.int32)
    here, unknown = vectors_of(net, text), vectors_of(net, np.full_like(text, UNKNOWN))
    middle, way, step = (here + unknown) / 2, here - unknown, 1e-5
    expected = []
    for k in range(len(text)):
        moved = torch.zeros_like(middle)
        moved[0, k] = step * way[0, k]
        ahead, back = values(net, middle + moved), values(net, middle - moved)
        expected.append((ahead[0] - back[0]) / (2 * step))
    found = integrated_gradients(TorchBackend(net), text, DIRECTION, 1)
    assert np.allclose(found, expected, rtol=1e-5, atol=1e-8)
    assert abs(found[0] - found[2]) > 1e-6


def test_what_ngrams_add_is_shared_by_their_words() -> None:
    added = np.array([[1.0, 4.0, 6.0], [0.0, 0.0, 10.0], [0.0, 8.0, 0.0], [3.0, 5.0, 7.0]])
    assert by_word(added) == pytest.approx([1 + 2 + 2, 2 + 2 + 10 / 3, 2 + 10 / 3 + 4, 10 / 3 + 4 + 3 + 5 + 7])
    assert by_word(added[-1:]).tolist() == [15.0]


def test_the_words_of_a_known_pair_have_what_it_adds() -> None:
    """Only the pair of the second and third token is known: nothing else can add anything, and both have half of it."""
    sizes, text = (30, 40), np.zeros((5, 2), dtype=np.int32)
    text[1, 1] = 7
    net = network(sizes=sizes)
    found = integrated_gradients(TorchBackend(net), text, DIRECTION, 64)
    ends = [values(net, vectors_of(net, ids))[0] for ids in (text, np.full_like(text, UNKNOWN))]
    assert found.sum() == pytest.approx(ends[0] - ends[1], rel=0.01, abs=0.01)
    assert found[1] == found[2] != 0
    assert found[[0, 3, 4]].tolist() == [0, 0, 0]


def test_how_much_is_read_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    net, (text,) = TorchBackend(network()), texts_of([12])
    whole = integrated_gradients(net, text, DIRECTION, 20)
    monkeypatch.setattr("reread.scoring.backends.gradients.TOKENS", 30)
    assert np.allclose(integrated_gradients(net, text, DIRECTION, 20), whole, atol=1e-6)


def test_unknown_words_add_nothing() -> None:
    net, text = TorchBackend(network()), np.array([[4], [UNKNOWN], [7]], dtype=np.int32)
    found = integrated_gradients(net, text, DIRECTION, 8)
    assert found[1] == 0
    assert found[0]


def test_gradients_take_the_threads_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    net, (text,) = network(), texts_of([5])
    read, seen = net.read_vectors, []
    monkeypatch.setattr(net, "read_vectors", lambda vectors: (seen.append(torch.get_num_threads()), read(vectors))[1])
    before = torch.get_num_threads()
    for backend, threads in ((TorchBackend(net, before + 1), before + 1), (TorchBackend(net), before)):
        seen.clear()
        integrated_gradients(backend, text, DIRECTION, 2)
        gradient_sizes(backend, text, DIRECTION)
        assert set(seen) == {threads}
        assert torch.get_num_threads() == before


def test_gradients_by_distance_need_no_captum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "reread.scoring.backends.gradients")
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    gradients = importlib.import_module("reread.scoring.backends.gradients")
    assert gradients.gradient_sizes(TorchBackend(network()), texts_of([3])[0], DIRECTION).shape == (3,)
