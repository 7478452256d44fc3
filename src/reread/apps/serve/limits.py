"""What one request may hold."""

from __future__ import annotations

BODY = 4 << 20  # bytes
TEXTS = 4096
TOKENS = 200_000  # about: some seconds of work
EXPLAINED = 2000  # tokens of texts to explain, each of which is read many times
SECONDS = 30.0  # in which its body must have come
