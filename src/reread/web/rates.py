"""How much each of those who ask may ask for."""

from __future__ import annotations

import time
from collections import defaultdict

from starlette.types import Scope

ASKER = "reread.asker"
"""Where a request's scope says who asks: the number of the token in its list, never the token itself."""
ANYONE = -1
AHEAD = 1.0  # seconds of the rate that may be used at once


class Rates:
    """What each asker has used, as a debt that is paid off at a rate: a request is let in while the debt is small.

    A large request is let in as a small one is; after it there is longer to wait.

    Args:
        rate: units a second, for each asker; None: without end.
    """

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._paid: defaultdict[int, float] = defaultdict(float)  # when each one's debt is paid

    def wait(self, asker: int) -> float:
        """Seconds until the next request of this asker is let in."""
        if self.rate is None:
            return 0.0
        return max(0.0, self._paid[asker] - time.monotonic() - AHEAD)

    def use(self, asker: int, units: float) -> None:
        """This asker is let in with so many."""
        if self.rate is not None:
            self._paid[asker] = max(self._paid[asker], time.monotonic()) + units / self.rate


def asker_of(scope: Scope) -> int:
    """Who asks."""
    return int(scope.get(ASKER, ANYONE))
