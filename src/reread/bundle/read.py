"""A model folder → its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors

from reread.baseline.linear import LinearModel
from reread.baseline.stored import read_baseline
from reread.bundle.config import Config
from reread.bundle.files import FORMAT, SEEN, START, read_files
from reread.bundle.postprocessors import postprocessors_from_config
from reread.data.seen import SeenTexts
from reread.errors import BundleError, MissingPluginError
from reread.plugins import missing
from reread.recipes.fitting import Limit, Threads, fit_value
from reread.scoring.backends.choose import AUTO, EXACT, allowed_precisions, choose_library, open_backend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.precision import LIMIT
from reread.scoring.scorer import Scorer
from reread.tasks import task_from_config
from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary
from reread.wording import number_of


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A model folder that was read: its facts, and the parts that `reread.model.load` makes models of.

    Attributes:
        path: the folder.
        config: the content of config.json.
        metrics: the content of metrics.json.
        scorer: the network.
        files: the content of every file that is needed to answer.
        postprocessors: how each part that can answer reads its scores, by the names in `ANSWERS`.
    """

    path: Path
    config: Config
    metrics: Mapping[str, Any]
    scorer: Scorer
    files: Mapping[str, bytes]
    postprocessors: Mapping[str, AnyPostprocessor]

    @cached_property
    def baseline(self) -> LinearModel | None:
        """The linear member; None if none was trained.

        Raises:
            BundleError: it cannot be read, or its scores are not those of the task.
        """
        linear, scores = read_baseline(self.files), self.scorer.task.size
        if linear is not None and len(linear.intercept) != scores:
            raise BundleError(
                f"{self.path}: its linear member gives {number_of(len(linear.intercept), 'score')} a text, its task "
                f"has {scores}: train it again"
            )
        return linear

    @property
    def seen(self) -> SeenTexts | None:
        """Which texts the training has seen; None if the folder does not say.

        Raises:
            BundleError: the file cannot be read.
        """
        if SEEN not in self.files:
            return None
        with FORMAT.strange_content(self.path):
            seen = SeenTexts.from_arrays(load_tensors(self.files[SEEN]))
        if seen.scores is not None and seen.scores.shape[1] != self.scorer.task.size:
            raise BundleError(
                f"{self.path}: {SEEN} holds {number_of(seen.scores.shape[1], 'score')} a text, its task has "
                f"{self.scorer.task.size}: train it again"
            )
        return seen

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
        threads: threads for the network's arithmetic; None: one for each core.
        backend: what runs the network: kernel, onnx, or auto: the compiled kernel if it can, else ONNX Runtime.
        precision: of the matrix products: float32, or with the kernel bfloat16 or int8; auto: the fastest of those
            within the limit, by a short measurement.
        limit: how much a lower precision may cost according to the folder, see `check_statement`.

    Raises:
        NotABundleError: the path holds no model folder.
        MissingPluginError: it has parts of packages that are not installed.
        BundleError: it is incomplete, changed, or from a newer reread.
        ConfigError: an invalid number of threads, backend or precision, or a precision whose cost is above the limit or
            not stated.
    """
    threads = fit_value(Threads | None, threads, "threads")
    limit = fit_value(Limit, limit, "limit")
    files = read_files(path)
    _check_plugins(path, files["config.json"])
    with FORMAT.strange_content(path):
        config, metrics = Config.from_json(files["config.json"]), json.loads(files["metrics.json"])
        if not isinstance(metrics, dict):
            raise BundleError("metrics.json is not a JSON object")
        encoder, task = _read_encoder(config, files), task_from_config(config.task)
        postprocessors = postprocessors_from_config(config, metrics, task)
        network = _read_network(config, files, [len(vocabulary) for vocabulary in encoder.vocabularies], task.size)
    library = choose_library(network.spec, backend, precision)
    precisions = allowed_precisions(precision, metrics.get("precision"), limit)
    with FORMAT.strange_content(path):
        runs = open_backend(network, files["model.onnx"], library, precisions=precisions, threads=threads)
        scorer = Scorer(
            encoder,
            task,
            runs,
            window=config.window,
            max_tokens=config.max_tokens,
            network=network,
            threads=threads,
        )
        last_word = np.array([[len(vocabulary) - 1 for vocabulary in encoder.vocabularies]], dtype=np.int32)
        scorer.score_ids([last_word])  # parts that do not fit together fail now, not at the first text
    return Bundle(
        path=Path(path), config=config, metrics=metrics, scorer=scorer, files=files, postprocessors=postprocessors
    )


def _check_plugins(path: str | Path, config: bytes) -> None:
    """Refuse a folder with parts of packages that are not installed.

    Raises:
        BundleError: its config.json cannot be read.
        MissingPluginError: it has some.
    """
    with FORMAT.strange_content(path):
        absent = missing(json.loads(config).get("plugins", {}))
    if absent:
        raise MissingPluginError(f"{path} needs {' and '.join(absent)}: install it if you trust it, and try again")


def _read_encoder(config: Config, files: Mapping[str, bytes]) -> TextEncoder:
    vocabularies = tuple(Vocabulary(tokens) for tokens in json.loads(files["vocabulary.json"]))
    if not vocabularies:
        raise BundleError("vocabulary.json holds no vocabulary; expected one for each feature of a token")
    return TextEncoder.from_config(config.text, vocabularies)


def _read_network(config: Config, files: Mapping[str, bytes], sizes: Sequence[int], scores: int) -> StoredNetwork:
    tensors = load_tensors(files["weights.safetensors"])
    weights = {name: tensor for name, tensor in tensors.items() if not name.startswith(START)}
    start_states, start_summary = tensors[f"{START}states"], tensors[f"{START}summary"]
    return StoredNetwork(
        spec=config.spec(),
        weights=weights,
        sizes=tuple(sizes),
        scores=scores,
        start_states=start_states,
        start_summary=start_summary,
    )
