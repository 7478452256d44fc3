"""The model folder: everything an answer needs, in files that can be read and can never run code.

config.json           what made the model, format version first
vocabulary.json       the tokens of each feature, in the order of their ids
weights.safetensors   the network, and the states before the first word
model.onnx            the network as ONNX Runtime runs it
baseline.json         the linear baseline's n-grams
baseline.safetensors  its numbers
metrics.json          validation figures of both, and the curve
run.toml              the command's options: `reread train DATA --config run.toml` repeats it; and what the machine chose for it
README.md             the model card
SHA256SUMS            the checksum of every other file
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from reread.errors import BundleError, ConfigError, DataError, NotABundleError
from reread.recipes.fitting import Bound, Count, Limit, Threads, fit_table, fit_value
from reread.recipes.spec import ModelSpec, spec_from
from reread.replacing import new_folder
from reread.scoring.backends.choose import AUTO, EXACT, choose_library, open_backend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.precision import LIMIT, check_statement
from reread.scoring.scorer import Scorer
from reread.tasks import task_from_config
from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary

FORMAT_VERSION = 1
SUMS = "SHA256SUMS"
START = "start."  # prefix of the tensors that are the states before the first word, not weights
FILES = ("config.json", "vocabulary.json", "weights.safetensors", "model.onnx", "baseline.json", "baseline.safetensors",
         "metrics.json", "run.toml", "README.md")  # fmt: skip
FILLED = Bound("with at least one entry", bool)
CONFIG: Mapping[str, Any] = {  # what is read of config.json, and what it must be
    "data": Mapping[str, Any],
    "label_separator": str | None,
    "max_tokens": Count | None,
    "model": Mapping[str, Any],
    "targets": Annotated[Mapping[str, Any], FILLED],
    "task": Mapping[str, Any],
    "text": Mapping[str, Any],
    "window": Count,
}
DATA: Mapping[str, Any] = {"columns": Annotated[tuple[str, ...], FILLED]}
MODEL: Mapping[str, Any] = {"layers": Count}
TARGET: Mapping[str, Any] = {"task": str, "column": str}
BLEND: Mapping[str, Any] = {"network": float, "baseline": float}  # weights, where the folder answers with both
STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, SafetensorError)
"""What content of another shape than expected makes Python and the libraries raise."""
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Artefacts:
    """What a model folder is made of, finished: this module only writes it down."""

    config: Mapping[str, Any]
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


def save(artefacts: Artefacts, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a model folder: wholly, or not at all.

    Raises:
        ConfigError: something is there already and ``overwrite`` is off.
        BundleError: the disk is full or the folder cannot be written.
    """
    path = Path(path)
    refuse_existing(path, overwrite=overwrite)
    place = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with new_folder(place) as folder:
            for name, content in _contents(artefacts).items():
                _write(folder / name, content)
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror or error}") from error


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse to write over what is no model folder, or over a model folder without permission.

    Raises:
        ConfigError: as said.
    """
    if not path.exists():
        return
    if not overwrite:
        raise ConfigError(f"{path} exists; choose another folder with -o or say --overwrite")
    if not path.is_dir() or (any(path.iterdir()) and not _is_model(path)):
        raise ConfigError(f"{path} is no model folder; --overwrite replaces model folders only")


def _is_model(folder: Path) -> bool:
    """Whether this module wrote the folder: other programs have a config.json too."""
    config, sums = folder / "config.json", folder / SUMS
    return sums.is_file() and config.is_file() and _version(config.read_bytes()) in range(1, FORMAT_VERSION + 1)


def _contents(artefacts: Artefacts) -> dict[str, bytes]:
    start = {f"{START}states": artefacts.start_states, f"{START}summary": artefacts.start_summary}
    files = {
        "config.json": _json({"format_version": FORMAT_VERSION, **artefacts.config}),
        "vocabulary.json": _json([list(vocabulary.tokens) for vocabulary in artefacts.vocabularies], indent=None),
        "weights.safetensors": save_tensors({**artefacts.weights, **start}),
        "model.onnx": artefacts.onnx,
        "baseline.json": _json(artefacts.baseline, indent=None),
        "baseline.safetensors": save_tensors(dict(artefacts.baseline_arrays)),
        "metrics.json": _json(artefacts.metrics),
        "run.toml": _bytes(tomli_w.dumps(dict(artefacts.run))),
        "README.md": _bytes(artefacts.card),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, SUMS: sums.encode()}


def _json(value: Any, indent: int | None = 2) -> bytes:
    return _bytes(json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False) + "\n")


def _bytes(text: str) -> bytes:
    """A file's content; half of a surrogate pair, which UTF-8 cannot hold, becomes the escape by which JSON holds it."""
    return text.encode("utf-8", "backslashreplace")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_files(path: str | Path) -> dict[str, bytes]:
    """The files of a model folder, checked against their checksums.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: a file is missing, changed, or the folder is from a newer reread.
    """
    path = Path(path)
    if not path.exists():
        raise NotABundleError(f"{path} does not exist; expected a model folder")
    if not path.is_dir():
        raise NotABundleError(f"{path} is a file; expected a model folder")
    if not (path / "config.json").is_file() and not (path / SUMS).is_file():
        raise NotABundleError(f"{path} is no model folder: it has no config.json")
    if not (path / SUMS).is_file():
        raise BundleError(f"{path / SUMS} is missing: the folder is torn; train or copy it again")
    lines = (path / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    sums = {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}
    _refuse_newer(path, _checked(path, "config.json", sums))
    return {name: _checked(path, name, sums) for name in FILES}


def _checked(path: Path, name: str, sums: Mapping[str, str]) -> bytes:
    """What a file of the folder holds."""
    if not (path / name).is_file():
        raise BundleError(f"{path / name} is missing: the folder is torn; train or copy it again")
    content = (path / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sums.get(name):
        raise BundleError(f"{path / name} differs from its checksum: it is torn or was changed; train or copy it again")
    return content


def _refuse_newer(path: Path, config: bytes) -> None:
    """A folder of the future may lack files that this version expects: its version is looked at first."""
    version = _version(config)
    if version is None:
        raise BundleError(f"{path / 'config.json'} names no format version; expected the config of a model folder")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{path} has format version {version}; this reread reads up to {FORMAT_VERSION}: upgrade reread"
        )


def _version(config: bytes) -> int | None:
    try:
        version = json.loads(config)["format_version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return version if type(version) is int else None


@dataclass(frozen=True)
class Bundle:
    """A model folder that was read: its facts and what answers."""

    path: Path
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    scorer: Scorer
    files: Mapping[str, bytes]

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's tensors by name."""
        tensors = load_tensors(self.files["weights.safetensors"])
        return {name: tensor for name, tensor in tensors.items() if not name.startswith(START)}


def read_bundle(
    path: str | Path,
    *,
    threads: int | None = None,
    backend: str = AUTO,
    precision: str = EXACT,
    limit: float = LIMIT,
) -> Bundle:
    """Read a model folder.

    Args:
        path: the folder.
        threads: threads of the network's arithmetic; none: one for each core.
        backend: what runs the network: kernel, onnx, or auto, the compiled kernel where it can.
        precision: of the products: float32, or where the kernel runs bfloat16 or int8.
        limit: what a lower precision may cost by the folder's own statement, see `check_statement`.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: it is torn, changed, or from a newer reread.
        ConfigError: a number of threads, a backend or a precision that cannot be, or whose cost is above the limit or not stated.
    """
    threads = fit_value(Threads | None, threads, "threads")
    limit = fit_value(Limit, limit, "limit")
    files = read_files(path)
    with _strange_content(path):
        config, metrics = _read_config(files["config.json"]), json.loads(files["metrics.json"])
        if not isinstance(metrics, dict):
            raise BundleError("metrics.json holds no object")
        encoder, task = _read_encoder(config, files), task_from_config(config["task"])
        network = _read_network(config, files, [len(vocabulary) for vocabulary in encoder.vocabularies], task.size)
    library = choose_library(network.spec, backend, precision)
    if precision != EXACT:
        check_statement(metrics.get("precision"), precision, limit)
    with _strange_content(path):
        runs = open_backend(network, files["model.onnx"], library, precision=precision, threads=threads)
        scorer = Scorer(
            encoder, task, runs,
            window=config["window"], max_tokens=config["max_tokens"], residuals=metrics.get("residuals", ()),
        )  # fmt: skip
        last_word = np.array([[len(vocabulary) - 1 for vocabulary in encoder.vocabularies]], dtype=np.int32)
        scorer.score_ids([last_word])  # parts that do not fit each other are told now, not at the first text
    return Bundle(Path(path), config, metrics, scorer, files)


@contextmanager
def _strange_content(path: str | Path) -> Iterator[None]:
    """Say of whatever is wrong with what the files say that the folder cannot be read."""
    try:
        yield
    except (BundleError, ConfigError, DataError) as error:
        raise BundleError(f"{path} cannot be read as a model folder: {error}") from error
    except STRANGE as error:
        raise BundleError(f"{path} cannot be read as a model folder: {type(error).__name__} {error}") from error


def _read_config(content: bytes) -> dict[str, Any]:
    """What config.json says, checked where something is made of it.

    Raises:
        ConfigError: a value is missing or of the wrong type.
    """
    config = fit_table(json.loads(content), CONFIG, "config.json")
    data = fit_table(config["data"], DATA, "config.json: data")
    model = fit_table(config["model"], MODEL, "config.json: model")
    targets = {
        name: fit_table(target, TARGET, f"config.json: targets: {name}") for name, target in config["targets"].items()
    }
    blend = config.get("blend")  # a folder of before there were blends lacks it
    blend = None if blend is None else fit_table(blend, BLEND, "config.json: blend")
    return {**config, "data": data, "model": model, "targets": targets, "blend": blend}


def _read_encoder(config: Mapping[str, Any], files: Mapping[str, bytes]) -> TextEncoder:
    vocabularies = tuple(Vocabulary(tokens) for tokens in json.loads(files["vocabulary.json"]))
    if not vocabularies:
        raise BundleError("vocabulary.json holds no vocabulary; expected one for each feature of a token")
    return TextEncoder.from_config(config["text"], vocabularies)


def _read_network(
    config: Mapping[str, Any], files: Mapping[str, bytes], sizes: Sequence[int], scores: int
) -> StoredNetwork:
    tensors = load_tensors(files["weights.safetensors"])
    weights = {name: tensor for name, tensor in tensors.items() if not name.startswith(START)}
    start_states, start_summary = tensors[f"{START}states"], tensors[f"{START}summary"]
    spec = spec_from(ModelSpec, config["model"], "model")
    return StoredNetwork(spec, weights, tuple(sizes), scores, start_states, start_summary)
