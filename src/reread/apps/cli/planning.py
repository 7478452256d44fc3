"""What the options of `reread train` ask for: columns, tasks and the plan made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.where import parse_where
from reread.data.examples import ColumnRequest, TargetRequest
from reread.data.soft_labels import SoftTargets
from reread.errors import ConfigError
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.task_of import options_of
from reread.recipes import Recipe
from reread.tasks import infer_task, tasks


def column_request(arguments: TrainArguments) -> ColumnRequest:
    """Which columns the options ask for.

    Raises:
        ConfigError: an unknown task, a column named twice as a target, or a ``--where`` that is not an assignment.
    """
    numbers = _learns_numbers(arguments)
    if numbers and arguments.labels:
        raise ConfigError(
            f"--task {arguments.task} learns numbers; pass --target {arguments.labels[0]} instead of --label"
        )
    targets = [TargetRequest(name, "label", name) for name in arguments.labels]
    targets += [TargetRequest(name, "number", name) for name in arguments.targets]
    names = [target.name for target in targets]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f'--label and --target name the column "{name}" twice; name every target once')
    if not targets:
        targets = [TargetRequest("target", "number") if numbers else TargetRequest("label", "label")]
    return ColumnRequest(
        text=arguments.text,
        targets=tuple(targets),
        group=arguments.group,
        time=arguments.time_column,
        weight=arguments.weight,
        where=parse_where(arguments.where),
        label_separator=arguments.label_separator,
        slices=arguments.slices,
        soft=SoftTargets.LABELS if arguments.task == "multilabel" else SoftTargets.CLASSES,
    )


def _learns_numbers(arguments: TrainArguments) -> bool:
    """Whether the task that is named learns numbers.

    Raises:
        ConfigError: there is no such task.
    """
    return arguments.task is not None and tasks.get(arguments.task).target_kind == "number"


def make_plan(arguments: TrainArguments, recipe: Recipe, targets: Mapping[str, list[Any]]) -> Plan:
    """What to train, with tasks inferred from the targets if they are not named.

    Raises:
        ConfigError: options that contradict each other or the targets.
    """
    weights = loss_weights(arguments.loss_weights, list(targets))
    numbers = list(targets) if _learns_numbers(arguments) else arguments.targets
    orders = class_orders(arguments.ordinal_order, {name: targets[name] for name in targets if name not in numbers})
    loss = {"loss": arguments.loss} if arguments.loss else {}
    plans = {}
    for name, column in targets.items():
        order, weight = orders.get(name), weights.get(name, 1.0)
        task = infer_task(column, kind="number" if name in numbers else "label", order=order)
        if name not in numbers and order is None and arguments.task not in {None, "joint"}:
            task = arguments.task
        options = {"order": order} if order else loss if "loss" in options_of(task) else {}
        plans[name] = TargetPlan(task=task, options=options, weight=weight)
    inferred = "joint" if len(plans) > 1 else next(iter(plans.values())).task
    if arguments.task not in {None, inferred}:
        raise ConfigError(
            f"--task {arguments.task}: the targets make it {inferred}; name other columns or leave --task out"
        )
    return replace(plan_before_rows(arguments, recipe), targets=plans)


def plan_before_rows(arguments: TrainArguments, recipe: Recipe) -> Plan:
    """What to train as far as the options alone say it: of the targets, only that one is a regression with a loss."""
    return Plan(
        recipe=recipe,
        targets={"target": TargetPlan(task="regression", options={"loss": arguments.loss})} if arguments.loss else {},
        language=arguments.language,
        baseline=not arguments.no_baseline,
        answer=arguments.answer,
        calibration=arguments.calibration,
        decide=arguments.decide,
        unlabelled=arguments.unlabelled,
        pretrained=arguments.pretrained,
        pretrain_minutes=arguments.pretrain_minutes,
        keep_labels=arguments.keep_labels,
        learning_curve=arguments.learning_curve,
    )


def class_orders(text: str | None, columns: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """The classes that ``--ordinal-order`` names, lowest first, for every target whose labels are all among them.

    Raises:
        ConfigError: fewer than two classes, or no target with these labels.
    """
    if text is None:
        return {}
    order = [name.strip() for name in text.split(",")]
    if len(order) < 2 or not all(order):
        raise ConfigError(f'--ordinal-order "{text}": expected at least two classes, lowest first, as in bad,fair,good')
    missing = {name: next((x for x in column if str(x) not in order), None) for name, column in columns.items()}
    if None in missing.values():
        return {name: order for name, label in missing.items() if label is None}
    lacking = ", ".join(f'"{label}" of {name}' for name, label in missing.items()) or "a target of classes"
    raise ConfigError(f'--ordinal-order "{text}": it lacks {lacking}; name every class, lowest first')


def loss_weights(assignments: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """The weights that ``--loss-weight`` gives to targets.

    Raises:
        ConfigError: it is not ``NAME=W``, the target is unknown, the weight is not a number of at least 0, or there is
            only one target.
    """
    weights = {}
    for assignment in assignments:
        name, sign, value = assignment.rpartition("=")
        weight = _number(value)
        if not sign or not 0 <= weight < math.inf:
            raise ConfigError(f'--loss-weight "{assignment}": expected NAME=W, W a number of at least 0')
        if name not in names:
            raise ConfigError(f'--loss-weight "{assignment}": there is no target "{name}"; targets: {", ".join(names)}')
        weights[name] = weight
    if weights and len(names) == 1:
        raise ConfigError("--loss-weight weighs the targets of a joint model against each other; here is only one")
    return weights


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
