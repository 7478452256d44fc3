"""A model as training leaves it, before it is saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.blend.average import Blend
from reread.blend.linear import LinearModel
from reread.data.fingerprint import Fingerprint
from reread.data.seen import SeenTexts
from reread.estimators.blending import Blended
from reread.estimators.held_out import HeldOut
from reread.estimators.judging import Judged
from reread.estimators.plan import Plan
from reread.nn.model import TextNet
from reread.scoring.answers import Answers
from reread.scoring.backends.torch import TorchBackend, stored_network, use_threads
from reread.scoring.explain import Explanation
from reread.scoring.joint_readout import AnyReadout
from reread.scoring.scorer import Scorer
from reread.tasks import Task
from reread.text.encoder import TextEncoder
from reread.train.state import State


@dataclass(frozen=True)
class Fitted:
    """A trained model with the facts of its training."""

    plan: Plan
    task: Task
    encoder: TextEncoder
    net: TextNet
    baseline: LinearModel | None
    judged: Judged
    """What the rows held out say of the network."""
    baseline_judged: Judged
    state: State
    facts: dict[str, Any]
    fingerprint: Fingerprint
    columns: dict[str, str]
    vectors: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The word vectors that the network started from: source, settings, coverage, checksum; empty if from none."""
    blend: Blended | None = None
    """What was learned of network and baseline together, where the plan asks for it: then both answer."""
    precisions: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What products of each lower precision change, on the rows held out."""
    reference: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What the texts held out and the network's answers were like."""
    seen: SeenTexts | None = None
    """Which texts were trained on, and which were held out."""
    held_out: HeldOut | None = None
    """The rows held out, with what was said of them."""

    @property
    def validation(self) -> Mapping[str, float]:
        """The network's figures on the rows held out."""
        return self.judged.validation

    @property
    def baseline_validation(self) -> Mapping[str, float]:
        """The linear baseline's figures there; empty without one."""
        return self.baseline_judged.validation

    def parts(self) -> dict[str, Judged]:
        """What the rows held out say of each part of the model folder that answers."""
        parts = {"network": self.judged, "baseline": self.baseline and self.baseline_judged, "blend": self.blend}
        return {name: judged for name, judged in parts.items() if judged}

    @property
    def readout(self) -> AnyReadout:
        """How the scores of what answers are read."""
        return (self.blend or self.judged).readout

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores of what answers, (texts, scores), with the threads of the training."""
        with use_threads(self.plan.recipe.training.threads or 1):
            return self.answers().scores(texts)

    def explain(self, text: str, *, target: object, method: str, unit: str) -> Explanation:
        """Why what answers answers so, with the threads of the training; see `Answers.explain`."""
        with use_threads(self.plan.recipe.training.threads or 1):
            return self.answers().explain(text, target=target, method=method, unit=unit)

    def answers(self) -> Answers:
        """What answers, with torch: the network, or its blend with the baseline."""
        if self.blend is None or self.baseline is None:
            return self.scorer()
        weights = list(self.blend.weights.values())
        return Blend(self.task, (self.scorer(), self.baseline), weights, readout=self.blend.readout)

    def scorer(self) -> Scorer:
        """The network, with torch."""
        training = self.plan.recipe.training
        return Scorer(
            self.encoder, self.task, TorchBackend(self.net),
            window=training.window, max_tokens=training.max_tokens, readout=self.judged.readout,
            network=stored_network(self.net, self.plan.recipe.model, self.task.size),
        )  # fmt: skip
