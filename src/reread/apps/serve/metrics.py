"""What Prometheus reads of a server."""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # which prometheus_client reads when it is imported
TOKENS = (8, 32, 128, 512, 2048, 8192, 32768, 131_072)


class Metrics:
    """The figures of one process, or of those of one server.

    Args:
        wait: predicted seconds until a request that comes now has its turn.
    """

    def __init__(self, wait: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "reread_serve_requests",
            "Requests for answers, by the status of the reply.",
            ["status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "reread_serve_seconds", "From a request's head to its reply.", buckets=SECONDS, registry=self.registry
        )
        self.held = Gauge(
            "reread_serve_held",
            "Requests that wait or are answered.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.hung_up = Counter("reread_serve_hung_up", "Requests left out: the client is gone.", registry=self.registry)
        self.replaced = Counter("reread_serve_replaced", "Models that took another's place.", registry=self.registry)
        self.batch_tokens = Histogram(
            "reread_serve_batch_tokens", "About the tokens of a batch.", buckets=TOKENS, registry=self.registry
        )
        self.batch_seconds = Histogram(
            "reread_serve_batch_seconds", "What a batch took.", buckets=SECONDS, registry=self.registry
        )
        self.wait = Gauge(
            "reread_serve_wait_seconds", "The predicted wait.", registry=self.registry, multiprocess_mode="livemax"
        )
        self._wait = wait

    def batch(self, tokens: int, seconds: float) -> None:
        """A batch is done."""
        self.batch_tokens.observe(tokens)
        self.batch_seconds.observe(seconds)
        self.wait.set(self._wait())

    def page(self) -> bytes:
        """All of them as Prometheus reads them: sums over the processes of a server, and the longest wait."""
        self.wait.set(self._wait())
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def share_in(folder: str) -> None:
    """Let the processes that are started from now on put their figures into a folder."""
    os.environ[SHARED] = folder


def forget(process: int) -> None:
    """What a process that has ended holds is no more; what it counted stays."""
    mark_process_dead(process)  # type: ignore[no-untyped-call]
