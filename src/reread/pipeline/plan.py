"""Everything that decides what a training run makes of its rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from reread.bundle import NETWORK, STACK
from reread.errors import DataError
from reread.recipes import Recipe
from reread.recipes.spec import TrainingSettings
from reread.scoring.calibration import DEFAULT
from reread.tasks import Task, infer_task

AUTO = "auto"


@dataclass(frozen=True, kw_only=True)
class TargetPlan:
    """One target: its task ("classification", "multilabel", "ordinal", "regression") and the task's options."""

    task: str
    options: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0
    """Of its loss, in a joint model."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to train: a recipe and the user's other decisions.

    Attributes:
        recipe: the network, its training, and the recipe's text settings.
        targets: one entry for each target, by name; several make a joint model.
        language: "zh", "en" or another with spaces between words; None: detected.
        text: settings of the path from text to ids that the user set.
        baseline: whether the linear member is trained too.
        answer: what answers: "stack", the linear member and what the rows held out show to be better on top of it;
            "network" or "linear" alone. Without the linear member, the network.
        calibration: how probabilities are calibrated on the rows held out: "temperature", "isotonic" or "none".
        decide: the rule that sets decision thresholds on the same rows, such as "f1"; None: thresholds of 0.5.
        unlabelled: the names of the files with more texts for word2vec, if they are files.
        pretrained: the folder of a pretrained network, or of a model, to start from; None: random weights, or word
            vectors.
        pretrain_minutes: how long a network to start from is pretrained first, on the texts of the training rows and
            those without labels; None: none is.
        pretrains_by_itself: whether one is pretrained where nothing says so, in as many passes as take little time.
        keep_labels: whether the labels of the model that it starts from are classes too.
        learning_curve: whether it is measured what more labels would bring.
    """

    recipe: Recipe
    targets: Mapping[str, TargetPlan]
    language: str | None = None
    text: Mapping[str, Any] = field(default_factory=dict)
    baseline: bool = True
    answer: str = STACK
    calibration: str = DEFAULT
    decide: str | None = None
    unlabelled: tuple[str, ...] = ()
    pretrained: str | None = None
    pretrain_minutes: float | None = None
    pretrains_by_itself: bool = False
    keep_labels: bool = False
    learning_curve: bool = False

    @property
    def answers_linearly(self) -> bool:
        """Whether the linear member has a part in the answers."""
        return self.baseline and (self.answer != NETWORK or bool(self.recipe.training.offset))

    @property
    def pretrains(self) -> bool:
        """Whether the run pretrains a network first."""
        return self.pretrains_by_itself or self.pretrain_minutes is not None

    @property
    def starts_elsewhere(self) -> bool:
        """Whether the network starts from a pretrained one, or from a model."""
        return self.pretrains or self.pretrained is not None

    def for_task(self, task: Task) -> Plan:
        """The plan with what is chosen by the task."""
        settings = self.recipe.training
        if settings.offset != AUTO:
            return self
        return self.trained_by(replace(settings, offset=self.baseline and task.on_offset))

    def trained_by(self, settings: TrainingSettings) -> Plan:
        """The plan with other settings of the training."""
        return replace(self, recipe=replace(self.recipe, training=settings))

    def to_config(self) -> dict[str, Any]:
        """The plan as JSON can write it."""
        return asdict(self)


def label_plan(
    name: str, labels: Sequence[Any], *, order: Sequence[Any] | None = None, weight: float = 1.0
) -> TargetPlan:
    """The plan of a target of classes: one a text, several, or ordered, depending on labels and order.

    Raises:
        DataError: the labels are measurements, not classes.
    """
    if order is not None:
        return TargetPlan(task="ordinal", options={"order": list(order)}, weight=weight)
    for label in labels:
        if isinstance(label, float) and math.isfinite(label) and not label.is_integer():
            raise DataError(
                f"{name} is continuous, such as {label}; learn it as a number, name an order of classes, "
                "or make it text"
            )
    return TargetPlan(task=infer_task(labels), weight=weight)
