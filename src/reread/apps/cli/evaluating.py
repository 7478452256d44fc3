"""What `reread evaluate` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reread.apps.cli.arguments.evaluate import EvaluateArguments
from reread.apps.cli.console import errors, metrics_table, number_of, print_json, results
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.places import beside, check_place, check_rejects, write_page
from reread.apps.cli.report_places import report_place
from reread.apps.cli.reporting import Evaluated, evaluation_report
from reread.apps.cli.seen import Seen, seen_rows
from reread.apps.cli.unknown_words import LOOKED_AT, tell_unknown_words
from reread.apps.cli.where import parse_where
from reread.bundle import LINEAR, STACK, Bundle, TargetConfig
from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.errors import ConfigError, DataError
from reread.files import refuse_input
from reread.model.load import model_of, models_of
from reread.model.stack import Stack, member_scores
from reread.pipeline.held_out import SIDES
from reread.tasks import Task, tasks
from reread.wording import Metrics


def evaluate(arguments: EvaluateArguments, invocation: Invocation) -> None:
    """Run `reread evaluate`."""
    place = report_place(arguments)
    if arguments.report is not None:
        check_place(arguments.report, arguments.data, "the report")
    elif place is not None:
        refuse_input(place, arguments.data, "the report")
    if arguments.on_bad_rows == "set-aside":
        check_rejects(_rejects(arguments), arguments.data, place, "the report")
    bundle = open_model(arguments)
    chosen = chosen_answer(arguments, bundle)
    model = model_of(bundle, chosen)
    models = models_of(bundle)
    answers: str = chosen or next(iter(models))
    examples = _read(arguments, bundle)
    seen, examples = seen_rows(bundle, examples, leave_out=arguments.unseen)
    tell_unknown_words(bundle, examples.texts[:LOOKED_AT], quiet=arguments.quiet)
    targets = known_targets(model.task, examples)
    scores = member_scores(models, examples.texts)
    if isinstance(model, Stack) and model.share == 0:  # the linear member answers alone
        answers = LINEAR
        del scores[STACK]
    read = {SIDES[part]: (models[part].postprocessor, scores[part]) for part in dict.fromkeys([answers, *scores])}
    figures = {name: postprocessor.metrics(targets, raw) for name, (postprocessor, raw) in read.items()}
    if place is not None:
        evaluated = Evaluated(
            bundle=bundle, model=model, examples=examples, targets=targets, read=read, figures=figures,
            seen=seen.sentence(),
        )  # fmt: skip
        page = evaluation_report(evaluated, arguments, invocation)
        place = _write(page, place, required=arguments.report is not None)
    if arguments.as_json:
        print_json({"model": str(bundle.path), **_as_json(len(examples), seen, figures, place)})
    else:
        _print(len(examples), seen, figures, place)


def _read(arguments: EvaluateArguments, bundle: Bundle) -> Examples:
    """Read the rows, and say which are set aside and which columns were read."""
    rejects = _rejects(arguments)
    examples = read_examples(
        list(arguments.data),
        _request(arguments, bundle),
        arguments.on_bad_rows,
        rejects,
        format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
    )
    if examples.report.set_aside:
        errors.print(f"{number_of(examples.report.set_aside, 'bad row')} set aside in {rejects}")
    tell_columns(examples, bundle, quiet=arguments.quiet)
    return examples


def _rejects(arguments: EvaluateArguments) -> Path:
    model = beside(arguments.model)
    return arguments.rejects or model.with_name(f"{model.name}.rejects.jsonl")


def _as_json(rows: int, seen: Seen, figures: Mapping[str, Metrics], report: Path | None) -> dict[str, Any]:
    return {
        "rows": rows,
        "seen": seen._asdict(),
        "metrics": next(iter(figures.values())),
        "network": figures["network"],
        "baseline": figures.get("linear baseline", {}),
        "report": None if report is None else str(report),
    }


def _print(rows: int, seen: Seen, figures: Mapping[str, Metrics], report: Path | None) -> None:
    results.print(metrics_table(figures))
    if seen.sentence():
        results.print(seen.sentence())
    place = "" if report is None else f"; report: {report}"
    results.print(f"{number_of(rows, 'row')}{place}")


def _write(page: str, place: Path, *, required: bool) -> Path | None:
    """Write the report; if its default place cannot be written, print a note and continue without it."""
    try:
        write_page(page, place)
    except DataError as error:
        if required:
            raise
        errors.print(f"no report: {error}; choose another place with --report FILE")
        return None
    return place


def known_targets(task: Task, examples: Examples) -> Any:
    """The targets as the task reads them: one list, or for a joint model one for each target by name.

    Raises:
        DataError: a target that the model does not know, with its file and line.
    """
    several = len(examples.targets) > 1
    targets: Any = examples.targets if several else next(iter(examples.targets.values()))
    try:
        task.encode(targets)
    except DataError:
        for row in range(len(examples)):
            one: Any = {name: [column[row]] for name, column in targets.items()} if several else [targets[row]]
            try:
                task.encode(one)
            except DataError as error:
                raise DataError(f"{examples.place(row)}: {error}") from error
        raise
    return targets


def tell_columns(examples: Examples, bundle: Bundle, *, quiet: bool) -> None:
    """Say which columns were read, if their names are not those of training."""
    trained = [bundle.config.text_column, *(target.column for target in bundle.config.targets.values())]
    read = [examples.text_column, *examples.target_columns.values()]
    if read != trained and not quiet:
        errors.print(f"text: {read[0]}, target: {', '.join(read[1:])}; in training {', '.join(trained)}")


def _request(arguments: EvaluateArguments, bundle: Bundle) -> ColumnRequest:
    """The columns of training, or those the options name instead."""
    separator = arguments.label_separator or bundle.config.label_separator
    return ColumnRequest(
        text=arguments.text,
        trained_text=bundle.config.text_column,
        targets=target_requests(bundle.config.targets, {"label": arguments.labels, "number": arguments.targets}),
        where=parse_where(arguments.where),
        label_separator=separator,
        slices=arguments.slices,
    )


def target_requests(
    trained: Mapping[str, TargetConfig], named: Mapping[str, Sequence[str]]
) -> tuple[TargetRequest, ...]:
    """The columns of a model's targets: those that the options name, in the order of training, or those of training.

    Raises:
        ConfigError: the options name another number of columns than the model has targets of that kind.
    """
    kinds = {name: tasks.get(target.task).target_kind for name, target in trained.items()}
    columns = dict[str, str]()
    for kind, option in (("label", "--label"), ("number", "--target")):
        of_kind = [name for name in trained if kinds[name] == kind]
        if named[kind] and len(named[kind]) != len(of_kind):
            known = ", ".join(f"{name} ({target.task})" for name, target in trained.items())
            raise ConfigError(
                f"{option} names {number_of(len(named[kind]), 'column')}, the model has "
                f"{number_of(len(of_kind), kind)}; "
                f"its targets: {known}"
            )
        of_training = (
            [trained[name].column for name in of_kind] if len(of_kind) > 1 else []
        )  # no name says which of several
        columns.update(zip(of_kind, named[kind] or of_training, strict=False))
    return tuple(TargetRequest(name, kinds[name], columns.get(name), trained[name].column) for name in trained)
