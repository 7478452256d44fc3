"""Messages from a broker in, answers back: at least once, acknowledged after the answer is published."""

from reread.apps.stream.scoring import score_stream

__all__ = ["score_stream"]
