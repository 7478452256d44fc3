"""The log of a stream: one line for each thing that goes wrong."""

from __future__ import annotations

import logging


def _one_line(record: logging.LogRecord) -> bool:
    """Say the error's name and words instead of its traceback."""
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        record.msg = (
            f"{record.getMessage().partition(chr(10))[0]} ({' '.join(str(error).split()) or type(error).__name__})"
        )
        record.args, record.exc_info = None, None
    return True


logger = logging.getLogger("reread.stream")
logger.addFilter(_one_line)
