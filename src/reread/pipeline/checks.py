"""Checks of a plan before work on the data begins."""

from __future__ import annotations

import torch

from reread.errors import ConfigError
from reread.export.onnx import network_graph
from reread.nn.model import build_model
from reread.pipeline.machine_choices import SMALLER
from reread.pipeline.plan import Plan
from reread.pipeline.stacking import check_answer
from reread.pipeline.validation import check_rules
from reread.train.augment import check_augment
from reread.train.memory import enough_memory
from reread.train.objectives import objective_options
from reread.train.optimisers import build_optimisers


def check_plan(plan: Plan) -> None:
    """Build a small network, its optimisers and its export, and look up the names.

    Raises:
        ConfigError: the plan cannot be built.
        ExportError: a part of the network has no ONNX export.
    """
    check_answer(plan)
    objective_options(plan.recipe.training)
    check_augment(plan.recipe)
    check_rules(plan)
    check_unfreezing(plan)
    check_labels_texts(plan)
    with torch.random.fork_rng(devices=()), enough_memory(ConfigError, SMALLER):
        net = build_model(plan.recipe.model, [2], 1)
        build_optimisers(net, plan.recipe.training)
        network_graph(net)


def check_labels_texts(plan: Plan) -> None:
    """Refuse texts that a linear member is to label where there is none.

    Raises:
        ConfigError: no linear member is trained.
    """
    if plan.recipe.training.linear_self_training is True and not plan.baseline:
        raise ConfigError(
            "training.linear_self_training = true with baseline=False: the linear member labels the texts; train that "
            "too, or leave the setting out"
        )


def check_unfreezing(plan: Plan) -> None:
    """Refuse to hold parts that were taken over where none is.

    Raises:
        ConfigError: the network starts from random numbers, or from vectors that are not trained at all.
    """
    share, vectors = plan.recipe.training.unfreezing, plan.recipe.vectors
    if share and not plan.starts_elsewhere and (vectors.source is None or vectors.frozen):
        raise ConfigError(
            f"training.unfreezing = {share}: the network takes over nothing that could be trained later; start from a "
            "pretrained network, a model or word vectors, or leave it out"
        )
