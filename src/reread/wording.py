"""How numbers and texts are written for people: in the terminal, the model card and the report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Metrics = Mapping[str, float | None]
IN_UNITS = {"mae", "rmse"}  # metrics in the units of the target; the others are shares, correlations and the like
SIGNED = {"mcc", "quadratic_kappa", "pearson", "spearman", "r2"}
FEATURES = ("tokens", "pairs of tokens", "runs of three tokens")
"""Of a token: itself, and the n-grams that end there."""
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "�")


def number(value: float | None) -> str:
    """A share or the like with four decimals, or a dash if there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.4f}"


def quantity(value: float | None) -> str:
    """A number of any size in some unit: four significant digits and all integer digits, or a dash if there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    size = abs(value)
    if not 1e-4 <= size < 1e9:
        return f"{value:.4g}" if value else "0"
    decimals = max(0, 3 - math.floor(math.log10(size)))
    written = f"{value:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written


def figure(metric: str, value: float | None) -> str:
    """A metric's value; also for a joint model's ``target.metric``."""
    return quantity(value) if metric.rpartition(".")[2] in IN_UNITS else number(value)


def limits_of(metric: str) -> tuple[float, float]:
    """The known limits of a metric: shares and correlations end at 1, errors and losses begin at 0."""
    name = metric.rpartition(".")[2]
    return (-1.0 if name in SIGNED else 0.0, math.inf if name in {*IN_UNITS, "log_loss"} else 1.0)


def percent(share: float | None, digits: int = 1) -> str:
    """A share in percent, or a dash if there is none."""
    return "-" if share is None or not math.isfinite(share) else f"{100 * share:.{digits}f} %"


def number_of(count: int, thing: str, things: str | None = None) -> str:
    """A count with what it counts; ``things`` is the plural if it is not formed by an s."""
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"


def time_left(seconds: float) -> str:
    """How long something will take, in the unit that makes it readable."""
    return f"{duration(seconds)} left"


def duration(seconds: float) -> str:
    """A time in the unit that makes it readable."""
    if seconds > 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"


def bytes_of(size: float) -> str:
    """Bytes in the unit that makes them readable: two digits, or all before the point."""
    if size < 1e6:
        return "less than 1 MB"
    value, unit = (size / 1e9, "GB") if size >= 1e9 else (size / 1e6, "MB")
    return f"{value:.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"


def without_controls(page: str) -> str:
    """A page with � for each control character, which HTML cannot hold."""
    return page.translate(_CONTROLS)


def listed(things: Sequence[str], most: int = 30) -> str:
    """The first few things, and how many more there are."""
    more = f" and {len(things) - most:,} more" if len(things) > most else ""
    return ", ".join(things[:most]) + more


def of_each_feature(parts: Sequence[str], one: str = "words") -> str:
    """Something said of each feature of a token: with a single one by its usual name, else of tokens and their pairs.

    Args:
        parts: what is said, for tokens, pairs of them, and runs of three.
        one: what a single feature is called; empty: nothing.
    """
    if len(parts) == 1:
        return f"{parts[0]} {one}".rstrip()
    return " and ".join(f"{part} {name}" for part, name in zip(parts, FEATURES, strict=False))


def name_of(metric: str) -> str:
    """A metric's name in words."""
    return metric.replace("_", " ")


def metric_rows(columns: Mapping[str, Metrics]) -> list[list[str]]:
    """Models as columns, metrics as rows: each with its name and its figures, a dash if a model has none."""
    metrics = dict.fromkeys(metric for values in columns.values() for metric in values)
    return [
        [name_of(metric), *(figure(metric, values.get(metric)) for values in columns.values())] for metric in metrics
    ]
