"""What `reread explain` does."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from reread.apps.cli.console import print_json, results, rows_table
from reread.apps.cli.explaining_data import explain_data
from reread.apps.cli.explaining_examples import as_html, nearest, show
from reread.apps.cli.texts import write_page
from reread.blend.load import answers_of
from reread.bundle import Bundle, read_bundle
from reread.data.source import STANDARD_STREAM
from reread.data.write import refuse_input
from reread.errors import ConfigError, DataError
from reread.insight.explain.gate_picture import draw_gates
from reread.insight.explain.gates import gates
from reread.scoring.explain import Explanation
from reread.scoring.explain.marks import as_page, legend, plain, strengths

STYLES = ("", "on blue", "on blue bold", "on bright_blue bold", "on yellow underline", "on yellow bold underline", "on bright_yellow bold underline")  # fmt: skip
"""By strength, those against from the end."""
OF_FILES = {"text": "--text", "where": "--where", "file_format": "--format", "encoding": "--encoding"}

OF_TEXT = {"examples": "--examples", "gates": "--gates"}


def explain(values: Mapping[str, Any]) -> None:
    """Run `reread explain`."""
    _check(values)
    bundle = read_bundle(
        values["model"], threads=values["threads"], backend=values["backend"], precision=values["precision"], limit=1
    )
    if values["data"] is None:
        _explain_text(values, bundle)
    else:
        explain_data(values, bundle)


def _check(values: Mapping[str, Any]) -> None:
    """Refuse options that ask for nothing.

    Raises:
        ConfigError: there is no text and no file, or both; options of files without one; or the page in a file's place.
    """
    if (values["given"] is None) == (values["data"] is None):
        found = "neither is given" if values["given"] is None else "both are given"
        raise ConfigError(f"what to explain is a TEXT or a file of texts, --data FILE: {found}")
    alone = [option for key, option in OF_FILES.items() if values[key]]
    if alone and values["data"] is None and values["examples"] is None:
        raise ConfigError(f"{alone[0]} says how a file is read; say which with --data FILE or --examples FILE")
    of_text = [option for key, option in OF_TEXT.items() if values[key] is not None]
    if of_text and values["data"] is not None:
        raise ConfigError(f"{of_text[0]} FILE is about one TEXT; leave it out with --data FILE")
    if values["html"] is not None:
        refuse_input(values["html"], [values[key] for key in ("data", "examples") if values[key]], "the page")


def _explain_text(values: Mapping[str, Any], bundle: Bundle) -> None:
    text = _standard_input() if values["given"] == STANDARD_STREAM else values["given"]
    found = answers_of(bundle).explain(text, target=values["target"], method=values["method"], unit=values["unit"])
    if values["gates"] is not None:
        draw_gates(gates(bundle.scorer, text), values["gates"])
    near = None if values["examples"] is None else nearest(values, bundle, text)
    if values["html"] is not None:
        write_page(values["html"], as_page(found, "" if near is None else as_html(near)))
    if values["as_json"]:
        print_json(found.to_dict() | ({} if near is None else {"examples": [each.to_dict() for each in near]}))
        return
    _show_text(values, found)
    if near is not None:
        show(near, values["examples"])


def _show_text(values: Mapping[str, Any], found: Explanation) -> None:
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
