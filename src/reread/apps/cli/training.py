"""What `reread train` does: options → plan → fitted model → folder."""

from __future__ import annotations

import dataclasses
import shlex
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from reread import bundle
from reread.apps.cli.console import TrainingView, metrics_table, number_of, print_json, results
from reread.apps.cli.label_notes import label_notes
from reread.apps.cli.options import CHOSEN, Invocation, config_keys, typed_wins
from reread.apps.cli.places import check_folder, check_place
from reread.apps.cli.planning import column_request, make_plan, out_folder, setting_tables
from reread.apps.cli.reporting import as_toml, refuse_slices, rows_held_out, training_report
from reread.apps.cli.texts import TextFiles
from reread.data.examples import Examples, read_examples
from reread.errors import BundleError, ConfigError, RereadError
from reread.insight.audit.run import Audit, cheap_audit
from reread.insight.report import Measured
from reread.insight.report.verdict import BASELINE, Verdict, verdict, way_out
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.machine_choices import CHOICES, resolve, resolve_device
from reread.pipeline.partial import PartialRun
from reread.pipeline.plan import Plan
from reread.pipeline.run import SAVING_SECONDS, Run, out_of_time
from reread.pipeline.saving import artefacts, jsonable
from reread.recipes import load_recipe
from reread.scoring.decisions.learning import describe_thresholds
from reread.train.workers import workers_from_environment

LEFT_OUT = {"out", "overwrite", "resume", "quiet", "as_json", "minutes", "rejects"}  # of what repeats a run
OF_AUDIT = {
    "text": "--text", "labels": "--label", "targets": "--target", "label_separator": "--label-separator", "group": "--group",
    "where": "--where", "file_format": "--format", "encoding": "--encoding",
}  # fmt: skip
"""Options that mean the same to `reread audit`."""


def train(values: Mapping[str, Any], invocation: Invocation) -> None:
    """Run the command."""
    started = invocation.started
    values = typed_wins(values, click.get_current_context())
    out = out_folder(values)
    recipe = load_recipe(values["recipe"])
    if values["setting"]:
        recipe = recipe.under(load_recipe(values["setting"]))
    recipe = recipe.with_settings(setting_tables(values))
    partial = PartialRun(out)
    check_places(out, partial, values)
    unlabelled = TextFiles(values["unlabelled"], text=values["text"], strict=False) if values["unlabelled"] else None
    together = workers_from_environment(resolve_device(recipe.training))
    with together as workers, TrainingView(quiet=values["quiet"] or not workers.leads) as view:
        tell_time(recipe.training.minutes, started, view)
        view.on_stage(f"reading {', '.join(values['data'])}")
        examples = _read(values, out, view)
        view.on_stage("looking for duplicates and damage")
        found = cheap_audit(examples) if workers.leads else None
        if found is not None:
            view.on_note(data_note(found, values))
        plan = make_plan(values, recipe, examples.targets)
        tasks = ", ".join(target.task for target in plan.targets.values())
        view.on_note(f"task: {'joint: ' if len(plan.targets) > 1 else ''}{tasks}; model: {recipe.name}")
        for name, target in plan.targets.items():
            if target.task != "regression":
                notes = label_notes(
                    examples.target_columns[name], examples.targets[name], ordered=target.task == "ordinal"
                )
                for said in notes:
                    view.on_note(said)
        run = Run(
            listener=view,
            workers=workers,
            checkpoint=partial.checkpoint,
            resume=values["resume"],
            vectors=partial.vectors,
        )
        fitted = _fit(examples, plan, partial, run, unlabelled, started=started)
        if unlabelled and unlabelled.empty:
            view.on_note(f"{number_of(unlabelled.empty, 'unlabelled row')} without a text passed over")
        if not workers.leads:
            return
        view.on_stage("writing the model")
        made = artefacts(fitted, run_options(values, fitted, examples))
        held_out = rows_held_out(fitted.held_out, fitted.model(), examples)
        try:
            if not values["no_report"]:
                view.on_stage("writing the report")
                page = training_report(made, held_out, examples, found=found, name=out.name, invocation=invocation)
                made = dataclasses.replace(made, report=page)
        except KeyboardInterrupt as error:
            raise KeyboardInterrupt(f"{out} holds the model, without its report") from error
        finally:  # a page that fails, or is not waited for, costs no model
            _save(made, values, out, partial)
    report = out / bundle.REPORT if made.report else None
    _print(fitted, held_out, out, report, time.monotonic() - started, found=found, as_json=values["as_json"])


def check_places(out: Path, partial: PartialRun, values: Mapping[str, Any]) -> None:
    """Refuse what cannot be written or gone on with, before anything is read.

    Raises:
        ConfigError: as said.
    """
    if values["no_report"]:
        refuse_slices(values)
    bundle.refuse_existing(out, overwrite=values["overwrite"])
    check_folder(out, inputs_of(values))
    if values["resume"] and not partial.exists():
        raise ConfigError(f"{partial.folder} holds no interrupted run; start one without --resume")
    if partial.exists() and not (values["resume"] or values["overwrite"]):
        raise ConfigError(
            f"{partial.folder} holds an interrupted run; go on with --resume or start afresh with --overwrite"
        )


def tell_time(minutes: float | None, started: float, view: TrainingView) -> None:
    """Say beforehand where the minutes are fewer than what training does not take."""
    if minutes is not None and out_of_time(started + 60 * minutes):
        spent = time.monotonic() - started
        view.on_note(
            f"{minutes:g} minutes are too short: starting took {spent:.0f} s and saving takes about {SAVING_SECONDS:.0f} s; "
            "training makes one step, and the command ends late"
        )


def inputs_of(values: Mapping[str, Any]) -> list[str | Path]:
    """The files that the options name for reading."""
    named = (values["vectors"], values["dictionary"], values["recipe"], values["setting"])
    return [*values["data"], *values["unlabelled"], *(path for path in named if path is not None)]


def _read(values: Mapping[str, Any], out: Path, view: TrainingView) -> Examples:
    rejects = values["rejects"] or out.with_suffix(".rejects.jsonl")
    if values["on_bad_rows"] == "set-aside":
        check_place(rejects, inputs_of(values), "the rejects file")
    examples = read_examples(
        list(values["data"]), column_request(values), values["on_bad_rows"], rejects,
        format=values["file_format"], encoding=values["encoding"],
    )  # fmt: skip
    report = examples.report
    if report.filtered:
        view.on_note(f"{report.filtered:,} of {report.read:,} rows do not match --where")
    if report.set_aside:
        view.on_note(f"{number_of(report.set_aside, 'bad row')} set aside in {rejects}")
    columns = ", ".join(examples.target_columns.values())
    view.on_note(f"{number_of(report.kept, 'row')}; text: {examples.text_column}, target: {columns}")
    return examples


def data_note(found: Audit, values: Mapping[str, Any]) -> str:
    """What is wrong with the rows, as far as a glance tells, in one line."""
    if not found.sentence():
        return "data: no text stands twice, none is broken or unlike the others"
    if any(file.startswith("-") for file in values["data"]):  # standard input was read, and cannot be read again
        return f"data: {found.sentence()}"
    options = [word for key, option in OF_AUDIT.items() for value in _several(values[key]) for word in (option, value)]
    if (
        values["task"] == "regression" and not values["targets"]
    ):  # audit finds by their names the columns of labels only
        options += ["--target", *found.audited.parts[0].target_columns.values()]
    return f"data: {found.sentence()}; {shlex.join(['reread', 'audit', *values['data'], *options])} shows them"


def _several(value: Any) -> tuple[Any, ...]:
    """The values of an option, which may be given more than once, once or not at all."""
    return value if isinstance(value, tuple) else () if value is None else (value,)


def run_options(values: Mapping[str, Any], fitted: Fitted, examples: Examples) -> dict[str, Any]:
    """The full options of the run, as `--config` reads them: what was found out on the way included.

    What the machine decided stands beside them as ``chosen``: another machine decides for itself, unless it was asked for.
    """
    training = fitted.plan.recipe.training
    chosen = {"epochs": training.epochs, "batch_size": training.batch_size, "seed": training.seed}
    found = {**chosen, "steps": fitted.state.step, "language": fitted.encoder.settings.language}
    merged = {**values, **found, **columns_read(fitted.plan, examples)}
    cut = fitted.vectors.get("trained_tokens", 0)
    if cut < fitted.vectors.get("tokens", 0) * fitted.plan.recipe.vectors.epochs:
        merged["settings"] = (*merged["settings"], f"vectors.trained_tokens={cut}")
    keys = config_keys(click.get_current_context().command)
    options = {key: merged[parameter.name] for key, parameter in keys.items() if parameter.name not in LEFT_OUT}
    given = {key: as_toml(value) for key, value in options.items() if value is not None and value != ()}
    return {**given, CHOSEN: {name: getattr(training, name) for name in CHOICES}}


def columns_read(plan: Plan, examples: Examples) -> dict[str, Any]:
    """The columns of texts and targets, as the options name them."""
    numbers = {name for name, target in plan.targets.items() if target.task == "regression"}
    columns = examples.target_columns.items()
    return {
        "text": examples.text_column,
        "labels": tuple(column for name, column in columns if name not in numbers),
        "targets": tuple(column for name, column in columns if name in numbers),
    }


def _fit(
    examples: Examples, plan: Plan, partial: PartialRun, run: Run, unlabelled: TextFiles | None, *, started: float
) -> Fitted:
    if run.resume:
        plan = partial.resume(plan, examples.fingerprint)
    else:
        plan = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model))
        if run.workers.leads:
            partial.begin(plan, examples.fingerprint)
    minutes = plan.recipe.training.minutes
    deadline = None if minutes is None else started + 60 * minutes
    run = dataclasses.replace(
        run, resume=run.resume and partial.checkpoint.exists(), deadline=deadline, late=out_of_time(deadline)
    )
    try:
        return fit(examples, plan, run, unlabelled=unlabelled)
    except (KeyboardInterrupt, RereadError) as error:
        stopped = isinstance(error, KeyboardInterrupt)
        if run.workers.leads and not (partial.checkpoint.exists() or (stopped and partial.vectors.exists())):
            partial.remove()  # nothing was learned yet: the next run starts afresh
        elif stopped:
            raise KeyboardInterrupt(_kept(partial)) from error
        raise


def _save(made: bundle.Artefacts, values: Mapping[str, Any], out: Path, partial: PartialRun) -> None:
    try:
        bundle.save(made, out, overwrite=values["overwrite"])
    except BundleError as error:
        raise BundleError(f"{error}; {_kept(partial)}") from error
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_kept(partial)) from error
    partial.remove()


def _kept(partial: PartialRun) -> str:
    return f"what was learned is kept in {partial.folder}: the same command with --resume goes on from there"


def _print(
    fitted: Fitted,
    held_out: Measured | None,
    out: Path,
    report: Path | None,
    seconds: float,
    *,
    found: Audit | None,
    as_json: bool,
) -> None:
    speed = round(fitted.state.words / max(fitted.state.seconds, 1e-9))
    if as_json:
        findings = {name: each.count for name, each in found.found.items()} if found else {}
        place = None if report is None else str(report)
        print_json({"model": str(out), **_figures(fitted, seconds, speed), "findings": findings, "report": place})
        return
    results.print(metrics_table(_tables(fitted)))
    judged = verdicts(held_out)
    for said in [*_choices(fitted), *(said for said, _ in judged)]:
        results.print(said)
    if fitted.baseline is not None and fitted.baseline.limits:
        results.print(f"The linear baseline could be better; its limits: {fitted.baseline.limits}.")
    rows, steps = number_of(fitted.fingerprint.rows, "row"), number_of(fitted.state.step, "step")
    results.print(f"{out}: {rows}, {steps}, {seconds:.0f} s, {speed:,} words/s")
    if report is not None:
        results.print(f"{report} shows how good it is, and where it fails")
    if any(better == BASELINE for _, better in judged):
        results.print(way_out(str(out), blended=fitted.blend is not None))


def _figures(fitted: Fitted, seconds: float, speed: int) -> dict[str, Any]:
    """What programs read of a training."""
    blend, learned = fitted.blend, fitted.postprocessor.to_config()
    return {
        "rows": fitted.fingerprint.rows,
        "seconds": round(seconds, 2),
        "steps": fitted.state.step,
        "stopped": fitted.state.stopped,
        "words_per_second": speed,
        "validation": jsonable(fitted.validation),
        "baseline": jsonable(fitted.baseline_validation),
        "blend": {"weights": blend.weights, "metrics": jsonable(blend.validation)} if blend else {},
        "calibration": learned["calibration"],
        "thresholds": learned["thresholds"] if fitted.plan.decide else {},
    }


def _tables(fitted: Fitted) -> dict[str, Mapping[str, float]]:
    """The figures on the rows held out, by what answered."""
    sides = {"network": fitted.validation}
    if fitted.baseline is not None:
        sides["linear baseline"] = fitted.baseline_validation
    return {**sides, "blend": fitted.blend.validation} if fitted.blend else sides


def _choices(fitted: Fitted) -> Iterator[str]:
    """What the rows held out chose."""
    postprocessor, rule = fitted.postprocessor, fitted.plan.decide
    if fitted.blend:
        weights = fitted.blend.weights
        yield f"blend: {weights['network']:.2f} network, {weights['baseline']:.2f} linear baseline"
    if postprocessor.calibrated_by():
        yield f"calibrated: {postprocessor.calibrated_by()}"
    if rule:
        yield f"decides by {rule}: {describe_thresholds(postprocessor.task)}"


def verdicts(held_out: Measured | None) -> list[Verdict]:
    """Whether what was trained earns its keep, in one sentence for each target."""
    if held_out is None:
        return [Verdict("No rows were held out: nothing says whether the network earns its keep.", "")]
    found = {part.name: verdict(part.outcomes) for part in held_out.parts()}
    if len(found) == 1:
        return list(found.values())
    return [Verdict(f"{name}: {each.sentence}", each.better) for name, each in found.items()]
