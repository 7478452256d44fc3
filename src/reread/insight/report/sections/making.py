"""The command and the configuration that made the report."""

from __future__ import annotations

from reread.insight.report.blocks import Block, Code, Paragraph, Section
from reread.insight.report.facts import Facts


def making(facts: Facts) -> Section:
    """The command, every option, and a warning about the texts on the page."""
    blocks: list[Block] = [Code(facts.command), *(Code(text, name) for name, text in facts.options.items())]
    shown = (
        "It shows texts of the data: check whether others may see them before you share it; --no-report leaves it out."
    )
    return Section(
        "The command that made it",
        [*blocks, Paragraph(f"Written {facts.date} by reread {facts.model.version}. {shown}")],
    )
