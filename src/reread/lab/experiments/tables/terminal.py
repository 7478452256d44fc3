"""For the terminal."""

from __future__ import annotations

import io
import textwrap
from typing import ClassVar

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.lab.experiments.tables.cells import Table, tables_of
from reread.typing import override

TABLE = 500  # columns a table may take: names are never folded
TEXT = 110


@tables.register("terminal")
class Terminal(TableFormat):
    """Aligned columns without colours, as wide as they need; sentences wrapped."""

    suffix: ClassVar[str] = ".txt"

    @override
    def render(self, summary: Summary, title: str) -> str:
        text = io.StringIO()
        console = Console(file=text, width=TABLE, color_system=None, highlight=False)
        console.print(title, markup=False)
        for table in tables_of(summary):
            console.print(_table(table))
        lines = [line.rstrip() for line in text.getvalue().splitlines()]
        for sentence in (*summary.conclusions, *summary.notes):
            lines += [*textwrap.wrap(sentence, TEXT, break_long_words=False, break_on_hyphens=False), ""]
        return "\n".join(lines).rstrip() + "\n"


def _table(table: Table) -> RichTable:
    shown = RichTable(title=escape(table.title), title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    for k, name in enumerate(table.header):
        shown.add_column(name, justify="left" if k < table.names else "right")
    for group in table.groups:
        for row in group:
            shown.add_row(*map(escape, row))
        shown.add_section()
    return shown
