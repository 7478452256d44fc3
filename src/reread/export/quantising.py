"""float32 → int8."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

PRECISIONS = EXACT, INT8 = ("float32", "int8")
STEPS = 127  # of a column's largest number, in whole numbers


def columns_as_int8(numbers: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers (rows, columns), and what each column of them is multiplied with, (columns,)."""
    scale = np.maximum(np.abs(numbers).max(axis=0, initial=0), np.finfo(np.float32).tiny) / np.float32(STEPS)
    return np.rint(numbers / scale).astype(np.int8), scale.astype(np.float32)


def quantise(content: bytes) -> bytes:
    """An ONNX file with the constants of matrix products, LSTM layers and word vectors in int8.

    Inputs of the products are quantised as they come ("dynamic quantization" of ONNX Runtime). Recurrences other than
    the LSTM stay as they are, but for the products that are operators of their own.
    """
    import onnx  # noqa: PLC0415  # only an export needs it
    from onnxruntime.quantization import quantize_dynamic  # noqa: PLC0415
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata  # noqa: PLC0415

    import reread.onnx_runtime  # noqa: F401, PLC0415  # without its telemetry

    exact = onnx.load_from_string(content)
    facts = {each.key: each.value for each in exact.metadata_props}
    add_pre_process_metadata(exact)  # else ONNX Runtime warns, and sets up logging for the whole process
    with TemporaryDirectory() as folder:
        target = Path(folder) / "int8.onnx"
        quantize_dynamic(exact, target, per_channel=True)
        model: Any = onnx.load(target)
    onnx.helper.set_model_props(model, facts)
    model.producer_name, model.producer_version = exact.producer_name, exact.producer_version
    smaller: bytes = model.SerializeToString(deterministic=True)
    return smaller
