"""HTML, one file that needs no other."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import ClassVar

from reread.lab.experiments.summary import Picture, Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.lab.experiments.tables.cells import Table, tables_of
from reread.typing import override

STYLE = """
:root { color-scheme: light dark; --text: #1c1c1c; --soft: #595959; --rule: #cfcfcf; --page: #fff; --head: #f4f4f4 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6e6; --soft: #a8a8a8; --rule: #474747; --page: #161616; --head: #222 }
}
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--page) }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .75rem; text-align: right; white-space: nowrap }
.name { text-align: left }
thead th { background: var(--head); border-bottom: 2px solid var(--rule); font-weight: 600 }
tbody { border-bottom: 1px solid var(--rule) }
figure { margin: 1.5rem 0 } img { max-width: 100%; background: #fff }
li { max-width: 50rem; margin: .3rem 0 } .notes { color: var(--soft) }
"""


@tables.register("html")
class Html(TableFormat):
    """A page, light or dark as the reader's system is."""

    suffix: ClassVar[str] = ".html"

    @override
    def render(self, summary: Summary, title: str) -> str:
        parts = [
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f"<h1>{escape(title)}</h1>",
            *map(_table, tables_of(summary)),
            *map(_picture, summary.pictures),
            *_list("What can be concluded", summary.conclusions, ""),
            *_list("Notes", summary.notes, ' class="notes"'),
            "</html>",
        ]
        return "\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [f"<h2>{escape(table.title)}</h2>", '<div class="wide"><table>', "<thead>"]
    lines += [_row("th", table.header, table.names), "</thead>"]
    for group in table.groups:
        lines += ["<tbody>", *(_row("td", row, table.names) for row in group), "</tbody>"]
    return "\n".join([*lines, "</table></div>"])


def _picture(picture: Picture) -> str:
    """An image within the page: as part of it, the names of one drawing's parts would be those of another's."""
    data = base64.b64encode(picture.svg).decode("ascii")
    return f'<figure><img alt="{escape(picture.title)}" src="data:image/svg+xml;base64,{data}"></figure>'


def _row(tag: str, row: Iterable[str], names: int) -> str:
    name = f'{tag} class="name"'
    cells = [f"<{name if k < names else tag}>{escape(text)}</{tag}>" for k, text in enumerate(row)]
    return f"<tr>{''.join(cells)}</tr>"


def _list(title: str, lines: Iterable[str], attribute: str) -> list[str]:
    items = [f"<li>{escape(line)}</li>" for line in lines]
    return [f"<h2>{title}</h2>", f"<ul{attribute}>", *items, "</ul>"] if items else []
