"""What can be asked for beside the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reread.errors import DataError
from reread.tasks import Task

CANNOT: Mapping[str, str] = {
    "abstain_below": "a {} model answers no one class that it could be unsure of; leave abstain_below out",
    "sets": "this {} model has no residuals to make sets of classes of; train one of one class a text and hold rows out",
    "interval": "this {} model has no residuals to make intervals of; train a regression model and hold rows out",
}


@dataclass(frozen=True, kw_only=True)
class PredictOptions:
    """What is asked for beside the answers.

    Attributes:
        abstain_below: the probability below which an answer is left out.
        sets: the coverage of sets of classes.
        interval: the coverage of intervals around numbers.
    """

    abstain_below: float | None = None
    sets: float | None = None
    interval: float | None = None

    def among(self, names: Collection[str]) -> PredictOptions:
        """What of it has one of these names."""
        return PredictOptions(**{name: value for name, value in vars(self).items() if name in names})

    def check(self, task: Task, names: Collection[str]) -> None:
        """Refuse what has none of these names, which a model of this task can give.

        Raises:
            DataError: as said.
        """
        for name, value in vars(self).items():
            if value is not None and name not in names:
                raise DataError(CANNOT[name].format(task.name))


NOTHING = PredictOptions()
