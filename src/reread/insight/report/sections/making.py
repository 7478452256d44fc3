"""The command and the configuration that made the report."""

from __future__ import annotations

from reread.insight.report.blocks import Block, Code, Paragraph, Section
from reread.insight.report.facts import Facts


def making(facts: Facts) -> Section:
    """What was typed, every option, and what the page holds."""
    blocks: list[Block] = [Code(facts.command), *(Code(text, name) for name, text in facts.options.items())]
    shown = (
        "It shows texts of the data: look whether those may be seen before you pass it on; --no-report leaves it out."
    )
    return Section(
        "The command that made it",
        [*blocks, Paragraph(f"Written {facts.date} by reread {facts.model.version}. {shown}")],
    )
