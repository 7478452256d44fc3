"""The networks that contracts are held against, in memory and as a model folder stores them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import settings

from reread.kernel import load
from reread.nn.model import TextNet
from reread.nn.poolings import poolings
from reread.nn.recurrences import recurrences
from reread.recipes.spec import ModelSpec
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.network.build import missing_part
from support import net_properties as properties

MORE = {
    "word beside": {"concat_word": True},
    "latent": {"latent": (6,), "bidirectional": True},
    "latent, word beside, last": {"latent": (6, 3), "bidirectional": False, "concat_word": True, "pooling": "last"},
    "dense": {"dense": (6, 5), "activation": "gelu"},
    "learned start": {"learned_start": True, "layers": 2},
    "learned start, light": {"learned_start": True, "recurrence": "sru", "pooling": "mean"},
    "learned start, one-way": {"learned_start": True, "recurrence": "gru", "pooling": "last", "bidirectional": False},
    "token weights": {"token_weights": True, "concat_word": True, "latent": (6,), "pooling": "mean"},
    "weights dropped": {"weight_dropout": 0.3, "learned_start": True, "pooling": "attention"},
}


def paired() -> Iterator[Any]:
    """Every pair of a recurrence and a pooling; each of both stands one-way and two-way, with one layer and with two."""
    for (i, recurrence), (j, pooling) in product(enumerate(recurrences), enumerate(poolings)):
        two_way, layers = (i + j) % 2 == 1, 1 + (i // 2 + j // 2) % 2
        name = f"{recurrence}-{pooling}-{'two-way' if two_way else 'one-way'}-{layers}"
        yield pytest.param(
            {"recurrence": recurrence, "pooling": pooling, "bidirectional": two_way, "layers": layers}, id=name
        )


def combinations() -> Iterator[Any]:
    """Those pairs, then networks with the parts that neither pooling nor recurrence decides."""
    yield from paired()
    for name, spec in MORE.items():
        yield pytest.param(spec, id=name)


several = settings(max_examples=6, deadline=None)


def scored() -> list[Any]:
    """The networks of the other contracts that the kernel takes."""
    library = load()
    assert library is not None
    return [each for each in combinations() if not missing_part(ModelSpec(**each.values[0]), library, "float32")]


def stored(net: TextNet, spec: dict[str, Any]) -> StoredNetwork:
    original = TorchBackend(net)
    weights = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    sizes = tuple(table.num_embeddings for table in net.embedding.tables)
    return StoredNetwork(
        spec=ModelSpec(**{**properties.TINY, **spec}),
        weights=weights,
        sizes=sizes,
        scores=len(properties.CLASSES),
        start_states=original.start_states,
        start_summary=original.start_summary,
    )


def kernel(net: TextNet, spec: dict[str, Any], level: str | None = None, **options: Any) -> KernelBackend:
    library = load(level)
    assert library is not None
    return KernelBackend(stored(net, spec), library, **options)
