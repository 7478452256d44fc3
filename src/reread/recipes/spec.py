"""What a recipe can say about the network and its training: plain data, no torch."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from reread.errors import ConfigError
from reread.registry import unknown_name


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A network, from word vectors to scores. Sizes count units; dropouts are shares of what training hides."""

    embedding_dim: int = 200
    word_dropout: float = 0.0
    """Share of words read as unknown."""
    embedding_dropout: float = 0.0
    """Share of word-vector components set to zero."""
    recurrence: str = "lstm"
    hidden: int = 128
    layers: int = 1
    bidirectional: bool = True
    input_dropout: float = 0.0
    """Share of each recurrent layer's inputs set to zero."""
    recurrent_dropout: float = 0.0
    """Share of the recurrent connection's units set to zero, the same ones at every step (slow)."""
    concat_word: bool = False
    """Whether the word's own vector is joined to its states (SEEDS.md, equation 13)."""
    latent: tuple[int, ...] = ()
    """Dense layers that every position passes before pooling (equation 14)."""
    latent_activation: str = "tanh"
    pooling: str = "max"
    dense: tuple[int, ...] = ()
    """Dense layers between pooling and scores."""
    activation: str = "relu"
    dropout: float = 0.5
    """Share of the head's inputs set to zero."""


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How a network is trained. Everything that can change a weight is in here."""

    epochs: int = 5
    """Passes over the training rows; the learning rate's schedule spans them."""
    steps: int | None = None
    """Stop after this many optimiser steps, whatever the epochs say."""
    minutes: float | None = None
    """Stop in time for the whole command to end within this many minutes."""
    batch_size: int = 64
    """Texts a step."""
    optimiser: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    """Of adamw: shrinks every weight but the word vectors."""
    parts: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """Other ``optimiser``, ``learning_rate`` or ``weight_decay`` for a part: embedding, layers, latent, pooling, head."""
    warmup: int = 50
    """Steps over which the learning rate rises from 0."""
    decay: str = "linear"
    """How the rate falls over the epochs: constant, linear or cosine."""
    clip: float | None = 1.0
    """Largest norm of the whole gradient."""
    ema: float = 0.0
    """Weight of the past in the running average of the weights that is validated and kept; 0 keeps the weights themselves."""
    patience: int | None = 3
    """Stop after this many evaluations without a better one; none: never."""
    evaluations_per_epoch: int = 1
    window: int = 4096
    """Tokens beyond which back-propagation is truncated."""
    max_tokens: int | None = None
    """Tokens of each text that are used at all; what is cut is counted and printed."""
    class_weights: str | Mapping[str, float] | None = None
    """"balanced", or a weight for each class."""
    label_smoothing: float = 0.0
    seed: int = 0
    threads: int | None = None
    """Threads of the network's arithmetic; none: one for each core."""
    device: str = "auto"


S = TypeVar("S")


def spec_from(kind: type[S], values: Mapping[str, Any], where: str) -> S:
    """Build a spec from a table of a TOML file, checking names and types.

    Raises:
        ConfigError: a key that does not exist or a value of the wrong type.
    """
    hints = typing.get_type_hints(kind)
    for key in values:
        if key not in hints:
            raise unknown_name(f"setting in {where}", key, sorted(hints))
    return kind(**{key: _fit(hints[key], value, f"{where}.{key}") for key, value in values.items()})


def _fit(hint: Any, value: Any, where: str) -> Any:
    """The value as the hinted type: TOML knows no tuples, and writes 1 for 1.0."""
    options = typing.get_args(hint) if typing.get_origin(hint) in {typing.Union, types.UnionType} else (hint,)
    for option in options:
        origin = typing.get_origin(option) or option
        if origin is tuple and isinstance(value, list | tuple):
            return tuple(_fit(typing.get_args(option)[0], item, where) for item in value)
        if origin is float and type(value) in {int, float}:
            return float(value)
        if origin in {int, bool, str} and type(value) is origin:
            return value
        if origin is type(None) and value is None:
            return value
        if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, Mapping):
            return dict(value)
    names = " or ".join(getattr(option, "__name__", str(option)) for option in options)
    raise ConfigError(f"{where} = {value!r}: expected {names}")
