"""Writing a pretrained folder, wholly or not at all, and reading it, checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from reread.errors import DataError, NotABundleError
from reread.folders import FolderFormat, as_utf8
from reread.pretrained.config import FILE, FORMAT_VERSION, PretrainedConfig
from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary

VOCABULARY, WEIGHTS = "vocabulary.json", "pretrained.safetensors"
FILES = (FILE, VOCABULARY, WEIGHTS)
FORMAT = FolderFormat(kind="pretrained", config=FILE, newest=FORMAT_VERSION, made_by="pretrain")
TABLE = "embedding.tables.{}.weight"
"""The name of a feature's table of vectors among the weights."""
SIZES = ("hidden", "embedding_dim")
"""Settings of a network that starts from a folder which are taken from there."""


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


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse to replace anything but a pretrained folder, or one without permission.

    Raises:
        ConfigError: the path exists and ``overwrite`` is off, or it is no pretrained folder.
    """
    FORMAT.refuse_existing(path, overwrite=overwrite)


def save_pretrained(pretrained: Pretrained, path: Path, *, overwrite: bool = False) -> None:
    """Write a folder: wholly, or not at all.

    Raises:
        ConfigError: something is there already and ``overwrite`` is off, or it would be inside a model folder.
        BundleError: the disk is full or the folder cannot be written.
    """
    FORMAT.write(path, _contents(pretrained), overwrite=overwrite)


def read_pretrained(path: str | Path) -> Pretrained:
    """Read a folder.

    Raises:
        NotABundleError: the path holds no pretrained folder.
        BundleError: a file is missing or was changed, or a newer reread wrote the folder.
    """
    path = Path(path)
    if not path.exists():
        raise NotABundleError(f"{path} does not exist; expected a folder of reread pretrain")
    if not (path / FILE).is_file():
        raise NotABundleError(f"{path} is not a folder of reread pretrain: it has no {FILE}")
    content = FORMAT.read(path, FILES)
    with FORMAT.strange_content(path):
        config = PretrainedConfig.from_json(content[FILE])
        features: list[dict[str, Any]] = json.loads(content[VOCABULARY])
        encoder = TextEncoder.from_config(config.text, [Vocabulary(each["tokens"]) for each in features])
        counts = [np.array(each["counts"], dtype=np.int64) for each in features]
        pretrained = Pretrained(config=config, encoder=encoder, counts=counts, weights=load_tensors(content[WEIGHTS]))
        _check_sizes(pretrained)
    return pretrained


def _contents(pretrained: Pretrained) -> dict[str, bytes]:
    features = [
        {"tokens": vocabulary.tokens, "counts": counts.tolist()}
        for vocabulary, counts in zip(pretrained.vocabularies, pretrained.counts, strict=True)
    ]
    return {
        FILE: as_utf8(pretrained.config.to_json()),
        VOCABULARY: as_utf8(json.dumps(features, ensure_ascii=False) + "\n"),
        WEIGHTS: save_tensors({name: np.ascontiguousarray(array) for name, array in pretrained.weights.items()}),
    }


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
