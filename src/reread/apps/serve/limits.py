"""What one request may hold."""

from __future__ import annotations

BODY = 4 << 20  # bytes
TEXTS = 4096
TOKENS = 200_000  # about: some seconds of work
EXPLAINED = 256  # tokens of texts to explain: each text is read about as often as it has tokens
SECONDS = 30.0  # in which its body must have come
ANSWER = 60.0  # seconds that an answer may take beyond the wait that is allowed
STREAM = 1 << 30  # bytes of lines of JSON, which are answered while they come
LINE = BODY  # of them
HOUR = 3600.0  # seconds in which such lines, or a file, must have come
FILE = 64 << 20  # bytes of a file
FILES = 4  # at once
COLUMNS = 1000  # of a file
MEMORY = 1 << 30  # bytes to unpack one of Parquet in
UNPACKING = 60  # seconds, too
