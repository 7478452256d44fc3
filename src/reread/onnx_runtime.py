"""ONNX Runtime without its telemetry: from version 1.29 on it reports each session to its makers unless told not to.

All of reread imports it from here.
"""

from __future__ import annotations

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime  # it reads the variable

onnxruntime.disable_telemetry_events()  # where somebody else has imported it before

__all__ = ["onnxruntime"]
