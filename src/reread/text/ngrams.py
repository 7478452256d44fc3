"""Runs of neighbouring tokens."""

from __future__ import annotations

from collections.abc import Iterator


def ngrams_of(tokens: list[str], longest: int, joint: str) -> tuple[list[str], ...]:
    """For each length from 1 to ``longest``, the run that begins at each token; it is shorter at the text's end.

    Args:
        tokens: of one text.
        longest: tokens of the longest runs.
        joint: what stands between the tokens of a run.
    """
    return tokens, *(list(_runs(tokens, length, joint)) for length in range(2, longest + 1))


def _runs(tokens: list[str], length: int, joint: str) -> Iterator[str]:
    yield from map(joint.join, zip(*(tokens[start:] for start in range(length)), strict=False))
    yield from (joint.join(tokens[start:]) for start in range(max(0, len(tokens) - length + 1), len(tokens)))
