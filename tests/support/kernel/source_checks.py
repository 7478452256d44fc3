"""What the checks of the kernel's C sources share. NumPy only, so that they run under valgrind and beside a wheel.

Each C source has a module of its own here, named after it: `light_by_numpy.py` checks `light.c`. It holds

    MUTANTS                 by name, what makes the source wrong; sanitizers must find each
    differences(library)    each sweep that is tried, beside NumPy in double precision

Every array is an allocation of its own and exactly as large as the kernel may touch, and holds NaN where nothing may be read: a sanitizer or
valgrind sees what goes beyond an end, and the answers show the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

STEP = 1e-4  # of the central difference
OVERFLOW = "heap-buffer-overflow"
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Mutant:
    """A change that makes a source wrong, and what is found."""

    file: str
    right: str
    wrong: str
    found: str = OVERFLOW


class Difference(NamedTuple):
    """How far a sweep is from NumPy's, and how far it may be."""

    tried: str
    apart: float
    allowed: float

    @property
    def fine(self) -> bool:
        return self.apart < self.allowed  # NaN is not


def from_slope(
    loss: Callable[[dict[str, Array]], float], arrays: Mapping[str, Array], gradients: Mapping[str, Array]
) -> float:
    """How far the gradients of a loss of some arrays are from its central difference, along one direction."""
    random = np.random.default_rng(0)
    along = {name: random.normal(0, 1, array.shape) for name, array in arrays.items()}
    losses = [loss({name: array + step * along[name] for name, array in arrays.items()}) for step in (STEP, -STEP)]
    ours = sum((gradients[name] * direction).sum() for name, direction in along.items())
    # Random signs: a sum of n terms is about the root of n.
    size = sum(array.size for array in arrays.values())
    return float(abs(ours - (losses[0] - losses[1]) / (2 * STEP)) / size**0.5)
