"""What `reread tune` shows: a line for each trial, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reread.apps.cli.console import TrainingView, print_json, results
from reread.apps.cli.training_summary import Summary, print_summary
from reread.apps.cli.training_summary import to_json as training_json
from reread.apps.cli.tuning_places import StudyPlaces
from reread.lab.tune.found import Found, shown
from reread.lab.tune.standing import DONE, Standing
from reread.wording import figure, name_of


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """The outcome of the command.

    Attributes:
        found: the outcome of the study; None without a whole trial.
        summary: of the training of the best settings; None if another process does it.
        places: where all of it is.
        seconds: the whole command's time.
    """

    found: Found | None
    summary: Summary | None
    places: StudyPlaces
    seconds: float


class TuningView(TrainingView):
    """Shows a search: what a training shows, and a line for each trial."""

    _metric = ""

    def compares(self, metric: str) -> None:
        """Name the metric of the trials."""
        self._metric = metric

    def on_trial(self, trial: Standing, best: Standing | None) -> None:
        """See `reread.lab.tune.search.Watcher`."""
        if trial.state == DONE:
            star = " (best so far)" if best is not None and best.number == trial.number else ""
            alone = " of the linear member alone" if trial.linear_alone else ""
            ended = f"{name_of(self._metric)} {figure(self._metric, trial.value)}{alone}{star}"
        else:
            ended = f"ended early: {trial.note}"
        what = "the defaults" if trial.defaults else settings_in_words(trial.settings)
        self.on_note(f"trial {trial.number}, {trial.seconds:.1f} s: {ended}; {what}")


def settings_in_words(settings: Any) -> str:
    """Settings with their values, in one line."""
    return ", ".join(f"{name}={shown(value)}" for name, value in settings.items())


def print_tuned(tuned: Tuned, *, as_json: bool) -> None:
    """Print it, for programs or for people."""
    if as_json:
        print_json(to_json(tuned))
        return
    if tuned.summary is not None:
        print_summary(tuned.summary, as_json=False)
    found, places = tuned.found, tuned.places
    if found is None:
        trained = "; the defaults were trained" if tuned.summary else ""
        results.print(f"{places.folder}: the time was too short for a whole trial{trained}; pass more --minutes")
        return
    best, *others = found.sentences()
    results.print(best)
    results.print(f"Changed: {settings_in_words(found.changed) or 'nothing; the defaults were the best'}.")
    if tuned.summary is None:
        results.print(f"{places.folder}: the process that leads the search trains the best settings at its end")
        return
    for sentence in others:
        results.print(sentence)
    results.print(f"{places.page} shows what mattered; {places.repeat} trains the best settings again")


def to_json(tuned: Tuned) -> dict[str, Any]:
    """The same as JSON; ``model`` is null if another process trains it."""
    found, summary, places = tuned.found, tuned.summary, tuned.places
    return {
        "model": str(places.out) if summary else None,
        "study": str(places.folder),
        "trials": found.count if found else 0,
        "metric": found.metric if found else None,
        "best": {"settings": dict(found.best.settings), "value": found.best.value} if found else None,
        "defaults": found.defaults.value if found and found.defaults else None,
        "flatters": found.flatters if found else None,
        "seconds": round(tuned.seconds, 2),
        "training": training_json(summary) if summary else None,
    }
