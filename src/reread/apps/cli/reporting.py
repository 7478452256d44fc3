"""What `reread train` and `reread evaluate` know → the report's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import tomli_w
from numpy.typing import NDArray

from reread.apps.cli.options import Invocation, config_keys
from reread.bundle import STRANGE, Artefacts, Bundle
from reread.data.compression import split_suffixes
from reread.data.examples import Examples
from reread.data.source import STANDARD_STREAM
from reread.data.write import output
from reread.errors import BundleError, ConfigError
from reread.estimators.facts import ModelFacts, model_facts
from reread.estimators.held_out import HeldOut
from reread.insight.report import Facts, Measured, render
from reread.tasks import Task
from reread.wording import Metrics, listed, number_of


def training_report(
    made: Artefacts, task: Task, held_out: HeldOut | None, examples: Examples, *, name: str, invocation: Invocation
) -> str:
    """The report of a training, on the rows held out."""
    model = model_facts(made.config, made.metrics)
    rows = None
    if held_out is not None:
        rows = _measured(
            task, held_out.targets, held_out.scores, examples, rows=held_out.rows, weights=held_out.weights
        )
    return render(
        Facts(
            title=_title(name, model, examples), subject=model.held_out, model=model, figures=model.figures, rows=rows,
            command=invocation.command(), options={"Every option, as --config reads it": tomli_w.dumps(dict(made.run))}, date=_today(),
        )
    )  # fmt: skip


def evaluation_report(
    bundle: Bundle,
    examples: Examples,
    targets: Any,
    scores: Mapping[str, NDArray[Any]],
    *,
    figures: Mapping[str, Metrics],
    values: Mapping[str, Any],
    invocation: Invocation,
) -> str:
    """The report of an evaluation.

    Raises:
        BundleError: the folder says of itself what cannot be understood.
    """
    try:
        model = model_facts(bundle.config, bundle.metrics)
    except STRANGE as error:
        raise BundleError(
            f"{bundle.path} says what no report can be made of ({type(error).__name__} {error}); say --no-report"
        ) from error
    options = {
        "Every option, as --config reads it": tomli_w.dumps(options_given(values)),
        "Every option of the training": bundle.files["run.toml"].decode("utf-8", "replace"),
    }
    subject = (
        f"Measured on {number_of(len(examples), 'row')} of {listed([Path(name).name for name in values['data']], 5)}."
    )
    return render(
        Facts(
            title=_title(bundle.path.resolve().name, model, examples), subject=subject, model=model, figures=figures,
            rows=_measured(bundle.scorer.task, targets, scores, examples), command=invocation.command(), options=options, date=_today(),
        )
    )  # fmt: skip


def _measured(
    task: Task,
    targets: Any,
    scores: Mapping[str, NDArray[Any]],
    examples: Examples,
    *,
    rows: NDArray[Any] | None = None,
    weights: NDArray[Any] | None = None,
) -> Measured:
    """The rows that were answered: all examples, or some."""
    texts: Sequence[str] = examples.texts
    slices: Mapping[str, Sequence[Any]] = examples.slices
    place: Callable[[int], str] = examples.place
    if rows is not None:
        chosen = rows.tolist()
        texts = [examples.texts[row] for row in chosen]
        slices = {column: [values[row] for row in chosen] for column, values in examples.slices.items()}
        place = lambda row: examples.place(chosen[row])  # noqa: E731
    return Measured(task, targets, scores, texts, place, next(iter(examples.target_columns.values())), weights, slices)


def options_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the command that runs, as `--config` reads them."""
    keys = config_keys(click.get_current_context().command)
    options = {key: values[parameter.name] for key, parameter in keys.items() if parameter.name in values}
    return {key: as_toml(value) for key, value in options.items() if value is not None and value != ()}


def as_toml(value: Any) -> Any:
    """An option's value in the form that TOML has for it."""
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value


def report_place(values: Mapping[str, Any]) -> Path | None:
    """Where an evaluation's report goes: where it was asked for, or beside the model, named for both; None: there is to be none.

    Raises:
        ConfigError: standard output, where the results go, or nowhere as well.
    """
    if values["report"] is not None:
        if values["no_report"]:
            raise ConfigError(
                f"--no-report and --report {values['report']} contradict each other; leave one of them out"
            )
        if str(values["report"]) == STANDARD_STREAM:
            raise ConfigError("--report -: the results go to standard output; name a file, such as report.html")
        return Path(values["report"])
    if values["no_report"]:
        return None
    model, data = Path(values["model"]).resolve(), values["data"][0]
    name = "standard-input" if data == STANDARD_STREAM else Path(data).name
    stem = Path(name[: len(name) - len(split_suffixes(name)[1])]).stem
    return Path(values["model"]).parent / f"{model.stem}.{stem}.html"


def write_report(page: str, path: Path) -> None:
    """Write a page as a whole or not at all; half of a surrogate pair, which UTF-8 cannot hold, becomes its escape.

    Raises:
        DataError: there can be no such file.
    """
    with output(str(path)) as stream:
        stream.write(page.encode("utf-8", "backslashreplace"))


def _title(name: str, model: ModelFacts, examples: Examples) -> str:
    return f"{name}: {model.task} of {listed(list(examples.target_columns.values()), 3)}"


def _today() -> str:
    return dt.datetime.now(tz=dt.UTC).date().isoformat()
