"""The model folder that a command answers with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reread.apps.cli.console import errors
from reread.bundle import Bundle, read_bundle
from reread.scoring.backends.choose import AUTO
from reread.scoring.precision import LIMIT


def open_model(values: Mapping[str, Any]) -> Bundle:
    """Read the folder as the options say.

    A command without --precision-limit takes the precision that is asked for whatever it costs; auto stays within the usual limit there too.
    """
    auto = values["precision"] == AUTO
    limit = values.get("precision_limit", LIMIT if auto else 1)
    bundle = read_bundle(
        values["model"], threads=values["threads"], backend=values["backend"], precision=values["precision"], limit=limit
    )  # fmt: skip
    if auto and not values["quiet"]:
        errors.print(f"precision: {bundle.scorer.backend.precision}, the fastest here that changes at most {limit:.2%} of the answers", markup=False)  # fmt: skip
    return bundle
