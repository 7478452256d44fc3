"""Segmenters: one file each. A segmenter cuts a text into tokens and knows where each one stands."""

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
        ConfigError: no such segmenter, or an option that it does not have.
    """
    kind = segmenters.get(name)
    known = [option for option in inspect.signature(kind).parameters if option != "options"]
    for option in options:
        if option not in known:
            if not known:
                raise ConfigError(f'segmenter "{name}" has no options; it was given "{option}"')
            raise unknown_name(f"option of segmenter {name}", option, known)
    return kind(**options)


__all__ = ["PatternSegmenter", "Segmenter", "Span", "build_segmenter", "segmenters"]
