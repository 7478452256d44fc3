"""What `reread explain` does."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from reread.apps.cli.console import print_json, results, rows_table
from reread.blend.load import load
from reread.data.source import STANDARD_STREAM
from reread.errors import ConfigError, DataError
from reread.scoring.explain import Explanation
from reread.scoring.explain.marks import as_page, legend, plain, strengths

STYLES = ("", "on blue", "on blue bold", "on bright_blue bold", "on yellow underline", "on yellow bold underline", "on bright_yellow bold underline")  # fmt: skip
"""By strength, those against from the end."""


def explain(values: Mapping[str, Any]) -> None:
    """Run `reread explain`."""
    text = _standard_input() if values["text"] == STANDARD_STREAM else values["text"]
    model = load(
        values["model"], threads=values["threads"], backend=values["backend"], precision=values["precision"], limit=1
    )
    found = model.explain(text, target=values["target"], method=values["method"], unit=values["unit"])
    if values["html"] is not None:
        _write(values["html"], as_page(found))
    if values["as_json"]:
        print_json(found.to_dict())
        return
    results.print(legend(found), markup=False)
    results.print(_coloured(found) if results.is_terminal and not results.no_color else Text(plain(found)))
    pieces = [(span.text, f"{span.weight:+.3f}") for span in found.strongest()]
    results.print(rows_table((values["unit"], found.unit), [(Text(piece), weight) for piece, weight in pieces]))
    if not values["quiet"]:
        results.print(found.account, markup=False)


def _coloured(found: Explanation) -> Text:
    shown, end = Text(), 0
    for span, force in zip(found.spans, strengths(found.spans), strict=True):
        shown.append(found.text[end : span.start])
        shown.append(span.text, style=STYLES[force if force >= 0 else 3 - force])
        end = span.end
    return shown.append(found.text[end:])


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"standard input is no UTF-8: byte {error.start} is {error.object[error.start]:#x}") from error


def _write(path: Any, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(f"--html {path} cannot be written: {error.strerror or error}") from error
