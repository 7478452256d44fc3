"""When to ask again."""

from __future__ import annotations

import random
from dataclasses import dataclass

AGAIN = {429, 502, 503, 504}  # full, going down, or a proxy that has no server just now
FIRST = 0.25  # seconds before the second try where the server does not say


@dataclass(frozen=True)
class Retries:
    """How patient a client is.

    Attributes:
        tries: how often it asks, at most.
        patience: seconds that it waits for its turn, all tries together.
    """

    tries: int = 8
    patience: float = 120.0

    def pause(self, tried: int, waited: float, retry_after: str | None) -> float | None:
        """Seconds to wait after so many tries; None: there is no use.

        It is never less than the server says, and a little more by chance: clients that were refused together shall
        not come back together.

        Args:
            tried: how often it was asked.
            waited: seconds that were waited for it already.
            retry_after: the header Retry-After in seconds, RFC 9110, section 10.2.3; its other form, a date, and what
                is no number count as missing.
        """
        said = float(retry_after) if retry_after is not None and retry_after.strip().isdecimal() else None
        pause = (FIRST * 2 ** (tried - 1) if said is None else said) * random.uniform(1, 1.25)  # noqa: S311
        return pause if tried < self.tries and waited + pause <= self.patience else None
