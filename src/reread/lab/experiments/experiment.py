"""An experiment's TOML file → models × settings × seeds, and the jobs that make its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from reread.data.compression import split_suffixes
from reread.data.datasets import default_folder
from reread.data.formats import formats
from reread.errors import ConfigError
from reread.lab.experiments.observations import check_observation
from reread.lab.experiments.records import run_name
from reread.recipes import Recipe, load_recipe
from reread.recipes.fitting import Count, Share, WholeNotNegative, spec_from
from reread.registry import unknown_name
from reread.toml import read_toml

AS_RECIPE = "own"
"""The setting of a model that is trained with the settings of its recipe."""


@dataclass(frozen=True, kw_only=True)
class DataFiles:
    """The files and columns of the texts."""

    train: str
    test: str | None = None
    """Without one, ``test_share`` of the training file's rows."""
    test_share: Share = 0.2
    unlabelled: tuple[str, ...] = ()
    """More texts for word vectors; those that are also in test are dropped."""
    text: str | None = None
    label: str | None = None
    group: str | None = None
    """Whole groups on one side, where rows are held out."""
    language: str | None = None
    validation: Share = 0.0
    """Share of the training rows held out; 0: none."""


@dataclass(frozen=True, kw_only=True)
class CurveSettings:
    """Readings while a run trains, for the figures; they influence no choice."""

    every: Count = 50
    """Iterations between two readings."""
    rows: Count = 2000
    """Test rows, the same ones in every run."""
    seed: WholeNotNegative = 0


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Models × settings × seeds on one data set.

    Attributes:
        path: the TOML file; runs, tables and figures are in the folder of its name beside it.
        models: recipes whose networks are compared.
        settings: recipes with the settings of training; empty: each model's recipe.
        seeds: there is one run of every cell for each.
        select: which weights a run keeps: "validation", the best on the rows held out, or "last".
        overrides: tables of settings that replace the recipes', for every run.
        printed: percentages that the source printed, by model and setting.
        observations: observations of the source: ``text``, the ``kind`` of check, and the check's parameters.
    """

    path: Path
    title: str = ""
    source: str = ""
    models: tuple[str, ...]
    settings: tuple[str, ...] = ()
    seeds: tuple[int, ...]
    select: str = "last"
    data: DataFiles
    curve: CurveSettings = field(default_factory=CurveSettings)
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    printed: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    observations: tuple[Mapping[str, Any], ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of everything that the experiment makes."""
        return self.path.with_suffix("")

    @property
    def runs(self) -> Path:
        """The folder of the finished runs."""
        return self.folder / "runs"

    def cells(self) -> Iterator[tuple[str, str]]:
        """Every model under every setting."""
        for model in self.models:
            for setting in self.all_settings:
                yield model, setting

    @property
    def all_settings(self) -> tuple[str, ...]:
        """The settings, or the one of each model's recipe."""
        return self.settings or (AS_RECIPE,)

    def recipe(self, model: str, setting: str, seed: int) -> Recipe:
        """The recipe of a run."""
        recipe = self._load(model)
        if setting != AS_RECIPE:
            recipe = recipe.under(self._load(setting))
        tables = {name: dict(table) for name, table in self.overrides.items()}
        fixed = {"seed": seed, "threads": 1, "validation": self.data.validation}
        tables["training"] = {**tables.get("training", {}), **fixed}
        recipe = recipe.with_settings(tables)
        if recipe.training.minutes is not None:
            raise ConfigError(f"{setting}: a run bounded by minutes cannot be compared; bound it by steps or epochs")
        return recipe

    def _load(self, name: str) -> Recipe:
        return load_recipe(str(self.path.parent / name) if name.endswith(".toml") else name)


@dataclass(frozen=True)
class Job:
    """One training: a model and a seed, read at the last step of each of its settings.

    Attributes:
        settings: name and last step, in the order of their steps; the run goes on until the last one's.
    """

    model: str
    seed: int
    settings: tuple[tuple[str, int | None], ...]

    @property
    def name(self) -> str:
        """The name of its longest run."""
        return self.runs()[-1]

    def runs(self) -> list[str]:
        """The names of its runs."""
        return [run_name(short_name(self.model), short_name(setting), self.seed) for setting, _ in self.settings]


def short_name(recipe: str) -> str:
    """The name of a recipe in tables and file names; for a file, its stem."""
    return Path(recipe).stem if recipe.endswith(".toml") else recipe


def jobs(experiment: Experiment) -> list[Job]:
    """The trainings that make all runs, seed by seed, so that an interruption leaves complete seeds.

    Settings that differ only in their number of steps, with a constant learning rate, are one training that is
    measured several times.
    """
    all_jobs = []
    for seed in experiment.seeds:
        for model in experiment.models:
            alike: dict[str, list[tuple[str, int | None]]] = {}
            for setting in experiment.all_settings:
                training = experiment.recipe(model, setting, seed).training
                is_prefix = training.steps is not None and training.decay == "constant" and experiment.select == "last"
                key = _without_steps(experiment.recipe(model, setting, seed)) if is_prefix else setting
                alike.setdefault(key, []).append((setting, training.steps))
            all_jobs += [Job(model, seed, tuple(sorted(group, key=_steps))) for group in alike.values()]
    return all_jobs


def _steps(reading: tuple[str, int | None]) -> int:
    return reading[1] or 0


def _without_steps(recipe: Recipe) -> str:
    training = replace(recipe.training, steps=None, epochs=1)
    return repr((recipe.model, training, recipe.text, recipe.task, asdict(recipe.vectors)))


def read_experiment(path: Path, *, seeds: int | None = None) -> Experiment:
    """Read an experiment, all of it checked.

    Args:
        path: a TOML file.
        seeds: seeds 0 to this, instead of the file's.

    Raises:
        ConfigError: the file cannot be read, or the experiment is invalid.
    """
    try:
        values = read_toml(path, str(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name an experiment's TOML file") from error
    for key in ("models", "seeds", "data"):
        if key not in values:
            raise ConfigError(f"{path}: {key} is missing; an experiment needs models, seeds and [data]")
    if isinstance(values["seeds"], int):
        values["seeds"] = list(range(values["seeds"]))
    if seeds is not None:
        values["seeds"] = list(range(seeds))
    experiment = spec_from(Experiment, {"path": path, **values}, path.name)
    check(experiment)
    return experiment


def check(experiment: Experiment) -> None:
    """Refuse an experiment that cannot be run or would not be honest.

    Raises:
        ConfigError: a list is empty or has an entry twice, a recipe or a name is unknown, or test rows choose weights.
    """
    name = experiment.path.name
    for key in ("models", "seeds"):
        if not getattr(experiment, key):
            raise ConfigError(f"{name}: {key} is empty; name at least one")
    models, settings = (list(map(short_name, names)) for names in (experiment.models, experiment.all_settings))
    for key, values in (("models", models), ("settings", settings), ("seeds", experiment.seeds)):
        if len(set(values)) < len(values):
            raise ConfigError(f"{name}: {key} names one twice: {', '.join(map(str, values))}")
    _check_honesty(experiment)
    _check_printed(experiment, models, settings)
    for observation in experiment.observations:
        check_observation(observation, models, settings)
    for model, setting in experiment.cells():
        run_name(short_name(model), short_name(setting), 0)
        experiment.recipe(model, setting, 0)


def _check_printed(experiment: Experiment, models: list[str], settings: list[str]) -> None:
    """Refuse printed figures of unknown models or settings, which would be left out silently."""
    for model, row in experiment.printed.items():
        for known, names in ((models, [model]), (settings, list(row))):
            for unknown in (name for name in names if name not in known):
                raise unknown_name("name", unknown, known, f"in {experiment.path.name}: printed.{model}")


def _check_honesty(experiment: Experiment) -> None:
    """Refuse test rows that are not new, or that influence a choice."""
    name, data = experiment.path.name, experiment.data
    if experiment.select == "test":
        raise ConfigError(f'{name}: select = "test": test rows choose nothing; expected validation or last')
    if experiment.select not in {"validation", "last"}:
        raise unknown_name("choice of weights (select)", experiment.select, ["validation", "last"])
    if (experiment.select == "validation") != (data.validation > 0):
        raise ConfigError(
            f"{name}: select = {experiment.select} with data.validation = {data.validation}; "
            "validation needs rows held out, last needs none"
        )
    if data.train == data.test:
        raise ConfigError(f"{name}: train and test are the same file, {data.test}; test rows must be new")


def find_file(experiment: Experiment, name: str, folder: Path | None) -> Path:
    """A data file: in ``folder``, beside the experiment, or in the cache of `reread data fetch`.

    A copy in another format is accepted, such as ``train.jsonl.gz`` for ``train.parquet``.

    Raises:
        ConfigError: it is in none of them.
    """
    places = [folder] if folder is not None else [experiment.path.parent, default_folder()]
    for place in places:
        wanted = place / name
        stem = _stem(wanted.name)
        others = (path for path in wanted.parent.glob("*") if stem is not None and _stem(path.name) == stem)
        for path in (wanted, *sorted(others)):
            if path.is_file():
                return path
    fetch = f"; reread data fetch {name.split('/', maxsplit=1)[0]} may bring it" if "/" in name else ""
    raise ConfigError(
        f"{name} is not in {' or '.join(map(str, places))}: name the folder that holds it with data=FOLDER{fetch}"
    )


def _stem(name: str) -> str | None:
    """A data file's name without the suffixes of its format and compression; None if it is not a data file."""
    format_, compression = split_suffixes(name)
    known = any(format_ in formats.get(one).suffixes for one in formats)
    return name[: -len(format_ + compression)] if known else None
