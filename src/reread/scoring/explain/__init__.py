"""Why an answer: what each word of a text adds to it. One file a method."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.explain.explanation import Explanation, Span
from reread.scoring.explain.method import Method

methods: Registry[type[Method]] = Registry("method of explaining", __name__)

__all__ = ["Explanation", "Method", "Span", "methods"]
