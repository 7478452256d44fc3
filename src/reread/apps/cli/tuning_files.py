"""What `reread tune` writes into the study's folder besides the journal: the best options, and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from reread.apps.cli.arguments.tune import TuneArguments
from reread.apps.cli.config_file import as_config
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.places import write_page as write_html
from reread.apps.cli.run_toml import LEFT_OUT, columns_read
from reread.apps.cli.tuning_places import StudyPlaces
from reread.apps.cli.tuning_summary import TuningView
from reread.data.examples import Examples
from reread.files import write_whole
from reread.lab.cluster import Cluster
from reread.lab.tune.found import Found
from reread.lab.tune.page import page
from reread.lab.tune.space import Space
from reread.lab.tune.standing import Standing
from reread.lab.tune.toml import assignments
from reread.pipeline.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """One call of the command, with its rows.

    Attributes:
        plan: what is trained.
        own: the same, with the language and all settings of texts that it leaves to it.
        cluster: where helpers run; None: here.
    """

    arguments: TuneArguments
    invocation: Invocation
    places: StudyPlaces
    plan: Plan
    own: Plan
    examples: Examples
    view: TuningView
    cluster: Cluster | None = None

    @property
    def deadline(self) -> float | None:
        """`time.monotonic` by which everything should be over."""
        minutes = self.plan.recipe.training.minutes
        return None if minutes is None else self.invocation.started + 60 * minutes


def write_best(tuning: Tuning, best: Standing, space: Space) -> None:
    """Write the options that train a trial's settings."""
    changed = assignments(space.applied(best.settings, tuning.own.recipe))
    training = tuning.arguments.of_training(settings=(*tuning.arguments.settings, *changed))
    kept: Mapping[str, Any] = {name: value for name, value in vars(training).items() if name not in LEFT_OUT}
    options = as_config({**kept, "language": tuning.own.language, **columns_read(tuning.plan, tuning.examples)})
    write_whole(tuning.places.best, tomli_w.dumps(options))


def write_page(tuning: Tuning, found: Found | None) -> None:
    """Write the page about what was found, if anything was."""
    if found is not None:
        columns = ", ".join(tuning.examples.target_columns.values())
        title = f"{tuning.places.folder.name}: the search of settings that predict {columns}"
        write_html(page(found, title, tuning.places.repeat, tuning.invocation.command()), tuning.places.page)
