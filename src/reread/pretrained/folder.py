"""Writing a pretrained folder, wholly or not at all, and reading it, checked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from reread.errors import BundleError, ConfigError, DataError, NotABundleError
from reread.files import SUMS, new_folder, refuse_model_folder
from reread.pretrained.config import FILE, FORMAT_VERSION, PretrainedConfig
from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary

VOCABULARY, WEIGHTS = "vocabulary.json", "pretrained.safetensors"
FILES = (FILE, VOCABULARY, WEIGHTS)
TABLE = "embedding.tables.{}.weight"
"""The name of a feature's table of vectors among the weights."""
SIZES = ("hidden", "embedding_dim")
"""Settings of a network that starts from a folder which are taken from there."""
STRANGE = (LookupError, TypeError, ValueError, AttributeError, RecursionError, SafetensorError)
"""The errors of Python and the libraries at content of an unexpected form."""


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """What a pretrained folder holds.

    Attributes:
        config: how it was made.
        encoder: text → ids, with the vocabularies of the texts.
        counts: how often each token occurs there, the unknown one first; (tokens,) for each feature.
        weights: by the names that they have in a network.
    """

    config: PretrainedConfig
    encoder: TextEncoder
    counts: Sequence[NDArray[np.int64]]
    weights: Mapping[str, NDArray[np.float32]]

    @property
    def vocabularies(self) -> tuple[Vocabulary, ...]:
        """The known tokens of each feature."""
        return self.encoder.vocabularies


def sized_for(tables: Mapping[str, Any], pretrained: Pretrained) -> dict[str, Any]:
    """The user's tables of settings for a network of the folder's sizes; a size that the user set stays."""
    spec = pretrained.config.spec()
    return {**tables, "model": {**{name: getattr(spec, name) for name in SIZES}, **tables.get("model", {})}}


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse to replace anything but a pretrained folder, or one without permission.

    Raises:
        ConfigError: the path exists and ``overwrite`` is off, or it is no pretrained folder.
    """
    if not path.exists():
        return
    if not overwrite:
        raise ConfigError(f"{path} exists; choose another folder or pass overwrite=True")
    if not path.is_dir() or (any(path.iterdir()) and not _is_pretrained(path)):
        raise ConfigError(f"{path} is not a pretrained folder; overwrite=True replaces pretrained folders only")


def save_pretrained(pretrained: Pretrained, path: Path, *, overwrite: bool = False) -> None:
    """Write a folder: wholly, or not at all.

    Raises:
        ConfigError: something is there already and ``overwrite`` is off, or it would be inside a model folder.
        BundleError: the disk is full or the folder cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    refuse_model_folder(path)
    place = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with new_folder(place) as folder:
            for name, content in _contents(pretrained).items():
                with (folder / name).open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror or error}") from error


def read_pretrained(path: str | Path) -> Pretrained:
    """Read a folder.

    Raises:
        NotABundleError: the path holds no pretrained folder.
        BundleError: a file is missing or was changed, or a newer reread wrote the folder.
    """
    path = Path(path)
    if not path.exists():
        raise NotABundleError(f"{path} does not exist; expected a folder of reread pretrain")
    if not _is_pretrained(path):
        raise NotABundleError(f"{path} is not a folder of reread pretrain: it has no {FILE}")
    sums = _sums(path)
    content = {name: _checked(path, name, sums) for name in FILES}
    try:
        _refuse_newer(path, json.loads(content[FILE]))
        config = PretrainedConfig.from_json(content[FILE])
        features: list[dict[str, Any]] = json.loads(content[VOCABULARY])
        encoder = TextEncoder.from_config(config.text, [Vocabulary(each["tokens"]) for each in features])
        counts = [np.array(each["counts"], dtype=np.int64) for each in features]
        pretrained = Pretrained(config=config, encoder=encoder, counts=counts, weights=load_tensors(content[WEIGHTS]))
        _check_sizes(pretrained)
    except (ConfigError, DataError) as error:
        raise BundleError(f"{path} cannot be read as a pretrained folder: {error}") from error
    except STRANGE as error:
        raise BundleError(f"{path} cannot be read as a pretrained folder: {type(error).__name__} {error}") from error
    return pretrained


def _contents(pretrained: Pretrained) -> dict[str, bytes]:
    features = [
        {"tokens": vocabulary.tokens, "counts": counts.tolist()}
        for vocabulary, counts in zip(pretrained.vocabularies, pretrained.counts, strict=True)
    ]
    words = json.dumps(features, ensure_ascii=False) + "\n"
    files = {
        FILE: pretrained.config.to_json().encode("utf-8", "backslashreplace"),
        VOCABULARY: words.encode("utf-8", "backslashreplace"),  # half of a surrogate pair becomes its JSON escape
        WEIGHTS: save_tensors({name: np.ascontiguousarray(array) for name, array in pretrained.weights.items()}),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, SUMS: sums.encode()}


def _is_pretrained(path: Path) -> bool:
    """Whether a folder looks like a pretrained one; its files are not read."""
    return (path / FILE).is_file() and (path / SUMS).is_file()


def _sums(path: Path) -> dict[str, str]:
    """The checksum of each file when it was written."""
    lines = (path / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}


def _checked(path: Path, name: str, sums: Mapping[str, str]) -> bytes:
    if not (path / name).is_file():
        raise BundleError(f"{path / name} is missing: the folder is incomplete; pretrain or copy it again")
    content = (path / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sums.get(name):
        raise BundleError(
            f"{path / name} differs from its checksum: it is incomplete or was changed; pretrain or copy it again"
        )
    return content


def _refuse_newer(path: Path, config: Any) -> None:
    version = config["format_version"]
    if type(version) is not int or version < 1:
        raise ConfigError(f"{FILE} names no format version")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{path} has format version {version}; this reread reads up to {FORMAT_VERSION}: upgrade reread"
        )


def _check_sizes(pretrained: Pretrained) -> None:
    """Refuse parts that do not fit together.

    Raises:
        DataError: a table of vectors, or a list of counts, has another length than its vocabulary.
    """
    dim = pretrained.config.spec().embedding_dim
    for k, (vocabulary, counts) in enumerate(zip(pretrained.vocabularies, pretrained.counts, strict=True)):
        shape = pretrained.weights[TABLE.format(k)].shape
        if shape != (len(vocabulary), dim) or len(counts) != len(vocabulary):
            raise DataError(
                f"{VOCABULARY} has {len(vocabulary):,} tokens and {len(counts):,} counts, the vectors are {shape}"
            )
