"""What one request may hold."""

from __future__ import annotations

BODY = 4 << 20  # bytes
TEXTS = 4096
TOKENS = 200_000  # about: some seconds of work
EXPLAINED = 256  # tokens of texts to explain: each text is read about as often as it has tokens
SECONDS = 30.0  # in which its body must have come
