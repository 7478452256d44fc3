"""What Prometheus reads of a stream."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from reread.apps.stream.answering import Batch
from reread.apps.stream.brokers import Delivery
from reread.errors import ConfigError

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)


class Metrics:
    """The figures of one consumer."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "reread_stream_messages", "Messages that are done.", ["outcome"], registry=self.registry
        )
        self.lost = Counter(
            "reread_stream_broker_lost", "Batches whose broker was lost before they were done.", registry=self.registry
        )
        self.waiting = Gauge(
            "reread_stream_waiting", "Messages that the group has not acknowledged.", registry=self.registry
        )
        self.apart = Counter(
            "reread_stream_disagreements", "Answers that the shadow does not agree with.", registry=self.registry
        )
        self.models = Counter("reread_stream_models", "New models that were taken.", registry=self.registry)
        self.batch = Histogram(
            "reread_stream_batch_seconds",
            "From a batch's arrival here to its acknowledgement.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.latency = Histogram(
            "reread_stream_latency_seconds",
            "From a message's publication, by the broker's clock, to its answer's.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        for outcome in ("answered", "dead"):
            self.messages.labels(outcome)

    def add(self, deliveries: Sequence[Delivery], batch: Batch, seconds: float) -> None:
        """A batch is done."""
        self.messages.labels("answered").inc(batch.answered)
        self.messages.labels("dead").inc(batch.dead)
        self.apart.inc(batch.apart)
        self.batch.observe(seconds)
        now = time.time()
        for each in deliveries:
            if each.sent:
                self.latency.observe(max(0.0, now - each.sent))

    def serve(self, host: str, port: int) -> None:
        """Answer ``/metrics``.

        Raises:
            ConfigError: the address cannot be used.
        """
        try:
            start_http_server(port, host, self.registry)
        except OSError as error:
            raise ConfigError(f"{host}:{port} cannot be used for metrics: {error.strerror}") from error
