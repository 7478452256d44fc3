"""The engine of a network's recurrences in training: torch, or the compiled kernel."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from reread.errors import ConfigError
from reread.kernel import available, load
from reread.nn.layered import LayeredNet
from reread.nn.model import TextNet, build_model
from reread.nn.recurrences import recurrences
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.registry import unknown_name

TORCH = "torch"
KERNEL = "kernel-"
"""Before the instruction level: kernel-avx512."""
PORTABLE = f"{KERNEL}portable"

TEXTS, TOKENS, WORDS = 32, 64, 500  # of the measured batch
ROUNDS = 3


def engines(spec: ModelSpec, settings: TrainingSettings) -> tuple[str, ...]:
    """The engines that can train a network here, the presumably fastest first."""
    if recurrences.get(spec.recurrence).sweeps is None or settings.device == "cuda":
        return (TORCH,)
    return (*(f"{KERNEL}{level}" for level in available()), TORCH)


def choose_engine(spec: ModelSpec, settings: TrainingSettings) -> str:
    """The requested engine, or the faster one by the processor's instructions.

    Raises:
        ConfigError: the requested engine is not available.
    """
    available_engines = engines(spec, settings)
    asked = settings.engine
    if asked == "kernel" and available_engines[0] != TORCH:
        return available_engines[0]
    if asked == "auto":
        # With vector instructions the kernel is faster, without them torch. Not measured: the weights would vary.
        return available_engines[0] if available_engines[0] != PORTABLE else TORCH
    if asked not in available_engines:
        if asked == "kernel" or asked.startswith(KERNEL):
            raise ConfigError(f'training.engine = "{asked}": this network has {", ".join(available_engines)} here')
        raise unknown_name("engine", asked, ["auto", "kernel", *available_engines])
    return asked


def choose_precision(spec: ModelSpec, settings: TrainingSettings) -> str:
    """The requested precision, or the faster one of the chosen engine by a short measurement.

    Not every processor is faster in bfloat16.

    Raises:
        ConfigError: the engine does not have the precision.
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
    """The chosen engine in a line, with a note if the kernel is missing but would be used."""
    would = recurrences.get(spec.recurrence).sweeps is not None and settings.device == "cpu"
    missing = would and not available()
    note = " (the compiled kernel, which is faster, was not built: no C compiler was found at installation)" * missing
    threads = f"{settings.threads} thread{'s' * (settings.threads != 1)}"
    return f"engine: {settings.engine}, {settings.precision}, {threads}{note}"


def use_engine(net: LayeredNet, engine: str, precision: str = "float32") -> None:
    """Use an engine for the network's recurrences and poolings from now on.

    Raises:
        ConfigError: the kernel does not have that level here.
    """
    net.use_kernel(None if engine == TORCH else load(engine.removeprefix(KERNEL)), precision)


def _faster(spec: ModelSpec, candidates: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The faster engine and precision."""
    return candidates[0] if len(candidates) == 1 else min(candidates, key=lambda candidate: _seconds(spec, *candidate))


def _seconds(spec: ModelSpec, engine: str, precision: str) -> float:
    """The shortest time of a few training steps on a small batch."""
    with torch.random.fork_rng(devices=()):
        net = build_model(spec, [WORDS], 1)
        use_engine(net, engine, precision)
        ids, lengths = torch.randint(WORDS, (TEXTS, TOKENS, 1)), torch.full((TEXTS,), TOKENS)
        return min(_step(net, ids, lengths) for _ in range(ROUNDS + 1))


def _step(net: TextNet, ids: torch.Tensor, lengths: torch.Tensor) -> float:
    started = time.perf_counter()
    net.read(ids, lengths).sum().backward()
    return time.perf_counter() - started
