"""The folder of an unfinished run: its plan, the word vectors or the network it started from, its checkpoint."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from reread.data.fingerprint import Fingerprint
from reread.errors import BundleError, ConfigError
from reread.files import write_whole
from reread.locks import lock
from reread.pipeline.machine_choices import CHOICES, resolve
from reread.recipes import Recipe
from reread.recipes.spec import TrainingSettings
from reread.train.checkpoint import step_of

FREE_TO_CHANGE = (
    "minutes",
    "steps",
    "earliest",
    "checkpoint_seconds",
    "answer",
    "calibration",
    "decide",
    "learning_curve",
)
"""Settings of when a run stops, what is kept, how it answers and what is measured beside it: none
changes the steps of training."""


LOCK = "run"
Difference = tuple[str, object, object]
"""A setting by its dotted name, as the interrupted run has it, and as it is wanted now."""


class Planned(Protocol):
    """What an unfinished run keeps of its plan."""

    @property
    def recipe(self) -> Recipe:
        """The network and its training."""

    def trained_by(self, settings: TrainingSettings) -> Self:
        """The plan with other settings of the training."""

    def to_config(self) -> dict[str, Any]:
        """The plan as JSON can write it."""


P = TypeVar("P", bound=Planned)


class PartialRun:
    """``OUT.partial``: exists from the start of a run until its model folder is written."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.with_name(f"{out.name}.partial")
        self.checkpoint = self.folder / "checkpoint.safetensors"
        self.vectors = self.folder / "vectors.safetensors"
        self.linear = self.folder / "linear.safetensors"
        self.pretrained = self.folder / "pretrained"
        self.pretraining = self.folder / "pretraining.safetensors"
        self._record = self.folder / "run.json"
        self._lock = self.folder / f"{LOCK}.lock"
        self._process = self.folder / "run.process"  # the number of the one that holds the lock

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs off the folder while the context lasts, or until this process ends, however it does.

        Raises:
            ConfigError: another run is at work there, or the folder cannot be made.
        """
        try:
            with lock(self.folder, LOCK) as free:
                if not free:
                    raise self._busy()
                self._process.write_text(f"{os.getpid()}\n", encoding="utf-8")
                try:
                    yield
                finally:
                    for path in (self._process, self._lock):  # before its release: who waits for it opens a new one
                        with suppress(OSError):
                            path.unlink()
        finally:
            with suppress(OSError):  # it holds a run
                self.folder.rmdir()

    def check_free(self) -> None:
        """Refuse to work where another run does.

        Raises:
            ConfigError: it does.
        """
        if self._lock.exists():
            with lock(self.folder, LOCK) as free:
                if not free:
                    raise self._busy()

    def _busy(self) -> ConfigError:
        try:
            process = f" (process {int(self._process.read_text(encoding='utf-8'))})"
        except (OSError, ValueError):  # it has just begun
            process = ""
        return ConfigError(
            f"{self.out}: another training writes this folder{process}; wait for its end, or choose another folder"
        )

    def _refuse_strangers(self) -> None:
        """Refuse to remove files that are not part of a run."""
        # safetensors leaves ".tmp…" if it is killed while it writes.
        prefixes = (
            "run.",
            "checkpoint.safetensors",
            "vectors.safetensors",
            "linear.safetensors",
            "pretrained",
            "pretraining.safetensors",
            ".run.",
            ".checkpoint.",
            ".vectors.",
            ".linear.",
            ".pretrained",
            ".pretraining.",
            ".tmp",
        )
        strangers = [path.name for path in self.folder.iterdir() if not path.name.startswith(prefixes)]
        if strangers:
            raise ConfigError(
                f"{self.folder} holds {strangers[0]}, which is not part of a run; move it elsewhere, "
                "or choose another folder"
            )

    def begin(self, plan: Planned, fingerprint: Fingerprint) -> None:
        """Start afresh.

        Raises:
            ConfigError: the folder cannot be made.
            OSError: the disk is full.
        """
        record = {"plan": plan.to_config(), "data": fingerprint.to_config()}
        try:
            self.remove()
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._record, json.dumps(record, indent=2) + "\n")
        except OSError as error:
            with suppress(OSError):
                self.remove()
            if not isinstance(error, FileNotFoundError | NotADirectoryError | PermissionError):
                raise OSError(error.errno, error.strerror, str(self.folder)) from error
            raise ConfigError(f"{self.folder} cannot be written: {error.strerror}; choose another folder") from error

    def resume(self, plan: P, fingerprint: Fingerprint) -> P:
        """The plan with what the interrupted run chose by looking at its machine.

        Raises:
            ConfigError: there is no interrupted run, it trained something else, or this machine lacks what it chose.
        """
        if not self._record.is_file():
            raise ConfigError(f"{self.folder} holds no interrupted run; start one without resume=True")
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            kept = {name: record["plan"]["recipe"]["training"][name] for name in CHOICES}
        except (ValueError, KeyError) as error:
            raise BundleError(f"{self._record} cannot be read; start afresh with overwrite=True") from error
        wanted_settings = plan.recipe.training
        plan = plan.trained_by(dataclasses.replace(wanted_settings, **kept))
        if record["data"] != fingerprint.to_config():
            raise ConfigError(
                "resume=True: the data differ from those of the interrupted run; start afresh with overwrite=True"
            )
        difference = _difference(record["plan"], json.loads(json.dumps(plan.to_config()))) or _other_choice(
            wanted_settings, kept
        )
        if difference is not None:
            raise ConfigError(
                f"resume=True: {_described(*difference)}; use its options or start afresh with overwrite=True"
            )
        _check_choices(plan)
        return plan

    def exists(self) -> bool:
        """Whether a run was interrupted here."""
        return self._record.is_file()

    def kept(self) -> list[str]:
        """What a resumed run need not learn again, in words; empty if nothing was learned yet.

        Raises:
            BundleError: a checkpoint cannot be read.
        """
        return [each for number in range(1 + self._rounds()) for each in self._kept_of(number)]

    def _rounds(self) -> int:
        """The last round of self-training that has a file."""
        numbers = [path.name.rpartition("-")[2] for path in self.folder.glob("*.safetensors-*")]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def _kept_of(self, number: int) -> Iterator[str]:
        """What one round has learned; the first training is round 0."""
        end, of = (f"-{number}", f" of round {number}") if number else ("", "")
        pretraining, checkpoint = (path.with_name(path.name + end) for path in (self.pretraining, self.checkpoint))
        if pretraining.exists():
            yield f"the state of pretraining at step {step_of(pretraining):,}"
        for what, path in (
            ("pretrained network", self.pretrained),
            ("word vectors", self.vectors),
            ("linear member", self.linear),
        ):
            if path.with_name(path.name + end).exists():
                yield f"the {what}{of}"
        if checkpoint.exists():
            yield f"the network{of} as of step {step_of(checkpoint):,}"

    def remove(self) -> None:
        """Forget the run; the lock stays with the process that holds it."""
        if not self.folder.exists():
            return
        self._refuse_strangers()
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path not in {self._lock, self._process}:
                path.unlink()
        with suppress(OSError):  # the lock is held
            self.folder.rmdir()


def _other_choice(wanted_settings: TrainingSettings, chosen: Mapping[str, Any]) -> Difference | None:
    """The first setting that differs from the interrupted run's choice, if one does."""
    for name, taken in chosen.items():
        wanted = getattr(wanted_settings, name)
        if wanted not in (None, "auto", taken) and not str(taken).startswith(f"{wanted}-"):
            return f"recipe.training.{name}", taken, wanted
    return None


def _described(name: str, old: object, new: object) -> str:
    """A difference in words."""
    setting = "recipe" if name == "recipe.name" else name.removeprefix("recipe.")
    if all(isinstance(value, int | float | str) and not isinstance(value, bool) for value in (old, new)):
        return f"{setting} = {new} differs from the interrupted run's {old}"
    return f"{setting} differs from the interrupted run"


def _check_choices(plan: Planned) -> None:
    """Refuse to resume if this machine cannot do what the run chose."""
    try:
        resolve(plan.recipe.training, plan.recipe.model)
    except ConfigError as error:
        raise ConfigError(
            f"resume=True: the interrupted run chose {error}; resume on a machine that has it, "
            "or start afresh with overwrite=True"
        ) from error


def _difference(old: object, new: object, name: str = "") -> Difference | None:
    """The first setting that differs, if one does."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if key not in FREE_TO_CHANGE:
                difference = _difference(old.get(key), new.get(key), f"{name}.{key}" if name else key)
                if difference is not None:
                    return difference
        return None
    return None if old == new else (name, old, new)
