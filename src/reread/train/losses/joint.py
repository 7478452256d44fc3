"""The weighted sum of several losses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.tasks import Task
from reread.train.losses import ClassWeights, Loss, build_loss, losses, takes
from reread.typing import override


@losses.register("joint")
class JointLoss(Loss):
    """The sum of the parts' losses, each over its own scores and targets, times the part's weight.

    Args:
        task: the task that made the targets.
        class_weights: the parts' class weights by name.
        parts: options of the parts' losses by name, ``{"topic": {"label_smoothing": 0.1}}``.
        shared: options for every part whose loss has them.
    """

    def __init__(
        self,
        task: Task,
        class_weights: ClassWeights | None = None,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        **shared: Any,
    ) -> None:
        super().__init__(task)
        if not task.parts or not isinstance(class_weights, Mapping | None):
            raise ConfigError(f"a joint loss for task {task.name}; it needs a joint task, and class weights by target")
        weights, options = class_weights or {}, parts or {}
        unknown = [name for name in [*weights, *options] if name not in task.parts]
        if unknown:
            raise ConfigError(
                f'loss options for "{unknown[0]}", which is not a target; the targets are {", ".join(task.parts)}'
            )
        self._parts = nn.ModuleList(
            build_loss(part, weights.get(name), **{**_taken(part, shared), **options.get(name, {})})
            for name, part in task.parts.items()
        )
        self._shares = [task.weights[name] for name in task.parts]
        self._scores, self._targets = list(task.slices().values()), list(task.target_slices().values())

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        slices = zip(self._parts, self._scores, self._targets, strict=True)
        return self._sum([part(scores[:, columns], targets[:, read]) for part, columns, read in slices])

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        parts = zip(cast("Iterable[Loss]", self._parts), self._scores, strict=True)
        return self._sum([part.divergence(scores[:, columns], answer[:, columns]) for part, columns in parts])

    @override
    def entropy(self, scores: Tensor) -> Tensor:
        parts = zip(cast("Iterable[Loss]", self._parts), self._scores, strict=True)
        return self._sum([part.entropy(scores[:, columns]) for part, columns in parts])

    def _sum(self, each: Sequence[Tensor]) -> Tensor:
        return torch.stack([share * loss for share, loss in zip(self._shares, each, strict=True)]).sum(dim=0)


def _taken(part: Task, shared: Mapping[str, Any]) -> dict[str, Any]:
    return {option: value for option, value in shared.items() if takes(part, option)}
