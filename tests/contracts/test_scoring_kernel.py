"""Every network that the kernel scores, without torch, beside torch: the same scores, states and summaries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.errors import BundleError
from reread.kernel import available, load
from reread.recipes.spec import ModelSpec
from reread.scoring.backends import Backend
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.network.build import missing_part
from reread.scoring.network.poolings import poolings
from reread.scoring.network.recurrences import directions
from reread.windows import pad
from support import net_properties as properties
from support.net_properties import network, texts_of
from support.networks import kernel, scored, stored

pytestmark = pytest.mark.skipif(not available(), reason="the kernel was not built here")
LOOSE = {"float32": 1e-5, "bfloat16": 0.03, "int8": 0.03}
LENGTHS = (7, 1, 14, 3, 7, 2, 9, 1)


def run(backend: Backend, lengths: Any, sizes: Any = properties.SIZES, seed: int = 0) -> tuple[Any, ...]:
    """Scores and summaries of texts that go on, and the states that the first windows, which are of one length, left to them."""
    states = np.repeat(backend.start_states[:, None], len(lengths), axis=1)
    summary = np.repeat(backend.start_summary[None], len(lengths), axis=0)
    first = pad(texts_of([5] * len(lengths), seed + 1, sizes))
    _, states, summary = backend.run(*first, states, summary)
    scores, _, after = backend.run(*pad(texts_of(lengths, seed, sizes)), states, summary)
    return scores, after, states


every_network = pytest.mark.parametrize("spec", scored() if available() else [])
both_ends = pytest.mark.parametrize(
    "level", sorted({*available()[:1], *available()[-1:]})
)  # tests/kernel compares all levels


def test_all_registered_parts_are_under_contract() -> None:
    specs = [each.values[0] for each in scored()]
    assert {spec.get("recurrence", "lstm") for spec in specs} == set(directions.names())
    assert {spec.get("pooling", "max") for spec in specs} == set(poolings.names())


@every_network
@both_ends
def test_answers_as_torch_does(spec: dict[str, Any], level: str) -> None:
    net = network(**spec)
    for found, expected in zip(run(kernel(net, spec, level), LENGTHS), run(TorchBackend(net), LENGTHS), strict=True):
        properties.assert_same(found, expected)


@every_network
@given(lengths=st.lists(st.integers(1, 14), min_size=1, max_size=9), seed=st.integers(0, 99))
@settings(max_examples=6, deadline=None)
def test_the_text_alone_decides(spec: dict[str, Any], lengths: list[int], seed: int) -> None:
    backend = kernel(network(**spec), spec)
    properties.assert_text_alone_decides(backend, texts_of(lengths, seed))
    texts = texts_of(lengths, seed)
    together = properties.answers(backend, texts)
    assert (together == np.concatenate([properties.answers(backend, [text]) for text in texts])).all()  # to the bit


@every_network
@given(length=st.integers(2, 30), window=st.integers(1, 9))
@settings(max_examples=6, deadline=None)
def test_windows_are_one_pass(spec: dict[str, Any], length: int, window: int) -> None:
    properties.assert_windows_are_one_pass(kernel(network(**spec), spec), texts_of([length, 3]), window)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
@every_network
def test_a_lower_precision_is_near(spec: dict[str, Any], precision: str) -> None:
    library = load()
    assert library is not None
    if missing_part(ModelSpec(**spec), library, precision):
        pytest.skip(f"this processor has no {precision}")
    net = network(**spec)
    found, expected = run(kernel(net, spec, precision=precision), LENGTHS)[0], run(TorchBackend(net), LENGTHS)[0]
    properties.assert_same(found, expected, LOOSE[precision])
    assert (found != expected).any()


@pytest.mark.parametrize("level", available())
@pytest.mark.parametrize("hidden", [1, 16, 19, 64])
def test_units_of_any_number(level: str, hidden: int) -> None:
    spec = {"hidden": hidden, "latent": (hidden + 1,), "concat_word": True, "embedding_dim": 7}
    net, sizes = network(sizes=(30, 11), **spec), (30, 11)
    expected = run(TorchBackend(net), LENGTHS, sizes)
    for precision in ("float32", "int8"):
        found = run(kernel(net, spec, level, precision=precision), LENGTHS, sizes)
        for one, other in zip(found, expected, strict=True):
            properties.assert_same(one, other, LOOSE[precision] * (1 if precision == "float32" else 3))


@pytest.mark.parametrize("recurrence", directions.names())
@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_without_room_for_tables_each_call_works_out_its_own_words(precision: str, recurrence: str) -> None:
    spec = {"concat_word": True, "latent": (6,), "recurrence": recurrence}
    net = network(sizes=(30, 11), **spec)
    with_room, without = (kernel(net, spec, precision=precision, table_memory=memory) for memory in (1, 0))
    assert with_room.net.parts.tables.whole
    assert not without.net.parts.tables.whole
    original, tolerance = (
        run(TorchBackend(net), LENGTHS, (30, 11)),
        LOOSE[precision] * (3 if precision == "int8" else 1),
    )
    for found, other, expected in zip(
        *(run(each, LENGTHS, (30, 11)) for each in (without, with_room)), original, strict=True
    ):
        properties.assert_same(found, expected, tolerance)
        properties.assert_same(other, expected, tolerance)


def test_threads_change_no_bit() -> None:
    net = network(hidden=8)
    texts = texts_of([length % 50 + 1 for length in range(300)])
    one, two = (
        properties.scorer(kernel(net, {"hidden": 8}, threads=threads), 1000).score_ids(texts) for threads in (1, 2)
    )
    assert (one == two).all()


def test_tensors_of_another_network_are_refused() -> None:
    net, library = network(), load()
    assert library is not None
    with pytest.raises(
        BundleError, match=r"0\.ahead\.cell\.\w+ as float32 \(16,\); the model settings say float32 \(20,\)$"
    ):
        kernel(net, {"hidden": 5})
    with pytest.raises(BundleError, match=r"the weights lack latent\.0\.weight, which the model settings ask for$"):
        kernel(net, {"latent": (3,)})
    two_way = replace(stored(net, {}), start_states=np.zeros((4, 8), np.float32))
    with pytest.raises(BundleError, match=r"the states to start from are \(4, 8\); the model settings say \(2, 8\)$"):
        KernelBackend(two_way, library)
