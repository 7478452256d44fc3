"""Checks of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reread.errors import DataError


def check_texts(texts: Sequence[str]) -> None:
    """Refuse anything but a list of texts.

    Raises:
        DataError: ``texts`` is one string or a table, or an item is not a string.
    """
    if isinstance(texts, str | bytes):
        raise DataError(
            f"texts is one {'string' if isinstance(texts, str) else 'bytes object'}; give a list of strings"
        )
    if not hasattr(texts, "__len__"):
        raise DataError(f"texts is {type(texts).__name__}; give a list of strings")
    if isinstance(texts, Mapping) or getattr(texts, "ndim", 1) != 1:
        raise DataError(f'texts is a table ({type(texts).__name__}); give its column of texts, such as table["text"]')
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {k} is {type(text).__name__} ({str(text)[:40]!r}), expected str")
