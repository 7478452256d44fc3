"""How the parts of a model folder read their scores, as learned on rows held out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reread.bundle.config import LINEAR, NETWORK, STACK, Config
from reread.recipes.fitting import fit_table, fit_value
from reread.scoring.joint_postprocessor import AnyPostprocessor, postprocessor_of
from reread.tasks import Task

RESIDUALS: Mapping[str, str] = {NETWORK: "residuals", LINEAR: "baseline_residuals", STACK: "stack_residuals"}
"""The parts that can answer, and the keys of their residuals in metrics.json."""
FIRST_NAMES: Mapping[str, str] = {LINEAR: "baseline", STACK: "blend"}
"""How folders of version 1 name some of them."""
DECISION: Mapping[str, Any] = {"rule": str, "thresholds": Mapping[str, Any]}


def postprocessors_to_config(
    postprocessors: Mapping[str, AnyPostprocessor], rule: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Entries for config.json and metrics.json, with the decision rule; `postprocessors_from_config` reads them."""
    learned = {part: postprocessor.to_config() for part, postprocessor in postprocessors.items()}
    config: dict[str, Any] = {
        "calibration": {part: each["calibration"] for part, each in learned.items()},
        "decision": None,
    }
    if rule is not None:
        thresholds = {part: each["thresholds"] for part, each in learned.items()}
        config["decision"] = {"rule": rule, "thresholds": thresholds}
    return config, {key: learned[part]["residuals"] if part in learned else [] for part, key in RESIDUALS.items()}


def postprocessors_from_config(config: Config, metrics: Mapping[str, Any], task: Task) -> dict[str, AnyPostprocessor]:
    """How each part reads its scores; older folders may lack some of what is learned now.

    Raises:
        ConfigError: an entry has the wrong form, or does not fit the task.
    """
    calibrations = fit_value(Mapping[str, Any] | None, config.calibration, "config.json: calibration") or {}
    decision = config.decision
    learned = {} if decision is None else fit_table(decision, DECISION, "config.json: decision")["thresholds"]
    if config.format_version == 1:
        metrics = {**metrics, RESIDUALS[STACK]: metrics.get("blend_residuals")}
        calibrations, learned = (
            {part: each.get(FIRST_NAMES.get(part, part)) for part in RESIDUALS} for each in (calibrations, learned)
        )
    return {
        part: postprocessor_of(task, calibrations.get(part), learned.get(part), metrics.get(key))
        for part, key in RESIDUALS.items()
    }
