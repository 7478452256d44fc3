"""The summary that `reread train` prints: figures, their meaning, and the place of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reread.apps.cli.console import metrics_table, number_of, print_json, results
from reread.baseline.learning_curve.curve import told
from reread.bundle import NETWORK
from reread.insight.audit.run import Audit
from reread.insight.report import Measured
from reread.insight.report.verdict import BASELINE, Verdict, verdict, way_out
from reread.pipeline.facts import members_sentence
from reread.pipeline.fitted import Fitted
from reread.pipeline.held_out import SIDES
from reread.pipeline.saving import jsonable
from reread.scoring.decisions.learning import describe_thresholds


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The result of a training.

    Attributes:
        fitted: what was trained.
        held_out: the rows held out, if there are any.
        out: the model folder.
        report: the report's place, if there is one.
        scoring: how fast it answers, and where that was measured.
        seconds: the whole command's time.
        findings: the problems of the rows, if they were checked.
    """

    fitted: Fitted
    held_out: Measured | None
    out: Path
    report: Path | None
    scoring: Mapping[str, Any]
    seconds: float
    findings: Audit | None

    @property
    def speed(self) -> int:
        """Words trained on per second."""
        return round(self.fitted.state.words / max(self.fitted.state.seconds, 1e-9))


def print_summary(summary: Summary, *, as_json: bool) -> None:
    """Print it, for programs or for people."""
    if as_json:
        print_json(to_json(summary))
        return
    fitted, report = summary.fitted, summary.report
    figures = _tables(fitted)
    if any(figures.values()):  # some rows were held out
        results.print(metrics_table(figures))
        if fitted.plan.keep_labels and fitted.held_out is not None and len(set(fitted.held_out.weights.tolist())) > 1:
            results.print(
                "Figures are weighted: an old label counts at least as often as the model before was trained on it, "
                "a new one at least as their mean."
            )
    judged = verdicts(summary.held_out)
    for line in [*_choices(fitted), *(sentence for sentence, _ in judged)]:
        results.print(line)
    if fitted.baseline is not None and fitted.baseline.limits:
        results.print(
            f"Time or memory limited the linear baseline ({fitted.baseline.limits}); with more it may be better."
        )
    for line in told(fitted.learning_curves, network=fitted.members.get(NETWORK, 0.0) > 0):
        results.print(line)
    rows, steps = number_of(fitted.fingerprint.rows, "row"), number_of(fitted.state.step, "step")
    results.print(f"{summary.out}: {rows}, {steps} at {summary.speed:,} words/s, {summary.seconds:.0f} s in all")
    if report is not None:
        results.print(f"{report} shows how good it is, and where it fails")
    if any(better == BASELINE for _, better in judged):
        results.print(way_out(str(summary.out)))


def to_json(summary: Summary) -> dict[str, Any]:
    """The summary as JSON."""
    findings = summary.findings
    return {
        "model": str(summary.out),
        **_figures(summary.fitted, summary.seconds, summary.speed),
        "scoring": dict(summary.scoring),
        "findings": {name: each.count for name, each in findings.results.items()} if findings else {},
        "report": None if summary.report is None else str(summary.report),
    }


def _figures(fitted: Fitted, seconds: float, speed: int) -> dict[str, Any]:
    """The figures among it."""
    learned = fitted.postprocessor.to_config()
    return {
        "rows": fitted.fingerprint.rows,
        "seconds": round(seconds, 2),
        "steps": fitted.state.step,
        "stopped": fitted.state.stopped,
        "words_per_second": speed,
        "validation": jsonable(fitted.validation),
        "baseline": jsonable(fitted.baseline_validation),
        "network": jsonable(fitted.network_validation),
        "members": dict(fitted.members),
        **({"learning_curve": [each.to_config() for each in fitted.learning_curves]} if fitted.learning_curves else {}),
        "calibration": learned["calibration"],
        "thresholds": learned["thresholds"] if fitted.plan.decide else {},
    }


def _tables(fitted: Fitted) -> dict[str, Mapping[str, float]]:
    """The figures on the rows held out, by what answered."""
    each = {SIDES[name]: part.validation for name, part in fitted.parts().items()}
    if fitted.held_out is None:
        return each
    return {name: each[name] for name in fitted.held_out.scores}


def _choices(fitted: Fitted) -> Iterator[str]:
    """The choices made on the rows held out."""
    postprocessor, rule = fitted.postprocessor, fitted.plan.decide
    if fitted.stack:
        stack, rows = fitted.stack, fitted.facts["validation_rows"]
        yield members_sentence(fitted.answer, stack.weights, (stack.gain, stack.error), rows, offset=fitted.offset)
    if postprocessor.calibrated_by():
        yield f"calibrated: {postprocessor.calibrated_by()}"
    if rule:
        yield f"decides by {rule}: {describe_thresholds(postprocessor.task)}"


def verdicts(held_out: Measured | None) -> list[Verdict]:
    """Whether the model beats the linear baseline, in one sentence for each target."""
    if held_out is None:
        return [Verdict("No rows were held out, so the network and the linear baseline cannot be compared.", "")]
    parts = {part.name: verdict(part) for part in held_out.parts()}
    if len(parts) == 1:
        return list(parts.values())
    return [Verdict(f"{name}: {each.sentence}", each.better) for name, each in parts.items()]
