"""Settings of a training that depend on the machine: threads, device, engine and precision, chosen once."""

from __future__ import annotations

import dataclasses

import torch

from reread.errors import ConfigError
from reread.machine import available_cores
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.scoring.backends.torch import use_threads
from reread.train.engine import choose_engine, choose_precision
from reread.train.memory import enough_memory

CHOICES = ("threads", "device", "engine", "precision")
"""Of the settings of a training."""
SMALLER = "make model.hidden, or another size of the network, smaller"


def resolve(settings: TrainingSettings, spec: ModelSpec) -> TrainingSettings:
    """Choose the settings that depend on the machine, once: device, threads, engine and precision of this network.

    Raises:
        ConfigError: this machine has no such device or engine.
    """
    device, threads = resolve_device(settings), settings.threads or available_cores()
    settings = dataclasses.replace(settings, device=device, threads=threads)
    with use_threads(threads), enough_memory(ConfigError, SMALLER):
        settings = dataclasses.replace(settings, engine=choose_engine(spec, settings))
        return dataclasses.replace(settings, precision=choose_precision(spec, settings))


def resolve_device(settings: TrainingSettings) -> str:
    """The device of the settings, or the best one of this machine.

    Raises:
        ConfigError: this machine has no such device.
    """
    check_device(settings.device)
    if settings.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise ConfigError('device cuda: torch finds no CUDA device here; pass device="cpu"')
    return settings.device


def check_device(device: str) -> None:
    """Refuse a device name that reread does not know.

    Raises:
        ConfigError: it is not auto, cpu or cuda.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise ConfigError(f'device "{device}": expected auto, cpu or cuda')
