"""A training run on disk: one file, replaced atomically, from which the run continues bit by bit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from reread.errors import BundleError, TrainingError
from reread.files import whole_file
from reread.recipes.spec import TrainingSettings
from reread.train.optimisers import build_optimisers
from reread.train.steps import Optimiser

SEPARATOR = "/"
STEP = 8  # bytes of the last step that is part of a row's average


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able facts to ``path``, atomically.

    Raises:
        TrainingError: the disk is full or the folder cannot be written.
    """
    try:
        with whole_file(path) as part:
            save_file(
                {name: tensor.contiguous() for name, tensor in tensors.items()}, part, {"facts": json.dumps(facts)}
            )
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"the checkpoint {path} cannot be written: {error}") from error


def checkpoint_bytes(net: nn.Module, settings: TrainingSettings) -> int:
    """The size of a run's checkpoint after its first evaluation, but for the facts.

    Args:
        net: the network.
        settings: how it is trained.
    """
    state: int = sum(each.nbytes for each in net.state_dict().values())
    trained = [each for each in net.parameters() if each.requires_grad]
    moved = sum(
        optimiser.averages * each.nbytes
        for optimiser in build_optimisers(net, settings)
        for each in optimiser.parameters
    )
    average = 0
    if settings.ema:
        sparse = [each for module in net.modules() if getattr(module, "sparse", False) for each in module.parameters()]
        average = sum(each.nbytes for each in trained) + sum(STEP * len(each) for each in sparse)
    return 2 * state + moved + average  # the network as it is, and as it was best


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `write_checkpoint`.

    Raises:
        BundleError: the file is not a checkpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118  # no mapping
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise _unreadable(path, error) from error


def step_of(path: Path) -> int:
    """The step after which a checkpoint was written.

    Raises:
        BundleError: the file is not a checkpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return int(json.loads((file.metadata() or {})["facts"])["step"])
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> BundleError:
    return BundleError(f"{path} is not a readable checkpoint ({error}); start afresh with overwrite=True")


def optimiser_tensors(optimisers: Sequence[Optimiser]) -> dict[str, Tensor]:
    """The state of the optimisers as named tensors: ``optimiser/parameter/name``."""
    return {
        SEPARATOR.join((str(k), str(index), name)): tensor
        for k, optimiser in enumerate(optimisers)
        for index, state in enumerate(optimiser.state)
        for name, tensor in state.items()
    }


def restore_optimisers(optimisers: Sequence[Optimiser], tensors: Mapping[str, Tensor]) -> None:
    """Restore what `optimiser_tensors` returned, on each parameter's device."""
    for key, tensor in tensors.items():
        k, index, name = key.split(SEPARATOR)
        optimiser, which = optimisers[int(k)], int(index)
        device = optimiser.parameters[which].device if tensor.dim() else "cpu"  # counts are Python numbers
        optimiser.state[which][name] = tensor.to(device)
