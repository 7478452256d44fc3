"""TextNet → ONNX bytes, float32."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from reread.errors import ExportError, MissingExtraError
from reread.nn.model import TextNet
from reread.scoring.backends.onnx import INPUTS, OUTPUTS, OnnxBackend
from reread.scoring.backends.torch import TorchBackend

TOLERANCE = 1e-4  # largest relative difference of a score that passes the check


def export_onnx(net: TextNet) -> bytes:
    """Export the network and check that ONNX Runtime gives its scores.

    Batch and time stay free. Each recurrence becomes one ONNX operator.

    Raises:
        MissingExtraError: onnx or onnxscript is not installed.
        ExportError: the exported network does not answer like its original.
    """
    try:
        import onnxscript  # noqa: F401, PLC0415  # torch's exporter needs it
    except ModuleNotFoundError as error:
        raise MissingExtraError("exporting to ONNX", "train") from error
    net.eval().cpu()
    ids, lengths = _example(net)
    states = net.start_states().detach().unsqueeze(1).expand(-1, len(ids), -1).contiguous()
    summary = net.start_summary().unsqueeze(0).expand(len(ids), -1).contiguous()
    batch, time = torch.export.Dim("batch"), torch.export.Dim("time")
    with _quiet():
        program = torch.onnx.export(
            net,
            (ids, lengths, states, summary),
            dynamo=True,
            dynamic_shapes=({0: batch, 1: time}, {0: batch}, {1: batch}, {0: batch}),
            input_names=INPUTS,
            output_names=OUTPUTS,
            verbose=False,
        )
    if program is None:
        raise ExportError("torch returned no ONNX program")
    model: bytes = _without_notes(program.model_proto).SerializeToString()
    _check(net, model)
    return model


def _without_notes(model: Any) -> Any:
    """The ONNX model without the exporter's notes, which hold paths of the machine that trained it.

    Nor are there shapes of weights beside the weights, which have them: what transposes a weight, as ONNX Runtime's quantisation does, leaves them behind.
    """
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    shapes = [value for value in graph.value_info if value.name not in weights]
    graph.ClearField("value_info")
    graph.value_info.extend(shapes)
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    return model


def _example(net: TextNet, batch: int = 3, time: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    random = np.random.default_rng(0)
    sizes = net.embedding.sizes
    ids = np.stack([random.integers(0, size, (batch, time)) for size in sizes], axis=-1)
    return torch.from_numpy(ids), torch.arange(time, time - batch, -1)


def _check(net: TextNet, model: bytes) -> None:
    original = TorchBackend(net)
    exported = OnnxBackend(model, original.start_states, original.start_summary, layers=original.layers, threads=1)
    for batch, time in ((1, 1), (4, 9), (2, 70)):
        ids, _ = _example(net, batch, time)
        lengths = np.arange(time, time - batch, -1)
        states = np.repeat(original.start_states[:, None], batch, axis=1)
        summary = np.repeat(original.start_summary[None], batch, axis=0)
        expected = original.run(ids.numpy(), lengths, states, summary)[0]
        scores = exported.run(ids.numpy(), lengths, states, summary)[0]
        if not np.allclose(scores, expected, rtol=TOLERANCE, atol=TOLERANCE):
            raise ExportError(f"the ONNX network differs from its original by {np.abs(scores - expected).max():.2g}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's notes about its own insides from the user; its errors are raised all the same."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
