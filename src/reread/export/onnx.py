"""TextNet → ONNX bytes, float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ExportError, MissingExtraError
from reread.nn.graph import OPSET, Graph, Value
from reread.nn.model import TextNet
from reread.scoring.backends.onnx import INPUTS, OUTPUTS, OnnxBackend
from reread.scoring.backends.torch import TorchBackend

TOLERANCE = 1e-4  # largest relative difference of a score that passes the check
IR_VERSION = 10  # of the file's form: the first that came with all of OPSET, so that older runtimes read it too


def export_onnx(net: TextNet) -> bytes:
    """Export the network and check that ONNX Runtime gives its scores.

    Batch and time stay free. Each recurrence becomes one ONNX operator.

    Raises:
        MissingExtraError: onnx is not installed.
        ExportError: a part of the network has no ONNX export, or the exported network does not answer like the
            original.
    """
    net.eval().cpu()
    model = encode(*network_graph(net), net)
    _check(net, model)
    return model


def network_graph(net: TextNet) -> tuple[Graph, tuple[Value, ...]]:
    """The network's computation, and its results.

    Raises:
        ExportError: a part of the network has no ONNX export.
    """
    graph = Graph()
    return graph, net.export(graph, *map(Value, INPUTS))


def encode(graph: Graph, results: tuple[Value, ...], net: TextNet) -> bytes:
    """A network's computation as an ONNX file.

    Raises:
        MissingExtraError: onnx is not installed.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415  # only an export needs it
    except ModuleNotFoundError as error:
        raise MissingExtraError("exporting to ONNX", "train") from error
    nodes = [
        helper.make_node(each.operator, each.inputs, each.outputs, name=each.outputs[0], **each.attributes)
        for each in graph.nodes
    ]
    nodes += [helper.make_node("Identity", [value], [name]) for value, name in zip(results, OUTPUTS, strict=True)]
    shapes, kinds = _shapes(net), {"ids": TensorProto.INT64, "lengths": TensorProto.INT64}
    inputs, outputs = (
        [helper.make_tensor_value_info(name, kinds.get(name, TensorProto.FLOAT), shapes[name]) for name in names]
        for names in (INPUTS, OUTPUTS)
    )
    constants = [numpy_helper.from_array(array, name) for name, array in graph.constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "reread", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="reread",
    )
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _shapes(net: TextNet) -> dict[str, list[Any]]:
    """The shapes of inputs and outputs; what has a name is free."""
    rows, size = net.start_states().shape
    states, summary = [rows, "batch", size], ["batch", len(net.start_summary())]
    return {
        "ids": ["batch", "time", len(net.embedding.sizes)],
        "lengths": ["batch"],
        "states": states,
        "summary": summary,
        "scores": ["batch", net.head.out_dim],
        "states_after": states,
        "summary_after": summary,
    }


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
