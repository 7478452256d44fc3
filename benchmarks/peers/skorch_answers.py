"""The network in skorch, its texts filled up to one length."""

from __future__ import annotations

import numpy as np
import torch
from answering import Network, Score, answer
from numpy.typing import NDArray
from skorch_net import classifier


def load(network: Network) -> Score:
    """The network with its weights."""
    torch.set_num_threads(network.settings.threads)
    net = classifier(network.settings).initialize()
    net.module_.load_state_dict({name: torch.from_numpy(array) for name, array in network.arrays.items()})

    def score(texts: list[str]) -> NDArray[np.float32]:
        return net.forward(np.array(network.words.padded(texts), dtype=np.int64)).numpy()

    return score


if __name__ == "__main__":
    answer(load)
