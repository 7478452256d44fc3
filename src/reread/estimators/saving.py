"""A fitted model → the artefacts of its folder."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any

from reread import __version__
from reread.bundle import Artefacts
from reread.bundle.readouts import readouts_to_config
from reread.estimators.card import model_card
from reread.estimators.facts import model_facts
from reread.estimators.fitted import Fitted
from reread.export.onnx import export_onnx
from reread.scoring.backends.torch import stored_network

LIBRARIES = ("numpy", "torch", "onnxruntime", "safetensors", "scikit-learn", "gensim", "rjieba")


def artefacts(fitted: Fitted, run: Mapping[str, Any]) -> Artefacts:
    """Export the network and gather everything that the model folder holds.

    Args:
        fitted: the model.
        run: the options that made it, as TOML can hold them.

    Raises:
        ExportError: the exported network does not answer like its original.
    """
    recipe, baseline, blend = fitted.plan.recipe, fitted.baseline, fitted.blend
    network = stored_network(fitted.net, recipe.model, fitted.task.size)
    parts = fitted.parts()
    learned, residuals = readouts_to_config(
        {part: judged.readout for part, judged in parts.items()}, fitted.plan.decide
    )
    targets = {
        name: {"task": target.task, "column": fitted.columns.get(name, name)}
        for name, target in fitted.plan.targets.items()
    }
    config = {
        "reread": __version__,
        "recipe": {"name": recipe.name, "summary": recipe.summary, "source": recipe.source},
        "task": fitted.task.to_config(),
        "text": fitted.encoder.to_config(),
        "model": asdict(recipe.model),
        "training": {**asdict(recipe.training), "steps": fitted.state.step},
        "window": recipe.training.window,
        "max_tokens": recipe.training.max_tokens,
        "vectors": dict(fitted.vectors) or None,
        "blend": dict(blend.weights) if blend else None,
        **learned,
        "data": {**fitted.fingerprint.to_config(), **fitted.facts},
        "targets": targets,
        "label_separator": run.get("label_separator"),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "python": platform.python_version(),
    }
    metrics = {
        "validation": jsonable(fitted.validation),
        "baseline": jsonable(fitted.baseline_validation),
        "blend": jsonable(blend.validation) if blend else {},
        "uncalibrated": {part: jsonable(judged.uncalibrated) for part, judged in parts.items()},
        "precision": {name: jsonable(stated) for name, stated in fitted.precisions.items()},
        **residuals,
        "reference": dict(fitted.reference),
        "curve": [jsonable(record) for record in fitted.state.history],
        "steps": fitted.state.step,
        "best_step": fitted.state.best_step,
        "stopped": fitted.state.stopped,
        "seconds": round(fitted.state.seconds, 2),
        "words_per_second": round(fitted.state.words / max(fitted.state.seconds, 1e-9)),
    }
    onnx = export_onnx(fitted.net)
    return Artefacts(
        config, fitted.encoder.vocabularies, network.weights, network.start_states, network.start_summary, onnx,
        baseline.description() if baseline else {}, baseline.arrays() if baseline else {}, metrics, run,
        model_card(model_facts(config, metrics)),
    )  # fmt: skip


def jsonable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as JSON knows them: a metric that is not defined becomes null."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in values.items()
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
