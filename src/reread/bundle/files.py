"""The files of a model folder, checked against their checksums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reread.bundle.config import FORMAT_VERSION
from reread.errors import NotABundleError
from reread.files import CONFIG, REPORT, SUMS
from reread.folders import FolderFormat, checksum, read_sums
from reread.pretrained import FILE as PRETRAINED

FORMAT = FolderFormat(kind="model", config=CONFIG, newest=FORMAT_VERSION, made_by="train")
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
    return FORMAT.read(path, [*FILES, SEEN] if (path / SEEN).is_file() else FILES)


def model_checksum(path: str | Path) -> str:
    """One checksum of all files that a model folder needs to answer, as written."""
    sums = read_sums(Path(path))
    return checksum("".join(sums.get(name, "") for name in FILES).encode())


def changed_prose(path: Path) -> Sequence[str]:
    """The changes of a model folder's prose since it was written, such as "README.md was changed"."""
    sums = read_sums(path)
    states = {name: _state(path / name, sums[name]) for name in PROSE if name in sums}
    return [f"{name} {state}" for name, state in states.items() if state]


def _state(file: Path, expected: str) -> str:
    if not file.is_file():
        return "is missing"
    return "" if checksum(file.read_bytes()) == expected else "was changed"
