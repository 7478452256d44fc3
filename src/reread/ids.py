"""What token ids mean everywhere."""

from __future__ import annotations

UNKNOWN = 0
"""The id of every token that the vocabulary does not hold."""
