"""What `reread predict` and `reread evaluate` do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reread.apps.cli.console import errors, metrics_table, print_json, results
from reread.apps.cli.options import parse_where
from reread.blend.linear import LinearModel, read_baseline
from reread.bundle import Bundle, read_bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.examples import ColumnRequest, TargetRequest, read_examples
from reread.data.read import Row, open_rows
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError

CHUNK = 4096  # rows read, scored and written together


class Scores(Protocol):
    """What gives raw scores for texts: the network or the baseline."""

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Raw scores, (texts, scores)."""


def predict(values: Mapping[str, Any]) -> None:
    """Run `reread predict`."""
    bundle = read_bundle(values["model"], threads=values["threads"])
    model = _baseline(bundle) if values["baseline"] else bundle.scorer
    rows = open_rows(values["data"], format=values["file_format"], encoding=values["encoding"])
    text = text_column(values["text"], bundle, rows.columns)
    where = parse_where(values["where"])
    answers = bundle.scorer.task.columns(np.zeros((1, bundle.scorer.task.size), dtype=np.float32))
    added = [*answers, "error"]
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which predict would add; rename it first')
    failed = count = 0
    with open_writer(values["out"], [*rows.columns, *added], format=values["out_format"]) as writer:
        wanted = (row for row in rows if all(str(row.values.get(column)) == value for column, value in where))
        for chunk in _chunks(wanted):
            for values_out in answer_rows(chunk, text, model, bundle):
                failed += bool(values_out["error"])
                count += 1
                writer.write(values_out)
    if failed:
        errors.print(f"{failed:,} of {count:,} rows could not be answered; their error column says why", markup=False)
    elif not values["quiet"] and values["out"] != "-":
        errors.print(f"{count:,} rows answered in {values['out']}", markup=False)


def text_column(asked: str | None, bundle: Bundle, columns: Sequence[str]) -> str:
    """The column with the texts: the one asked for, the one of training, or the one with a usual name."""
    trained = bundle.config["data"]["columns"][0]
    return choose_column(columns, asked or (trained if trained in columns else None), TEXT_COLUMNS, "--text")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def answer_rows(rows: list[Row], text: str, model: Scores, bundle: Bundle) -> Iterator[dict[str, Any]]:
    """The input's values with the answer, row by row; a bad row has an error and no answer."""
    problems = [row.problem or _text_problem(row.values.get(text)) for row in rows]
    good = [row.values[text] for row, problem in zip(rows, problems, strict=True) if not problem]
    answers = bundle.scorer.task.columns(model.scores(good))
    position = 0
    for row, problem in zip(rows, problems, strict=True):
        if problem:
            yield {**row.values, **dict.fromkeys(answers, None), "error": problem}
        else:
            yield {**row.values, **{name: column[position] for name, column in answers.items()}, "error": ""}
            position += 1


def _text_problem(text: object) -> str:
    if text is None or (isinstance(text, str) and not text.strip()):
        return "text is missing"
    return "" if isinstance(text, str) else f"text is {type(text).__name__}, expected a string"


def _baseline(bundle: Bundle) -> LinearModel:
    baseline = read_baseline(bundle.files)
    if baseline is None:
        raise ConfigError(f"{bundle.path} holds no linear baseline: it was trained with --no-baseline")
    return baseline


def evaluate(values: Mapping[str, Any]) -> None:
    """Run `reread evaluate`."""
    bundle = read_bundle(values["model"], threads=values["threads"])
    rejects = values["rejects"] or Path(f"{bundle.path}.rejects.jsonl")
    examples = read_examples(
        list(values["data"]), _request(values, bundle), values["on_bad_rows"], rejects,
        format=values["file_format"], encoding=values["encoding"],
    )  # fmt: skip
    if examples.report.set_aside:
        errors.print(f"{examples.report.set_aside:,} bad rows set aside in {rejects}", markup=False)
    task, baseline = bundle.scorer.task, read_baseline(bundle.files)
    targets: Any = examples.targets if len(examples.targets) > 1 else next(iter(examples.targets.values()))
    figures = {"network": task.metrics(targets, bundle.scorer.scores(examples.texts))}
    if baseline is not None:
        figures["linear baseline"] = task.metrics(targets, baseline.scores(examples.texts))
    if values["as_json"]:
        print_json(
            {
                "model": str(bundle.path),
                "rows": len(examples),
                "metrics": figures["network"],
                "baseline": figures.get("linear baseline", {}),
            }
        )
        return
    results.print(metrics_table(figures))
    results.print(f"{len(examples):,} rows", markup=False)


def _request(values: Mapping[str, Any], bundle: Bundle) -> ColumnRequest:
    """The columns of training, or those the options name instead, in the same order."""
    trained = bundle.config["targets"]
    asked = [*values["labels"], *values["targets"]]
    if asked and len(asked) != len(trained):
        raise ConfigError(
            f"the model has {len(trained)} target(s) ({', '.join(trained)}); --label and --target name {len(asked)}"
        )
    requests = []
    for k, (name, target) in enumerate(trained.items()):
        requests.append(
            TargetRequest(
                name, "number" if target["task"] == "regression" else "label", asked[k] if asked else target["column"]
            )
        )
    separator = values["label_separator"] or bundle.config["label_separator"]
    return ColumnRequest(
        text=values["text"] or bundle.config["data"]["columns"][0],
        targets=tuple(requests),
        where=parse_where(values["where"]),
        label_separator=separator,
    )
