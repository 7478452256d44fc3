"""What can be requested in addition to the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reread.errors import DataError
from reread.tasks import Task

CANNOT: Mapping[str, str] = {
    "abstain_below": "a {} model does not choose one class, so it cannot abstain; leave abstain_below out",
    "sets": (
        "this {} model has no residuals for sets of classes; train a model with one class per text, and hold out rows"
    ),
    "interval": "this {} model has no residuals for intervals; train a regression model, and hold out rows",
}


@dataclass(frozen=True, kw_only=True)
class PredictOptions:
    """What is requested in addition to the answers.

    Attributes:
        abstain_below: the probability below which an answer is left out.
        sets: the coverage of sets of classes.
        interval: the coverage of intervals around numbers.
    """

    abstain_below: float | None = None
    sets: float | None = None
    interval: float | None = None

    def among(self, names: Collection[str]) -> PredictOptions:
        """The options that have one of these names."""
        return PredictOptions(**{name: value for name, value in vars(self).items() if name in names})

    def check(self, task: Task, names: Collection[str]) -> None:
        """Refuse options that a model of this task cannot give; it can give those of these names.

        Raises:
            DataError: an option is set whose name is not among ``names``.
        """
        for name, value in vars(self).items():
            if value is not None and name not in names:
                raise DataError(CANNOT[name].format(task.name))


NOTHING = PredictOptions()
