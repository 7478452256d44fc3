"""Why an answer: what each word of a text adds to it. One file a method."""

from __future__ import annotations

from reread.explain.explanation import Explanation, Span
from reread.explain.method import Method
from reread.registry import Registry

methods: Registry[type[Method]] = Registry("method of explaining", __name__)

__all__ = ["Explanation", "Method", "Span", "methods"]
