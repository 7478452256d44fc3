"""What the options of `reread train` ask for: settings, columns, tasks, and where the model goes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from reread.apps.cli.options import asked_together, parse_where
from reread.data.compression import split_suffixes
from reread.data.examples import ColumnRequest, TargetRequest
from reread.errors import ConfigError, DataError
from reread.pipeline.plan import Plan, TargetPlan
from reread.recipes import Recipe, parse_settings
from reread.tasks import infer_task, tasks

TRAINING_OPTIONS = (
    "epochs",
    "steps",
    "minutes",
    "batch_size",
    "learning_rate",
    "max_tokens",
    "validation",
    "class_weights",
    "seed",
    "threads",
    "device",
)


def out_folder(values: Mapping[str, Any]) -> Path:
    """The folder that ``-o`` names, or the first data file's stem + ``.reread`` beside it.

    Raises:
        ConfigError: a name that no folder can have, or standard input, which has no name to take.
        DataError: the data is a folder.
    """
    out: Path | None = values["out"]
    data = Path(values["data"][0])
    if out is not None:
        if not out.name:
            raise ConfigError(f"-o {out}: expected a folder's name, such as spam.reread")
        return out
    if values["data"][0] == "-":
        raise ConfigError("standard input has no name: say where the model goes with -o FOLDER")
    if not data.name or data.is_dir():
        raise DataError(f'"{values["data"][0]}" is no file; name a file of texts with their labels')
    name = data.name[: len(data.name) - len(split_suffixes(data.name)[1])]
    return data.with_name(Path(name).stem + ".reread")


def setting_tables(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of settings that `Recipe.with_settings` reads: those of ``--set``, then those of options of their own.

    Raises:
        ConfigError: a ``--set`` that is no assignment, or a dictionary that cannot be read.
    """
    tables = parse_settings(values["settings"])
    own = {name: values[name] for name in TRAINING_OPTIONS if values[name] is not None}
    if asked_together(values, ("epochs", "steps"), click.get_current_context()):
        own["earliest"] = True
    tables["training"] = {**tables.get("training", {}), **own}
    vectors = {"source": values["vectors"], "frozen": values["freeze_vectors"] or None, "reduce": values["reduce"]}
    if values["reduce"] is not None:
        tables["model"] = {**tables.get("model", {}), "embedding_dim": values["reduce"]}
    given = {name: value for name, value in vectors.items() if value is not None}
    tables["vectors"] = {**tables.get("vectors", {}), **given}
    text = tables.setdefault("text", {})
    if values["dictionary"]:
        options = text.get("segmenter_options", {})
        text["segmenter"] = text.get("segmenter", "chinese")
        text["segmenter_options"] = {**options, "dictionary": read_dictionary(values["dictionary"])}
    return tables


def read_dictionary(path: Path) -> list[str | list[str | int]]:
    """Words, one a line, each alone or with a count after a space.

    Raises:
        ConfigError: the file is not there, is not UTF-8, or a line is neither.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise ConfigError(f"--dictionary {path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--dictionary {path} cannot be read as UTF-8 text: {error}") from error
    words: list[str | list[str | int]] = []
    for number, line in enumerate(lines, start=1):
        match line.split():
            case []:
                pass
            case [word]:
                words.append(word)
            case [word, count, *_] if count.isdecimal():
                words.append([word, int(count)])
            case _:
                raise ConfigError(
                    f'--dictionary {path}, line {number}: "{line}"; expected a word, or a word and a count'
                )
    return words


def column_request(values: Mapping[str, Any]) -> ColumnRequest:
    """Which columns the options ask for.

    Raises:
        ConfigError: an unknown task, a column that is named twice as a target, or a ``--where`` that is no assignment.
    """
    if values["task"] is not None:
        tasks.get(values["task"])
    if values["task"] == "regression" and values["labels"]:
        raise ConfigError(f"--task regression learns numbers; say --target {values['labels'][0]} instead of --label")
    targets = [TargetRequest(name, "label", name) for name in values["labels"]]
    targets += [TargetRequest(name, "number", name) for name in values["targets"]]
    names = [target.name for target in targets]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f'--label and --target name the column "{name}" twice; name every target once')
    if not targets:
        numbers = values["task"] == "regression"
        targets = [TargetRequest("target", "number") if numbers else TargetRequest("label", "label")]
    return ColumnRequest(
        text=values["text"],
        targets=tuple(targets),
        group=values["group"],
        time=values["time_column"],
        weight=values["weight"],
        where=parse_where(values["where"]),
        label_separator=values["label_separator"],
        slices=values["slices"],
    )


def make_plan(values: Mapping[str, Any], recipe: Recipe, targets: Mapping[str, list[Any]]) -> Plan:
    """What to train, the tasks inferred from the targets where they are not named.

    Raises:
        ConfigError: options that contradict each other or the targets.
    """
    weights = loss_weights(values["loss_weights"], list(targets))
    numbers = list(targets) if values["task"] == "regression" else values["targets"]
    orders = class_orders(values["ordinal_order"], {name: targets[name] for name in targets if name not in numbers})
    loss = {"loss": values["loss"]} if values["loss"] else {}
    plans = {}
    for name, column in targets.items():
        order, weight = orders.get(name), weights.get(name, 1.0)
        task = infer_task(column, kind="number" if name in numbers else "label", order=order)
        if name not in numbers and order is None and values["task"] not in {None, "joint"}:
            task = values["task"]
        options = {"order": order} if order else loss if task == "regression" else {}
        plans[name] = TargetPlan(task=task, options=options, weight=weight)
    found = "joint" if len(plans) > 1 else next(iter(plans.values())).task
    if values["task"] not in {None, found}:
        raise ConfigError(
            f"--task {values['task']}: the targets make it {found}; name other columns or leave --task out"
        )
    if values["loss"] and not any(plan.task == "regression" for plan in plans.values()):
        raise ConfigError(f"--loss {values['loss']}: it is for regression, the targets make it {found}; leave it out")
    return Plan(
        recipe=recipe,
        targets=plans,
        language=values["language"],
        baseline=not values["no_baseline"],
        blend=values["blend"],
        calibration=values["calibration"],
        decide=values["decide"],
        unlabelled=values["unlabelled"],
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
        ConfigError: no ``NAME=W``, an unknown target, a weight that is no number of at least 0, or one target only.
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
