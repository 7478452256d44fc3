"""Optuna, imported when it is first needed."""

from __future__ import annotations

from typing import Any

from reread.errors import MissingExtraError


def optuna_() -> Any:
    """Optuna, without its log of every trial.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import optuna  # noqa: PLC0415
        import torch  # noqa: F401, PLC0415  # its extra brings both
    except ModuleNotFoundError as error:
        raise MissingExtraError("searching settings", "tune") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
