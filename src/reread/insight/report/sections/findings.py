"""What was found in the data."""

from __future__ import annotations

from reread.insight.report.blocks import Remarks, Section
from reread.insight.report.facts import Facts
from reread.wording import number_of

SHOWN = 3  # examples of a finding
LETTERS = 200  # of an example, with its place and the problem


def findings(facts: Facts) -> Section | None:
    """Each finding, how many rows it is about, and a few of them."""
    if not facts.findings:
        return None
    things = [
        (each.name, number_of(each.count, "row"), [_cut(example) for example in each.examples[:SHOWN]])
        for each in facts.findings
    ]
    return Section("What to look at in the data", [Remarks(things)])


def _cut(example: str) -> str:
    return example if len(example) <= LETTERS else f"{example[:LETTERS]}…"
