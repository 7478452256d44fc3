"""Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.lab.experiments.tables.cells import Table, tables_of
from reread.typing import override


@tables.register("markdown")
class Markdown(TableFormat):
    """Pipe tables, sentences as a list."""

    suffix: ClassVar[str] = ".md"

    @override
    def render(self, summary: Summary, title: str) -> str:
        parts = [f"# {_escape(title)}", *map(_table, tables_of(summary))]
        parts += [_list(lines) for lines in (summary.conclusions, summary.notes) if lines]
        return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    rule = ["---" if k < table.names else "---:" for k in range(len(table.header))]
    rows = [map(_escape, row) for row in (table.header, *(row for group in table.groups for row in group))]
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([f"## {_escape(table.title)}", "", head, f"| {' | '.join(rule)} |", *body])


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_escape(line)}" for line in lines)


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_|<\[\]#])", r"\\\1", " ".join(text.split()))
