from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reread.errors import ConfigError, DataError
from reread.insight.explain.distance import gradient_by_distance
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.scorer import Scorer
from support import net_properties as properties
from support.net_properties import network
from support.networks import stored

ONE_WAY: dict[str, Any] = {"bidirectional": False, "pooling": "last"}
TEXT = "w3 w7 w3 w9 w1"


def scorer(**spec: Any) -> Scorer:
    net = network(**spec)
    plain = properties.scorer(TorchBackend(net), 8)
    return Scorer(plain.encoder, plain.task, plain.backend, window=8, network=stored(net, spec))


@pytest.mark.parametrize("recurrence", ["lstm", "rnn"])
def test_each_distance_has_the_gradient_of_its_word(recurrence: str) -> None:
    own = scorer(recurrence=recurrence, **ONE_WAY)
    (found,) = gradient_by_distance(own, [TEXT, "w1 w2"], 4)
    net, aim = own.in_torch().net.double(), own.task.aim(own.scores([TEXT])[0])
    vectors = net.embedding(torch.from_numpy(own.encode(TEXT)[None]).long()).spread().detach()
    weights, step = torch.from_numpy(aim.weights), 1e-6
    for distance, size in enumerate(found):
        slopes = []
        for component in range(vectors.shape[2]):
            ends = []
            for side in (1, -1):
                moved = vectors.clone()
                moved[0, 4 - distance, component] += side * step
                with torch.no_grad():
                    ends.append(float(net.read_vectors(moved)[0] @ weights))
            slopes.append((ends[0] - ends[1]) / (2 * step))
        assert size == pytest.approx(np.linalg.norm(slopes), rel=1e-3)


def test_where_distance_means_nothing() -> None:
    for spec in ({}, {"bidirectional": False}, {"pooling": "last"}):
        with pytest.raises(ConfigError, match="whose last state answers, as in recipe lstm"):
            gradient_by_distance(scorer(**spec), [TEXT], 2)
    with pytest.raises(DataError, match="no text has from 6 to 8 tokens; use fewer steps"):
        gradient_by_distance(scorer(**ONE_WAY), [TEXT, TEXT + TEXT], 6)
