"""CSV, for other programs."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

from reread.lab.experiments.summary import Summary
from reread.lab.experiments.tables import TableFormat, tables
from reread.typing import override

HEADER = ("setting", "model", "n", "mean", "std", "low", "high", "printed", "read_from_longer_runs")


@tables.register("csv")
class Csv(TableFormat):
    """One line a model and setting, with all digits, empty if there is no figure; without the comparisons."""

    suffix: ClassVar[str] = ".csv"

    @override
    def render(self, summary: Summary, title: str) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        for cell in summary.cells:
            figures = (cell.n, cell.mean, cell.std, *(cell.interval or (None, None)), cell.printed, len(cell.read_from))
            writer.writerow((cell.setting, cell.model, *figures))
        return text.getvalue()
