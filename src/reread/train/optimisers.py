"""Optimisers: one for each part of the network, sparse ones for the word vectors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.recipes.spec import TrainingSettings
from reread.registry import unknown_name
from reread.train.steps import SGD, Adam, Optimiser, SparseAdam

Make = Callable[[list[nn.Parameter], float, float], Optimiser]

DENSE: dict[str, Make] = {
    "adamw": Adam,
    "adam": lambda parameters, rate, _: Adam(parameters, rate),
    "sgd": lambda parameters, rate, _: SGD(parameters, rate),
}
SPARSE: dict[str, Make] = {
    "adamw": lambda parameters, rate, _: SparseAdam(parameters, rate),
    "adam": lambda parameters, rate, _: SparseAdam(parameters, rate),
    "sgd": lambda parameters, rate, _: SGD(parameters, rate),
}
PART_SETTINGS = {"optimiser", "learning_rate", "learning_rate_factor", "pretrained_factor", "weight_decay"}


def build_optimisers(net: nn.Module, settings: TrainingSettings, pretrained: Collection[str] = ()) -> list[Optimiser]:
    """One optimiser for each part of the network that has parameters.

    Args:
        net: the network.
        settings: how it is trained.
        pretrained: parts that have learned from texts without labels, for which ``pretrained_factor`` holds.

    Raises:
        ConfigError: settings name an unknown part or optimiser.
    """
    parts = dict(net.named_children())
    for name, values in settings.parts.items():
        if name not in parts:
            raise unknown_name("part of the network", name, sorted(parts))
        for key in values:
            if key not in PART_SETTINGS:
                raise unknown_name("setting", key, sorted(PART_SETTINGS), f"of part {name}")
    optimisers = []
    for name, part in parts.items():
        parameters = [parameter for parameter in part.parameters() if parameter.requires_grad]
        if parameters:
            sparse = any(getattr(module, "sparse", False) for module in part.modules())
            optimisers.append(_build(parameters, settings, name, sparse=sparse, pretrained=name in pretrained))
    return optimisers


def _build(
    parameters: list[nn.Parameter], settings: TrainingSettings, part: str, *, sparse: bool, pretrained: bool
) -> Optimiser:
    part_settings = settings.parts.get(part, {})
    name = part_settings.get("optimiser", settings.optimiser)
    makers = SPARSE if sparse else DENSE
    if name not in makers:
        raise unknown_name("optimiser", name, sorted(makers))
    if "weight_decay" in part_settings and (sparse or name != "adamw"):
        raise ConfigError(
            f"training.parts.{part}: weight_decay = {part_settings['weight_decay']} has no effect; "
            "only adamw shrinks weights, and never word vectors: leave it out"
        )
    slowed = _number(part_settings, "pretrained_factor", 1.0) if pretrained else 1.0
    factor = slowed * _number(part_settings, "learning_rate_factor", 1.0)
    rate = _number(part_settings, "learning_rate", settings.learning_rate * factor)
    if not rate > 0:
        raise ConfigError(f"learning rate {rate}: it must be above 0")
    return makers[name](parameters, rate, _number(part_settings, "weight_decay", settings.weight_decay))


def _number(part_settings: Mapping[str, Any], key: str, default: float) -> float:
    value = part_settings.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"training.parts: {key} = {value!r}; expected a number")
    return float(value)


def set_rates(optimisers: Iterable[Optimiser], factor: float) -> None:
    """Set every optimiser's rate to its base rate times ``factor``."""
    for optimiser in optimisers:
        optimiser.rate = optimiser.base_rate * factor


def clip_gradients(parameters: Iterable[nn.Parameter], largest: float | None) -> Tensor:
    """Scale all gradients, sparse ones included, to a joint norm of at most ``largest``; returns the norm before."""
    grads = []
    for parameter in parameters:
        if parameter.grad is not None:
            if parameter.grad.is_sparse:
                parameter.grad = parameter.grad.coalesce()
            grads.append(parameter.grad.values() if parameter.grad.is_sparse else parameter.grad)
    norm: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]))
    if largest is not None and norm > largest:
        for grad in grads:
            grad.mul_(largest / norm)
    return norm
