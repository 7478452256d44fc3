"""The data of all runs of an experiment: training rows, test rows, more texts for word vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.data.learnable import LearnableTexts
from reread.data.split import split_rows
from reread.data.store import TextStore
from reread.data.subset import Subset
from reread.errors import DataError
from reread.lab.experiments.experiment import Experiment, find_file
from reread.lab.experiments.predictions import MOST_CLASSES
from reread.tasks import infer_task

TARGET = "label"


@dataclass(frozen=True)
class ExperimentData:
    """The rows of an experiment.

    Attributes:
        train: texts with labels.
        test: texts with labels; scored once by every run.
        unlabelled: more texts for word vectors, without those of the test rows.
        dropped: how many unlabelled texts were left out for that reason.
        shared: how many test texts are among the training rows too.
    """

    train: Examples
    test: Examples
    unlabelled: Sequence[str]
    dropped: int
    shared: int

    @cached_property
    def test_labels(self) -> list[Any]:
        """The labels of the test rows."""
        return self.test.targets[TARGET]

    def sample(self, rows: int, seed: int) -> NDArray[np.int64]:
        """Test rows drawn once for all runs, in order."""
        count = min(rows, len(self.test))
        return np.sort(np.random.default_rng(seed).choice(len(self.test), count, replace=False))

    def identity(self) -> dict[str, Any]:
        """The identity of the data, in a few numbers that a record keeps."""
        return {
            "train": self.train.fingerprint.sha256,
            "test": self.test.fingerprint.sha256,
            "unlabelled": len(self.unlabelled),
            "unlabelled_dropped": self.dropped,
            "test_texts_in_train": self.shared,
        }


def read_experiment_data(experiment: Experiment, folder: Path | None) -> ExperimentData:
    """Read the experiment's files.

    Args:
        experiment: names the files.
        folder: where they are; None: beside the experiment, or in the cache.

    Raises:
        ConfigError: a file is missing.
        DataError: a file lacks what the experiment needs.
    """
    data = experiment.data
    request = ColumnRequest(text=data.text, targets=(TargetRequest(TARGET, "label", data.label),), group=data.group)
    train = read_examples(find_file(experiment, data.train, folder), request)
    _check_labels(data.train, train.targets[TARGET])
    if data.test is None:
        train, test = split(train, data.test_share)
    else:
        test = read_examples(find_file(experiment, data.test, folder), request)
        if train.fingerprint == test.fingerprint:
            raise DataError(f"{data.train} and {data.test} hold the same rows; test rows must be new")
    in_test = test.keys
    shared = len(np.intersect1d(in_test, train.keys))
    unlabelled: Sequence[str] = ()
    if data.unlabelled:
        files = [find_file(experiment, name, folder) for name in data.unlabelled]
        unlabelled = read_examples(files, ColumnRequest(text=train.text_column, targets=())).texts
    learnable = LearnableTexts(unlabelled, in_test)
    return ExperimentData(train, test, TextStore(learnable), learnable.left_out, shared)


def _check_labels(name: str, labels: list[Any]) -> None:
    """Refuse labels that a run cannot keep: it has one byte a test row for the class."""
    if infer_task(labels) != "classification":
        raise DataError(f"{name}: its labels are lists of classes; a comparison needs one class a row")
    if len(set(labels)) > MOST_CLASSES:
        raise DataError(f"{name} has {len(set(labels))} classes; a comparison takes {MOST_CLASSES} at most")


def sharing(experiment_data: ExperimentData) -> str:
    """A warning about texts that are in both train and test."""
    return (
        f"{experiment_data.shared:,} texts are in both train and test ({len(experiment_data.test):,} rows); "
        "they make the test figures too high"
    )


def split(examples: Examples, share: float) -> tuple[Examples, Examples]:
    """Training and test rows: the same split in every experiment, with equal texts and groups on one side."""
    labels = examples.targets[TARGET]
    test = split_rows(examples.keys, fraction=share, strata=labels, groups=examples.groups)
    return some_rows(examples, np.flatnonzero(~test)), some_rows(examples, np.flatnonzero(test))


def some_rows(examples: Examples, rows: NDArray[np.int64]) -> Examples:
    """Some of the rows, with the fingerprint of all."""
    return replace(
        examples,
        texts=Subset(examples.texts, rows),
        targets={name: [values[row] for row in rows] for name, values in examples.targets.items()},
        groups=None if examples.groups is None else [examples.groups[row] for row in rows],
        lines=[examples.lines[row] for row in rows],
    )
