"""What would more labels bring?"""

from __future__ import annotations

from collections.abc import Iterator

from reread.baseline.learning_curve.curve import LearningCurve
from reread.insight.report.blocks import Block, Figure, Paragraph, Section, Table
from reread.insight.report.facts import Facts
from reread.insight.report.figures import Line, lines
from reread.insight.report.verdict import BASELINE
from reread.wording import limits_of, name_of, percent


def learning_curve(facts: Facts) -> Section | None:
    """The linear member's figure against the number of labels, and the sentence for who labels."""
    if not facts.model.learning_curves:
        return None
    blocks: list[Block] = []
    for curve in facts.model.learning_curves:
        blocks += _of(curve)
    network = next(iter(facts.model.figures), BASELINE) != BASELINE
    blocks.append(Paragraph(facts.model.learning_curves[0].scope(network=network)))
    return Section("What would more labels bring?", blocks)


def _of(curve: LearningCurve) -> Iterator[Block]:
    metric = name_of(curve.metric)
    title = f"{curve.target}: {metric} by the number of labels" if curve.target else f"{metric} by the number of labels"
    title = title[0].upper() + title[1:]
    sure = percent(curve.level, 0)
    caption = (
        f"Dots were measured on rows that each model had not seen; the line is the law through them, up to all "
        f"{curve.rows:,} labels; the dashed lines are its {sure} interval."
    )
    series = [
        Line([(point.rows, point.figure) for point in curve.points]),
        Line([(rows, value) for rows, value in curve.measured], dots=True, joined=False),
        Line([(point.rows, point.low) for point in curve.points], mark=True),
        Line([(point.rows, point.high) for point in curve.points], mark=True),
    ]
    svg = lines(title, caption, series, ("labels", metric), limits=limits_of(curve.metric))
    numbers = Table("By the number of labels", ["labels", metric, f"{sure} interval"], list(curve.table()), 0)
    yield Paragraph(curve.sentence())
    yield Figure(title, caption, svg, ["law", "measured", "mark: interval"], numbers)
