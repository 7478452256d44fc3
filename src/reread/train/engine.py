"""Which engine sweeps a network's recurrences while it trains: torch's own, or the compiled kernel."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from reread.errors import ConfigError
from reread.kernel import available, load
from reread.nn.model import TextNet, build_model
from reread.nn.recurrences import recurrences
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.registry import unknown_name

TORCH = "torch"
KERNEL = "kernel-"
"""Before the instruction level: kernel-avx512."""
PORTABLE = f"{KERNEL}portable"

TEXTS, TOKENS, WORDS = 32, 64, 500  # of the batch that is measured
ROUNDS = 3


def engines(spec: ModelSpec, settings: TrainingSettings) -> tuple[str, ...]:
    """The engines that can train a network here, the one that should be fastest first."""
    if recurrences.get(spec.recurrence).sweeps is None or settings.device == "cuda":
        return (TORCH,)
    return (*(f"{KERNEL}{level}" for level in available()), TORCH)


def choose_engine(spec: ModelSpec, settings: TrainingSettings) -> str:
    """The engine that is asked for, or the one that the processor's instructions make the faster.

    Raises:
        ConfigError: the one that is asked for is not here.
    """
    available_engines = engines(spec, settings)
    asked = settings.engine
    if asked == "kernel" and available_engines[0] != TORCH:
        return available_engines[0]
    if asked == "auto":
        # With vector instructions the kernel is ahead. Without, torch trains: a measurement would give equal runs unequal weights.
        return available_engines[0] if available_engines[0] != PORTABLE else TORCH
    if asked not in available_engines:
        if asked == "kernel" or asked.startswith(KERNEL):
            raise ConfigError(f'training.engine = "{asked}": this network has {", ".join(available_engines)} here')
        raise unknown_name("engine", asked, ["auto", "kernel", *available_engines])
    return asked


def choose_precision(spec: ModelSpec, settings: TrainingSettings) -> str:
    """The precision that is asked for, or the faster one of the chosen engine by a short measurement: not every processor is faster in bfloat16.

    Raises:
        ConfigError: the engine has no such products.
    """
    library = load(settings.engine.removeprefix(KERNEL)) if settings.engine.startswith(KERNEL) else None
    numbers = ("float32",) if library is None else library.numbers
    if settings.precision == "auto":
        return _faster(spec, [(settings.engine, number) for number in numbers])[1]
    if settings.precision not in ("float32", "bfloat16"):
        raise unknown_name("precision", settings.precision, ["auto", "float32", "bfloat16"])
    if settings.precision not in numbers:
        raise ConfigError(f'training.precision = "{settings.precision}": the engine {settings.engine} has {numbers[0]}')
    return settings.precision


def described(spec: ModelSpec, settings: TrainingSettings) -> str:
    """The chosen engine in a line; that the kernel is missing is said where it would be used."""
    would = recurrences.get(spec.recurrence).sweeps is not None and settings.device == "cpu"
    missing = would and not available()
    note = " (the compiled kernel, which is faster, was not built: no C compiler was found at installation)" * missing
    return f"engine: {settings.engine}, {settings.precision}, {settings.threads} thread{'s' * (settings.threads != 1)}{note}"


def use_engine(net: TextNet, engine: str, precision: str = "float32") -> None:
    """Let an engine sweep the network's recurrences, and pool, from now on.

    Raises:
        ConfigError: the kernel has no such level here.
    """
    net.use_kernel(None if engine == TORCH else load(engine.removeprefix(KERNEL)), precision)


def _faster(spec: ModelSpec, candidates: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The faster engine and precision."""
    return candidates[0] if len(candidates) == 1 else min(candidates, key=lambda candidate: _seconds(spec, *candidate))


def _seconds(spec: ModelSpec, engine: str, precision: str) -> float:
    """A training step's time on a small batch, the shortest of some."""
    with torch.random.fork_rng(devices=()):
        net = build_model(spec, [WORDS], 1)
        use_engine(net, engine, precision)
        ids, lengths = torch.randint(WORDS, (TEXTS, TOKENS, 1)), torch.full((TEXTS,), TOKENS)
        return min(_step(net, ids, lengths) for _ in range(ROUNDS + 1))


def _step(net: TextNet, ids: torch.Tensor, lengths: torch.Tensor) -> float:
    started = time.perf_counter()
    net.read(ids, lengths).sum().backward()
    return time.perf_counter() - started
