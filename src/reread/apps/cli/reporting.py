"""What `reread train` and `reread evaluate` know → the report's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
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
from reread.errors import BundleError, ConfigError, MissingExtraError
from reread.estimators.facts import ModelFacts, model_facts
from reread.estimators.held_out import HeldOut
from reread.estimators.prepare import Subset
from reread.insight.audit.run import EXAMPLES, Audit
from reread.insight.report import Facts, Measured, render
from reread.insight.report.facts import Explain, Noticed
from reread.scoring.answers import Answers
from reread.scoring.explain import Explanation
from reread.scoring.explain.explain import SENTENCE, WORD
from reread.tasks.joint import Joint
from reread.wording import Metrics, listed, number_of

LONG = 500  # tokens up to which a text is explained word by word


def training_report(
    made: Artefacts,
    answers: Answers,
    held_out: HeldOut | None,
    examples: Examples,
    *,
    looked: Audit,
    name: str,
    invocation: Invocation,
) -> str:
    """The report of a training, on the rows held out; ``looked`` is what an audit found in all of them."""
    model = model_facts(made.config, made.metrics)
    rows = None
    if held_out is not None:
        numbers = held_out.rows
        rows = Measured(
            answers.readout.task, held_out.targets, held_out.scores, Subset(examples.texts, numbers),
            lambda row: examples.place(int(numbers[row])), _target(examples), held_out.weights,
            {column: Subset(values, numbers) for column, values in examples.slices.items()}, _explaining(answers),
        )  # fmt: skip
    return render(
        Facts(
            title=_title(name, model, examples), subject=model.held_out, model=model, figures=model.figures, rows=rows,
            command=invocation.command(), options={"Every option, as --config reads it": tomli_w.dumps(dict(made.run))}, date=_today(),
            findings=_noticed(looked),
        )
    )  # fmt: skip


def _noticed(looked: Audit) -> list[Noticed]:
    """What the audit found, check by check, with the places and texts of the first rows."""
    return [
        Noticed(found.said, found.count, [_example(looked.row(name, each)) for each in found.findings[:EXAMPLES]])
        for name, found in looked.found.items()
        if found.findings
    ]


def _example(row: Mapping[str, Any]) -> str:
    return f"{Path(row['file']).name}, line {row['line']}: {row['text']}"


def evaluation_report(
    bundle: Bundle,
    answers: Answers,
    examples: Examples,
    targets: Any,
    *,
    scores: Mapping[str, NDArray[Any]],
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
    rows = Measured(
        answers.readout.task, targets, scores, examples.texts, examples.place, _target(examples),
        slices=examples.slices, explain=_explaining(answers),
    )  # fmt: skip
    return render(
        Facts(
            title=_title(bundle.path.resolve().name, model, examples), subject=subject, model=model, figures=figures, rows=rows,
            command=invocation.command(), options=options, date=_today(),
        )
    )  # fmt: skip


def _target(examples: Examples) -> str:
    """The column of the target, the first of several."""
    return next(iter(examples.target_columns.values()))


def _explaining(answers: Answers) -> Explain:
    """How answers are explained: word by word; by sentences where that would take long, as each piece is left out in turn."""
    network, joint = answers.reader(), isinstance(answers.task, Joint)

    def explain(text: str, target: str) -> Explanation | None:
        unit = WORD if network is answers and len(network.encode(text)) <= LONG else SENTENCE
        try:
            return answers.explain(text, target=target if joint else None, unit=unit)
        except (ConfigError, MissingExtraError):  # this network, or this installation, has no such explanation
            return None

    return explain


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
