"""The exported network in ONNX Runtime."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.errors import BundleError
from reread.onnx_runtime import onnxruntime
from reread.scoring.backends import Array

_ERRORS = onnxruntime.capi.onnxruntime_pybind11_state
REFUSALS = (
    _ERRORS.Fail,
    _ERRORS.InvalidArgument,
    _ERRORS.InvalidGraph,
    _ERRORS.InvalidProtobuf,
    _ERRORS.NotImplemented,
    _ERRORS.RuntimeException,
)
INPUTS = ("ids", "lengths", "states", "summary")
OUTPUTS = ("scores", "states_after", "summary_after")


class OnnxBackend:
    """Runs the bytes of an exported network.

    One call at a time: ONNX Runtime has its own threads.

    Args:
        model: the ONNX file's bytes.
        start_states: (layers x directions, state_dim).
        start_summary: (summary_dim,).
        layers: recurrent layers.
        threads: threads of one call; None: ONNX Runtime decides.

    Raises:
        BundleError: the bytes are not a network, or the states do not fit the layers.
    """

    texts, calls, precision = 128, 1, "float32"

    def __init__(
        self, model: bytes, start_states: Array, start_summary: Array, *, layers: int, threads: int | None = None
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except REFUSALS as error:
            raise BundleError(f"model.onnx cannot be opened by ONNX Runtime: {str(error).splitlines()[0]}") from error
        if len(start_states) not in {layers, 2 * layers}:
            raise BundleError(
                f"there are {len(start_states)} states to start from; {layers} layers have {layers} or {2 * layers}"
            )
        self.start_states, self.start_summary, self.layers = start_states, start_summary, layers
        self.bidirectional = len(start_states) == 2 * layers

    def run(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array, summary: Array
    ) -> tuple[Array, Array, Array]:
        """See `Backend.run`.

        Raises:
            BundleError: ids, states or summaries do not fit the network.
        """
        feeds = dict(
            zip(INPUTS, (ids, lengths, np.ascontiguousarray(states), np.ascontiguousarray(summary)), strict=True)
        )
        try:
            scores, leaving, after = self._session.run(OUTPUTS, feeds)
        except REFUSALS as error:
            raise BundleError(f"model.onnx cannot be run by ONNX Runtime: {str(error).splitlines()[0]}") from error
        return scores, leaving, after
