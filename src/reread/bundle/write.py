"""Writing a model folder: wholly, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from reread.bundle.config import FORMAT_VERSION, Config
from reread.bundle.files import CARD, SEEN, START, version_of
from reread.errors import BundleError, ConfigError
from reread.files import CONFIG, REPORT, SUMS, is_model_folder, new_folder, refuse_model_folder
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
    path = Path(path)
    refuse_existing(path, overwrite=overwrite)
    refuse_model_folder(path)
    place = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with new_folder(place) as folder:
            for name, content in _contents(artefacts).items():
                _write(folder / name, content)
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror or error}") from error


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse to replace anything but a model folder, or a model folder without permission.

    Raises:
        ConfigError: the path exists and ``overwrite`` is off, or it is not a model folder.
    """
    if not path.exists():
        return
    if not overwrite:
        raise ConfigError(f"{path} exists; choose another folder or pass overwrite=True")
    if not path.is_dir() or (any(path.iterdir()) and not _is_model(path)):
        raise ConfigError(f"{path} is not a model folder; overwrite=True replaces model folders only")


def _is_model(folder: Path) -> bool:
    """Whether this module wrote the folder: other programs have a config.json too."""
    return is_model_folder(folder) and version_of((folder / CONFIG).read_bytes()) in range(1, FORMAT_VERSION + 1)


def _contents(artefacts: Artefacts) -> dict[str, bytes]:
    start = {f"{START}states": artefacts.start_states, f"{START}summary": artefacts.start_summary}
    files = {
        CONFIG: _bytes(artefacts.config.to_json()),
        "vocabulary.json": _json([list(vocabulary.tokens) for vocabulary in artefacts.vocabularies], indent=None),
        "weights.safetensors": save_tensors({**artefacts.weights, **start}),
        "model.onnx": artefacts.onnx,
        "baseline.json": _json(artefacts.baseline, indent=None),
        "baseline.safetensors": save_tensors(dict(artefacts.baseline_arrays)),
        "metrics.json": _json(artefacts.metrics),
        "run.toml": _bytes(tomli_w.dumps(dict(artefacts.run))),
        CARD: _bytes(artefacts.card),
        **({SEEN: save_tensors(dict(artefacts.seen))} if artefacts.seen else {}),
        **({REPORT: _bytes(artefacts.report)} if artefacts.report else {}),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, SUMS: sums.encode()}


def _json(value: Any, indent: int | None = 2) -> bytes:
    return _bytes(json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False) + "\n")


def _bytes(text: str) -> bytes:
    """A file's content; half of a surrogate pair, which UTF-8 cannot encode, becomes its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
