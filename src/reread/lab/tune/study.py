"""A study: the trials of one search, which processes that share its folder ask for, one at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

from reread.errors import ConfigError
from reread.lab.tune.journal import JOURNAL, open_journal
from reread.lab.tune.optuna import optuna_
from reread.lab.tune.space import Space
from reread.lab.tune.standing import DONE, FAILED, PRUNED, RUNNING, Standing
from reread.locks import lock

NAME = "reread"
TRIES = 3  # how often a trial is begun whose process ends
STARTUP = 10  # trials at random before the sampler learns
UNPRUNED, UNPRUNED_EVALUATIONS = 5, 3  # whole trials before the first is pruned; evaluations of a trial likewise
KEPT = 75.0  # percent of trials that no evaluation ends: a median would end most, since it is asked at each evaluation


class Trial:
    """A trial of this process."""

    def __init__(self, study: Study, asked: Any) -> None:
        self.number: int = asked.number
        self.defaults = bool(asked.user_attrs.get("defaults"))
        self.settings = study.settings_of(asked.params)
        self._study, self._asked, self._evaluations = study, asked, 0

    def report(self, value: float) -> bool:
        """Take the figure of an evaluation; True if the trial is not worth its time."""
        self._evaluations += 1
        self._asked.report(value, self._evaluations)
        return not self.defaults and bool(self._asked.should_prune())

    def finish(self, value: float, seconds: float, training_seconds: float, *, network: float = 1.0) -> None:
        """End the trial with its figure, and how much the network counts in what answered."""
        self._asked.set_user_attr("network", network)
        self._asked.set_user_attr("seconds", round(seconds, 3))
        self._asked.set_user_attr("training_seconds", round(training_seconds, 3))
        self._study.tell(self.number, value)

    def prune(self, why: str, seconds: float) -> None:
        """End the trial without a figure: it was stopped early, or its settings cannot be trained."""
        self._asked.set_user_attr("seconds", round(seconds, 3))
        self._asked.set_user_attr("note", why)
        self._study.tell(self.number, None)

    def give_back(self, why: str = "") -> None:
        """End the trial without having tried it: it is begun again."""
        if why:
            self._asked.set_user_attr("note", why)
        self._study.give_back(self.number)


class Study:
    """A folder with a journal, opened by one process.

    Args:
        folder: is made if it is not there.
        space: what is searched, with the recipe's own values in it.
        defaults: these values.
        identity: what all processes must agree on, as JSON can write it.
        maximise: whether a larger figure is better.
        seed: of the choice of values.

    Raises:
        ConfigError: the study there has another identity.
        BundleError: its journal cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        space: Space,
        *,
        defaults: Mapping[str, Any],
        identity: Mapping[str, Any],
        maximise: bool,
        seed: int,
    ) -> None:
        self.folder, self.space, self.maximise, self._seed = folder, space, maximise, seed
        self._own = defaults
        self._defaults = {name: space.settings[name].stored(value) for name, value in defaults.items()}
        self._distributions = {name: kind.distribution() for name, kind in space.settings.items()}
        self._states = optuna_().trial.TrialState
        self._worker = f"process-{uuid.uuid4().hex}"
        self._alive: AbstractContextManager[bool] = lock(self.locks, self._worker)
        self._study = self._open(json.loads(json.dumps(identity, default=str)))

    def __enter__(self) -> Self:
        self._alive.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._alive.__exit__(None, None, None)

    @property
    def locks(self) -> Path:
        """The folder of the locks."""
        return self.folder / "locks"

    @property
    def made(self) -> bool:
        """Whether a model was made of what was found."""
        return bool(self._study.user_attrs.get("made"))

    @made.setter
    def made(self, made: bool) -> None:
        self._study.set_user_attr("made", made)

    def ask(self, most: int | None) -> Trial | None:
        """The next trial; None if there are ``most`` already, those of other processes included."""
        with lock(self.locks, "ask", wait=True):
            self._bury()
            trials = self._study.get_trials(deepcopy=False)
            counted = len(trials) - sum(map(self._is_void, trials)) - sum("again" in each.user_attrs for each in trials)
            waiting = any(trial.state == self._states.WAITING for trial in trials)
            if most is not None and counted >= most and not waiting:
                return None
            # A sampler for each trial: a study that goes on draws what it would have drawn without the break.
            self._study.sampler = optuna_().samplers.TPESampler(
                seed=self._seed * 10_007 + counted - waiting, n_startup_trials=STARTUP
            )
            asked = self._study.ask(self._distributions)
            asked.set_user_attr("worker", self._worker)
            return Trial(self, asked)

    def tell(self, number: int, value: float | None) -> None:
        """End a trial, with its figure or without one."""
        with lock(self.locks, "ask", wait=True):
            state = self._states.PRUNED if value is None else self._states.COMPLETE
            self._study.tell(number, value, state=state)

    def give_back(self, number: int) -> None:
        """End a trial that is to be begun again, not counted as a try."""
        with lock(self.locks, "ask", wait=True):
            trial = next(trial for trial in self._study.get_trials(deepcopy=False) if trial.number == number)
            if trial.state == self._states.RUNNING:  # else Ctrl-C came when it had just ended
                self._fail(trial, counted=0)

    def others(self) -> int:
        """How many trials are running in other processes that are alive."""
        with lock(self.locks, "ask", wait=True):
            self._bury()
            running = [trial for trial in self._study.get_trials(deepcopy=False) if trial.state == self._states.RUNNING]
        return sum(trial.user_attrs.get("worker") != self._worker for trial in running)

    def is_empty(self) -> bool:
        """Whether no trial has ended with anything learned, and none is running."""
        return all(trial.state == FAILED for trial in self.standings())

    def standings(self) -> list[Standing]:
        """All trials that have begun, in that order."""
        trials = [each for each in self._study.get_trials(deepcopy=False) if each.state != self._states.WAITING]
        first = min((trial.datetime_start for trial in trials), default=None)
        return [self._standing(trial, first) for trial in trials]

    def best(self) -> Standing | None:
        """The whole trial with the best figure, the earliest of several."""
        whole = [trial for trial in self.standings() if trial.state == DONE]
        sign = 1 if self.maximise else -1
        return max(whole, key=lambda trial: (sign * (trial.value or 0.0), -trial.number), default=None)

    def importance(self) -> dict[str, float]:
        """How much each setting mattered, in sum 1 (PED-ANOVA, Watanabe et al. 2023); empty for too few trials."""
        values = {trial.value for trial in self.standings() if trial.state == DONE}
        if len(values) < UNPRUNED:
            return {}
        found: dict[str, float] = optuna_().importance.get_param_importances(self._study)
        return found

    def settings_of(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Values as Optuna keeps them → as the settings have them."""
        kinds, own = self.space.settings, self._defaults
        return {
            name: self._own[name] if stored == own[name] else kinds[name].value(stored)
            for name, stored in params.items()
        }

    def _open(self, identity: Any) -> Any:
        optuna = optuna_()
        with lock(self.locks, "ask", wait=True):
            study = optuna.create_study(
                storage=open_journal(self.folder),
                study_name=NAME,
                load_if_exists=True,
                direction="maximize" if self.maximise else "minimize",
                pruner=optuna.pruners.PercentilePruner(
                    KEPT, n_startup_trials=UNPRUNED, n_warmup_steps=UNPRUNED_EVALUATIONS + 1
                ),
            )
            if "identity" not in study.user_attrs:
                study.enqueue_trial(self._defaults, user_attrs={"defaults": True})
                study.set_user_attr("identity", identity)
        if difference := first_difference(study.user_attrs["identity"], identity):
            raise ConfigError(
                f"resume=True: {difference} differs from the study in {self.folder}; use its options or start afresh "
                "with overwrite=True"
            )
        return study

    def _bury(self) -> None:
        """Fail the trials of processes that are gone, and put them down to be tried again; call with the lock held."""
        for trial in self._study.get_trials(deepcopy=False):
            worker = trial.user_attrs.get("worker")
            if trial.state == self._states.RUNNING and worker != self._worker and not self._lives(worker):
                self._fail(trial)

    def _lives(self, worker: str | None) -> bool:
        if worker is None:  # its process ended between asking and saying who it is, which the lock makes one
            return False
        with lock(self.locks, worker) as free:
            return not free

    def _fail(self, trial: Any, counted: int = 1) -> None:
        """End a trial, and put its values down again if they were not tried too often."""
        self._study.tell(trial.number, state=self._states.FAIL)
        tries, defaults = _tries(trial), trial.user_attrs.get("defaults", False)
        values = self._defaults if defaults else trial.params
        if tries + counted <= TRIES and values.keys() == self._distributions.keys():
            again = {"tries": tries + counted, "defaults": defaults, "again": trial.number}
            self._study.enqueue_trial(values, user_attrs=again)

    def _is_void(self, trial: Any) -> bool:
        """Whether a process ended while it asked for this trial, so that it has no values to try again."""
        failed = trial.state == self._states.FAIL and not trial.user_attrs.get("defaults", False)
        return failed and trial.params.keys() != self._distributions.keys()

    def _standing(self, trial: Any, first: Any) -> Standing:
        states = {self._states.COMPLETE: DONE, self._states.PRUNED: PRUNED, self._states.RUNNING: RUNNING}
        state, noted = states.get(trial.state, FAILED), trial.user_attrs
        ended = trial.datetime_complete
        return Standing(
            number=trial.number,
            state=state,
            defaults=bool(noted.get("defaults")),
            value=trial.value if state == DONE else None,
            settings=self.settings_of(trial.params),
            seconds=noted.get("seconds", 0.0),
            training_seconds=noted.get("training_seconds", 0.0),
            note=noted.get("note", ""),
            linear_alone=noted.get("network") == 0,
            ended=None if ended is None else (ended - first).total_seconds(),
        )


def _tries(trial: Any) -> int:
    """How often the values of a trial have been tried, this time included."""
    return int(trial.user_attrs.get("tries", 1))


def holds_study(folder: Path) -> bool:
    """Whether a folder holds a study."""
    return (folder / JOURNAL).is_file()


def first_difference(old: Any, new: Any, name: str = "") -> str:
    """The first setting that differs, by its dotted name; empty if none does."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names: Sequence[str] = list({**old, **new})
        found = (first_difference(old.get(key), new.get(key), f"{name}.{key}" if name else key) for key in names)
        return next((difference for difference in found if difference), "")
    return "" if old == new else name or "it"
