"""Weights of another network in a new one: embeddings have a row for each known word, and may have fewer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.nn.model import TextNet

ROWS = "embedding."  # begins the names of weights with a row for each word


def take_over(net: TextNet, weights: Mapping[str, NDArray[np.float32]], owner: str) -> None:
    """Copy weights into a network. The known words are the first of its vocabulary.

    New words start from random numbers of the size of the known words' vectors.

    Args:
        net: the network, changed in place.
        weights: by their names in the network.
        owner: what messages call the network that they are from.

    Raises:
        ConfigError: the network lacks one of them, or has it in another shape.
    """
    own = net.state_dict()  # shares its memory with the network
    with torch.no_grad():
        for name, array in weights.items():
            weight, known = own.get(name), torch.from_numpy(array)
            rows = len(known) if name.startswith(ROWS) else None
            if weight is None or weight[:rows].shape != known.shape:
                has = "none" if weight is None else tuple(weight.shape)
                raise ConfigError(f"the {owner}'s {name} is {tuple(known.shape)}, the network has {has}")
            if name.startswith(f"{ROWS}tables."):
                weight[rows:].normal_(std=float(known.std()))
            weight[:rows] = known


def parts_of(weights: Mapping[str, NDArray[np.float32]]) -> list[str]:
    """The parts of a network below its head that have some of these weights."""
    return sorted({name.partition(".")[0] for name in weights} - {"head"})
