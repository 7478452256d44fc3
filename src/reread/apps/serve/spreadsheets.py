"""CSV that a spreadsheet can open: no cell of strangers is taken for a formula.

https://owasp.org/www-community/attacks/CSV_Injection: text that begins with one of these marks is preceded by a single
quote, and every text stands in double quotes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

MARKS = tuple("=+-@\t\r\n＝＋－＠")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula, whatever it holds."""
    return f"'{text}" if text.startswith(MARKS) or text.lstrip().startswith(MARKS) else text


def csv_of(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV: numbers as they are, texts in quotes and harmless, None empty, a list or a mapping as JSON."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        return harmless(json.dumps(value, ensure_ascii=False, default=str))
    return harmless(value) if isinstance(value, str) else value
