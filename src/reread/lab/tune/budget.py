"""How the time of a search is divided, so that the training of the best settings ends in time too."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from reread.lab.tune.study import DONE, Standing
from reread.pipeline.run import SAVING_SECONDS, SAVING_SHARE

SLACK = 1.15  # of an estimate: the last training may meet a busier machine
WORTH = 0.5  # share of a usual trial's time from which another one is begun
HALF = 0.5  # of the time that the defaults may take: as much is left to train the best settings


@dataclass(frozen=True)
class Budget:
    """A deadline for everything, by `time.monotonic`, and the seconds that reading and preparing the rows took."""

    deadline: float
    preparing: float

    def left(self, standings: Sequence[Standing]) -> float:
        """Seconds until the last training must begin."""
        now = time.monotonic()
        whole = [trial for trial in standings if trial.state == DONE]
        if not whole:
            return HALF * (self.deadline - now)
        return self.deadline - now - self._last_training(whole)

    def allows(self, standings: Sequence[Standing]) -> bool:
        """Whether another trial is worth beginning."""
        usual = [trial.seconds for trial in standings if trial.state == DONE]
        return self.left(standings) > (WORTH * median(usual) if usual else 0)

    def _last_training(self, whole: Sequence[Standing]) -> float:
        """Seconds to train the slowest of the best, to save it and to write the report."""
        besides = max((trial.seconds - trial.training_seconds for trial in whole), default=0.0)
        longest = max(trial.training_seconds for trial in whole)
        saving = SAVING_SECONDS + SAVING_SHARE * longest
        return SLACK * (self.preparing + besides + longest) + saving


UNBOUNDED = Budget(math.inf, 0.0)
