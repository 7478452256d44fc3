"""How much a lower precision changes the answers, measured on the validation rows and stated in the model folder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.recipes.fitting import Count, Limit, NotNegative, fit_table
from reread.scoring.joint_postprocessor import AnyPostprocessor

LIMIT = 0.01
"""The share of answers that a precision may change, and the share of the headline metric that it may lose."""
MOVED = 0.01  # a number has changed if it moved by more than this share of the answers' standard deviation
STATEMENT: Mapping[str, Any] = {"rows": Count, "changed": Limit, "lost": NotNegative}


def state(
    postprocessor: AnyPostprocessor, targets: Any, exact: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None
) -> dict[str, Any]:
    """What a precision changes on the validation rows.

    Args:
        postprocessor: scores → answers and metrics.
        targets: the rows' targets.
        exact: their raw scores in float32, (rows, scores).
        scores: those in the precision, of the same shape.
        weights: how much each row counts, (rows,).

    Returns:
        The number of rows, the share of answers ``changed``, the headline metric of both, and the share of it that is
        ``lost``.
    """
    task = postprocessor.task
    before, after = (postprocessor.metrics(targets, each, weights)[task.headline] for each in (exact, scores))
    worse = before - after if task.higher_is_better else after - before
    lost = worse / abs(before) if before else worse
    return {
        "rows": len(np.asarray(exact)),
        "changed": float(np.mean(answers_changed(postprocessor, exact, scores))),
        "metric": task.headline,
        "exact": before,
        "found": after,
        "lost": max(0.0, lost) if math.isfinite(lost) else 0.0,  # a metric may be undefined on few rows
    }


def answers_changed(
    postprocessor: AnyPostprocessor, exact: ArrayLike, scores: ArrayLike, moved: float = MOVED
) -> NDArray[np.bool_]:
    """Which rows get another answer for any of their targets; ``moved`` is said of numbers, see `MOVED`."""
    before, after = postprocessor.columns(exact), postprocessor.columns(scores)
    names = [name for name in before if name == "prediction" or name.endswith(".prediction")]
    changed: NDArray[np.bool_] = np.any([_changed(before[name], after[name], moved) for name in names], axis=0)
    return changed


def _changed(before: Sequence[Any], after: Sequence[Any], moved: float) -> NDArray[np.bool_]:
    if before and isinstance(before[0], float):
        others: NDArray[np.bool_] = np.abs(np.subtract(before, after)) > moved * np.std(before)
        return others
    return np.array([one != other for one, other in zip(before, after, strict=True)], dtype=bool)


def check_statement(statements: Any, precision: str, limit: float) -> None:
    """Refuse a precision that costs more than allowed.

    Args:
        statements: what a model folder states of each precision.
        precision: the requested one.
        limit: the share of answers that it may change, and the share of the headline metric that it may lose;
            1: whatever it costs, stated or not.

    Raises:
        ConfigError: it costs more, or its cost is not stated.
    """
    if problem := objection(statements, precision, limit):
        raise ConfigError(problem)


def objection(statements: Any, precision: str, limit: float) -> str:
    """Why a precision may not answer, empty if it may; for the arguments see `check_statement`.

    Raises:
        ConfigError: the statement is malformed.
    """
    if limit >= 1:
        return ""
    stated = statements.get(precision) if isinstance(statements, Mapping) else None
    if stated is None:
        return (
            f"the model folder does not say what {precision} changes: no rows were held out, or the kernel "
            f"was missing; measure it with reread evaluate MODEL DATA --precision {precision}, "
            "then allow it with a limit of 1"
        )
    statement = fit_table(stated, STATEMENT, f"metrics.json: precision: {precision}")
    for what in ("changed", "lost"):
        if statement[what] > limit:
            share = f"{statement[what]:.2%}"
            cost = (
                f"changes {share} of the answers" if what == "changed" else f"loses {share} of {stated.get('metric')}"
            )
            return f"{precision} {cost} on {statement['rows']:,} validation rows; the limit is {limit:.2%}"
    return ""
