"""The files of a model folder, checked against their checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from reread.bundle.config import FORMAT_VERSION
from reread.errors import BundleError, NotABundleError
from reread.files import CONFIG, REPORT, SUMS
from reread.pretrained import FILE as PRETRAINED

START = "start."  # prefix of the tensors that are the states before the first word, not weights
FILES = (
    CONFIG,
    "vocabulary.json",
    "weights.safetensors",
    "model.onnx",
    "baseline.json",
    "baseline.safetensors",
    "metrics.json",
    "run.toml",
)
SEEN = "seen.safetensors"  # older folders lack it
CARD = "README.md"
PROSE = (CARD, REPORT)
"""Files for people, which affect no answer. The report shows texts of the data and can be removed before sharing."""


def read_files(path: str | Path) -> dict[str, bytes]:
    """The files that a model folder needs to answer, and `SEEN` if present, checked against their checksums.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: a file is missing, changed, or the folder is from a newer reread.
    """
    path = Path(path)
    if not path.exists():
        raise NotABundleError(f"{path} does not exist; expected a model folder")
    if not path.is_dir():
        raise NotABundleError(f"{path} is a file; expected a model folder")
    if (path / PRETRAINED).is_file():
        raise NotABundleError(
            f"{path} is a folder of reread pretrain, which answers nothing: reread train starts from it"
        )
    if not (path / "config.json").is_file() and not (path / SUMS).is_file():
        raise NotABundleError(f"{path} is not a model folder: it has no config.json")
    if not (path / SUMS).is_file():
        raise BundleError(f"{path / SUMS} is missing: the folder is incomplete; train or copy it again")
    sums = _sums(path)
    _refuse_newer(path, _checked(path, CONFIG, sums))
    present = [*FILES, SEEN] if (path / SEEN).is_file() else FILES
    return {name: _checked(path, name, sums) for name in present}


def model_checksum(path: str | Path) -> str:
    """One checksum of all files that a model folder needs to answer, as written."""
    sums = _sums(Path(path))
    return _checksum("".join(sums.get(name, "") for name in FILES).encode())


def changed_prose(path: Path) -> Sequence[str]:
    """The changes of a model folder's prose since it was written, such as "README.md was changed"."""
    sums = _sums(path)
    states = {name: _state(path / name, sums[name]) for name in PROSE if name in sums}
    return [f"{name} {state}" for name, state in states.items() if state]


def _state(file: Path, checksum: str) -> str:
    if not file.is_file():
        return "is missing"
    return "" if _checksum(file.read_bytes()) == checksum else "was changed"


def _sums(path: Path) -> dict[str, str]:
    """The checksum of each file when it was written."""
    lines = (path / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _checked(path: Path, name: str, sums: Mapping[str, str]) -> bytes:
    """The content of a file of the folder."""
    if not (path / name).is_file():
        raise BundleError(f"{path / name} is missing: the folder is incomplete; train or copy it again")
    content = (path / name).read_bytes()
    if _checksum(content) != sums.get(name):
        raise BundleError(
            f"{path / name} differs from its checksum: it is incomplete or was changed; train or copy it again"
        )
    return content


def _refuse_newer(path: Path, config: bytes) -> None:
    """Refuse a folder of a newer format first: it may lack files that this version expects."""
    version = version_of(config)
    if version is None or version < 1:
        raise BundleError(f"{path / 'config.json'} names no format version; expected the config of a model folder")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{path} has format version {version}; this reread reads up to {FORMAT_VERSION}: upgrade reread"
        )


def version_of(config: bytes) -> int | None:
    """The format version that a config.json names."""
    try:
        version = json.loads(config)["format_version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return version if type(version) is int else None
