"""How training went."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from reread.insight.report.blocks import Figure, Paragraph, Section, Table
from reread.insight.report.facts import Facts
from reread.insight.report.figures import Line, lines
from reread.wording import figure, limits_of, name_of, number


def curves(facts: Facts) -> Section | None:
    """Loss and the headline metric against steps."""
    model, records = facts.model, facts.model.curve
    if not records:
        return None
    if len(records) == 1:  # a point is no curve
        return Section(
            "How training went",
            [Paragraph("It was evaluated once: there is no curve to draw."), _evaluations(records, model.headline)],
        )
    figures = [_loss(records)]
    if model.headline in records[0]:
        baseline = model.figures.get("linear baseline", {}).get(model.headline)
        figures.append(_metric(records, model.headline, model.best_step, baseline))
    return Section("How training went", figures)


def _points(records: Any, name: str) -> list[tuple[float, float]]:
    points = [(float(record["step"]), record.get(name)) for record in records]
    return [(step, float(value)) for step, value in points if value is not None and math.isfinite(value)]


def _loss(records: Any) -> Figure:
    points = _points(records, "loss")
    title = "Was the training loss still falling?"
    caption = (
        "Training loss, averaged over the last steps, at each evaluation; the lower the better. "
        f"It ends at {number(points[-1][1]) if points else '-'}."
    )
    return Figure(title, caption, lines(title, caption, [Line(points, dots=True)], ("training step", "training loss")))


def _metric(records: Any, metric: str, best_step: int, baseline: float | None) -> Figure:
    points, name = _points(records, metric), name_of(metric)
    kept = dict(points).get(float(best_step))
    title = f"Kept after step {best_step:,}: {name} {figure(metric, kept)} on rows held out"
    caption = f"The {name} on the rows held out, at each evaluation; the weights of step {best_step:,} were kept."
    series, legend = [Line(points, dots=True)], ["network"]
    if baseline is not None and points:
        series.append(Line([(points[0][0], baseline), (points[-1][0], baseline)], mark=True))
        legend.append("mark: linear baseline")
    numbers = _evaluations(records, metric)
    return Figure(
        title,
        caption,
        lines(title, caption, series, ("training step", name), limits=limits_of(metric)),
        legend,
        numbers,
    )


def _evaluations(records: Any, metric: str) -> Table:
    return Table("Evaluations", ["step", "epoch", "loss", name_of(metric)], [_row(each, metric) for each in records], 0)


def _row(record: Mapping[str, Any], metric: str) -> list[str]:
    return [f"{record['step']:,}", f"{record['epoch']:.1f}", number(record["loss"]), figure(metric, record.get(metric))]
