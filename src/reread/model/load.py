"""A model folder → what answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from reread.bundle import STRANGE, Bundle, model_checksum, read_bundle
from reread.errors import BundleError, ConfigError, DataError
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.blend import Blend
from reread.model.network import Network
from reread.scoring.backends.choose import AUTO, EXACT
from reread.scoring.precision import LIMIT


def load(
    path: str | Path, *, threads: int | None = None, backend: str = AUTO, precision: str = EXACT, limit: float = LIMIT
) -> Model:
    """Open a model folder for answering; needs neither torch nor scikit-learn.

    The model is pickled and copied by the path and these options: the folder must be there, with the same model, where it is unpickled.

    Args:
        path: the folder.
        threads: threads of the network's arithmetic; none: one for each core.
        backend: what runs the network: kernel, onnx, or auto, the compiled kernel where it can, else ONNX Runtime.
        precision: of the network's products: float32; or, where the kernel runs, bfloat16 or int8, which are faster and whose cost the
            folder states, measured on the rows held out of its training; or auto, the fastest on this processor of those within the
            limit, float32 among them, which a measurement of some milliseconds tells: answers then depend on the machine.
        limit: the share of answers that a precision may have changed there, and the share of the headline metric that it may have lost;
            1: whatever it costs, stated or not.

    Raises:
        NotABundleError: the path holds no model folder.
        BundleError: it is torn, changed, or from a newer reread.
        ConfigError: a backend or a precision that cannot be, or one that costs more than the limit or nothing is stated of.
    """
    options = {"threads": threads, "backend": backend, "precision": precision, "limit": limit}
    return _opened(path, options)


def _opened(path: str | Path, options: Mapping[str, Any], checksum: str | None = None) -> Model:
    """What a folder answers with, and how it is opened again.

    Raises:
        BundleError: the folder holds another model than that of the checksum; or as `load` has it.
    """
    model = model_of(read_bundle(path, **options))
    found = model_checksum(path)
    if checksum not in {None, found}:
        raise BundleError(f"{path} holds another model than the one that was pickled; open it with reread.load")
    model.reopen = partial(_opened, os.path.abspath(path), options, found)  # noqa: PTH100  # a link stays one
    return model


def model_of(bundle: Bundle, part: str | None = None) -> Model:
    """What a folder that was read answers with, or one part of it alone.

    Args:
        bundle: the folder.
        part: "blend", "network" or "baseline"; None: what answers.

    Raises:
        BundleError: its parts cannot be put together.
        ConfigError: it has no such part.
    """
    models = models_of(bundle)
    if part is None:
        return next(iter(models.values()))
    if part not in models:
        what = "linear baseline" if part == "baseline" else part
        raise ConfigError(f"{bundle.path} holds no {what}: it was trained without one")
    return models[part]


def models_of(bundle: Bundle) -> dict[str, Model]:
    """Everything in a folder that can answer, by its name there; what the folder answers with comes first.

    Raises:
        BundleError: its parts cannot be put together.
    """
    task, read = bundle.scorer.task, bundle.postprocessors
    models: dict[str, Model] = {"network": Network(bundle.scorer, read["network"])}
    if bundle.baseline is not None:
        models["baseline"] = Baseline(bundle.baseline, task, read["baseline"])
    shares = bundle.config.blend
    if shares is None:
        return models
    if bundle.baseline is None:
        raise BundleError(f"{bundle.path} blends its network with a linear baseline, but holds none: train it again")
    try:
        blend = Blend(task, list(models.values()), shares.weights(), postprocessor=read["blend"])
        blend.scores([""])  # parts that do not fit each other are told now, not at the first text
    except (ConfigError, DataError, *STRANGE) as error:
        raise BundleError(f"{bundle.path}: its blend cannot be put together: {error}") from error
    return {"blend": blend, **models}
