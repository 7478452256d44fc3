"""What `reread explain --examples` adds: the rows of a file that the network finds most similar to the text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reread.apps.cli.arguments.shared import DataArguments
from reread.apps.cli.console import results, rows_table
from reread.apps.cli.explaining_data import files_of
from reread.bundle import Bundle
from reread.explain.marks import table
from reread.insight.explain.neighbours import Example, Neighbour, neighbours

HEADER = ("text", "target", "cosine", "place")
SHOWN = 100  # characters of a text


def nearest(arguments: DataArguments, bundle: Bundle, path: str, text: str) -> tuple[list[Neighbour], int]:
    """The rows nearest to the text, with the targets that the file has; and how many rows have no text.

    Raises:
        DataError: no row has a text.
    """
    columns = [target.column for target in bundle.config.targets.values()]
    files = files_of(arguments, bundle, path)
    examples = (
        Example(text, {name: cells[name] for name in columns if name in cells}, place)
        for text, cells, place in files.rows()
    )
    nearest_rows = neighbours(bundle.scorer, text, examples)
    files.check_not_empty()
    return nearest_rows, files.empty


def show(nearest_rows: Sequence[Neighbour], path: str) -> None:
    """Print them."""
    results.print(f"\nmost like it to the network, in {path}")
    results.print(rows_table(HEADER, list(map(_row, nearest_rows))))


def as_html(nearest_rows: Sequence[Neighbour]) -> str:
    """Them as a section of a page."""
    return f"<h2>{escape('Most like it to the network')}</h2>\n{table(HEADER, map(_row, nearest_rows))}"


def _row(neighbour: Neighbour) -> tuple[str, str, str, str]:
    text, targets, place = neighbour.example
    line = " ".join(text.split())
    shown = line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
    return shown, ", ".join(map(str, targets.values())), f"{neighbour.cosine:.3f}", place
