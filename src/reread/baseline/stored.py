"""The linear model in the files of a model folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from reread.baseline.earlier_scores import base_kind
from reread.baseline.grams import grams
from reread.baseline.grams.keys import GramTable
from reread.baseline.grams.words import BITS, WordGrams
from reread.baseline.linear import LinearModel
from reread.errors import BundleError, ConfigError
from reread.recipes.fitting import fit_table, fit_value
from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary

KINDS: Mapping[str, Any] = {"kinds": tuple[Mapping[str, Any], ...], "facts": Mapping[str, Any]}
FIRST: Mapping[str, Any] = {
    "text": Mapping[str, Any],
    "grams": str,
    "features": tuple[str, ...],
    "facts": Mapping[str, Any],
}
RENAMED = {"settled": "platt_scaling"}  # facts that folders of early versions have under another name
BETWEEN = {"words": " ", "characters": ""}  # what stood between the tokens of an n-gram in the first folders


def read_baseline(files: Mapping[str, bytes]) -> LinearModel | None:
    """The linear model in a model folder's files; None if none was trained.

    Raises:
        BundleError: the model in the files cannot be read.
    """
    try:
        description = json.loads(files["baseline.json"])
        if not description:
            return None
        return baseline_from_parts(description, load_tensors(files["baseline.safetensors"]))
    except ConfigError as error:
        raise BundleError(f"the folder's baseline cannot be read: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, SafetensorError) as error:
        raise BundleError(f"the folder's baseline cannot be read: {type(error).__name__} {error}") from error


def baseline_from_parts(description: Any, arrays: Mapping[str, NDArray[Any]]) -> LinearModel:
    """The linear model that `LinearModel.description` and `LinearModel.arrays` described.

    Raises:
        ConfigError: they have the wrong type, or do not fit each other.
        LookupError: an array is missing.
    """
    model = _read(description, arrays) if "kinds" in description else _read_first(description, arrays)
    _check_shapes(model)
    return model


def _read(description: Any, arrays: Mapping[str, NDArray[Any]]) -> LinearModel:
    read = fit_table(description, KINDS, "baseline.json")
    names, known = [], []
    for each in read["kinds"]:
        name = fit_value(str, each.get("kind"), "baseline.json: kind")
        own = {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}
        names.append(name)
        known.append(grams.get(base_kind(name)).from_parts(each, own))
    return LinearModel(
        kinds=tuple(names),
        known=tuple(known),
        scales=tuple(arrays[f"{name}.scale"] for name in names),
        weights=arrays["weights"],
        intercept=arrays["intercept"],
        facts={RENAMED.get(name, name): fact for name, fact in read["facts"].items()},
    )


def _read_first(description: Any, arrays: Mapping[str, NDArray[Any]]) -> LinearModel:
    """A model of the first folders: its n-grams are written out, of words or of characters."""
    read = fit_table(description, FIRST, "baseline.json")
    if read["grams"] not in BETWEEN:
        raise ConfigError(f'baseline.json: grams = "{read["grams"]}": expected {" or ".join(BETWEEN)}')
    runs = [_tokens(gram, read["grams"]) for gram in read["features"]]
    vocabulary = Vocabulary(dict.fromkeys(token for run in runs for token in run))
    longest = max(map(len, runs), default=1)
    keys, order = {}, []
    for length in range(1, longest + 1):
        rows = [row for row, run in enumerate(runs) if len(run) == length]
        numbers = np.zeros(len(rows), np.int64)
        for place in range(length):
            numbers = (numbers << BITS) | vocabulary.id_array([runs[row][place] for row in rows])
        ranked = np.argsort(numbers)
        keys[f"{length}"] = numbers[ranked]
        order += [rows[rank] for rank in ranked]
    for name in ("idf", "weights"):
        shape = arrays[name].shape
        if shape[:1] != (len(runs),):
            raise ConfigError(f"{name} of shape {shape} for {len(runs)} n-grams; expected {(len(runs), *shape[1:])}")
    encoder = TextEncoder.from_config(read["text"], [vocabulary])
    return LinearModel(
        kinds=("words",),
        known=(WordGrams(encoder, GramTable.from_arrays(BITS, (1, longest), keys)),),
        scales=(arrays["idf"][order],),
        weights=np.ascontiguousarray(arrays["weights"][order]),
        intercept=arrays["intercept"],
        facts=dict(read["facts"]),
    )


def _tokens(gram: str, kind: str) -> list[str]:
    between = BETWEEN[kind]
    return gram.split(between) if between else list(gram)


def _check_shapes(model: LinearModel) -> None:
    widths = [len(each) for each in model.known]
    for kind, scale, width in zip(model.kinds, model.scales, widths, strict=True):
        if scale.dtype != np.float32 or scale.shape != (width,):
            raise ConfigError(f"{kind}.scale is {scale.dtype} {scale.shape}; expected float32 {(width,)}")
    if model.intercept.dtype != np.float32 or model.intercept.ndim != 1:
        raise ConfigError(f"intercept is {model.intercept.dtype} {model.intercept.shape}; expected float32 (scores,)")
    expected = (sum(widths), len(model.intercept))
    if model.weights.dtype != np.float32 or model.weights.shape != expected:
        raise ConfigError(f"weights are {model.weights.dtype} {model.weights.shape}; expected float32 {expected}")
