"""What `reread train` does: options → plan → fitted model → folder."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reread import bundle
from reread.apps.cli.arguments.train import TrainArguments, WatchedTrainArguments
from reread.apps.cli.config_file import typed_wins
from reread.apps.cli.console import TrainingView, number_of
from reread.apps.cli.contradictions import check_options
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.planning import make_plan
from reread.apps.cli.reporting import rows_held_out, training_report
from reread.apps.cli.run_toml import run_options
from reread.apps.cli.texts import TextFiles
from reread.apps.cli.training_data import data_note, read_rows, tell_plan
from reread.apps.cli.training_log import TrainingLog
from reread.apps.cli.training_places import check_places, inputs_of, out_folder
from reread.apps.cli.training_settings import recipe_of
from reread.apps.cli.training_summary import Summary, print_summary
from reread.apps.cli.unlabelled import UnlabelledFiles
from reread.data.examples import Examples
from reread.data.store import MEMORY
from reread.errors import BundleError, RereadError
from reread.files import check_output
from reread.insight.audit.run import Audit, cheap_audit
from reread.machine import share_one_heap
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.machine_choices import resolve, resolve_device
from reread.pipeline.partial import PartialRun
from reread.pipeline.plan import Plan
from reread.pipeline.run import Run, out_of_time, saving_seconds
from reread.pipeline.saving import artefacts
from reread.pipeline.speed import texts_to_time
from reread.recipes import Recipe
from reread.train.listener import Listener, Silent
from reread.train.workers import Workers, workers_from_environment

LATE = 0.05  # of the minutes asked for: a command that ends so much later says so


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training: its options, how it was called, where it writes, and texts without labels."""

    arguments: TrainArguments
    invocation: Invocation
    out: Path
    partial: PartialRun
    unlabelled: UnlabelledFiles | None


def train(arguments: WatchedTrainArguments, invocation: Invocation) -> None:
    """Run the command."""
    arguments = typed_wins(arguments, click.get_current_context())
    out = out_folder(arguments.out, arguments.data)
    recipe = recipe_of(arguments)
    if recipe.training.memory is not None:
        share_one_heap()  # before any thread has one of its own
    partial = PartialRun(out)
    check_places(out, partial, arguments)
    if arguments.log is not None:
        check_output(arguments.log, inputs_of(arguments), "the log")
    check_options(arguments, recipe, partial.vectors if arguments.resume else None)
    unlabelled = unlabelled_texts(arguments)
    job = Job(arguments=arguments, invocation=invocation, out=out, partial=partial, unlabelled=unlabelled)
    together = workers_from_environment(resolve_device(recipe.training))
    with (
        together as workers,
        _log(arguments, workers) as log,
        TrainingView(quiet=arguments.quiet or not workers.leads, log=log) as view,
    ):
        tell_time(recipe.training.minutes, invocation.started, view)
        memory = round(recipe.training.memory_share * MEMORY)
        arguments, examples = read_rows(arguments, out, view, memory)
        summary = train_on(examples, recipe, replace(job, arguments=arguments), workers, view)
    if summary is not None:
        print_summary(summary, as_json=arguments.as_json)


def _log(arguments: WatchedTrainArguments, workers: Workers) -> AbstractContextManager[Listener]:
    """The log that is asked for; of several processes one writes it."""
    return TrainingLog(arguments.log) if arguments.log and workers.leads else nullcontext(Silent())


def unlabelled_texts(arguments: TrainArguments) -> UnlabelledFiles | None:
    """Texts without labels, if there are any."""
    if not arguments.unlabelled:
        return None
    text, encoding, separator = arguments.text, arguments.encoding, arguments.separator
    return UnlabelledFiles(
        TextFiles(
            arguments.unlabelled,
            text=text,
            encoding=encoding,
            separator=separator,
            strict=False,
            on_bad_rows=arguments.on_bad_rows,
        ),
        TextFiles(arguments.test, text=text, encoding=encoding, separator=separator, strict=False),
    )


def train_on(examples: Examples, recipe: Recipe, job: Job, workers: Workers, view: TrainingView) -> Summary | None:
    """Train on rows that were read, and write the model folder; None in a process that does not lead."""
    arguments, unlabelled = job.arguments, job.unlabelled
    findings = _look_over(examples, workers, arguments, view)
    plan = make_plan(arguments, recipe, examples.targets)
    tell_plan(plan, examples, view)
    if unlabelled is not None:
        unlabelled.tell_columns(examples.text_column, view.on_note)
        unlabelled.tell_to(view.on_note)
        if tested := unlabelled.withholds(examples.texts):
            view.on_note(f"{number_of(tested, 'row')} of texts that --test has too: figures on these flatter the model")
    with job.partial.held() if workers.leads else nullcontext():
        fitted = _fit(job, examples, plan, _run(job, workers, view))
        return _write(job, fitted, examples, findings, view) if workers.leads else None


def _look_over(examples: Examples, workers: Workers, arguments: TrainArguments, view: TrainingView) -> Audit | None:
    """The problems of the rows that cheap checks find; of several processes, one checks."""
    view.on_stage("looking for duplicates and damage")
    if not workers.leads:
        return None
    findings = cheap_audit(examples)
    view.on_note(data_note(findings, arguments))
    return findings


def _run(job: Job, workers: Workers, view: TrainingView) -> Run:
    partial = job.partial
    return Run(
        listener=view,
        workers=workers,
        checkpoint=partial.checkpoint,
        resume=job.arguments.resume,
        vectors=partial.vectors,
        linear=partial.linear,
        pretrained=partial.pretrained,
        pretraining=partial.pretraining,
        forecasts=True,
    )


def tell_time(minutes: float | None, started: float, view: TrainingView) -> None:
    """Warn at once if ``minutes`` is too short for starting and saving."""
    if minutes is not None and out_of_time(started + 60 * minutes, saving_seconds()):
        spent = time.monotonic() - started
        view.on_note(
            f"{minutes:g} minutes are too short: starting took {spent:.0f} s and saving takes about "
            f"{saving_seconds():.0f} s; training stops after one step, and the command may end late"
        )


def tell_lateness(minutes: float | None, started: float, view: TrainingView) -> None:
    """Say how late a bounded command ends, and whether other programs are why."""
    seconds = time.monotonic() - started
    if minutes is None or seconds < (1 + LATE) * 60 * minutes:
        return
    waited = seconds - time.process_time()
    why = f"; for {waited:.0f} s it waited for the processor or the disk" if waited > LATE * seconds else ""
    view.on_note(f"the command ends {seconds - 60 * minutes:.0f} s later than asked for{why}")


def _fit(job: Job, examples: Examples, plan: Plan, run: Run) -> Fitted:
    """Train, or continue an interrupted training; after an interrupt, the progress is kept."""
    partial = job.partial
    if run.resume:
        plan = partial.resume(plan, examples.fingerprint)
        if not partial.checkpoint.exists():
            run.listener.on_note(
                "the run ended before its first checkpoint, so the network begins anew; checkpoints are written every "
                f"{number_of(round(plan.recipe.training.checkpoint_seconds), 'second')}"
            )
    else:
        plan = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model))
        if run.workers.leads:
            partial.begin(plan, examples.fingerprint)
    minutes = plan.recipe.training.minutes
    deadline = None if minutes is None else job.invocation.started + 60 * minutes
    late = out_of_time(deadline, saving_seconds())
    run = replace(run, resume=run.resume and partial.checkpoint.exists(), deadline=deadline, late=late)
    try:
        return fit(examples, plan, run, unlabelled=job.unlabelled)
    except (KeyboardInterrupt, RereadError) as error:
        stopped = isinstance(error, KeyboardInterrupt)
        said = kept_in(partial) if stopped else ""
        if run.workers.leads and not (partial.checkpoint.exists() or (stopped and partial.kept())):
            partial.remove()
        if stopped:
            raise KeyboardInterrupt(said) from error
        raise


def _write(job: Job, fitted: Fitted, examples: Examples, findings: Audit | None, view: TrainingView) -> Summary:
    """Write the model folder, and say what came of the training."""
    view.on_stage("writing the model")
    made = artefacts(fitted, run_options(job.arguments, fitted, examples), texts_to_time(fitted, examples))
    held_out = rows_held_out(fitted.held_out, fitted.model(), examples)
    try:
        if not job.arguments.no_report:
            view.on_stage("writing the report")
            page = training_report(
                made, held_out, examples, audit=findings, name=job.out.name, invocation=job.invocation
            )
            made = replace(made, report=page)
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(f"{job.out} holds the model, without its report") from error
    finally:  # the model is saved even if the page fails or is interrupted
        _save(job, made)
    tell_lateness(fitted.plan.recipe.training.minutes, job.invocation.started, view)
    return Summary(
        fitted=fitted,
        held_out=held_out,
        out=job.out,
        report=job.out / bundle.REPORT if made.report else None,
        scoring=made.metrics["scoring"],
        seconds=time.monotonic() - job.invocation.started,
        findings=findings,
    )


def _save(job: Job, made: bundle.Artefacts) -> None:
    try:
        bundle.save(made, job.out, overwrite=job.arguments.overwrite)
    except BundleError as error:
        raise BundleError(f"{error}; {kept_in(job.partial)}") from error
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(kept_in(job.partial)) from error
    job.partial.remove()


def kept_in(partial: PartialRun) -> str:
    """What an interrupted run has learned, where it waits, and how it goes on."""
    *others, last = partial.kept() or [""]
    if not last:
        return "nothing was learned yet"
    kept = f"{', '.join(others)} and {last}" if others else last
    nothing = "" if partial.checkpoint.exists() else ", no step of training yet"
    return f"{partial.folder} keeps {kept}{nothing}: the same command with --resume continues from there"
