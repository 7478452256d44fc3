"""A training run on disk: one file, replaced atomically, from which the run goes on bit by bit."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from reread.errors import BundleError, TrainingError

SEPARATOR = "/"


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able facts under ``path``: the old file or the new one, never a torn one.

    Raises:
        TrainingError: the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()}, temporary, {"facts": json.dumps(facts)}
        )
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise TrainingError(f"the checkpoint {path} cannot be written: {error}") from error


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `write_checkpoint` wrote.

    Raises:
        BundleError: the file is no checkpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118  # no mapping
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise BundleError(f"{path} is no readable checkpoint ({error}); start afresh with --overwrite") from error


def optimiser_tensors(optimisers: list[torch.optim.Optimizer]) -> dict[str, Tensor]:
    """The state of the optimisers as named tensors: ``optimiser/parameter/name``."""
    tensors = {}
    for k, optimiser in enumerate(optimisers):
        for index, state in optimiser.state_dict()["state"].items():
            for name, value in state.items():
                tensors[SEPARATOR.join((str(k), str(index), name))] = torch.as_tensor(value)
    return tensors


def restore_optimisers(optimisers: list[torch.optim.Optimizer], tensors: Mapping[str, Tensor]) -> None:
    """Put back what `optimiser_tensors` took out."""
    for k, optimiser in enumerate(optimisers):
        state: dict[int, dict[str, Any]] = {}
        for key, tensor in tensors.items():
            owner, index, name = key.split(SEPARATOR)
            if int(owner) == k:
                # SparseAdam counts its steps in a plain number, the dense optimisers in a tensor.
                plain = isinstance(optimiser, torch.optim.SparseAdam) and name == "step"
                state.setdefault(int(index), {})[name] = int(tensor) if plain else tensor
        optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
