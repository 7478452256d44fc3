"""What a search has found, and how much of it is luck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reread.lab.tune.space import Space
from reread.lab.tune.standing import DONE, PRUNED, Standing
from reread.statistics.best_of import luck_of_best
from reread.wording import figure, name_of, number_of


@dataclass(frozen=True, kw_only=True)
class Found:
    """The outcome of a study.

    Attributes:
        metric: that was compared.
        maximise: whether a larger figure is better.
        space: what was searched.
        trials: in the order they began.
        best: the best of them.
        defaults: the recipe as it is; None if its trial did not end.
        importance: how much each setting mattered, in sum 1; empty for too few trials.
        standard_error: of the best trial's figure on these rows held out; NaN if they cannot give one.
    """

    metric: str
    maximise: bool
    space: Space
    trials: Sequence[Standing]
    best: Standing
    defaults: Standing | None
    importance: Mapping[str, float]
    standard_error: float

    @property
    def whole(self) -> list[Standing]:
        """The trials that have a figure."""
        return [trial for trial in self.trials if trial.state == DONE]

    @property
    def count(self) -> int:
        """How many trials have ended, early or not; those whose process ended are begun again."""
        return sum(trial.state in {DONE, PRUNED} for trial in self.trials)

    @property
    def changed(self) -> dict[str, Any]:
        """The best settings that differ from the recipe's own."""
        own = self.defaults.settings if self.defaults else {}
        return {name: value for name, value in self.best.settings.items() if name not in own or own[name] != value}

    @property
    def flatters(self) -> float | None:
        """How much better the best seems at most than it is, in the metric's units; None if the rows cannot tell."""
        luck = self.standard_error * luck_of_best(len(self.whole))
        return luck if math.isfinite(luck) else None

    @property
    def lead(self) -> float:
        """How much better the best is than the defaults, in the metric's units."""
        if self.defaults is None or self.defaults.value is None or self.best.value is None:
            return 0.0
        return abs(self.best.value - self.defaults.value)

    def figure(self, trial: Standing | None) -> str:
        """A trial's figure in words."""
        return figure(self.metric, trial.value if trial else None)

    def sentences(self) -> list[str]:
        """The best beside the defaults, how much it flatters itself, and where the settings changed nothing."""
        count, pruned = self.count, sum(trial.state == PRUNED for trial in self.trials)
        ended = f", {pruned} of them ended early" if pruned else ""
        defaults = f", the defaults {self.figure(self.defaults)}" if self.defaults else ""
        best = f"{name_of(self.metric)} {self.figure(self.best)}{defaults}"
        told = [f"The best of {number_of(count, 'trial')}{ended}: {best}.", self.luck(), self.linear_alone()]
        return [sentence for sentence in told if sentence]

    def linear_alone(self) -> str:
        """How often the linear member answered alone, in one sentence; empty if it never did."""
        alone = sum(trial.linear_alone for trial in self.whole)
        if not alone:
            return ""
        return (
            f"In {alone} of {number_of(len(self.whole), 'whole trial')} the linear member answered alone, so that the "
            "network's settings made no difference."
        )

    def luck(self) -> str:
        """How much the best flatters itself, in one sentence."""
        whole = len(self.whole)
        if len({trial.value for trial in self.whole}) < 2:
            return "There was nothing to choose from, so the figure of the defaults is not flattered by a choice."
        if self.flatters is None:
            return "The rows held out are too few to say how much the best flatters itself."
        most = figure(self.metric, self.flatters)
        lead = "; its lead over the defaults is no larger" if 0 < self.lead <= self.flatters else ""
        return (
            f"It was chosen on the rows that measured it, so it looks up to {most} better than it is: so far would the "
            f"luckiest of {whole} equally good settings stand out "
            f"(standard error {figure(self.metric, self.standard_error)}){lead}."
        )


def shown(value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(list(value)) if isinstance(value, tuple) else str(value)
