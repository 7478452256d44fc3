"""Finished runs on disk: one JSON file each, and beside it the run's answers to the test set.

The answers are written first and the JSON file appears by a rename, so an interruption leaves complete runs only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import BundleError, ConfigError, DataError
from reread.files import whole_file
from reread.lab.experiments.predictions import Answers, Packed, pack, unpack

MODEL = re.compile(r"\w[\w.+]{0,63}", re.ASCII)  # no hyphen, so that model, setting and seed can be told apart
SETTING = re.compile(r"\w[\w.+-]{0,63}", re.ASCII)
AGREEMENT = 1e-9  # largest difference of a recorded accuracy from the one recomputed


class Answered(Protocol):
    """A model that answered the test rows: a run, or the linear baseline."""

    @property
    def name(self) -> str:
        """The stem of its files."""

    @property
    def test_accuracy(self) -> float:
        """Share of the test rows with the right answer."""

    @property
    def predictions(self) -> Mapping[str, Any]:
        """The entry about its answers, see `described`."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One finished run.

    Attributes:
        model: name of the model in the experiment.
        setting: name of the setting.
        seed: 0 or more.
        iterations: training steps.
        test_accuracy: share of the test rows with the right answer.
        test_metrics: all metrics on the test rows.
        validation: metrics on rows held out of training; empty if there were none.
        curve: ``iteration``, ``accuracy`` on the fixed sample, and other measurements while training.
        seconds: wall time of the run.
        memory_mib: peak memory of its process.
        commit: of the code.
        machine: in words.
        versions: of the libraries, by name; and the engine.
        config: the whole configuration.
        read_from: name of the longer run that this one is the beginning of; empty if there is none.
        predictions: ``file``, ``classes``, ``levels`` and ``sha256`` of its answers; ``write`` fills it in.
    """

    model: str
    setting: str
    seed: int
    iterations: int
    test_accuracy: float
    test_metrics: Mapping[str, float]
    validation: Mapping[str, float]
    curve: Sequence[Mapping[str, Any]]
    seconds: float
    memory_mib: float
    commit: str
    machine: str
    versions: Mapping[str, Any]
    config: Mapping[str, Any]
    read_from: str = ""
    predictions: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name  # noqa: B018  # a record with a name that is no file name is refused

    @property
    def name(self) -> str:
        """``<model>-<setting>-<seed>``, the stem of the run's files."""
        return run_name(self.model, self.setting, self.seed)

    @property
    def engine(self) -> str:
        """What ran the network's recurrences; a record without an engine is older than the compiled kernel."""
        return str(self.versions.get("engine", "torch"))

    def write(self, folder: Path, probabilities: ArrayLike) -> RunRecord:
        """Write the run into ``folder``: wholly, or not at all; an older run of the name is replaced.

        Args:
            folder: made if it does not exist.
            probabilities: of the classes on the test rows, (rows, classes).

        Returns:
            The record with its ``predictions``.

        Raises:
            DataError: these are not probabilities, or a figure of the record is not finite.
            BundleError: the disk is full or the folder cannot be written.
        """
        packed = pack(probabilities)
        record = replace(self, predictions=described(self.name, packed))
        content = _json(record)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{self.name}.json").unlink(missing_ok=True)  # it describes the old answers
            put(folder / record.predictions["file"], packed.data)
            put(folder / f"{self.name}.json", content)
        except OSError as error:
            raise BundleError(f"the run {folder / self.name} cannot be written: {error.strerror}") from error
        return record


def run_name(model: str, setting: str, seed: int) -> str:
    """The stem of a run's files.

    Raises:
        ConfigError: a name cannot be part of a file name.
    """
    if not MODEL.fullmatch(model):
        raise ConfigError(
            f'model "{model}": a name of up to 64 letters, digits, "_", "." or "+" is needed; '
            "it becomes part of a file name"
        )
    if not SETTING.fullmatch(setting):
        raise ConfigError(
            f'setting "{setting}": a name of up to 64 letters, digits, "_", ".", "+" or "-" is needed; '
            "it becomes part of a file name"
        )
    if type(seed) is not int or seed < 0:
        raise ConfigError(f"seed {seed!r}: expected a whole number from 0")
    return f"{model}-{setting}-{seed}"


def read_records(folder: Path) -> list[RunRecord]:
    """Every finished run of the folder, by model, setting and seed; none if there is no folder.

    Raises:
        DataError: a JSON file is incomplete or is not a run, or the answers of a run are missing or changed.
    """
    records = [_read(path) for path in folder.glob("[!.]*.json")]
    for record in records:
        _packed(folder, record)
    return sorted(records, key=lambda record: (record.model, record.setting, record.seed))


def described(name: str, packed: Packed) -> dict[str, Any]:
    """The entry of a record about its answers: their file, the numbers needed to read them, and their checksum."""
    checksum = hashlib.sha256(packed.data).hexdigest()
    return {"file": f"{name}.predictions.z", "classes": packed.classes, "levels": packed.levels, "sha256": checksum}


def read_answers(folder: Path, record: Answered) -> Answers:
    """The answers of a run to the test rows.

    Raises:
        DataError: its answers are missing or changed.
    """
    return unpack(_packed(folder, record))


def right_answers(folder: Path, record: Answered, truth: ArrayLike) -> NDArray[np.bool_]:
    """Which test rows a run answered correctly, (rows,).

    Args:
        folder: where the run's files are.
        record: the run.
        truth: index of the true class of each test row, (rows,).

    Raises:
        DataError: these are not the run's rows, or the accuracy is not the recorded one.
    """
    labels, true = read_answers(folder, record).labels, np.asarray(truth)
    if labels.shape != true.shape:
        raise DataError(
            f"run {record.name} answered {len(labels)} test rows, there are {len(true)}; it belongs to other test data"
        )
    right = np.asarray(labels == true)
    if abs(right.mean() - record.test_accuracy) > AGREEMENT:
        raise DataError(
            f"run {record.name}: its answers are {right.mean():.6f} right, its record says "
            f"{record.test_accuracy:.6f}; it belongs to other test data or was changed"
        )
    return right


def put(path: Path, content: bytes) -> None:
    """Write a file wholly, or not at all.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    with whole_file(path) as part:
        part.write_bytes(content)


def _json(record: RunRecord) -> bytes:
    try:
        return (json.dumps(asdict(record), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
    except ValueError as error:
        raise DataError(f"the run {record.name} holds a number that is not finite; leave it out") from error


def _read(path: Path) -> RunRecord:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} is incomplete or is not a run ({error}); delete it, and it is run again") from error
    names = {one.name for one in fields(RunRecord)}
    different = sorted(names ^ set(values)) if isinstance(values, dict) else sorted(names)
    if different:
        raise DataError(
            f'{path} is not a run of this version: "{different[0]}" is missing or unknown; move it elsewhere'
        )
    try:
        record = RunRecord(**values)
    except (ConfigError, TypeError) as error:
        raise DataError(f"{path} is not a run: {error}; move it elsewhere") from error
    if path.name != f"{record.name}.json":
        raise DataError(f"{path} holds the run {record.name}; give it its name back, {record.name}.json")
    return record


def _packed(folder: Path, record: Answered) -> Packed:
    """The coded answers of a run, checked."""
    try:
        file, classes, levels, checksum = (record.predictions[key] for key in ("file", "classes", "levels", "sha256"))
        data = (folder / Path(file).name).read_bytes()
    except (KeyError, TypeError, OSError) as error:
        raise DataError(
            f"the run {folder / record.name} has no file of answers ({error}); delete its JSON file, "
            "and it is run again"
        ) from error
    if hashlib.sha256(data).hexdigest() != checksum:
        raise DataError(
            f"{folder / file} differs from its checksum: it is incomplete or was changed; delete the run's files, "
            "and it is run again"
        )
    return Packed(data, classes, levels)
