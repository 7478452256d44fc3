"""What `reread tune` does: options → trials → the best settings, trained as `reread train` does."""

from __future__ import annotations

import math
import time
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import click

from reread.apps.cli.arguments.tune import TuneArguments
from reread.apps.cli.config_file import typed_wins
from reread.apps.cli.contradictions import check_options
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.planning import make_plan
from reread.apps.cli.training import Job, tell_time, train_on, unlabelled_texts
from reread.apps.cli.training_data import read_rows, tell_plan
from reread.apps.cli.training_places import out_folder
from reread.apps.cli.training_settings import recipe_of, setting_tables
from reread.apps.cli.training_summary import Summary
from reread.apps.cli.tuning_cluster import SpreadHelpers
from reread.apps.cli.tuning_files import Tuning, write_best, write_page
from reread.apps.cli.tuning_helpers import Helpers
from reread.apps.cli.tuning_places import StudyPlaces, check_study
from reread.apps.cli.tuning_summary import Tuned, TuningView, print_tuned
from reread.bundle import STACK
from reread.errors import ConfigError, RereadError
from reread.insight.report import Measured
from reread.insight.report.resampling import NORMAL
from reread.lab.cluster import Cluster, ray_
from reread.lab.tune.budget import UNBOUNDED, Budget
from reread.lab.tune.checks import completed, named, tried
from reread.lab.tune.found import Found
from reread.lab.tune.search import Search
from reread.lab.tune.shared import Shared
from reread.lab.tune.space import Space, read_space, space_of
from reread.lab.tune.study import Study
from reread.lab.tune.toml import assignments
from reread.locks import lock
from reread.pipeline.machine_choices import CHOICES
from reread.pipeline.partial import PartialRun
from reread.pipeline.stacking import LEAST_HELD_OUT
from reread.train.workers import Workers
from reread.wording import number_of

NOT_COMPARED = {*CHOICES, "minutes", "checkpoint_seconds"}
"""Settings that processes of one search may have of their own."""


def tune(arguments: TuneArguments, invocation: Invocation) -> None:
    """Run the command."""
    arguments = typed_wins(arguments, click.get_current_context())
    spread = arguments.ray is not None and arguments.processes != 1  # of a helper there, that is 1
    if spread:
        ray_()  # where it is missing, that names the extra to install
    if spread or (arguments.processes or 1) > 1:
        arguments = replace(arguments, threads=arguments.threads or 1)
        if "-" in arguments.data:
            option = f"--ray {arguments.ray}" if spread else f"--processes {arguments.processes}"
            raise ConfigError(f"{option} with standard input, which only one can read; name a file")
    recipe = recipe_of(arguments)
    if recipe.training.minutes is None and arguments.trials is None:
        raise ConfigError("nothing says how long to search; pass --minutes M, --trials N or both")
    if recipe.training.validation == 0:
        raise ConfigError("validation = 0: settings are compared on rows held out; hold out a share such as 0.1")
    if arguments.pretrain_minutes is not None:
        raise ConfigError(
            f"--pretrain-minutes {arguments.pretrain_minutes:g}: a search would pretrain in every trial; run reread "
            "pretrain once, and search with --from FOLDER"
        )
    if recipe.training.self_training:
        raise ConfigError(
            f"training.self_training = {recipe.training.self_training}: a search compares single trainings; leave it "
            "out, and train the best settings with it"
        )
    places = StudyPlaces(out_folder(arguments.out, arguments.data))
    check_study(places, arguments)
    check_options(arguments, recipe)
    space = read_space(arguments.space) if arguments.space else space_of(recipe.name)
    joined = Cluster(arguments.ray) if spread and arguments.ray else nullcontext()
    with joined as cluster, TuningView(quiet=arguments.quiet) as view:
        tell_time(recipe.training.minutes, invocation.started, view)
        arguments, examples = read_rows(arguments, places.out, view)
        plan = make_plan(arguments, recipe, examples.targets)
        tell_plan(plan, examples, view)
        tuning = Tuning(
            arguments=arguments, invocation=invocation, places=places, plan=plan, own=completed(plan, examples),
            examples=examples, view=view, cluster=cluster,
        )  # fmt: skip
        tuned = _tune(tuning, space)
    print_tuned(tuned, as_json=arguments.as_json)


def _tune(tuning: Tuning, space: Space) -> Tuned:
    """Search, and train the best settings if no other process will."""
    arguments, view = tuning.arguments, tuning.view
    tables = setting_tables(arguments.of_training(minutes=None))
    fixed = named(space, [f"{table}.{name}" for table, settings in tables.items() for name in settings])
    space = tried(space.without(fixed), tuning.own, tuning.examples, view.on_note, strict=arguments.space is not None)
    view.on_note(f"searching {', '.join(space.settings)}")
    with Shared(tuning.examples, view) as shared:
        search = _search_of(tuning, space, shared)
        view.compares(search.headline)
        try:
            with search.study:
                return _searched(tuning, search)
        except (KeyboardInterrupt, RereadError) as error:
            if search.study.is_empty():
                tuning.places.remove()  # nothing was learned yet: the next search starts afresh
            elif isinstance(error, KeyboardInterrupt):
                write_page(tuning, _found(search, None))
                kept = f"what was learned is kept in {search.study.folder}"
                raise KeyboardInterrupt(f"{kept}: the same command with --resume continues from there") from error
            raise


def _search_of(tuning: Tuning, space: Space, shared: Shared) -> Search:
    """The search, with its rows prepared and its study open."""
    started, training = time.monotonic(), tuning.plan.recipe.training
    prepared = shared.prepared(tuning.plan)
    task, rows = prepared.task, len(prepared.validation)
    if tuning.plan.answer == STACK and tuning.plan.baseline and rows < LEAST_HELD_OUT:
        tuning.view.on_note(
            f"{number_of(rows, 'row')} held out are too few for the network to answer: all trials are equal, as the "
            "linear member answers alone; --answer network compares networks"
        )
    study = Study(
        tuning.places.folder,
        space,
        defaults=space.values_of(tuning.own.recipe),
        identity=_identity(tuning, space),
        maximise=task.higher_is_better,
        seed=training.seed,
    )
    preparing = 2 * (time.monotonic() - started)  # rows are looked over too, which takes about as long
    return Search(
        study=study,
        plan=tuning.plan,
        own=tuning.own.recipe,
        shared=shared,
        headline=task.headline,
        budget=UNBOUNDED if tuning.deadline is None else Budget(tuning.deadline, preparing),
        most=tuning.arguments.trials,
        watcher=tuning.view,
        improved=lambda best: write_best(tuning, best, space),
        unlabelled=unlabelled_texts(tuning.arguments) or (),
    )


def _searched(tuning: Tuning, search: Search) -> Tuned:
    """Search; the process that leads, or the last one that searches, then trains the best settings."""
    study = search.study
    with lock(study.locks, "leader") as leads:
        if not leads:
            tuning.view.on_note(f"joining the search in {study.folder}")
        with _helpers(tuning):
            search.run()
            if leads:
                search.wait_for_others()
        if leads:
            return _finished(tuning, search)
    with lock(study.locks, "leader") as leads:
        if leads and not study.made:  # the process that led is gone
            return _finished(tuning, search)
    return Tuned(found=_found(search, None), summary=None, places=tuning.places, seconds=_seconds(tuning))


def _helpers(tuning: Tuning) -> Helpers:
    """The processes that search too, here or on a cluster."""
    arguments, processes = tuning.arguments, tuning.arguments.processes
    told: dict[str, Any] = {"deadline": tuning.deadline, "note": tuning.view.on_note}
    if tuning.cluster is None:
        return Helpers((processes or 1) - 1, tuning.invocation, arguments.threads, **told)
    count = None if processes is None else processes - 1
    return SpreadHelpers(tuning.cluster, count, tuning.invocation, arguments.threads or 1, **told)


def _finished(tuning: Tuning, search: Search) -> Tuned:
    """Train the best settings the usual way, and write the page."""
    best, space = search.study.best(), search.study.space
    if best is None:
        tuning.view.on_note("training the defaults: the time was too short for a whole trial")
    else:
        write_best(tuning, best, space)
        tuning.view.on_note(f"training the settings of trial {best.number}")
    changed = space.applied(best.settings, tuning.own.recipe) if best else {}
    arguments = tuning.arguments.of_training(
        settings=(*tuning.arguments.settings, *assignments(changed)),
        resume=False,
    )
    job = Job(
        arguments=arguments,
        invocation=tuning.invocation,
        out=tuning.places.out,
        partial=PartialRun(tuning.places.final),
        unlabelled=unlabelled_texts(arguments),
    )
    try:
        summary = train_on(tuning.examples, recipe_of(arguments), job, Workers(), tuning.view)
    finally:
        job.partial.remove()
    search.study.made = True
    found = _found(search, summary)
    write_page(tuning, found)
    return Tuned(found=found, summary=summary, places=tuning.places, seconds=_seconds(tuning))


def _seconds(tuning: Tuning) -> float:
    return time.monotonic() - tuning.invocation.started


def _found(search: Search, summary: Summary | None) -> Found | None:
    """What the study has found so far; None without a whole trial."""
    study, best = search.study, search.study.best()
    if best is None:
        return None
    trials = study.standings()
    return Found(
        metric=search.headline,
        maximise=study.maximise,
        space=study.space,
        trials=trials,
        best=best,
        defaults=next((trial for trial in trials if trial.defaults and trial.value is not None), None),
        importance=study.importance(),
        standard_error=_standard_error(summary.held_out if summary else None),
    )


def _standard_error(held_out: Measured | None) -> float:
    """Of the headline metric on the rows held out: of a joint model that of its first target."""
    if held_out is None:
        return math.nan
    interval = held_out.parts()[0].answers.interval()
    return (interval.high - interval.low) / (2 * NORMAL)


def _identity(tuning: Tuning, space: Space) -> dict[str, Any]:
    """What all processes of one search must agree on."""
    plan = tuning.plan.to_config()
    training = plan["recipe"]["training"]
    plan["recipe"]["training"] = {name: value for name, value in training.items() if name not in NOT_COMPARED}
    return {"data": tuning.examples.fingerprint.to_config(), "space": space.to_config(), "plan": plan}
