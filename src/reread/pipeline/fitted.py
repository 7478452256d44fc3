"""A model as training leaves it, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reread.baseline.learning_curve.curve import LearningCurve
from reread.baseline.linear import LinearModel
from reread.bundle import LINEAR, NETWORK, STACK
from reread.data.fingerprint import Fingerprint
from reread.data.seen import SeenTexts
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.network import Network
from reread.model.stack import Stack
from reread.nn.model import TextNet
from reread.pipeline.held_out import HeldOut
from reread.pipeline.plan import Plan
from reread.pipeline.stacking import Stacked
from reread.pipeline.validation import ValidationResult
from reread.scoring.backends import Backend
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
        baseline: the linear member, if one was trained.
        network_result: the network's result on the rows held out, on top of the linear member if it learned so.
        baseline_result: the linear member's result there, if one was trained.
        state: how the training went.
        facts: counts that the model card and the report give.
        fingerprint: of the rows.
        columns: the column of each target, by the target's name.
        vectors: the word vectors that the network started from: source, settings, coverage, checksum; empty if none.
        pretrained: the pretrained network that it started from; empty if none.
        stack: the stack of both and its result there, if there is a linear member.
        precisions: the cost of each lower precision on the rows held out.
        reference: figures of the texts held out and of the answers to them, for monitoring.
        seen: which texts were trained on, and which were held out.
        held_out: the rows held out, with the answers to them; None if there are none.
        learning_curves: what more labels would bring, for each target; empty if that was not asked for.
    """

    plan: Plan
    task: Task
    encoder: TextEncoder
    net: TextNet
    baseline: LinearModel | None
    network_result: ValidationResult
    baseline_result: ValidationResult | None
    state: State
    facts: dict[str, Any]
    fingerprint: Fingerprint
    columns: dict[str, str]
    vectors: Mapping[str, Any] = field(default_factory=dict)
    pretrained: Mapping[str, Any] = field(default_factory=dict)
    stack: Stacked | None = None
    precisions: Mapping[str, Any] = field(default_factory=dict)
    reference: Mapping[str, Any] = field(default_factory=dict)
    seen: SeenTexts | None = None
    held_out: HeldOut | None = None
    learning_curves: Sequence[LearningCurve] = ()

    @property
    def answer(self) -> str:
        """The name of what answers; without a linear member, the network."""
        return self.plan.answer if self.baseline is not None else NETWORK

    @property
    def offset(self) -> bool:
        """Whether the network has learned what the linear member leaves."""
        return self.baseline is not None and bool(self.plan.recipe.training.offset)

    @property
    def members(self) -> Mapping[str, float]:
        """How much each member counts in the answers, in sum 1."""
        if self.answer == STACK and self.stack is not None:
            return self.stack.weights
        return {self.answer: 1.0}

    @property
    def validation(self) -> Mapping[str, float]:
        """The figures of what answers on the rows held out."""
        return self.parts()[self.answer].validation

    @property
    def network_validation(self) -> Mapping[str, float]:
        """The network's figures there."""
        return self.network_result.validation

    @property
    def baseline_validation(self) -> Mapping[str, float]:
        """The linear member's figures there; empty without one."""
        return self.baseline_result.validation if self.baseline_result else {}

    def parts(self) -> dict[str, ValidationResult]:
        """The result on the rows held out of each part of the model folder that can answer."""
        parts = {STACK: self.stack, NETWORK: self.network_result, LINEAR: self.baseline_result}
        return {name: result for name, result in parts.items() if result is not None}

    @property
    def postprocessor(self) -> AnyPostprocessor:
        """How the scores of what answers are read."""
        return self.parts()[self.answer].postprocessor

    def model(self, backend: Backend | None = None) -> Model:
        """What answers.

        Args:
            backend: what runs its network; None: torch, with the threads of the training.
        """
        if self.baseline is None or self.answer == NETWORK:
            return self.network(backend)
        if self.answer == LINEAR:
            return Baseline(self.baseline, self.task, self.postprocessor)
        return self._stack(self.baseline, self.members[NETWORK], self.postprocessor, backend)

    def network(self, backend: Backend | None = None) -> Model:
        """The network, on top of the linear member if it learned so."""
        read = self.network_result.postprocessor
        if self.baseline is not None and self.offset:
            return self._stack(self.baseline, 1.0, read, backend)
        return Network(self.scorer(backend), read)

    def _stack(self, linear: LinearModel, share: float, read: AnyPostprocessor, backend: Backend | None) -> Model:
        return Stack(self.task, linear, self.scorer(backend), share=share, offset=self.offset, postprocessor=read)

    def scorer(self, backend: Backend | None = None) -> Scorer:
        """The network's own scores."""
        training = self.plan.recipe.training
        threads = training.threads or 1
        return Scorer(
            self.encoder,
            self.task,
            backend or TorchBackend(self.net, threads),
            window=training.window,
            max_tokens=training.max_tokens,
            network=stored_network(self.net, self.plan.recipe.model, self.task.size),
            threads=threads,
        )
