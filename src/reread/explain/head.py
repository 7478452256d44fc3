"""What each component of a text's vector adds to the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.recipes.spec import ModelSpec
from reread.scoring.network.dense import ACTIVATIONS
from reread.scoring.network.tensors import Tensors

Floats: TypeAlias = NDArray[np.float64]
NEAR = 1e-6  # sums closer together make no difference

_erf = np.vectorize(math.erf)  # NumPy has none


def _gelu(values: Any) -> Any:
    return values * 0.5 * (1 + _erf(values / math.sqrt(2)))


KNOWN: Mapping[str, Callable[[Any], Any]] = {**ACTIVATIONS, "gelu": _gelu}


def contributions(spec: ModelSpec, tensors: Tensors, vector: Floats, direction: Floats) -> Floats:
    """What each component adds to direction · scores, compared with a vector of zeros: (dim,), in sum the difference.

    This is exact for linear layers; the change behind an activation is shared in proportion, by the rescale rule of
    Shrikumar et al. 2017 (DeepLIFT), section 3.5.1.

    Args:
        spec: the network's description.
        tensors: the head's.
        vector: of a text, (dim,).
        direction: of the scores, (scores,).
    """
    activation = KNOWN[spec.activation]
    here, zero = vector, np.zeros_like(vector)
    passed: list[tuple[NDArray[np.float32], Floats]] = []
    width = len(vector)
    for k, size in enumerate(spec.dense):
        weight, bias = tensors.take(f"1.{3 * k}.weight", size, width), tensors.take(f"1.{3 * k}.bias", size)
        sums, sums_of_zero = weight @ here + bias, weight @ zero + bias
        here, zero = (np.asarray(activation(each), np.float64) for each in (sums, sums_of_zero))
        passed.append((weight, _slopes(sums, sums_of_zero, here, zero)))
        width = size
    last = tensors.take("2.weight", len(direction), width)
    slopes = direction @ last
    for weight, slope in reversed(passed):
        slopes = (slopes * slope) @ weight
    return np.asarray(slopes * vector, dtype=np.float64)


def _slopes(sums: Floats, others: Floats, values: Floats, other_values: Floats) -> Floats:
    """How much an activation's values differ for each unit that its sums do."""
    apart = sums - others
    slopes: Floats = np.divide(values - other_values, apart, out=np.zeros_like(apart), where=np.abs(apart) > NEAR)
    return slopes
