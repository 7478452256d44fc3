"""LaTeX, for a document that loads booktabs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.lab.experiments.tables.cells import Table, tables_of
from reread.typing import override

ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "_": r"\_",
        "#": r"\#",
        "$": r"\$",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"$<$",
        ">": r"$>$",
        "−": "$-$",
        "–": "--",
        "×": r"$\times$",
        "…": r"\dots{}",
    }
)


@tables.register("latex")
class Latex(TableFormat):
    """A table environment for each table, a rule between settings, sentences as a list."""

    suffix: ClassVar[str] = ".tex"

    @override
    def render(self, summary: Summary, title: str) -> str:
        parts = ["% \\usepackage{booktabs}", *(_table(table, title) for table in tables_of(summary))]
        parts += [_list(lines) for lines in (summary.conclusions, summary.notes) if lines]
        return "\n\n".join(parts) + "\n"


def _table(table: Table, title: str) -> str:
    columns = "l" * table.names + "r" * (len(table.header) - table.names)
    groups = "\n\\midrule\n".join("\n".join(map(_row, group)) for group in table.groups)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_escape(title)}. {_escape(table.title)}.}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            _row(table.header),
            r"\midrule",
            groups,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def _row(row: Iterable[str]) -> str:
    return " & ".join(map(_escape, row)) + r" \\"


def _list(lines: Iterable[str]) -> str:
    return "\n".join([r"\begin{itemize}", *(rf"\item {{}}{_escape(line)}" for line in lines), r"\end{itemize}"])


def _escape(text: str) -> str:
    return " ".join(text.split()).translate(ESCAPES)
