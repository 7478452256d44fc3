"""What to pretrain: a recipe's network, and the settings of its training as a language model."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import torch

from reread.errors import ConfigError
from reread.nn.language_model import LanguageModel
from reread.nn.model import build_model
from reread.pipeline.plan import AUTO
from reread.recipes import Recipe
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.registry import unknown_name

CANDIDATES = 300
NEXT, BAG = "next", "bag"
SHORT = 50  # tokens of a text on average, up to which bags of words teach a network more than next words
PASSES, STRETCH = 5, 200  # over the texts; tokens of a stretch, at most
LEARNING = ("optimiser", "learning_rate", "weight_decay", "warmup", "decay", "clip", "ema", "batch_size", "seed")
MACHINE = ("threads", "device", "engine", "precision", "checkpoint_seconds")
SETTINGS = (*LEARNING, *MACHINE, "parts", "epochs", "steps", "minutes", "window")
"""The settings of a training that pretraining has."""
PARTS = ("embedding", "layers", "towards", "bias")
"""The parts of a language model, which ``training.parts`` can name."""
DROPOUTS = ("word_dropout", "embedding_dropout", "input_dropout", "recurrent_dropout", "weight_dropout")


@dataclass(frozen=True, kw_only=True)
class PretrainingPlan:
    """What to pretrain.

    Attributes:
        recipe: the network, its training as a language model, and its text settings.
        language: "zh", "en" or another with spaces between words; None: detected.
        candidates: among how many words each is predicted in training, on average.
        predict: what a state predicts: "next", the next word, or "bag", the bag of the next words; "auto": bags where
            the texts are short.
        bag_size: how many words a state predicts; None: as many as `predict` has by default.
        most_tokens: about how many tokens are read in all passes, at most; None: all of them.
    """

    recipe: Recipe
    language: str | None = None
    candidates: int = CANDIDATES
    predict: str = AUTO
    bag_size: int | None = None
    most_tokens: int | None = None

    def trained_by(self, settings: TrainingSettings) -> Self:
        """The plan with other settings of the training."""
        return replace(self, recipe=replace(self.recipe, training=settings))

    def predicting_in(self, texts: int, tokens: int) -> Self:
        """The plan for so many texts of so many tokens: what a state predicts is chosen by their length."""
        if self.predict != AUTO:
            return self
        return replace(self, predict=BAG if tokens <= SHORT * texts else NEXT)

    def to_config(self) -> dict[str, Any]:
        """The plan as JSON can write it."""
        return asdict(self)


def for_pretraining(recipe: Recipe) -> Recipe:
    """A recipe's network, without dropout, and what of its training is true of a language model too.

    The texts are many and read few times, so nothing is hidden from the network by default.
    """
    training = recipe.training
    kept = {name: getattr(training, name) for name in (*LEARNING, *MACHINE)}
    parts = {name: values for name, values in training.parts.items() if name in PARTS}
    settings = TrainingSettings(**kept, parts=parts, epochs=PASSES, window=STRETCH, patience=None, validation=0.0)
    shown: dict[str, Any] = dict.fromkeys(DROPOUTS, 0.0)
    return replace(recipe, model=replace(recipe.model, **shown), training=settings)


def check_settings(tables: dict[str, dict[str, Any]]) -> None:
    """Refuse settings that would change nothing.

    Raises:
        ConfigError: a table or a setting that pretraining does not have.
    """
    for name in tables:
        if name not in {"text", "model", "training"}:
            raise unknown_name("table of settings", name, ["text", "model", "training"])
    for name in tables.get("training", {}):
        if name not in SETTINGS:
            raise unknown_name("setting", name, sorted(SETTINGS), "of training for a language model")


def can_be_pretrained(spec: ModelSpec) -> bool:
    """Whether a network can be a language model."""
    try:
        check_network(spec)
    except ConfigError:
        return False
    return True


def check_network(spec: ModelSpec) -> None:
    """Refuse a network that cannot be a language model, before the texts are read.

    Raises:
        ConfigError: the network cannot be built, or knows the words to predict.
    """
    with torch.random.fork_rng(devices=()):
        LanguageModel(build_model(spec, [1], 1), torch.ones(1))
