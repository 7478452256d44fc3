"""What `reread predict` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.opening import open_model
from reread.apps.cli.options import parse_where
from reread.apps.cli.places import check_place
from reread.blend.linear import read_baseline
from reread.blend.load import answers_of
from reread.bundle import Bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.examples import equal_to
from reread.data.read import Row, Rows, open_rows
from reread.data.source import STANDARD_STREAM
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError
from reread.scoring.abstaining import overrules
from reread.scoring.answers import Scores
from reread.scoring.asked import Asked
from reread.scoring.decisions.learning import describe_thresholds
from reread.scoring.joint_readout import AnyReadout

CHUNK = 4096  # rows read, scored and written together, fewer where they hold so many characters or get so many scores:
CHARACTERS = 1 << 24
SCORES = 1 << 20


def predict(values: Mapping[str, Any]) -> None:
    """Run `reread predict`."""
    if values["as_json"] and values["out"] == STANDARD_STREAM:
        raise ConfigError("--json would stand among the answers on standard output; say where these go with -o FILE")
    # Answers have no bad row's cells, and only the rows of --where: in the data's place they would lose some of it.
    check_place(values["out"], [values["data"]], "where the answers go")
    bundle = open_model(values)
    model, readout = _model(bundle, network=values["network"], baseline=values["baseline"])
    rows = open_rows(values["data"], format=values["file_format"], encoding=values["encoding"])
    text, wanted = find_columns(values, bundle, rows)
    asked = Asked(abstain_below=values["abstain_below"], sets=values["sets"], interval=values["interval"])
    answers = readout.columns(np.zeros((1, readout.task.size), dtype=np.float32), asked)
    added = [*answers, "error"]
    _warn(values, readout)
    abstentions = [name for name in answers if name == "abstained" or name.endswith(".abstained")]
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which predict would add; rename it first')
    failed = abstained = count = 0
    with open_writer(values["out"], [*rows.columns, *added], format=values["out_format"]) as writer:
        for chunk in chunks((row for row in rows if row.problem or wanted(row)), text, readout.task.size):
            for values_out in answer_rows(chunk, text, model, readout, asked):
                failed += bool(values_out["error"])
                abstained += any(values_out[name] for name in abstentions)
                count += 1
                writer.write(values_out)
        if not count:
            raise DataError(f"{rows.name}: no row has {', '.join(values['where'])}")
    _report(values, count, failed, abstained)


def _warn(values: Mapping[str, Any], readout: AnyReadout) -> None:
    below = values["abstain_below"]
    if below is not None and overrules(readout.task, below) and not values["quiet"]:
        errors.print(
            f"--abstain-below {below:g} leaves out what train --decide chose to answer with less: {describe_thresholds(readout.task)}",
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


def chunks(rows: Iterable[Row], text: str, scores: int) -> Iterator[list[Row]]:
    """Rows that are answered together, ``scores`` numbers each."""
    most = max(1, min(CHUNK, SCORES // scores))
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(str(row.values.get(text)))
        if len(chunk) >= most or size >= CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def answer_rows(
    rows: list[Row], text: str, model: Scores, readout: AnyReadout, asked: Asked
) -> Iterator[dict[str, Any]]:
    """The input's values with the answer, row by row; a bad row has an error and no answer."""
    problems = [row.problem or text_problem(row.values.get(text)) for row in rows]
    good = [row.values[text] for row, problem in zip(rows, problems, strict=True) if not problem]
    answers = readout.columns(model.scores(good), asked)
    position = 0
    for row, problem in zip(rows, problems, strict=True):
        if problem:
            yield {**row.values, **dict.fromkeys(answers, None), "error": problem}
        else:
            yield {**row.values, **{name: column[position] for name, column in answers.items()}, "error": ""}
            position += 1


def text_problem(text: object) -> str:
    """What is wrong with a text; empty where nothing is."""
    if text is None or (isinstance(text, str) and not text.strip()):
        return "text is missing"
    return "" if isinstance(text, str) else f"text is {type(text).__name__}, expected a string"


def _model(bundle: Bundle, *, network: bool, baseline: bool) -> tuple[Scores, AnyReadout]:
    """What the folder answers with, or the part of it that is asked for, and how its scores are read."""
    if network and baseline:
        raise ConfigError("--network and --baseline both name what answers; say one of them, or none for the blend")
    if not baseline:
        answers = bundle.scorer if network else answers_of(bundle)
        return answers, answers.readout
    linear = read_baseline(bundle.files)
    if linear is None:
        raise ConfigError(f"{bundle.path} holds no linear baseline: it was trained with --no-baseline")
    return linear, bundle.readouts["baseline"]
