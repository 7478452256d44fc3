"""What the command line exits with, beside 0."""

from __future__ import annotations

FAILED = 1
USAGE = 2
DRIFTED = 3  # the texts are not any more as they were in training
INTERRUPTED = 130
