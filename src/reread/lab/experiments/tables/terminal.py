"""For the terminal."""

from __future__ import annotations

import io
import textwrap
from typing import ClassVar

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reread.lab.experiments.sheets import Sheet, sheets
from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
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
        for sheet in sheets(summary):
            console.print(_table(sheet))
        lines = [line.rstrip() for line in text.getvalue().splitlines()]
        for sentence in (*summary.conclusions, *summary.notes):
            lines += [*textwrap.wrap(sentence, TEXT, break_long_words=False, break_on_hyphens=False), ""]
        return "\n".join(lines).rstrip() + "\n"


def _table(sheet: Sheet) -> Table:
    table = Table(title=escape(sheet.title), title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    for k, name in enumerate(sheet.header):
        table.add_column(name, justify="left" if k < sheet.names else "right")
    for group in sheet.groups:
        for row in group:
            table.add_row(*map(escape, row))
        table.add_section()
    return table
