"""A graph of operators → the bytes of an ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from reread.errors import ExportError, MissingExtraError
from reread.nn.graph import OPSET, Graph, Value

IR_VERSION = 10  # of the file's form: the first that came with all of OPSET, so that older runtimes read it too
LARGEST = (1 << 31) - (1 << 20)  # bytes: protobuf writes no larger message


@dataclass(frozen=True)
class Port:
    """An input or an output of a file.

    Attributes:
        name: as ONNX Runtime is asked for it.
        kind: the type of its numbers, as NumPy calls it.
        shape: its lengths; what has a name is free.
    """

    name: str
    kind: str
    shape: tuple[str | int, ...]


def encode(
    graph: Graph,
    inputs: Sequence[Port],
    outputs: Mapping[Port, Value],
    facts: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A graph as an ONNX file.

    Args:
        graph: the operators and their constants.
        inputs: what it reads, by the names of its values.
        outputs: what it gives, and the values that give it.
        facts: texts by name that are kept in the file.

    Raises:
        MissingExtraError: onnx is not installed.
        ExportError: it is larger than an ONNX file can be.
    """
    size = sum(array.nbytes for array in graph.constants.values())
    if size > LARGEST:
        raise ExportError(f"the model has {size / 2**30:.1f} GiB of numbers; an ONNX file holds at most 2 GiB")
    try:
        from onnx import helper, numpy_helper  # noqa: PLC0415  # only an export needs it
    except ModuleNotFoundError as error:
        raise MissingExtraError("exporting to ONNX", "train") from error
    nodes = [
        helper.make_node(each.operator, each.inputs, each.outputs, name=each.outputs[0], **each.attributes)
        for each in graph.nodes
    ]
    nodes += [helper.make_node("Identity", [value], [port.name]) for port, value in outputs.items()]

    def described(port: Port) -> Any:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(port.kind))
        return helper.make_tensor_value_info(port.name, kind, port.shape)

    constants = [numpy_helper.from_array(array, name) for name, array in graph.constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "reread", [*map(described, inputs)], [*map(described, outputs)], constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="reread",
    )
    if facts:
        helper.set_model_props(model, dict(facts))
    content: bytes = model.SerializeToString(deterministic=True)
    return content
