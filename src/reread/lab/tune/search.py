"""The search: trials, one after the other, until there are enough or the time is used up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from reread.errors import ConfigError, DataError, TrainingError
from reread.lab.tune.budget import Budget
from reread.lab.tune.measured import outcome
from reread.lab.tune.shared import Shared
from reread.lab.tune.standing import Standing
from reread.lab.tune.study import Study, Trial
from reread.pipeline.plan import Plan
from reread.pipeline.run import Run
from reread.pipeline.train import train
from reread.pipeline.unlabelled import for_unlabelled, learnable_texts
from reread.recipes import Recipe
from reread.train.listener import Listener, Silent
from reread.train.listener import Progress as Steps
from reread.typing import override

WAIT_SECONDS = 0.2  # between two looks at the trials of other processes
CUT = "the time was used up"
UNPROMISING = "among the worst quarter"


class Watcher(Listener, Protocol):
    """Is told how a search goes, and how each training does."""

    def on_trial(self, trial: Standing, best: Standing | None) -> None:
        """After a trial of this process."""


class NotWorthItError(Exception):
    """Ends a training whose evaluations are among the worst."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search of this process.

    Attributes:
        study: where trials are asked for.
        plan: what is trained, with the recipe's own settings; every trial has others.
        own: the recipe with all settings of texts, also those that it leaves to the language.
        shared: what the trials share.
        headline: the metric that is compared.
        budget: of time.
        most: trials of the whole study; None: as many as there is time for.
        watcher: is told how it goes.
        improved: is called after a trial that is the best so far.
        unlabelled: texts that word2vec reads besides the training rows.
    """

    study: Study
    plan: Plan
    own: Recipe
    shared: Shared
    headline: str
    budget: Budget
    most: int | None
    watcher: Watcher
    improved: Callable[[Standing], None]
    unlabelled: Iterable[str] = ()

    def run(self) -> None:
        """Try settings until there are enough trials or the time is used up."""
        while self.budget.allows(self.study.standings(), self.study.best()):
            trial = self.study.ask(self.most)
            if trial is None:
                return
            try:
                whole = self._try(trial)
            except BaseException:
                trial.give_back()
                raise
            best, all_of_them = self.study.best(), self.study.standings()
            self.watcher.on_trial(next(each for each in all_of_them if each.number == trial.number), best)
            if best is not None and best.number == trial.number:
                self.improved(best)
            if not whole:
                return

    def wait_for_others(self) -> None:
        """Let trials of other processes end, as long as there is time."""
        while self._left() > 0 and self.study.others():
            time.sleep(WAIT_SECONDS)

    def plan_of(self, settings: Mapping[str, Any]) -> Plan:
        """What a trial trains."""
        changed = self.plan.recipe.with_settings(self.study.space.applied(settings, self.own))
        plan = replace(self.plan, recipe=changed).trained_by(replace(changed.training, minutes=None))
        return for_unlabelled(plan, given=self.unlabelled != ())

    def _left(self) -> float:
        """Seconds that a trial may take from now on."""
        return self.budget.left(self.study.standings(), self.study.best())

    def _try(self, trial: Trial) -> bool:
        """Train a trial; False if the time was used up before its end."""
        started = time.monotonic()
        try:
            plan = self.plan_of(trial.settings)
            prepared = self.shared.prepared(plan)
            run = self._run(trial, plan)
            unlabelled = learnable_texts(prepared, self.unlabelled, run.listener.on_note)
            fitted = train(prepared, plan, run, unlabelled=unlabelled)
        except NotWorthItError:
            trial.prune(UNPROMISING, time.monotonic() - started)
        except (ConfigError, DataError, TrainingError) as error:
            if trial.defaults:  # what does not train as it is, no search repairs
                raise
            trial.prune(str(error), time.monotonic() - started)
        else:
            found = outcome(fitted)
            seconds = time.monotonic() - started
            if found.cut:
                trial.give_back(CUT)
                return False
            if math.isfinite(found.value):
                trial.finish(found.value, seconds, found.training_seconds, network=found.network)
            else:
                trial.prune(f"its {self.headline} is {found.value}", seconds)
        return True

    def _run(self, trial: Trial, plan: Plan) -> Run:
        left = self._left()
        deadline = None if math.isinf(left) else time.monotonic() + left
        return Run(
            listener=_Listening(trial, self.headline, self.watcher),
            deadline=deadline,
            saving=0.0,
            late=True,
            vectors=self.shared.vectors(plan),
            linear=self.shared.linear(plan),
        )


class _Listening(Silent):
    """Hands figures to a trial, and steps to whoever watches; notes about each network would be too many."""

    def __init__(self, trial: Trial, headline: str, watcher: Watcher) -> None:
        self._trial, self._headline, self._watcher = trial, headline, watcher

    @override
    def on_stage(self, stage: str) -> None:
        self._watcher.on_stage(f"trial {self._trial.number}: {stage}")

    @override
    def on_step(self, state: Steps, total_steps: int) -> None:
        self._watcher.on_step(state, total_steps)

    @override
    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        value = float(record.get(self._headline, math.nan))
        if math.isfinite(value) and self._trial.report(value):
            raise NotWorthItError
