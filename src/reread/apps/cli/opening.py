"""The model folder that a command answers with."""

from __future__ import annotations

from typing import Protocol

from reread.apps.cli.arguments.shared import ModelArguments
from reread.apps.cli.console import errors
from reread.bundle import LINEAR, NETWORK, STACK, Bundle, read_bundle
from reread.errors import ConfigError
from reread.scoring.backends.choose import AUTO
from reread.scoring.precision import LIMIT

CHOSEN = {
    LINEAR: "the linear member answers alone: as far as the rows held out can tell it is as good as the stack",
    NETWORK: "the network answers alone: as far as the rows held out can tell it is as good as the stack",
    STACK: "the stack answers: no rows held out show that a member alone is as good",
    None: "it makes no difference: the model folder names no member that is as good alone",
}
"""What --fast chose, and why."""


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


class AnswerArguments(Protocol):
    """The options that choose what answers."""

    @property
    def answer(self) -> str | None:
        """Its name."""

    @property
    def fast(self) -> bool:
        """Whether it is the cheapest one."""

    @property
    def quiet(self) -> bool:
        """Whether nothing is said on the way."""


def chosen_answer(arguments: AnswerArguments, bundle: Bundle) -> str | None:
    """The part of the folder that the options name; None: the one that answers by default.

    What --fast chose is said.

    Raises:
        ConfigError: both options are given.
    """
    if not arguments.fast:
        return arguments.answer
    if arguments.answer is not None:
        raise ConfigError(f"--fast chooses what answers, and so does --answer {arguments.answer}; pass one of them")
    chosen = bundle.config.fast or None
    if chosen in CHOSEN and not arguments.quiet:
        errors.print(f"--fast: {CHOSEN[chosen]}")
    return chosen
