"""What `reread predict` does."""

from __future__ import annotations

from collections.abc import Callable

from reread.apps.cli.arguments.predict import PredictArguments
from reread.apps.cli.columns import find_columns, refuse_clash
from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.places import check_place
from reread.apps.cli.unknown_words import LOOKED_AT, tell_unknown_words
from reread.bundle import Bundle
from reread.data.read import Row, Rows, open_rows
from reread.data.source import STANDARD_STREAM
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError
from reread.model.load import model_of
from reread.model.rows import answer_columns, answer_rows
from reread.scoring.abstaining import overrules
from reread.scoring.batches import ERROR
from reread.scoring.decisions.learning import describe_thresholds
from reread.scoring.predict_options import PredictOptions
from reread.tasks import Task


def predict(arguments: PredictArguments) -> None:
    """Run `reread predict`."""
    if arguments.as_json and arguments.out == STANDARD_STREAM:
        raise ConfigError("--json would mix with the answers on standard output; name a file for them with -o FILE")
    # Answers have no bad row's cells, and only the rows of --where: in the data's place they would lose some of it.
    check_place(arguments.out, [arguments.data], "where the answers go")
    bundle = open_model(arguments, arguments.precision_limit)
    model = model_of(bundle, chosen_answer(arguments, bundle))
    rows = open_rows(arguments.data, format=arguments.file_format, encoding=arguments.encoding, may_be_empty=True)
    text, wanted = _columns(arguments, bundle, rows)
    options = PredictOptions(abstain_below=arguments.abstain_below, sets=arguments.sets, interval=arguments.interval)
    added = answer_columns(model, options)
    _warn(arguments, model.task)
    abstentions = [name for name in added if name == "abstained" or name.endswith(".abstained")]
    refuse_clash(rows, added, "predict")
    failed = abstained = count = 0
    first: list[str] = []
    with open_writer(arguments.out, [*rows.columns, *added], format=arguments.out_format) as writer:
        for answered in answer_rows((row for row in rows if row.problem or wanted(row)), text, model, options):
            failed += bool(answered[ERROR])
            abstained += any(answered[name] for name in abstentions)
            count += 1
            if len(first) < LOOKED_AT and not answered[ERROR]:
                first.append(answered[text])
            writer.write(answered)
        if not count and not rows.empty:
            raise DataError(f"{rows.name}: no row has {', '.join(arguments.where)}")
    if rows.empty and not arguments.quiet:
        errors.print(f"{rows.name} holds no rows, so there is nothing to answer")
    tell_unknown_words(bundle, first, quiet=arguments.quiet)
    _report(arguments, count, failed, abstained)


def _columns(arguments: PredictArguments, bundle: Bundle, rows: Rows) -> tuple[str, Callable[[Row], bool]]:
    """The column with the texts, and a filter of rows.

    Raises:
        DataError: a column is missing; of a file without rows, the first line is then taken for a text, not a header.
    """
    try:
        return find_columns(arguments, bundle, rows, quiet=arguments.quiet)
    except DataError:
        rows.check_not_empty()
        raise


def _warn(arguments: PredictArguments, task: Task) -> None:
    below = arguments.abstain_below
    if below is not None and overrules(task, below) and not arguments.quiet:
        errors.print(
            f"--abstain-below {below:g} leaves out answers that train --decide gives at a lower probability: "
            f"{describe_thresholds(task)}",
        )


def _report(arguments: PredictArguments, count: int, failed: int, abstained: int) -> None:
    if arguments.as_json:
        counts = {"rows": count, "failed": failed, "abstained": abstained}
        print_json({"model": str(arguments.model), "out": arguments.out, **counts})
    if abstained and not arguments.quiet:
        errors.print(
            f"{abstained:,} of {number_of(count, 'row')} abstained: less sure than {arguments.abstain_below:g}"
        )
    if failed:
        errors.print(f"{failed:,} of {number_of(count, 'row')} could not be answered; the error column says why")
    elif not arguments.quiet and arguments.out != STANDARD_STREAM:
        done = "written to" if abstained else "answered in"
        errors.print(f"{number_of(count, 'row')} {done} {arguments.out}")
