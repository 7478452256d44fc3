"""How numbers are written, wherever people read them: the terminal, the model card, the report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Metrics = Mapping[str, float | None]


def number(value: float | None) -> str:
    """Four digits, or a dash where there is no number."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.4f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share in hundredths, or a dash where there is none."""
    return "-" if share is None or not math.isfinite(share) else f"{100 * share:.{digits}f} %"


def number_of(count: int, thing: str) -> str:
    """A count with what it counts."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(things: Sequence[str], most: int = 30) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(things) - most:,} more" if len(things) > most else ""
    return ", ".join(things[:most]) + more


def name_of(metric: str) -> str:
    """A metric's name as people write it."""
    return metric.replace("_", " ")


def metric_rows(columns: Mapping[str, Metrics]) -> list[list[str]]:
    """Models as columns, metrics as rows: each its name and its figures, a dash where a model has none."""
    metrics = dict.fromkeys(metric for values in columns.values() for metric in values)
    return [[name_of(metric), *(number(values.get(metric)) for values in columns.values())] for metric in metrics]
