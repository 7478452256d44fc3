"""The options that repeat a training: run.toml."""

from __future__ import annotations

from typing import Any

from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.config_file import CHOSEN, as_config
from reread.data.examples import Examples
from reread.pipeline.fitted import Fitted
from reread.pipeline.machine_choices import CHOICES
from reread.pipeline.plan import Plan
from reread.tasks import tasks

LEFT_OUT = {"out", "overwrite", "resume", "quiet", "as_json", "minutes", "rejects", "log"}
"""Options that belong to one run, not to what it trains."""


def run_options(arguments: TrainArguments, fitted: Fitted, examples: Examples) -> dict[str, Any]:
    """The full options of the run, as `--config` reads them, with what was detected or learned.

    Choices of the machine are in the table ``chosen``: another machine makes new ones, unless they are set.
    """
    training = fitted.plan.recipe.training
    kept = {name: value for name, value in vars(arguments).items() if name not in LEFT_OUT}
    amount = {"epochs": training.epochs, "batch_size": training.batch_size, "steps": fitted.state.step}
    learned = {
        **({} if training.self_training else amount),  # each of its rounds has another
        "seed": training.seed,
        "language": fitted.encoder.settings.language,
        "settings": (*arguments.settings, *_shortened(fitted)),
    }
    options = as_config({**kept, **learned, **columns_read(fitted.plan, examples)})
    return {**options, CHOSEN: {name: getattr(training, name) for name in CHOICES}}


def _shortened(fitted: Fitted) -> list[str]:
    """The setting that trains word vectors on the same number of tokens, or none, if the time was too short for all."""
    vectors = fitted.plan.recipe.vectors
    if fitted.plan.recipe.training.minutes is not None and vectors.source is None and vectors.least_tokens is None:
        return ["vectors.least_tokens=none"]
    trained = fitted.vectors.get("trained_tokens", 0)
    whole = fitted.vectors.get("tokens", 0) * fitted.vectors.get("epochs", 0)
    return [f"vectors.trained_tokens={trained}"] if trained < whole else []


def columns_read(plan: Plan, examples: Examples) -> dict[str, Any]:
    """The columns of texts and targets, as the options name them."""
    numbers = {name for name, target in plan.targets.items() if tasks.get(target.task).target_kind == "number"}
    columns = examples.target_columns.items()
    return {
        "text": examples.text_column,
        "labels": tuple(column for name, column in columns if name not in numbers),
        "targets": tuple(column for name, column in columns if name in numbers),
    }
