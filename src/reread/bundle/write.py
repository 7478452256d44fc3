"""Writing a model folder: wholly, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from reread.bundle.config import Config
from reread.bundle.files import CARD, FORMAT, SEEN, START
from reread.files import CONFIG, REPORT
from reread.folders import as_utf8
from reread.text.vocabulary import Vocabulary

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Artefacts:
    """The finished content of a model folder; this module only writes it."""

    config: Config
    vocabularies: tuple[Vocabulary, ...]
    weights: Arrays
    start_states: NDArray[np.float32]
    start_summary: NDArray[np.float32]
    onnx: bytes
    baseline: Mapping[str, Any]
    baseline_arrays: Arrays
    metrics: Mapping[str, Any]
    run: Mapping[str, Any]
    card: str
    report: str = ""
    """Empty: none is written."""
    seen: Arrays = field(default_factory=dict)
    """Keys of the texts of the training; empty: none are written."""


def save(artefacts: Artefacts, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a model folder: wholly, or not at all.

    Raises:
        ConfigError: something is there already and ``overwrite`` is off, or it would be inside a model folder.
        BundleError: the disk is full or the folder cannot be written.
    """
    FORMAT.write(Path(path), _contents(artefacts), overwrite=overwrite)


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse to replace anything but a model folder, or a model folder without permission.

    Raises:
        ConfigError: the path exists and ``overwrite`` is off, or it is not a model folder.
    """
    FORMAT.refuse_existing(path, overwrite=overwrite)


def _contents(artefacts: Artefacts) -> dict[str, bytes]:
    start = {f"{START}states": artefacts.start_states, f"{START}summary": artefacts.start_summary}
    return {
        CONFIG: as_utf8(artefacts.config.to_json()),
        "vocabulary.json": _json([list(vocabulary.tokens) for vocabulary in artefacts.vocabularies], indent=None),
        "weights.safetensors": save_tensors({**artefacts.weights, **start}),
        "model.onnx": artefacts.onnx,
        "baseline.json": _json(artefacts.baseline, indent=None),
        "baseline.safetensors": save_tensors(dict(artefacts.baseline_arrays)),
        "metrics.json": _json(artefacts.metrics),
        "run.toml": as_utf8(tomli_w.dumps(dict(artefacts.run))),
        CARD: as_utf8(artefacts.card),
        **({SEEN: save_tensors(dict(artefacts.seen))} if artefacts.seen else {}),
        **({REPORT: as_utf8(artefacts.report)} if artefacts.report else {}),
    }


def _json(value: Any, indent: int | None = 2) -> bytes:
    return as_utf8(json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False) + "\n")
