"""What `reread predict` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.opening import open_model
from reread.apps.cli.options import parse_where
from reread.apps.cli.places import check_place
from reread.bundle import Bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.examples import equal_to
from reread.data.read import Row, Rows, open_rows
from reread.data.source import STANDARD_STREAM
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError
from reread.model.load import model_of
from reread.model.rows import ERROR, answer_columns, answer_rows
from reread.scoring.abstaining import overrules
from reread.scoring.decisions.learning import describe_thresholds
from reread.scoring.predict_options import PredictOptions
from reread.tasks import Task


def predict(values: Mapping[str, Any]) -> None:
    """Run `reread predict`."""
    if values["as_json"] and values["out"] == STANDARD_STREAM:
        raise ConfigError("--json would stand among the answers on standard output; say where these go with -o FILE")
    # Answers have no bad row's cells, and only the rows of --where: in the data's place they would lose some of it.
    check_place(values["out"], [values["data"]], "where the answers go")
    bundle = open_model(values)
    model = model_of(bundle, _part(network=values["network"], baseline=values["baseline"]))
    rows = open_rows(values["data"], format=values["file_format"], encoding=values["encoding"])
    text, wanted = find_columns(values, bundle, rows)
    asked = PredictOptions(abstain_below=values["abstain_below"], sets=values["sets"], interval=values["interval"])
    added = answer_columns(model, asked)
    _warn(values, model.task)
    abstentions = [name for name in added if name == "abstained" or name.endswith(".abstained")]
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which predict would add; rename it first')
    failed = abstained = count = 0
    with open_writer(values["out"], [*rows.columns, *added], format=values["out_format"]) as writer:
        for answered in answer_rows((row for row in rows if row.problem or wanted(row)), text, model, asked):
            failed += bool(answered[ERROR])
            abstained += any(answered[name] for name in abstentions)
            count += 1
            writer.write(answered)
        if not count:
            raise DataError(f"{rows.name}: no row has {', '.join(values['where'])}")
    _report(values, count, failed, abstained)


def _warn(values: Mapping[str, Any], task: Task) -> None:
    below = values["abstain_below"]
    if below is not None and overrules(task, below) and not values["quiet"]:
        errors.print(
            f"--abstain-below {below:g} leaves out what train --decide chose to answer with less: {describe_thresholds(task)}",
        )


def _report(values: Mapping[str, Any], count: int, failed: int, abstained: int) -> None:
    if values["as_json"]:
        counts = {"rows": count, "failed": failed, "abstained": abstained}
        print_json({"model": str(values["model"]), "out": values["out"], **counts})
    if abstained and not values["quiet"]:
        errors.print(
            f"{abstained:,} of {number_of(count, 'row')} abstained: less sure than {values['abstain_below']:g}"
        )
    if failed:
        errors.print(f"{failed:,} of {number_of(count, 'row')} could not be answered; the error column says why")
    elif not values["quiet"] and values["out"] != STANDARD_STREAM:
        done = "written to" if abstained else "answered in"
        errors.print(f"{number_of(count, 'row')} {done} {values['out']}")


def find_columns(values: Mapping[str, Any], bundle: Bundle, rows: Rows) -> tuple[str, Callable[[Row], bool]]:
    """The column with the texts (asked for, that of training, or one with a usual name), and whether a row is wanted.

    Raises:
        DataError: a column is not there.
        ConfigError: a ``--where`` that is no assignment.
    """
    trained = bundle.config["data"]["columns"][0]
    where = [(column, equal_to(value)) for column, value in parse_where(values["where"])]
    try:
        for column, _ in where:
            choose_column(rows.columns, column, (), "where")
        text = choose_column(rows.columns, values["text"], TEXT_COLUMNS, "text", trained=trained)
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    if text != trained and values["text"] is None and not values["quiet"]:
        errors.print(f"text: {text}; in training {trained}")
    return text, lambda row: all(equals(row.values[column]) for column, equals in where)


def _part(*, network: bool, baseline: bool) -> str | None:
    """Which part of the folder is asked for; None: what answers."""
    if network and baseline:
        raise ConfigError("--network and --baseline both name what answers; say one of them, or none for the blend")
    return "network" if network else "baseline" if baseline else None
