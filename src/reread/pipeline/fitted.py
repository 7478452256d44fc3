"""A model as training leaves it, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reread.baseline.linear import LinearModel
from reread.data.fingerprint import Fingerprint
from reread.data.seen import SeenTexts
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.blend import Blend
from reread.model.network import Network
from reread.nn.model import TextNet
from reread.pipeline.blending import Blended
from reread.pipeline.held_out import HeldOut
from reread.pipeline.plan import Plan
from reread.pipeline.validation import ValidationResult
from reread.scoring.backends.torch import TorchBackend, stored_network
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.scorer import Scorer
from reread.tasks import Task
from reread.text.encoder import TextEncoder
from reread.train.state import State


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A trained model with the facts of its training.

    Attributes:
        plan: what was trained.
        task: what the scores mean.
        encoder: text → ids.
        net: the network.
        baseline: the linear baseline, if one was trained.
        network_result: the network's result on the rows held out.
        baseline_result: the baseline's result there; empty without one.
        state: how the training went.
        facts: counts that the model card and the report give.
        fingerprint: of the rows.
        columns: the column of each target, by the target's name.
        vectors: the word vectors that the network started from: source, settings, coverage, checksum; empty if none.
        blend: the blend of network and baseline, if the plan asks for it: then both answer.
        precisions: the cost of each lower precision on the rows held out.
        reference: figures of the texts held out and of the network's answers, for monitoring.
        seen: which texts were trained on, and which were held out.
        held_out: the rows held out, with the answers to them; None if there are none.
    """

    plan: Plan
    task: Task
    encoder: TextEncoder
    net: TextNet
    baseline: LinearModel | None
    network_result: ValidationResult
    baseline_result: ValidationResult
    state: State
    facts: dict[str, Any]
    fingerprint: Fingerprint
    columns: dict[str, str]
    vectors: Mapping[str, Any] = field(default_factory=dict)
    blend: Blended | None = None
    precisions: Mapping[str, Any] = field(default_factory=dict)
    reference: Mapping[str, Any] = field(default_factory=dict)
    seen: SeenTexts | None = None
    held_out: HeldOut | None = None

    @property
    def validation(self) -> Mapping[str, float]:
        """The network's figures on the rows held out."""
        return self.network_result.validation

    @property
    def baseline_validation(self) -> Mapping[str, float]:
        """The linear baseline's figures there; empty without one."""
        return self.baseline_result.validation

    def parts(self) -> dict[str, ValidationResult]:
        """The result on the rows held out of each part of the model folder that answers."""
        parts = {
            "network": self.network_result,
            "baseline": self.baseline and self.baseline_result,
            "blend": self.blend,
        }
        return {name: result for name, result in parts.items() if result}

    @property
    def postprocessor(self) -> AnyPostprocessor:
        """How the scores of what answers are read."""
        return (self.blend or self.network_result).postprocessor

    def model(self) -> Model:
        """What answers: the network in torch, with the threads of the training, or its blend with the baseline."""
        if self.blend is None or self.baseline is None:
            return self.network()
        weights = list(self.blend.weights.values())
        parts = (self.network(), Baseline(self.baseline, self.task))
        return Blend(self.task, parts, weights, postprocessor=self.blend.postprocessor)

    def network(self) -> Network:
        """The network alone, in torch, with the threads of the training."""
        training = self.plan.recipe.training
        threads = training.threads or 1
        scorer = Scorer(
            self.encoder,
            self.task,
            TorchBackend(self.net, threads),
            window=training.window,
            max_tokens=training.max_tokens,
            network=stored_network(self.net, self.plan.recipe.model, self.task.size),
            threads=threads,
        )
        return Network(scorer, self.network_result.postprocessor)
