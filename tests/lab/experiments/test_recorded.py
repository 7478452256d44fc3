"""The runs that the project keeps were made by recipes that still say the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from reread.lab.experiments.compare import completed
from reread.lab.experiments.experiment import read_experiment

ROOT = Path(__file__).parents[3] / "experiments"
EXPERIMENTS = sorted(ROOT.glob("*.toml"))
FREE = {"engine", "threads", "device", "precision"}  # the machine's choice: all engines train the same network


def recorded(path: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_bytes()) for file in sorted((ROOT / path.stem / "runs").glob("*.json"))]


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_recorded_configuration_is_that_of_the_recipe_today(path: Path) -> None:
    experiment, runs = read_experiment(path), recorded(path)
    assert runs
    for run in runs:
        config, recipe = completed(run["config"]), experiment.recipe(run["model"], run["setting"], run["seed"])
        wanted = json.loads(json.dumps({"model": asdict(recipe.model), "training": asdict(recipe.training)}))
        kept = json.loads(json.dumps(config))
        for table, values in wanted.items():
            same = {key: value for key, value in kept[table].items() if key not in FREE}
            assert same == {key: value for key, value in values.items() if key not in FREE}, run["model"]
