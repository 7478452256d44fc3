"""TextNet → ONNX bytes, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.errors import ExportError
from reread.export.encoding import Port, encode
from reread.nn.graph import Graph, Value
from reread.nn.model import TextNet
from reread.scoring.backends.onnx import INPUTS, OUTPUTS, OnnxBackend
from reread.scoring.backends.torch import TorchBackend

TOLERANCE = 1e-4  # largest relative difference of a score that passes the check


def export_onnx(net: TextNet) -> bytes:
    """Export the network and check that ONNX Runtime gives its scores.

    Batch and time stay free. Each recurrence becomes one ONNX operator.

    Raises:
        MissingExtraError: onnx is not installed.
        ExportError: a part of the network has no ONNX export, or the exported network does not answer like the
            original.
    """
    net.eval().cpu()
    (graph, results), (inputs, outputs) = network_graph(net), _ports(net)
    model = encode(graph, inputs, dict(zip(outputs, results, strict=True)))
    _check(net, model)
    return model


def network_graph(net: TextNet) -> tuple[Graph, tuple[Value, ...]]:
    """The network's computation, and its results.

    Raises:
        ExportError: a part of the network has no ONNX export.
    """
    graph = Graph()
    return graph, net.export(graph, *map(Value, INPUTS))


def _ports(net: TextNet) -> tuple[list[Port], list[Port]]:
    """The inputs and the outputs of one window."""
    rows, size = net.start_states().shape
    states, summary = (rows, "batch", size), ("batch", len(net.start_summary()))
    shapes: tuple[tuple[str | int, ...], ...] = (
        ("batch", "time", len(net.embedding.sizes)),
        ("batch",),
        states,
        summary,
    )
    kinds = ("int64", "int64", "float32", "float32")
    results: tuple[tuple[str | int, ...], ...] = (("batch", net.head.out_dim), states, summary)
    return (
        [Port(*each) for each in zip(INPUTS, kinds, shapes, strict=True)],
        [Port(name, "float32", shape) for name, shape in zip(OUTPUTS, results, strict=True)],
    )


def _example(net: TextNet, batch: int, time: int) -> NDArray[np.int64]:
    random = np.random.default_rng(0)
    return np.stack([random.integers(0, size, (batch, time)) for size in net.embedding.sizes], axis=-1)


def _check(net: TextNet, model: bytes) -> None:
    original = TorchBackend(net)
    exported = OnnxBackend(model, original.start_states, original.start_summary, layers=original.layers, threads=1)
    for batch, time in ((1, 1), (4, 9), (2, 70)):
        lengths = np.arange(time, time - batch, -1)
        states = np.repeat(original.start_states[:, None], batch, axis=1)
        summary = np.repeat(original.start_summary[None], batch, axis=0)
        ids = _example(net, batch, time)
        expected = original.run(ids, lengths, states, summary)[0]
        scores = exported.run(ids, lengths, states, summary)[0]
        if not np.allclose(scores, expected, rtol=TOLERANCE, atol=TOLERANCE):
            raise ExportError(f"the ONNX network differs from its original by {np.abs(scores - expected).max():.2g}")
