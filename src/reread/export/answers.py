"""What answers, a stack or one member → an ONNX file from ids and n-grams to the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reread.errors import ConfigError
from reread.export.calibrations import export_calibration
from reread.export.encoding import Port, encode
from reread.export.links import Link, link_of
from reread.export.quantising import EXACT, PRECISIONS, columns_as_int8, quantise
from reread.nn.graph import FLOAT, Graph, Value
from reread.registry import unknown_name
from reread.scoring.joint_postprocessor import AnyPostprocessor, JointPostprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.version import __version__

if TYPE_CHECKING:
    from reread.baseline.linear import LinearModel
    from reread.model.base import Model
    from reread.scoring.scorer import Scorer

SCORES = "scores"


class Part(NamedTuple):
    """One target of what answers.

    Attributes:
        prefix: of its outputs' names; empty if it is the only one.
        columns: of its scores.
        postprocessor: scores → answers.
        link: the same in ONNX.
    """

    prefix: str
    columns: slice
    postprocessor: Postprocessor
    link: Link

    def ports(self) -> tuple[Port, ...]:
        """Its outputs."""
        return tuple(Port(self.prefix + port.name, port.kind, port.shape) for port in self.link.ports())


def export_answers(model: Model, precision: str = EXACT) -> bytes:
    """The ONNX file of a model. `Model.onnx_inputs` gives its inputs.

    Args:
        model: what answers.
        precision: of the coefficients and the network's products: one of `PRECISIONS`.

    Raises:
        MissingExtraError: onnx is not installed.
        ConfigError: an unknown precision, or the model does not add the scores of its members.
        ExportError: a part of the model cannot be written as ONNX.
    """
    if precision not in PRECISIONS:
        raise unknown_name("precision of an export", precision, list(PRECISIONS))
    if not model.adds_scores:
        raise ConfigError(
            "a mean of the probabilities of a network and a linear member, with which early folders answer, is not "
            'written as ONNX; answer="linear" or answer="network" exports one of them'
        )
    graph, inputs, members = Graph(), list[Port](), list[Value]()
    if share := model.network_share():
        inputs += network_ports(model.network())
        members.append(_weighted(graph, export_network(graph, model.network()), share))
    if share := model.linear_share():
        inputs += LINEAR_PORTS
        members.append(_weighted(graph, export_linear(graph, model.linear_member(), precision), share))
    scores = members[0] if len(members) == 1 else graph.add("Add", *members)
    outputs = {Port(SCORES, "float32", ("batch", model.task.size)): scores}
    for part in parts(model.postprocessor):
        own = graph.add("Slice", scores, [part.columns.start], [part.columns.stop], [1]) if part.prefix else scores
        calibrated = export_calibration(graph, part.postprocessor.calibration, part.link, own)
        outputs |= zip(part.ports(), part.link.export(graph, calibrated), strict=True)
    content = encode(graph, inputs, outputs, _facts(model))
    return quantise(content) if precision != EXACT and model.network_share() else content


def output_names(model: Model) -> list[str]:
    """The outputs of a model's file.

    Raises:
        ExportError: its answers cannot be written as ONNX.
    """
    return [SCORES, *(port.name for part in parts(model.postprocessor) for port in part.ports())]


def parts(postprocessor: AnyPostprocessor) -> Iterator[Part]:
    """The targets of what answers.

    Raises:
        ExportError: the answers of one cannot be written as ONNX.
    """
    if not isinstance(postprocessor, JointPostprocessor):
        task = postprocessor.task
        yield Part("", slice(0, task.size), postprocessor, link_of(task))
        return
    for name, columns in postprocessor.task.slices().items():
        part = postprocessor.parts[name]
        yield Part(f"{name}.", columns, part, link_of(part.task))


LINEAR_PORTS = (
    Port("ngrams", "int64", ("batch", "ngrams")),
    Port("ngram_values", "float32", ("batch", "ngrams")),
)


def export_linear(graph: Graph, linear: LinearModel, precision: str = EXACT) -> Value:
    """Add the operators from a text's n-grams to the linear member's scores, (batch, scores)."""
    ngrams, values = (Value(port.name) for port in LINEAR_PORTS)
    coefficients = linear.weights if len(linear.weights) else np.zeros((1, len(linear.intercept)), np.float32)
    if precision == EXACT:
        sums = _weighted_sum(graph, graph.add("Gather", coefficients, ngrams, axis=0), values)
    else:
        weights, scale = columns_as_int8(coefficients)
        chosen = graph.add("Cast", graph.add("Gather", weights, ngrams, axis=0), to=FLOAT)
        sums = graph.add("Mul", _weighted_sum(graph, chosen, values), scale)
    return graph.add("Add", sums, linear.intercept)


def _weighted_sum(graph: Graph, rows: Value, weights: Value) -> Value:
    """The sum of rows (batch, count, size), each times its weight (batch, count), (batch, size)."""
    return graph.add("Squeeze", graph.add("MatMul", graph.add("Unsqueeze", weights, [1]), rows), [1])


def network_ports(scorer: Scorer) -> tuple[Port, ...]:
    """What a network reads."""
    return Port("ids", "int64", ("batch", "time", len(scorer.encoder.vocabularies))), Port(
        "lengths", "int64", ("batch",)
    )


def export_network(graph: Graph, scorer: Scorer) -> Value:
    """Add the operators from ids to the network's scores, (batch, scores): each text is read from start to end.

    Raises:
        ExportError: a part of the network cannot be written as ONNX.
    """
    net, (ids, lengths) = scorer.in_torch().net, (Value(port.name) for port in network_ports(scorer))
    states, summary = net.start_states(), net.start_summary()
    batch = graph.add("Shape", ids, start=0, end=1)
    rows, size = states.shape
    entering = graph.add("Expand", states.unsqueeze(1), graph.add("Concat", [rows], batch, [size], axis=0))
    before = graph.add("Expand", summary.unsqueeze(0), graph.add("Concat", batch, [len(summary)], axis=0))
    return net.export(graph, ids, lengths, entering, before)[0]


def _weighted(graph: Graph, scores: Value, share: float) -> Value:
    return scores if share == 1 else graph.add("Mul", scores, float(share))


def _facts(model: Model) -> dict[str, str]:
    """What a reader of the file alone wants to know."""
    return {"reread": __version__, "task": json.dumps(model.postprocessor.task.to_config(), ensure_ascii=False)}
