"""Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from reread.lab.experiments.sheets import Sheet, sheets
from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.typing import override


@tables.register("markdown")
class Markdown(TableFormat):
    """Pipe tables, sentences as a list."""

    suffix: ClassVar[str] = ".md"

    @override
    def render(self, summary: Summary, title: str) -> str:
        parts = [f"# {_escape(title)}", *map(_table, sheets(summary))]
        parts += [_list(lines) for lines in (summary.conclusions, summary.notes) if lines]
        return "\n\n".join(parts) + "\n"


def _table(sheet: Sheet) -> str:
    rule = ["---" if k < sheet.names else "---:" for k in range(len(sheet.header))]
    rows = [map(_escape, row) for row in (sheet.header, *(row for group in sheet.groups for row in group))]
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([f"## {_escape(sheet.title)}", "", head, f"| {' | '.join(rule)} |", *body])


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_escape(line)}" for line in lines)


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_|<\[\]#])", r"\\\1", " ".join(text.split()))
