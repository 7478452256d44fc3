"""Segmenters: one file each. A segmenter splits a text into tokens with their spans."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from reread.errors import ConfigError
from reread.registry import Registry, unknown_name
from reread.text.segmenters.base import PatternSegmenter, Segmenter, Span

segmenters: Registry[type[Segmenter]] = Registry("segmenter", __name__)


def build_segmenter(name: str, options: Mapping[str, Any]) -> Segmenter:
    """The segmenter called ``name`` with its options.

    Raises:
        ConfigError: there is no such segmenter, or it does not have an option.
    """
    kind = segmenters.get(name)
    known = inspect.signature(kind).parameters
    for option, value in options.items():
        if not known:
            raise ConfigError(f'segmenter "{name}" has no options; it was given "{option}"')
        if option not in known:
            raise unknown_name("option", option, list(known), f"of segmenter {name}")
        if isinstance(known[option].default, bool) and not isinstance(value, bool):
            raise ConfigError(f"option {option} of segmenter {name} = {value!r}: expected true or false")
    return kind(**options)


__all__ = ["PatternSegmenter", "Segmenter", "Span", "build_segmenter", "segmenters"]
