"""Every recurrence x pooling x directions x layers as a network: DESIGN.md's invariants 1 and 4."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reread.errors import ConfigError, ExportError
from reread.export.onnx import export_onnx
from reread.nn.heads import ACTIVATIONS
from reread.nn.model import TextNet
from reread.nn.poolings import poolings
from reread.nn.recurrences import recurrences
from reread.scoring.backends.onnx import OnnxBackend
from reread.scoring.backends.torch import TorchBackend
from reread.windows import pad
from support import net_properties as properties
from support.net_properties import network, texts_of
from support.networks import combinations, several
from support.wrong_parts import Foresight, Forgetful, LastColumn, LastWindow, SilentPooling, SilentRecurrence

LENGTHS = (1, 9, 2, 5, 13, 1)


def pairs() -> list[tuple[str, str]]:
    """As few pairs of a recurrence and a pooling as hold every one of both."""
    first, second = recurrences.names(), poolings.names()
    return [(first[k % len(first)], second[k % len(second)]) for k in range(max(len(first), len(second)))]


every_network = pytest.mark.parametrize("spec", list(combinations()))


@every_network
@given(lengths=st.lists(st.integers(1, 14), min_size=2, max_size=6), seed=st.integers(0, 99))
@several
def test_the_text_alone_decides(spec: dict[str, Any], lengths: list[int], seed: int) -> None:
    properties.assert_text_alone_decides(TorchBackend(network(**spec)), texts_of(lengths, seed))


@every_network
@given(length=st.integers(2, 30), window=st.integers(1, 9))
@several
def test_windows_are_one_pass(spec: dict[str, Any], length: int, window: int) -> None:
    properties.assert_windows_are_one_pass(TorchBackend(network(**spec)), texts_of([length, 3]), window)


@every_network
def test_reversing_a_text_changes_its_scores(spec: dict[str, Any]) -> None:
    backend, texts = TorchBackend(network(**spec)), texts_of((7, 12, 3))
    change = np.abs(properties.answers(backend, [text[::-1] for text in texts]) - properties.answers(backend, texts))
    assert (change.max(axis=1) > 100 * properties.TOLERANCE).all()


@every_network
def test_the_gradient_reaches_every_parameter(spec: dict[str, Any]) -> None:
    net = network(**spec).train()
    ids, lengths = map(torch.from_numpy, pad(texts_of(LENGTHS)))
    (net.read(ids, lengths) ** 2).sum().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        gradient = parameter.grad.to_dense()
        assert torch.isfinite(gradient).all(), name
        assert (gradient != 0).any(), name


def test_the_last_state_is_not_taken_where_directions_are_mixed() -> None:
    """It would be the backward state after one word: the rest of that direction would never be trained."""
    with pytest.raises(ConfigError, match=r"set model.latent=\[\], or set model.bidirectional=false"):
        network(pooling="last", latent=(6,), bidirectional=True)


@every_network
def test_padding_gets_no_gradient(spec: dict[str, Any]) -> None:
    net, filler = network(**spec), 7
    ids, lengths = map(torch.from_numpy, pad([np.full((length, 1), 3, dtype=np.int32) for length in LENGTHS]))
    ids[ids == 0] = filler
    (net.read(ids, lengths) ** 2).sum().backward()
    gradient = net.embedding.tables[0].weight.grad.to_dense()
    assert not gradient[filler].any()


@every_network
def test_one_word_and_no_known_word(spec: dict[str, Any]) -> None:
    backend = TorchBackend(network(**spec))
    texts = [*texts_of((1, 1)), np.zeros((1, 1), dtype=np.int32), np.zeros((6, 1), dtype=np.int32)]
    properties.assert_text_alone_decides(backend, texts)


@pytest.mark.parametrize(("recurrence", "pooling"), pairs())
def test_threads_do_not_matter(recurrence: str, pooling: str) -> None:
    net = network(recurrence=recurrence, pooling=pooling, layers=2, hidden=48, embedding_dim=48)
    texts, before = texts_of(range(1, 40)), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = properties.answers(TorchBackend(net), texts)
        torch.set_num_threads(4)
        properties.assert_same(properties.answers(TorchBackend(net), texts), one)
    finally:
        torch.set_num_threads(before)


# Long texts


class Narrow:
    """A backend that counts what it is given at once."""

    texts, calls = 128, 1

    def __init__(self, backend: TorchBackend) -> None:
        self.backend, self.widest, self.tokens = backend, 0, 0
        self.layers, self.bidirectional = backend.layers, backend.bidirectional
        self.start_states, self.start_summary = backend.start_states, backend.start_summary

    def run(self, ids: Any, lengths: Any, states: Any, summary: Any) -> Any:
        self.widest, self.tokens = max(self.widest, ids.shape[1]), self.tokens + ids.shape[1]
        return self.backend.run(ids, lengths, states, summary)


@pytest.mark.parametrize(("recurrence", "pooling"), pairs())
def test_a_text_of_100_000_tokens(recurrence: str, pooling: str) -> None:
    backend = Narrow(TorchBackend(network(recurrence=recurrence, pooling=pooling, bidirectional=False)))
    scores = properties.scorer(backend, window=5_000).score_ids(texts_of([100_000]))
    assert np.isfinite(scores).all()
    assert (backend.widest, backend.tokens) == (5_000, 100_000)


def test_a_written_text_of_one_token_of_none_known_and_of_100_000() -> None:
    backend = Narrow(TorchBackend(network(recurrence="rnn")))
    scorer = properties.scorer(backend, window=5_000)
    written = ["w1", "nobody knows these", "☂", "w1 w2 " * 50_000]
    scores = scorer.scores(written)
    assert backend.tokens == 3 + 195_000  # two ways: back, but for the first window, and ahead
    assert [len(scorer.encode(text)) for text in written] == [1, 3, 1, 100_000]
    assert backend.widest == 5_000
    properties.assert_same(scores[:3], np.concatenate([scorer.scores([text]) for text in written[:3]]))
    properties.assert_same(scores[3:], properties.scorer(backend, window=100_000).scores(written[3:]))


# The exported network


class Exported:
    """A network and what ONNX Runtime made of it, with one thread and with two."""

    def __init__(self, net: TextNet) -> None:
        self.torch, model = TorchBackend(net), export_onnx(net)
        self.onnx, self.two_threads = (
            OnnxBackend(
                model, self.torch.start_states, self.torch.start_summary, layers=len(net.layers), threads=threads
            )
            for threads in (1, 2)
        )


FEATURES = {
    "bidirectional": False,
    "latent": (6,),
    "concat_word": True,
    "dense": (5,),
    "token_weights": True,
    "sizes": (properties.TOKENS + 1, 11),
}


@pytest.fixture(scope="module", params=[*combinations(), pytest.param(FEATURES, id="features")])
def exported(request: pytest.FixtureRequest) -> Exported:
    return Exported(network(**request.param))


def sizes_of(exported: Exported) -> list[int]:
    return [table.num_embeddings for table in exported.torch.net.embedding.tables]


@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=8), seed=st.integers(0, 99))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_exported_network_answers_like_its_original(exported: Exported, lengths: list[int], seed: int) -> None:
    texts = texts_of(lengths, seed, sizes_of(exported))
    expected = properties.answers(exported.torch, texts)
    properties.assert_same(properties.answers(exported.onnx, texts), expected)
    properties.assert_same(properties.answers(exported.two_threads, texts), expected)


def test_the_exported_network_keeps_the_promises(exported: Exported) -> None:
    texts = texts_of(LENGTHS, sizes=sizes_of(exported))
    properties.assert_text_alone_decides(exported.onnx, texts)
    properties.assert_windows_are_one_pass(exported.onnx, texts, window=4)
    whole = properties.scorer(exported.torch, window=1000).score_ids(texts)
    properties.assert_same(properties.scorer(exported.onnx, window=3).score_ids(texts), whole)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_exported(activation: str) -> None:
    exported = Exported(network(latent=(6,), latent_activation=activation, dense=(5,), activation=activation))
    texts = texts_of(LENGTHS)
    properties.assert_same(properties.answers(exported.onnx, texts), properties.answers(exported.torch, texts))


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ({"pooling": "SilentPooling"}, "pooling SilentPooling cannot be written as ONNX: it has no method export_add"),
        (
            {"recurrence": "SilentRecurrence"},
            "recurrence SilentRecurrence cannot be written as ONNX: it has no method export",
        ),
        ({"recurrence": "Foresight", "bidirectional": False}, "differs from its original"),  # it has its parent's
    ],
    ids=str,
)
def test_a_part_that_does_not_say_how_it_is_exported(spec: dict[str, Any], what: str) -> None:
    with pytest.raises(ExportError, match=what):
        export_onnx(network(**spec))


# Wrong components in a whole network are caught by what the registered ones pass


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    poolings.names()
    recurrences.names()
    for pooling in (LastColumn, LastWindow, SilentPooling):
        monkeypatch.setitem(poolings._entries, pooling.__name__, pooling)
    for recurrence in (Foresight, Forgetful, SilentRecurrence):
        monkeypatch.setitem(recurrences._entries, recurrence.__name__, recurrence)


@pytest.mark.usefixtures("wrong")
def test_the_last_padded_column_is_caught() -> None:
    backend = TorchBackend(network(pooling="LastColumn", bidirectional=False))
    with pytest.raises(AssertionError):
        properties.assert_text_alone_decides(backend, texts_of(LENGTHS))


@pytest.mark.usefixtures("wrong")
def test_a_recurrence_that_looks_at_the_future_is_caught() -> None:
    backend = TorchBackend(network(recurrence="Foresight", bidirectional=False))
    with pytest.raises(AssertionError):
        properties.assert_text_alone_decides(backend, texts_of(LENGTHS))


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("spec", [{"pooling": "LastWindow"}, {"recurrence": "Forgetful"}], ids=str)
def test_what_forgets_earlier_windows_is_caught(spec: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        properties.assert_windows_are_one_pass(TorchBackend(network(**spec)), texts_of([20]), window=6)
