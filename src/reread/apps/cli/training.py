"""What `reread train` does: options → plan → fitted model → folder."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reread import bundle
from reread.apps.cli.console import TrainingView, metrics_table, print_json, results
from reread.apps.cli.options import parse_where
from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.errors import ConfigError
from reread.estimators.fit import Fitted, Run, fit, resolve
from reread.estimators.partial import PartialRun
from reread.estimators.plan import Plan, TargetPlan
from reread.estimators.saving import artefacts, jsonable
from reread.recipes import Recipe, load_recipe, parse_settings
from reread.tasks import infer_task, tasks
from reread.train.workers import Workers, workers_from_environment

TRAINING_OPTIONS = (
    "epochs",
    "steps",
    "minutes",
    "batch_size",
    "learning_rate",
    "max_tokens",
    "class_weights",
    "seed",
    "threads",
    "device",
)


def train(values: Mapping[str, Any], *, started: float) -> None:
    """Run the command."""
    out = values["out"] or default_out(values["data"][0])
    recipe = load_recipe(values["recipe"]).with_settings(_tables(values))
    partial = PartialRun(out)
    bundle.refuse_existing(out, overwrite=values["overwrite"])
    if partial.exists() and not (values["resume"] or values["overwrite"]):
        raise ConfigError(
            f"{partial.folder} holds an interrupted run; go on with --resume or start afresh with --overwrite"
        )
    with workers_from_environment() as workers, TrainingView(quiet=values["quiet"] or not workers.leads) as view:
        examples = _read(values, out, view)
        plan = make_plan(values, recipe, examples, view)
        fitted = _fit(examples, plan, partial, workers, view, resume=values["resume"], started=started)
        if not workers.leads:
            return
        run = run_options(values, fitted)
        bundle.save(artefacts(fitted, run), out, overwrite=values["overwrite"])
        partial.remove()
    _print(fitted, examples, out, time.monotonic() - started, as_json=values["as_json"])


def _read(values: Mapping[str, Any], out: Path, view: TrainingView) -> Examples:
    rejects = values["rejects"] or out.with_suffix(".rejects.jsonl")
    examples = read_examples(
        list(values["data"]), column_request(values), values["on_bad_rows"], rejects,
        format=values["file_format"], encoding=values["encoding"],
    )  # fmt: skip
    report = examples.report
    if report.filtered:
        view.on_note(f"{report.filtered:,} of {report.read:,} rows do not match --where")
    if report.set_aside:
        view.on_note(f"{report.set_aside:,} bad rows set aside in {rejects}")
    columns = ", ".join(examples.target_columns.values())
    view.on_note(f"{report.kept:,} rows; text: {examples.text_column}, target: {columns}")
    return examples


def column_request(values: Mapping[str, Any]) -> ColumnRequest:
    """Which columns the options ask for."""
    targets = [TargetRequest(name, "label", name) for name in values["labels"]]
    targets += [TargetRequest(name, "number", name) for name in values["targets"]]
    if not targets:
        targets = (
            [TargetRequest("target", "number")] if values["task"] == "regression" else [TargetRequest("label", "label")]
        )
    return ColumnRequest(
        text=values["text"], targets=tuple(targets), group=values["group"], time=values["time_column"], weight=values["weight"],
        where=parse_where(values["where"]), label_separator=values["label_separator"],
    )  # fmt: skip


def make_plan(values: Mapping[str, Any], recipe: Recipe, examples: Examples, view: TrainingView) -> Plan:
    """What to train, the tasks inferred from the targets where they are not named.

    Raises:
        ConfigError: options that contradict each other.
    """
    loss_weights = _loss_weights(values["loss_weights"], list(examples.targets))
    targets = {}
    for name, column in examples.targets.items():
        targets[name] = _target_plan(values, recipe, name, column, loss_weights.get(name, 1.0))
    names = {target.task for target in targets.values()}
    view.on_note(
        f"task: {'joint: ' if len(targets) > 1 else ''}{', '.join(f'{target.task}' for target in targets.values())}; model: {recipe.name}"
    )
    asked = values["task"]
    if asked is not None and asked != ("joint" if len(targets) > 1 else next(iter(names))):
        raise ConfigError(
            f"--task {asked}: the targets make it {'joint' if len(targets) > 1 else ', '.join(sorted(names))}"
        )
    return Plan(
        recipe=recipe,
        targets=targets,
        language=values["language"],
        validation=values["validation"],
        baseline=not values["no_baseline"],
    )


def _target_plan(values: Mapping[str, Any], recipe: Recipe, name: str, column: list[Any], weight: float) -> TargetPlan:
    kind = (
        "number" if name in values["targets"] or (values["task"] == "regression" and not values["labels"]) else "label"
    )
    order = values["ordinal_order"].split(",") if values["ordinal_order"] else None
    task = infer_task(column, kind=kind, order=order)
    if values["task"] not in {None, "joint"} and task != values["task"]:
        tasks.get(values["task"])  # an unknown name is an error of its own
        task = values["task"]
    options: dict[str, Any] = {}
    if task == "regression":
        options = {**recipe.task, **({"loss": values["loss"]} if values["loss"] else {})}
    if task == "ordinal" and order:
        options = {"order": order}
    return TargetPlan(task=task, options=options, weight=weight)


def _loss_weights(assignments: tuple[str, ...], names: list[str]) -> dict[str, float]:
    weights = {}
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        if name not in names:
            raise ConfigError(f'--loss-weight "{assignment}": there is no target "{name}"; targets: {", ".join(names)}')
        try:
            weights[name] = float(value)
        except ValueError as error:
            raise ConfigError(f'--loss-weight "{assignment}": "{value}" is no number') from error
    return weights


def _tables(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    tables = parse_settings(values["settings"])
    own = {name: values[name] for name in TRAINING_OPTIONS if values[name] is not None}
    tables["training"] = {**tables.get("training", {}), **own}
    if values["dictionary"]:
        text = tables.setdefault("text", {})
        text["segmenter"] = text.get("segmenter", "chinese")
        text["segmenter_options"] = {
            **text.get("segmenter_options", {}),
            "dictionary": read_dictionary(values["dictionary"]),
        }
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


def default_out(data: str) -> Path:
    """The data file's stem + ``.reread``, in the current folder's terms.

    Raises:
        ConfigError: standard input has no name to take.
    """
    if data == "-":
        raise ConfigError("standard input has no name: say where the model goes with -o FOLDER")
    path = Path(data)
    return path.with_name(path.name.split(".")[0] + ".reread")


def run_options(values: Mapping[str, Any], fitted: Fitted) -> dict[str, Any]:
    """The full options of the run, as `--config` reads them: what was chosen on the way included."""
    leave_out = {"data", "out", "overwrite", "resume", "quiet", "as_json", "minutes", "rejects"}
    training = fitted.plan.recipe.training
    chosen = {
        "steps": fitted.state.step,
        "threads": training.threads,
        "device": training.device,
        "language": fitted.encoder.settings.language,
    }
    merged = {**values, **chosen}
    return {
        key: _toml(value) for key, value in merged.items() if key not in leave_out and value is not None and value != ()
    }


def _toml(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value


def _fit(
    examples: Examples,
    plan: Plan,
    partial: PartialRun,
    workers: Workers,
    view: TrainingView,
    *,
    resume: bool,
    started: float,
) -> Fitted:
    training = resolve(plan.recipe.training)
    plan = dataclasses.replace(plan, recipe=dataclasses.replace(plan.recipe, training=training))
    if resume:
        plan = partial.resume(plan, examples.fingerprint)
    elif workers.leads:
        partial.begin(plan, examples.fingerprint)
    deadline = None if training.minutes is None else started + 60 * training.minutes
    run = Run(view, workers, partial.checkpoint, resume and partial.checkpoint.exists(), deadline)
    try:
        return fit(examples, plan, run)
    except KeyboardInterrupt:
        view.on_note(f"what was learned is kept in {partial.folder}: the same command with --resume goes on from there")
        raise


def _print(fitted: Fitted, examples: Examples, out: Path, seconds: float, *, as_json: bool) -> None:
    speed = round(fitted.state.words / max(fitted.state.seconds, 1e-9))
    if as_json:
        print_json({
            "model": str(out), "rows": len(examples), "seconds": round(seconds, 2), "steps": fitted.state.step,
            "stopped": fitted.state.stopped, "words_per_second": speed,
            "validation": jsonable(fitted.validation), "baseline": jsonable(fitted.baseline_validation),
        })  # fmt: skip
        return
    figures = {"network": fitted.validation}
    if fitted.baseline is not None:
        figures["linear baseline"] = fitted.baseline_validation
    results.print(metrics_table(figures))
    results.print(verdict(fitted), markup=False)
    results.print(
        f"{out}: {len(examples):,} rows, {fitted.state.step} steps, {seconds:.0f} s, {speed:,} words/s", markup=False
    )


def verdict(fitted: Fitted) -> str:
    """Whether the network earned its keep, in one sentence."""
    task = fitted.task
    if fitted.baseline is None:
        return "No linear baseline was trained: nothing says whether the network earns its keep."
    ours, theirs = fitted.validation[task.headline], fitted.baseline_validation[task.headline]
    better = ours > theirs if task.higher_is_better else ours < theirs
    name = task.headline.replace("_", " ")
    if better:
        return f"The network beats the linear baseline on the held-out rows: {name} {ours:.4f} against {theirs:.4f}."
    return f"The network does not beat the linear baseline on the held-out rows: {name} {ours:.4f} against {theirs:.4f}. Prefer the baseline, or give the network more data or vectors."
