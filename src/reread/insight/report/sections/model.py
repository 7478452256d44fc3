"""The model and its training."""

from __future__ import annotations

from reread.insight.report.blocks import Block, Paragraph, Section, Table
from reread.insight.report.facts import Facts
from reread.wording import listed, metric_rows

CLASSES = 100  # named at most


def model(facts: Facts) -> Section:
    """The contents of the model card."""
    known = facts.model
    blocks: list[Block] = [Paragraph(known.network)]
    if known.classes:
        blocks.append(Paragraph(f"It distinguishes: {listed(known.classes, CLASSES)}."))
    blocks += [Paragraph(note) for note in known.notes]
    blocks += [
        Table("The data", ["", ""], [[name, value] for name, value in known.data.items()]),
        Table("The training", ["", ""], [[name, value] for name, value in known.training.items()]),
    ]
    if known.figures and known.figures != facts.figures:
        blocks += [
            Paragraph(known.held_out),
            Table("Metrics there", ["metric", *known.figures], metric_rows(known.figures)),
        ]
    return Section("The model and its training", blocks)
