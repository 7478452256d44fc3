"""What `reread explain --data` does: which words and phrases drive each answer over the texts of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from rich.text import Text

from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.options import parse_where
from reread.apps.cli.texts import TextFiles, write_page
from reread.blend.load import answers_of
from reread.bundle import Bundle
from reread.insight.explain.global_words import AnswerDrivers, Driver, global_words
from reread.scoring.explain.marks import page, table

HEADER = ("word or phrase", "mean weight", "texts")


def explain_data(values: Mapping[str, Any], bundle: Bundle) -> None:
    """Explain every text of a file, one after the other, and show what their explanations have in common."""
    answers, asked = answers_of(bundle), {key: values[key] for key in ("target", "method", "unit")}
    texts = files_of(values, bundle, values["data"])
    normalise = answers.reader().encoder.normalise
    found = global_words((answers.explain(text, **asked) for text in texts), most=values["top"], normalise=normalise)
    if values["html"] is not None:
        write_page(values["html"], page("What drives the answers", "\n".join(map(_as_html, found))))
    if values["as_json"]:
        print_json({"data": values["data"], "texts": texts.texts, "answers": [each.to_dict() for each in found]})
        return
    for each in found:
        for title, drivers in _sides(each):
            results.print(f"\n{title}", markup=False)
            results.print(rows_table(HEADER, [(Text(piece), *numbers) for piece, *numbers in map(_row, drivers)]))
    if texts.empty and not values["quiet"]:
        errors.print(f"{number_of(texts.empty, 'row')} without a text passed over")


def files_of(values: Mapping[str, Any], bundle: Bundle, path: str) -> TextFiles:
    """A file's texts, from the column that is asked for, that of training, or one with a usual name."""
    return TextFiles(
        [path], text=values["text"] or bundle.config["data"]["columns"][0], where=parse_where(values["where"]),
        file_format=values["file_format"], encoding=values["encoding"], strict=values["text"] is not None,
    )  # fmt: skip


def _sides(found: AnswerDrivers) -> list[tuple[str, Sequence[Driver]]]:
    """What speaks for an answer and against it, each with its title."""
    of_texts = f"{found.answer}, {number_of(found.texts, 'text')}, {found.unit}"
    sides = ("for", found.speaking_for), ("against", found.speaking_against)
    return [(f"{side} {of_texts}", drivers) for side, drivers in sides if drivers]


def _row(driver: Driver) -> tuple[str, str, str]:
    return driver.text, f"{driver.weight:+.3f}", f"{driver.texts:,}"


def _as_html(found: AnswerDrivers) -> str:
    parts = (f"<h2>{escape(title)}</h2>\n{table(HEADER, map(_row, drivers))}" for title, drivers in _sides(found))
    return "\n".join(parts)
