"""The exit codes of the command line besides 0."""

from __future__ import annotations

FAILED = 1
USAGE = 2
DRIFTED = 3  # the texts are no longer like those of training
INTERRUPTED = 130
