"""Explanations for tests, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from reread.explain import Explanation, Span


def explained(weights: Sequence[float], text: str, answer: str = "pos") -> Explanation:
    """The words between a text's spaces with these weights."""
    spans, end = [], 0
    for word, weight in zip(text.split(), weights, strict=True):
        start = text.index(word, end)
        end = start + len(word)
        spans.append(Span(word, weight, start, end))
    return Explanation(
        text=text,
        method="deletion",
        account="",
        answer=answer,
        unit="log-odds",
        value=0.0,
        rest=None,
        spans=tuple(spans),
    )
