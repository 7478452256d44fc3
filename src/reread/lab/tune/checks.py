"""What is checked before the first trial: that networks can be built with the values of a space."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from reread.data.examples import Examples
from reread.errors import ConfigError
from reread.lab.tune.kinds import Choice, Kind
from reread.lab.tune.space import Space
from reread.pipeline.checks import check_plan
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import build_task, text_settings
from reread.pipeline.vectors import check_vectors
from reread.tasks import Task
from reread.train.listener import Note
from reread.train.losses import check_smoothing


def completed(plan: Plan, examples: Examples) -> Plan:
    """The plan with its language, and all settings of texts in its recipe, also those that it leaves to the language.

    It says what a space is searched around; trained is the plan itself, since vectors may say how texts are cut.

    Raises:
        ConfigError: one of them does not exist.
    """
    settings = dataclasses.asdict(text_settings(plan, examples.texts, _ignored))
    language = settings.pop("language")
    return dataclasses.replace(plan, language=language, recipe=dataclasses.replace(plan.recipe, text=settings))


def tried(space: Space, plan: Plan, examples: Examples, note: Note, *, strict: bool) -> Space:
    """The space with the recipe's own values, of the settings that this plan can have other values of.

    Args:
        space: what to search.
        plan: what is trained, completed.
        examples: the rows.
        note: is told what is left out.
        strict: raise an error in place of leaving a setting out: the user named it.

    Raises:
        ConfigError: such a setting, a plan that cannot be trained as it is, or a space of which nothing is left.
    """
    check_plan(plan)
    targets: Any = examples.targets if len(plan.targets) > 1 else next(iter(examples.targets.values()))
    task = build_task(plan, targets)
    kinds: dict[str, Kind] = {}
    for name in space.settings:
        try:
            kinds[name] = _possible(name, space, plan, task, strict=strict)
        except ConfigError as error:
            if strict:
                raise
            note(f"{name} is not searched: {error}")
    if not kinds:
        raise ConfigError("nothing is left to search; name settings with space=FILE")
    return dataclasses.replace(space, settings=kinds)


def _possible(name: str, space: Space, plan: Plan, task: Task, *, strict: bool) -> Kind:
    """The values of a setting that the plan can have; of a choice, those that it cannot have may be left out.

    Raises:
        ConfigError: a value that it cannot have.
    """
    alone = dataclasses.replace(space, settings={name: space.settings[name]}).around(plan.recipe)
    kind, left = alone.settings[name], list[Any]()
    errors: list[ConfigError] = []
    for value in kind.extremes():
        try:
            changed = plan.recipe.with_settings(alone.applied({name: value}, plan.recipe))
            _check(dataclasses.replace(plan, recipe=changed), task)
        except ConfigError as error:
            errors.append(error)
        else:
            left.append(value)
    if errors and (strict or not isinstance(kind, Choice) or len(left) < 2):
        raise errors[0]
    return Choice(tuple(left)) if errors else kind


def named(space: Space, settings: Sequence[str]) -> set[str]:
    """The settings of a space that are named, alone or with all that stands under them."""
    return {name for name in space.settings for each in settings if f"{name}.".startswith(f"{each}.")}


def _check(plan: Plan, task: Task) -> None:
    check_plan(plan)
    check_vectors(plan.recipe, None)
    check_smoothing(task, plan.recipe.training.label_smoothing)


def _ignored(_: str) -> None:
    """A note that was given before, or will be."""
