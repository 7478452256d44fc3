"""Token ids with a fixed meaning."""

from __future__ import annotations

UNKNOWN = 0
"""The id of every token that is not in the vocabulary."""
