"""The schema of a pretrained folder's pretrained.json: written from it, checked by it, read through it."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reread.recipes.fitting import WholeNotNegative, fit_table
from reread.recipes.spec import ModelSpec, spec_from

FORMAT_VERSION = 1
FILE = "pretrained.json"


@dataclass(frozen=True, kw_only=True)
class PretrainedConfig:
    """The content of pretrained.json.

    Attributes:
        recipe: the name of the recipe whose network it is.
        model: the network, as `ModelSpec` reads it.
        text: the path from text to ids, as ``TextEncoder.to_config`` wrote it.
        texts: how many it was trained on.
        tokens: how many those have.
        words: how many tokens were read, over all passes.
        sha256: of the texts.
        perplexity: on texts that were held out.
        unigram_perplexity: of the frequencies with which words are predicted, there.
        predictions: how many words were predicted there.
        training: the settings of the training.
        candidates: among how many words each was predicted in training.
        predict: what its states predict: "next", the next word, or "bag", the bag of the next words.
        bag_size: how many words a state predicts.
        seconds: how long it trained.
        reread: the version that wrote it.
    """

    format_version: int = FORMAT_VERSION
    recipe: str
    model: Mapping[str, Any]
    text: Mapping[str, Any]
    texts: WholeNotNegative
    tokens: WholeNotNegative
    words: WholeNotNegative
    sha256: str
    perplexity: float
    unigram_perplexity: float
    predictions: WholeNotNegative
    training: Mapping[str, Any] = field(default_factory=dict)
    candidates: WholeNotNegative = 0
    predict: str = "next"
    bag_size: WholeNotNegative = 1
    seconds: float = 0.0
    reread: str = ""

    def spec(self) -> ModelSpec:
        """The network's description.

        Raises:
            ConfigError: a setting that a network does not have, or of another type.
        """
        return spec_from(ModelSpec, self.model, "model")

    def to_json(self) -> str:
        """The content of the file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, content: bytes) -> PretrainedConfig:
        """The inverse of `to_json`; additions of later versions of this format are ignored.

        Raises:
            ConfigError: a value is missing or of the wrong type.
            ValueError: it is not JSON.
        """
        hints = typing.get_type_hints(cls, include_extras=True)
        values = fit_table(json.loads(content), hints, FILE)
        return cls(**{name: values[name] for name in hints})
