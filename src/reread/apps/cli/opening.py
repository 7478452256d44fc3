"""The model folder that a command answers with."""

from __future__ import annotations

from reread.apps.cli.arguments.shared import ModelArguments
from reread.apps.cli.console import errors
from reread.bundle import Bundle, read_bundle
from reread.scoring.backends.choose import AUTO
from reread.scoring.precision import LIMIT


def open_model(arguments: ModelArguments, limit: float | None = None) -> Bundle:
    """Read the model folder that the options name.

    Args:
        arguments: the options.
        limit: the share of answers that a lower precision may change; None: any, or for auto the default limit.
    """
    auto = arguments.precision == AUTO
    if limit is None:
        limit = LIMIT if auto else 1
    bundle = read_bundle(
        arguments.model,
        threads=arguments.threads,
        backend=arguments.backend,
        precision=arguments.precision,
        limit=limit,
    )
    if auto and not arguments.quiet:
        chosen = bundle.scorer.backend.precision
        errors.print(
            f"precision: {chosen}, the fastest here that changes at most {limit:.2%} of the answers", markup=False
        )
    return bundle
