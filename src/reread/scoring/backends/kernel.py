"""The compiled kernel: the fastest way to answer on a processor, without torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.errors import BundleError
from reread.kernel.library import Library
from reread.scoring.backends import Array
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.network.build import build_net
from reread.scoring.network.tensors import Tensors

TABLE_MEMORY = 512.0  # MiB


class KernelBackend:
    """Runs a network from its tensors.

    Args:
        network: the network.
        library: the kernel's build.
        precision: of the products with states: float32, bfloat16 or int8.
        threads: calls that may run at once.
        table_memory: MiB that the vocabulary's tables may take.

    Raises:
        BundleError: the tensors do not fit the network.
    """

    texts = 32  # more texts gain nothing, and their states no longer fit the cache

    def __init__(
        self,
        network: StoredNetwork,
        library: Library,
        *,
        precision: str = "float32",
        threads: int = 1,
        table_memory: float = TABLE_MEMORY,
    ) -> None:
        spec = network.spec
        self.start_states, self.start_summary = network.start_states, network.start_summary
        self.layers, self.bidirectional = spec.layers, spec.bidirectional
        self.calls, self.precision = threads, precision
        self.net = build_net(
            spec,
            Tensors(network.weights),
            network.sizes,
            network.scores,
            library=library,
            precision=precision,
            memory=table_memory,
        )
        self._check_start()

    def run(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array, summary: Array
    ) -> tuple[Array, Array, Array]:
        """See `Backend.run`."""
        return self.net.read(ids, lengths, states, summary)

    def values(self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array) -> tuple[Array, Array]:
        """See `ReadsValues.values`; all texts are equally long."""
        return self.net.values(ids, lengths, states)

    def vectors(self, summaries: Array) -> Array:
        """See `ReadsValues.vectors`."""
        return self.net.parts.pooling.finish(summaries)

    def _check_start(self) -> None:
        parts = self.net.parts
        rows, state_dim = self.layers * (2 if self.bidirectional else 1), parts.layers[0].directions[0].state_dim
        given = {"states": self.start_states.shape, "summary": self.start_summary.shape}
        expected = {"states": (rows, state_dim), "summary": (parts.pooling.summary_dim,)}
        for name, shape in expected.items():
            if given[name] != shape:
                raise BundleError(f"the {name} to start from are {given[name]}; the model settings say {shape}")
