from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import checker, shape_inference
from onnxruntime.quantization import quantize_dynamic

import reread
from reread.export.onnx import export_onnx
from reread.nn.graph import OPSET
from support.net_properties import network


def test_an_exported_network_holds_no_path_of_the_machine_and_is_always_the_same() -> None:
    model = export_onnx(network(recurrence="rnn"))
    assert str(Path(reread.__file__).parent).encode() not in model
    assert export_onnx(network(recurrence="rnn")) == model


@pytest.mark.parametrize(
    "parts", [{"recurrence": "lstm"}, {"recurrence": "sru", "dense": (3,)}, {"pooling": "segment_max"}]
)
def test_every_shape_in_the_graph_is_right_and_none_can_be_left_behind(
    parts: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "float32.onnx"
    path.write_bytes(export_onnx(network(**parts)))
    model = onnx.load(path)
    checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    assert not {value.name for value in model.graph.value_info} & {weight.name for weight in model.graph.initializer}
    assert [(each.domain, each.version) for each in model.opset_import] == [("", OPSET)]
    quantize_dynamic(path, tmp_path / "int8.onnx")
    assert any("quantized" in weight.name for weight in onnx.load(tmp_path / "int8.onnx").graph.initializer)
