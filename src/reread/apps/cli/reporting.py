"""What `reread train` and `reread evaluate` know → the report's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from numpy.typing import NDArray

from reread.apps.cli.arguments.evaluate import EvaluateArguments
from reread.apps.cli.config_file import as_config
from reread.apps.cli.findings import finding_lines
from reread.apps.cli.invocation import Invocation
from reread.bundle import Artefacts, Bundle
from reread.data.examples import Examples
from reread.data.subset import Subset
from reread.errors import BundleError, ConfigError, MissingExtraError
from reread.explain import Explanation
from reread.explain.explain import AUTO, SENTENCE, WORD, is_linear, is_network
from reread.folders import STRANGE
from reread.insight.audit.checks import checks
from reread.insight.audit.run import Audit, cheap_audit
from reread.insight.report import Facts, Measured, Noticed, render
from reread.insight.report.facts import Explain
from reread.insight.report.sections.findings import SHOWN
from reread.model.base import Model
from reread.pipeline.facts import ModelFacts, model_facts
from reread.pipeline.held_out import HeldOut
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.wording import Metrics, listed, number_of


def rows_held_out(held_out: HeldOut | None, model: Model, examples: Examples) -> Measured | None:
    """The rows held out of a training, as the report reads them; None if there are none."""
    if held_out is None:
        return None
    numbers = held_out.rows
    return Measured(
        tasks=held_out.tasks,
        targets=held_out.targets,
        scores=held_out.scores,
        texts=Subset(examples.texts, numbers),
        place=lambda row: examples.place(int(numbers[row])),
        name=_target(examples),
        weights=held_out.weights,
        slices={column: Subset(values, numbers) for column, values in examples.slices.items()},
        explain=_explaining(model),
    )


def training_report(
    made: Artefacts,
    rows: Measured | None,
    examples: Examples,
    *,
    audit: Audit | None,
    name: str,
    invocation: Invocation,
) -> str:
    """The report of a training, on the rows held out, and of what was found in all rows."""
    model = model_facts(made.config, made.metrics)
    return render(
        Facts(
            title=_title(name, examples),
            subject=model.held_out,
            model=model,
            figures=model.figures,
            rows=rows,
            command=invocation.command(),
            options={"Every option, as --config reads it": tomli_w.dumps(dict(made.run))},
            date=_today(),
            findings=[] if audit is None else noticed(audit),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """An evaluation.

    Attributes:
        bundle: the model folder.
        model: what answers.
        examples: the rows.
        targets: the truth, as the task reads it.
        read: how scores are read, and raw ones (rows, scores), by the name of what gave them; first what answers.
        figures: metrics by what answered.
        seen: which of the rows the training has seen, in a sentence; empty if it has seen none.
    """

    bundle: Bundle
    model: Model
    examples: Examples
    targets: Any
    read: Mapping[str, tuple[AnyPostprocessor, NDArray[Any]]]
    figures: Mapping[str, Metrics]
    seen: str

    def facts(self) -> ModelFacts:
        """What is known of the model.

        Raises:
            BundleError: the report cannot read the folder's figures.
        """
        bundle = self.bundle
        try:
            return model_facts(bundle.config, bundle.metrics)
        except STRANGE as error:
            raise BundleError(
                f"{bundle.path} holds figures that the report cannot read ({type(error).__name__} {error}); "
                "pass --no-report"
            ) from error

    def measured(self) -> Measured:
        """The rows, with the answers to them."""
        examples = self.examples
        return Measured(
            tasks={name: postprocessor.task for name, (postprocessor, _) in self.read.items()},
            targets=self.targets,
            scores={name: postprocessor.calibrated(scores) for name, (postprocessor, scores) in self.read.items()},
            texts=examples.texts,
            place=examples.place,
            name=_target(examples),
            slices=examples.slices,
            explain=_explaining(self.model),
        )


def evaluation_report(evaluated: Evaluated, arguments: EvaluateArguments, invocation: Invocation) -> str:
    """The report of an evaluation, and of what was found in its rows.

    Raises:
        BundleError: the report cannot read the folder's figures.
    """
    bundle, examples = evaluated.bundle, evaluated.examples
    files = listed([Path(name).name for name in arguments.data], 5)
    return render(
        Facts(
            title=_title(bundle.path.resolve().name, examples),
            subject=f"Measured on {number_of(len(examples), 'row')} of {files}. {evaluated.seen}".rstrip(),
            model=evaluated.facts(),
            figures=evaluated.figures,
            rows=evaluated.measured(),
            command=invocation.command(),
            options={
                "Every option, as --config reads it": tomli_w.dumps(as_config(vars(arguments))),
                "Every option of the training": bundle.files["run.toml"].decode("utf-8", "replace"),
            },
            date=_today(),
            findings=noticed(cheap_audit(examples)),
        )
    )


def noticed(audit: Audit) -> list[Noticed]:
    """What an audit found, with the first rows of each kind."""
    return [
        Noticed(checks.get(name).title, result.count, [_words(*line) for line in finding_lines(audit, name, SHOWN)])
        for name, result in audit.results.items()
        if result.findings
    ]


def _words(place: str, why: str, text: str) -> str:
    return f"{place}{f' ({why})' if why else ''}: {text}"


def _target(examples: Examples) -> str:
    """The column of the target, the first of several."""
    return next(iter(examples.target_columns.values()))


def _explaining(model: Model) -> Explain:
    """How answers are explained at little cost.

    A network's by what it pooled, a linear member's by its n-grams, those of both by leaving out sentences.
    """
    method, unit = (AUTO, WORD) if is_linear(model) else (AUTO, SENTENCE)
    if is_network(model):
        method, unit = "pooled_words", WORD
    joint = bool(model.task.parts)

    def explain(text: str, target: str, label: str | None) -> Explanation | None:
        if joint:
            label = target if label is None else f"{target}={label}"
        try:
            return model.explain(text, target=label, method=method, unit=unit)
        except (ConfigError, MissingExtraError):  # this network, or this installation, has no such explanation
            return None

    return explain


def _title(name: str, examples: Examples) -> str:
    return f"{name}: predicts {listed(list(examples.target_columns.values()), 3)} from {examples.text_column}"


def _today() -> str:
    return dt.datetime.now(tz=dt.UTC).date().isoformat()
