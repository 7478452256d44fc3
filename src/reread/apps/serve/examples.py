"""Requests that work as they stand here, by path and media type."""

from __future__ import annotations

from typing import Any, TypeAlias

from reread.apps.serve.ndjson import NDJSON
from reread.apps.serve.uploads import CSV, FORM, PARQUET, TSV
from reread.web.bodies import JSON

FILE = "number,text\n1,a lovely warm film\n2,a dull cold film\n"
ByKind: TypeAlias = dict[str, dict[str, tuple[str, Any]]]
TEXTS: ByKind = {
    JSON: {
        "one": ("One text", {"text": "a lovely warm film"}),
        "many": ("Several texts", {"texts": ["a lovely warm film", "a dull cold film"]}),
    },
    NDJSON: {
        "lines": (
            "A text a line; the second cannot be read",
            '{"id": 1, "text": "a lovely warm film"}\n{"id": 2, "txt": 5}\n{"text": "a dull cold film"}\n',
        ),
    },
}
FILES: ByKind = {
    CSV: {"file": ("A file", FILE)},
    TSV: {"file": ("A file", FILE.replace(",", "\t"))},
    NDJSON: {"file": ("A file", '{"text": "a lovely warm film"}\n{"text": "a dull cold film"}\n')},
    PARQUET: {},
    FORM: {"form": ("A file in a form", {"file": FILE})},
}
EXAMPLES: dict[str, ByKind] = {
    "/v1/predict": TEXTS,
    "/v1/explain": TEXTS,
    "/v1/neighbours": {JSON: {"one": TEXTS[JSON]["one"]}},
    "/v1/files": FILES,
    "/v1/files/columns": FILES,
    "/predict": {
        JSON: {
            "one": ("One text", {"inputs": "a lovely warm film"}),
            "many": ("Several texts", {"inputs": ["a lovely warm film", "a dull cold film"]}),
            "lists": ("The same, each in a list", {"inputs": [["a lovely warm film"], ["a dull cold film"]]}),
            "best": ("The best class only", {"inputs": "a dull cold film", "parameters": {"top_k": 1}}),
        },
    },
}
