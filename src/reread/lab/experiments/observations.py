"""Checks of a source's observations on our curves: each gives a sentence with the figures that decide it."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.lab.experiments.curves import Curves, Floats, curves_of
from reread.lab.experiments.records import RunRecord
from reread.recipes.fitting import fit_value
from reread.registry import unknown_name

RISEN = 0.9  # share of its whole rise at which a curve counts as risen


@dataclass(frozen=True)
class Observation:
    """Whether it was seen here too, and by which figures."""

    seen: bool
    sentence: str


def takes_the_lead(records: Sequence[RunRecord], model: str, setting: str, iteration: int) -> Observation:
    """Whether a model is not ahead of the best other one before an iteration, on average, and is after it.

    Raises:
        DataError: there are no runs of it or of another model, or no measurement on both sides of the iteration.
    """
    at, lead = _lead(records, model, setting)
    if not at[0] < iteration < at[-1]:
        raise DataError(f"{setting}: measured from iteration {at[0]} to {at[-1]}; {iteration} is not between them")
    before, after = lead[at < iteration].mean(), lead[at >= iteration].mean()
    return _observation(
        bool(before <= 0 < after),
        f"{model} under {setting} is {_points(before)} against the best other model before iteration {iteration:,} "
        f"and {_points(after)} from there on, on average; it is {_since(at, lead)}",
    )


def lead_narrows(records: Sequence[RunRecord], model: str, setting: str, iteration: int) -> Observation:
    """Whether a model is ahead of the best other one at an iteration, and less so at the last.

    Each lead is the mean of three measurements, where there are as many.

    Raises:
        DataError: there are no runs of it or of another model, or no measurement on both sides of the iteration.
    """
    at, lead = _lead(records, model, setting)
    if not at[0] <= iteration < at[-1]:
        raise DataError(f"{setting}: measured from iteration {at[0]} to {at[-1]}; {iteration} is not between them")
    place = int(np.searchsorted(at, iteration, side="right")) - 1
    there, finally_ = lead[max(0, place - 1) : place + 2].mean(), lead[-3:].mean()
    return _observation(
        bool(there > 0 and finally_ < there),
        (
            f"{model} under {setting} is {_points(there)} around iteration {iteration:,} and "
            f"{_points(finally_)} around {at[-1]:,}"
        ),
    )


def flattens_early(records: Sequence[RunRecord], model: str, setting: str, other: str) -> Observation:
    """Whether a model has done 90 % of its rise at an earlier iteration under ``setting`` than under ``other``.

    Raises:
        DataError: there are no runs of it under one of the two.
    """
    risen = [_risen(curves_of(records, model, name)) for name in (setting, other)]
    return _observation(
        risen[0] < risen[1],
        (
            f"{model} has done {RISEN:.0%} of its rise by iteration {risen[0]:,} under {setting} and by "
            f"{risen[1]:,} under {other}"
        ),
    )


def varies_least(records: Sequence[RunRecord], model: str, settings: tuple[str, ...]) -> Observation:
    """Whether a model's mean test accuracy differs least between settings, from the lowest to the highest.

    Raises:
        DataError: a model has no run under one of the settings, or there is one model only.
    """
    spreads = {other: _spread(records, other, settings) for other in sorted({record.model for record in records})}
    if model not in spreads or len(spreads) < 2:
        raise DataError(
            f"{model} is to be compared with other models; there are runs of {', '.join(spreads) or 'none'}"
        )
    listed = ", ".join(f"{other} {spread:.2f}" for other, spread in sorted(spreads.items(), key=lambda item: item[1]))
    least = all(spreads[model] < spread for other, spread in spreads.items() if other != model)
    return _observation(least, f"between {', '.join(settings)}, mean test accuracy varies by (points): {listed}")


def _observation(seen: bool, measured: str) -> Observation:  # noqa: FBT001  # private
    return Observation(seen, f"{'Seen' if seen else 'Not seen'}: {measured}.")


def _lead(records: Sequence[RunRecord], model: str, setting: str) -> tuple[NDArray[np.int64], Floats]:
    """Iterations at which all models were measured, and the model's mean minus the best other one's, in points."""
    curves = curves_of(records, model, setting)
    others = [
        curves_of(records, other, setting)
        for other in sorted({record.model for record in records if record.setting == setting} - {model})
    ]
    at = curves.iterations
    for other in others:
        at = np.intersect1d(at, other.iterations)
    if not others or not len(at):
        raise DataError(
            f"{model} under {setting} is to be compared with other models measured at the same iterations; "
            "there is none"
        )
    return at, 100 * (curves.at(at) - np.max([other.at(at) for other in others], axis=0))


def _since(at: NDArray[np.int64], lead: Floats) -> str:
    behind = np.flatnonzero(lead <= 0)
    if not len(behind):
        return "ahead throughout"
    if behind[-1] == len(at) - 1:
        return "never ahead for good"
    return f"ahead for good from iteration {at[behind[-1] + 1]:,}"


def _risen(curves: Curves) -> int:
    mean = curves.mean
    return int(curves.iterations[np.argmax(mean >= mean[0] + RISEN * (mean.max() - mean[0]))])


def _spread(records: Iterable[RunRecord], model: str, settings: Iterable[str]) -> float:
    means = []
    for setting in settings:
        values = [run.test_accuracy for run in records if (run.model, run.setting) == (model, setting)]
        if not values:
            raise DataError(f"no run of {model} under {setting}; run the experiment first")
        means.append(100 * float(np.mean(values)))
    return max(means) - min(means)


def _points(lead: float) -> str:
    return f"{abs(lead):.2f} points {'ahead' if lead > 0 else 'behind'}"


KINDS: Mapping[str, Callable[..., Observation]] = {
    kind.__name__: kind for kind in (takes_the_lead, lead_narrows, flattens_early, varies_least)
}


def check_observation(observation: Mapping[str, Any], models: Sequence[str], settings: Sequence[str]) -> None:
    """Refuse an observation of an experiment's file that cannot be checked.

    Args:
        observation: its table in the file.
        models: the experiment's models.
        settings: the experiment's settings.

    Raises:
        ConfigError: its ``kind`` is unknown, a parameter is missing or unknown, or a model or setting is.
    """
    if observation.get("kind") not in KINDS:
        raise unknown_name("kind of observation", str(observation.get("kind")), list(KINDS))
    where, hints = f"observation {observation['kind']}", _parameters_of(observation["kind"])
    needed = {"text", "kind", *hints}
    if set(observation) != needed:
        raise ConfigError(f"{where}: it has {', '.join(sorted(observation))}; expected {', '.join(sorted(needed))}")
    values = {name: fit_value(hint, observation[name], f"{where}.{name}") for name, hint in hints.items()}
    for name, known in (("model", models), ("setting", settings), ("other", settings), ("settings", settings)):
        given = values.get(name, ())
        for one in (given,) if isinstance(given, str) else given:
            if one not in known:
                raise unknown_name("name", one, list(known), f"in {where}.{name}")


def _parameters_of(kind: str) -> dict[str, Any]:
    """The parameters of a kind of observation besides the runs: names and types."""
    hints = typing.get_type_hints(KINDS[kind])
    return {name: hint for name, hint in hints.items() if name not in {"records", "return"}}


def observed(records: Sequence[RunRecord], observation: Mapping[str, Any]) -> str:
    """The observation, and whether it was seen; or why that is not decided."""
    try:
        sentence = KINDS[observation["kind"]](
            records, **{name: observation[name] for name in _parameters_of(observation["kind"])}
        ).sentence
    except DataError as error:
        sentence = f"Not decided: {error}."
    return f"{observation['text']}: {sentence}"
