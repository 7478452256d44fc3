"""A fitted model → the artefacts of its folder."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from reread.bundle import Artefacts, Config, DataConfig, RecipeConfig, TargetConfig
from reread.bundle.postprocessors import postprocessors_to_config
from reread.export.onnx import export_onnx
from reread.machine import version_of
from reread.pipeline.card import model_card
from reread.pipeline.facts import model_facts
from reread.pipeline.fitted import Fitted
from reread.pipeline.speed import scoring_speed
from reread.scoring.backends import Backend
from reread.scoring.backends.choose import AUTO, EXACT, choose_library, open_backend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.backends.torch import stored_network
from reread.version import __version__

LIBRARIES = ("numpy", "torch", "onnxruntime", "safetensors", "scikit-learn", "gensim", "rjieba")


def artefacts(fitted: Fitted, run: Mapping[str, Any], timed: Sequence[str] = ()) -> Artefacts:
    """Export the network and gather everything that the model folder holds.

    Args:
        fitted: the model.
        run: the options that made it, as TOML can hold them.
        timed: texts whose answers are timed, as the folder will give them; none: its speed is not stated.

    Raises:
        ExportError: the exported network does not answer like its original.
    """
    baseline, parts = fitted.baseline, fitted.parts()
    network = stored_network(fitted.net, fitted.plan.recipe.model, fitted.task.size)
    learned, residuals = postprocessors_to_config(
        {part: validation_result.postprocessor for part, validation_result in parts.items()}, fitted.plan.decide
    )
    config = replace(_description(fitted), **learned, label_separator=run.get("label_separator"))
    onnx = export_onnx(fitted.net)
    metrics = {**_figures(fitted), **residuals}
    if timed:
        metrics["scoring"] = scoring_speed(fitted.model(_backend(network, onnx)), timed)
    return Artefacts(
        config=config,
        vocabularies=fitted.encoder.vocabularies,
        weights=network.weights,
        start_states=network.start_states,
        start_summary=network.start_summary,
        onnx=onnx,
        baseline=baseline.description() if baseline else {},
        baseline_arrays=baseline.arrays() if baseline else {},
        metrics=metrics,
        run=run,
        card=model_card(model_facts(config, metrics)),
        seen=fitted.seen.arrays() if fitted.seen else {},
    )


def _backend(network: StoredNetwork, onnx: bytes) -> Backend:
    """What runs the network of an opened folder by default, on one thread."""
    library = choose_library(network.spec, AUTO, EXACT)
    return open_backend(network, onnx, library, precisions=(EXACT,), threads=1)


def _description(fitted: Fitted) -> Config:
    """The content of config.json."""
    recipe, columns = fitted.plan.recipe, fitted.columns
    targets = fitted.plan.targets.items()
    return Config(
        reread=__version__,
        recipe=RecipeConfig(name=recipe.name, summary=recipe.summary, source=recipe.source),
        task=fitted.task.to_config(),
        text=fitted.encoder.to_config(),
        model=asdict(recipe.model),
        training={**asdict(recipe.training), "steps": fitted.state.step},
        window=recipe.training.window,
        max_tokens=recipe.training.max_tokens,
        vectors=dict(fitted.vectors) or None,
        pretrained=dict(fitted.pretrained) or None,
        answer=fitted.answer,
        members=dict(fitted.stack.weights) if fitted.stack else None,
        offset=fitted.offset,
        fast=fitted.stack.fast if fitted.stack else "",
        data=DataConfig(**{**fitted.fingerprint.to_config(), **fitted.facts}),
        targets={name: TargetConfig(task=each.task, column=columns.get(name, name)) for name, each in targets},
        libraries={name: version_of(name) for name in LIBRARIES},
        python=platform.python_version(),
        label_separator=None,
    )


def _figures(fitted: Fitted) -> dict[str, Any]:
    """The content of metrics.json: figures on the rows held out, and of the training."""
    state = fitted.state
    return {
        "validation": jsonable(fitted.validation),
        "network": jsonable(fitted.network_validation),
        "baseline": jsonable(fitted.baseline_validation),
        "baseline_rows": fitted.baseline.facts["rows"] if fitted.baseline else None,
        "baseline_unlabelled": fitted.baseline.facts.get("unlabelled", 0) if fitted.baseline else None,
        "stack": jsonable(fitted.stack.validation) if fitted.stack else {},
        "gain": [fitted.stack.gain, fitted.stack.error] if fitted.stack else [],
        "uncalibrated": {
            part: jsonable(validation_result.uncalibrated) for part, validation_result in fitted.parts().items()
        },
        "precision": {name: jsonable(stated) for name, stated in fitted.precisions.items()},
        "reference": dict(fitted.reference),
        "curve": [jsonable(record) for record in state.history],
        "learning_curve": [curve.to_config() for curve in fitted.learning_curves],
        "steps": state.step,
        "best_step": state.best_step,
        "stopped": state.stopped,
        "seconds": round(state.seconds, 2),
        "words_per_second": round(state.words / max(state.seconds, 1e-9)),
    }


def jsonable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers for JSON: an undefined metric becomes null."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in values.items()
    }
