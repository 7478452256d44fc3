"""What was found in the data."""

from __future__ import annotations

from reread.insight.report.blocks import Section, Table
from reread.insight.report.facts import Facts

SHOWN = 3  # examples of a finding
LETTERS = 120  # of an example


def findings(facts: Facts) -> Section | None:
    """Each finding, how many rows it is about, and a few of them."""
    if not facts.findings:
        return None
    rows = [
        [each.name, f"{each.count:,}", " · ".join(example[:LETTERS] for example in each.examples[:SHOWN])]
        for each in facts.findings
    ]
    return Section("What to look at in the data", [Table("Findings", ["finding", "rows", "such as"], rows)])
