"""Augmentations, one file each: what is changed in the texts of a training batch, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.recipes import Recipe
from reread.recipes.fitting import fit_options
from reread.registry import Registry
from reread.text.encoder import TextEncoder
from reread.train.augment.base import Augmentation, Tokens, Words

augmentations: Registry[type[Augmentation]] = Registry("augmentation", __name__)

Ids: TypeAlias = NDArray[np.int32]
Options: TypeAlias = Mapping[str, Mapping[str, Any]]


class Augment:
    """The augmentations of a run, applied to texts one after the other.

    Args:
        encoder: looks up the n-grams of a changed text again.
        parts: the augmentations, in the order in which they are applied.
    """

    def __init__(self, encoder: TextEncoder, parts: Sequence[Augmentation]) -> None:
        self.encoder, self.parts = encoder, list(parts)

    def __call__(self, texts: Sequence[Ids], random: np.random.Generator) -> list[Ids]:
        """Texts as they are read in one step, each (tokens, features), like those given."""
        return [self._augmented(text, random) for text in texts]

    def _augmented(self, text: Ids, random: np.random.Generator) -> Ids:
        tokens = text[:, 0]
        for part in self.parts:
            tokens = part.apply(tokens, random)
        return text if np.array_equal(tokens, text[:, 0]) else self.encoder.with_ngrams(tokens)


def build_augment(options: Options, words: Words) -> Augment | None:
    """The augmentations of ``training.augment``, in the order of their names; None if there are none.

    Args:
        options: of each augmentation, by its name.
        words: of the run.

    Raises:
        ConfigError: a name or an option is wrong, or an augmentation does not suit the words of the run.
    """
    made = [augmentations.get(name)(words, **options_of(name, options[name])) for name in sorted(options)]
    return Augment(words.encoder, made) if made else None


def check_augment(recipe: Recipe) -> None:
    """Refuse augmentations that a recipe cannot have, before work on the data begins.

    Raises:
        ConfigError: a name or an option is wrong, or word vectors are needed and there are none.
    """
    for name, options in recipe.training.augment.items():
        options_of(name, options)
        if augmentations.get(name).needs_vectors and recipe.vectors.source is None:
            raise ConfigError(
                f"training.augment: {name} needs word vectors, and the network starts from none; name them with "
                "vectors.source, or leave it out"
            )


def options_of(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """An augmentation's options, converted to the types that its ``__init__`` declares.

    Raises:
        ConfigError: there is no such augmentation, it does not have an option, or an option's value is invalid.
    """
    kind = augmentations.get(name)
    return fit_options(kind, given, but={"words"}, what=f"augmentation {name}", where=f"training.augment.{name}")


__all__ = ["Augment", "Augmentation", "Tokens", "Words", "augmentations", "build_augment", "check_augment"]
