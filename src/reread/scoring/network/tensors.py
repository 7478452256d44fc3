"""The tensors of a network by their names in torch, with checked shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from reread.errors import BundleError


class Tensors:
    """Tensors whose names begin with ``prefix``, by the rest of their names."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], prefix: str = "") -> None:
        self._tensors, self._prefix = tensors, prefix

    def under(self, prefix: str) -> Tensors:
        """Those whose names go on with ``prefix``."""
        return Tensors(self._tensors, self._prefix + prefix)

    def take(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A tensor.

        Raises:
            BundleError: there is no tensor of that name, or its shape or dtype is wrong.
        """
        name = self._prefix + name
        tensor = self._tensors.get(name)
        if tensor is None:
            raise BundleError(f"the weights lack {name}, which the model settings ask for")
        if tensor.shape != shape or tensor.dtype != np.float32:
            raise BundleError(
                f"the weights hold {name} as {tensor.dtype} {tensor.shape}; the model settings say float32 {shape}"
            )
        return tensor
