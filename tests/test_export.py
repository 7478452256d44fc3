from __future__ import annotations

from pathlib import Path

from net_properties import network

import reread
from reread.export.onnx import export_onnx


def test_an_exported_network_holds_no_path_of_the_machine() -> None:
    model = export_onnx(network(recurrence="rnn"))
    assert str(Path(reread.__file__).parent).encode() not in model
