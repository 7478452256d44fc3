"""The network itself, in torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from reread.errors import BundleError, ConfigError
from reread.nn.gates import gates
from reread.nn.model import TextNet, build_model
from reread.recipes.spec import ModelSpec, spec_from
from reread.scoring.backends import Array
from reread.scoring.backends.stored import StoredNetwork


class TorchBackend:
    """Runs a `TextNet`, one call at a time: torch has its own threads.

    Args:
        net: the network.
        threads: of one call; None: as many as torch uses.
    """

    texts, calls, precision = 128, 1, "float32"

    def __init__(self, net: TextNet, threads: int | None = None) -> None:
        self.net, self.threads = net, threads
        self.layers, self.bidirectional = len(net.layers), net.bidirectional
        with torch.no_grad():
            self.start_states: Array = net.start_states().cpu().numpy().copy()
            self.start_summary: Array = net.start_summary().cpu().numpy().copy()

    def run(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array, summary: Array
    ) -> tuple[Array, Array, Array]:
        """See `Backend.run`."""
        scores, leaving, after = self._call(self.net, ids, lengths, states, summary)
        return scores, leaving, after

    def values(self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array) -> tuple[Array, Array]:
        """See `ReadsValues.values`."""
        values, leaving = self._call(self.net.values, ids, lengths, states)
        return values, leaving

    def vectors(self, summaries: Array) -> Array:
        """See `ReadsValues.vectors`."""
        return self._call(lambda given: (self.net.pooling.finish(given),), summaries)[0]

    def gates(self, ids: NDArray[np.int32]) -> Array:
        """The gates and the cell over one text, ids (tokens, features); see `reread.nn.gates.gates`."""
        return self._call(lambda given: (gates(self.net, given),), ids[None].astype(np.int64))[0]

    def _call(self, function: Callable[..., tuple[torch.Tensor, ...]], *arrays: NDArray[Any]) -> list[Array]:
        self.net.eval()
        device = next(self.net.parameters()).device
        with torch.inference_mode(), use_threads(self.threads):
            inputs = [torch.from_numpy(np.ascontiguousarray(array)).to(device) for array in arrays]
            return [tensor.cpu().numpy() for tensor in function(*inputs)]


@contextmanager
def use_threads(threads: int | None) -> Iterator[None]:
    """Let torch use this many threads, or leave it as it is; the number is restored afterwards."""
    if threads is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def stored_network(net: TextNet, spec: ModelSpec, scores: int) -> StoredNetwork:
    """The network as it is stored in a model folder.

    Args:
        net: the network.
        spec: what it was built from.
        scores: numbers per text.
    """
    weights = {name: np.ascontiguousarray(tensor.cpu().numpy()) for name, tensor in net.state_dict().items()}
    start = TorchBackend(net)
    return StoredNetwork(
        spec=spec,
        weights=weights,
        sizes=tuple(net.embedding.sizes),
        scores=scores,
        start_states=start.start_states,
        start_summary=start.start_summary,
    )


def restore_net(
    spec: Mapping[str, Any], weights: Mapping[str, NDArray[np.float32]], sizes: Sequence[int], scores: int
) -> TextNet:
    """Build the network that a model folder describes, and load its weights.

    Args:
        spec: the folder's ``model`` settings.
        weights: the network's tensors by name.
        sizes: rows of each token feature's table.
        scores: numbers per text.

    Raises:
        BundleError: the settings are invalid, or do not fit the weights.
    """
    try:
        net = build_model(spec_from(ModelSpec, spec, "model"), sizes, scores)
        net.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    except (ConfigError, RuntimeError) as error:  # torch's own for tensors that do not fit, a line for each
        raise BundleError(
            f"the model settings do not fit the weights: {str(error).splitlines()[-1].strip()}"
        ) from error
    return net
