"""How the time of a search is divided, so that the training of the best settings ends in time too."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from reread.lab.tune.standing import DONE, Standing
from reread.pipeline.run import SAVING_SHARE

END_SECONDS = 10.0  # kept free at the end for the model's files and the page of any search
SLACK = 1.15  # of an estimate: the last training may meet a busier machine
WORTH = 0.5  # share of a usual trial's time from which another one is begun


@dataclass(frozen=True)
class Budget:
    """A deadline for everything, by `time.monotonic`, and the seconds that reading and preparing the rows took."""

    deadline: float
    preparing: float

    def left(self, standings: Sequence[Standing], best: Standing | None) -> float:
        """Seconds that a trial may take from now on.

        After it there must be time to train the best settings so far again; or its own, which may be the best then.
        """
        remaining = self.deadline - time.monotonic()
        whole = [trial for trial in standings if trial.state == DONE]
        besides = self.preparing + max((trial.seconds - trial.training_seconds for trial in whole), default=0.0)
        own = (remaining - END_SECONDS - SLACK * besides) / (1 + SLACK + SAVING_SHARE)
        if best is None:
            return own
        again = (SLACK + SAVING_SHARE) * best.training_seconds
        return min(own, remaining - END_SECONDS - SLACK * besides - again)

    def allows(self, standings: Sequence[Standing], best: Standing | None) -> bool:
        """Whether another trial is worth beginning."""
        usual = [trial.seconds for trial in standings if trial.state == DONE]
        return self.left(standings, best) > (WORTH * median(usual) if usual else 0)


UNBOUNDED = Budget(math.inf, 0.0)
