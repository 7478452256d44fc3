"""A real Ray cluster on this machine's loopback: a head that answers nothing, and nodes that tests may kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # 127.0.0.1 is not taken for the machine's outer address
    "RAY_worker_niceness": "0",  # by default workers wait for all others, which busy cores have always
    "RAY_USAGE_STATS_ENABLED": "0",
}
NODE = {"node_ip_address": "127.0.0.1", "object_store_memory": 100 * 2**20}


@contextmanager
def ray_cluster(nodes: int = 2) -> Iterator[tuple[Any, list[Any]]]:
    """A cluster and its nodes, each with one core; all are gone at the end."""
    os.environ.update(ENVIRONMENT)
    from reread.lab.cluster import ray_  # noqa: PLC0415  # after the environment

    ray_()
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 0, "include_dashboard": False})
    try:
        yield cluster, [cluster.add_node(num_cpus=1, node_name=f"node-{k}", **NODE) for k in range(nodes)]
    finally:
        cluster.shutdown()
