"""A model folder → a model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from reread.bundle import LINEAR, NETWORK, STACK, Bundle, model_checksum, read_bundle
from reread.errors import BundleError, ConfigError, DataError
from reread.folders import STRANGE
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.blend import Blend
from reread.model.network import Network
from reread.model.stack import Stack
from reread.registry import unknown_name
from reread.scoring.backends.choose import AUTO, EXACT
from reread.scoring.precision import LIMIT
from reread.tasks.mixing import check_weights


def load(
    path: str | Path, *, threads: int | None = None, backend: str = AUTO, precision: str = EXACT, limit: float = LIMIT
) -> Model:
    """Open a model folder for answering; needs neither torch nor scikit-learn.

    Pickles and copies of the model hold the path and these options only: the folder must be there, with the same model,
    when they are unpickled.

    Args:
        path: the folder.
        threads: threads for the network's arithmetic; None: one for each core.
        backend: what runs the network: kernel, onnx, or auto: the compiled kernel if it can, else ONNX Runtime.
        precision: of the network's matrix products: float32; with the kernel also bfloat16 or int8, which are faster,
            and whose cost on the rows held out of training is stated in the folder; or auto: the fastest of these on
            this processor within the limit, as measured in some milliseconds. Answers then depend on the machine.
        limit: the largest share of answers that a precision may change on those rows, and of the headline metric that
            it may lose; 1: any, stated or not.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: it is incomplete, changed, or from a newer reread.
        ConfigError: an unknown backend or precision, one that this machine cannot run, or a precision whose cost is
            above the limit or not stated.
    """
    options = {"threads": threads, "backend": backend, "precision": precision, "limit": limit}
    return _opened(path, options)


def _opened(path: str | Path, options: Mapping[str, Any], checksum: str | None = None) -> Model:
    """The model of a folder, which remembers how to open it again.

    Raises:
        BundleError: the folder holds another model than that of the checksum; or for the reasons of `load`.
    """
    model = model_of(read_bundle(path, **options))
    current = model_checksum(path)
    if checksum not in {None, current}:
        raise BundleError(f"{path} holds another model than the one that was pickled; open it with reread.load")
    model.reopen = partial(_opened, os.path.abspath(path), options, current)  # noqa: PTH100  # a link stays one
    return model


def model_of(bundle: Bundle, part: str | None = None) -> Model:
    """The model of a folder, or one part of it alone.

    Args:
        bundle: the folder.
        part: "stack", "network" or "linear"; None: the model that answers by default.

    Raises:
        BundleError: its parts do not fit together.
        ConfigError: it has no such part.
    """
    models = models_of(bundle)
    if part is None:
        return next(iter(models.values()))
    if part not in models:
        what = "linear member" if part == LINEAR else part
        raise ConfigError(f"{bundle.path} holds no {what}: it was trained without one")
    return models[part]


def models_of(bundle: Bundle) -> dict[str, Model]:
    """All models of a folder by name; the one that answers by default comes first.

    Raises:
        BundleError: its parts do not fit together.
    """
    config, task, read = bundle.config, bundle.scorer.task, bundle.postprocessors
    models: dict[str, Model] = {NETWORK: Network(bundle.scorer, read[NETWORK])}
    linear = bundle.baseline
    if linear is None:
        if config.blend or config.members or config.offset or config.answers != NETWORK:
            raise BundleError(f"{bundle.path} answers with a linear member, but holds none: train it again")
        return models
    models[LINEAR] = Baseline(linear, task, read[LINEAR])
    try:
        if config.offset:
            models[NETWORK] = Stack(task, linear, bundle.scorer, share=1.0, offset=True, postprocessor=read[NETWORK])
        if config.members is not None:
            shares = check_weights([config.members[NETWORK], config.members[LINEAR]], 2)
            models[STACK] = Stack(
                task, linear, bundle.scorer, share=float(shares[0]), offset=config.offset, postprocessor=read[STACK]
            )
        elif config.blend is not None:
            models[STACK] = Blend(task, list(models.values()), config.blend.weights(), postprocessor=read[STACK])
        if config.answers not in models:
            raise unknown_name("answer", config.answers, list(models))
        first = models[config.answers]
        first.scores([""])  # parts that do not fit together fail now, not at the first text
    except (ConfigError, DataError, *STRANGE) as error:
        raise BundleError(f"{bundle.path}: its members cannot be put together: {error}") from error
    return {config.answers: first, **models}
