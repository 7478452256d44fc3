"""What a run starts from: a pretrained network, or a trained model. Its sizes, text settings, words and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.bundle import Bundle, read_bundle
from reread.errors import ConfigError, NotABundleError
from reread.files import CONFIG
from reread.pretrained import FILE, SIZES, Pretrained, PretrainedConfig, read_pretrained
from reread.recipes import Recipe
from reread.recipes.spec import ModelSpec
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.text.vocabulary import Vocabulary
from reread.train.listener import Note
from reread.vectors.word_vectors import WordVectors

BELOW_POOLING = ("recurrence", "layers", "bidirectional", "learned_start", "token_weights", "hidden", "embedding_dim")
"""Settings of a network that decide which weights it has below its pooling,"""
WHOLE = (*BELOW_POOLING, "concat_word", "latent", "latent_activation", "pooling", "dense", "activation")
"""and those that decide all its weights and what is done with them, but for the last layer."""
WHOLE_SIZES = (*SIZES, "latent", "dense")
"""Settings that are taken from a trained model; the others must be its own already."""
CHARACTERS = ("characters", "character_pairs")
TABLE = "embedding.tables.0.weight"
GROWN_BY = ("min_count", "max_vocabulary")
"""Text settings that say which words of the training rows are added."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a run starts from.

    Attributes:
        name: what messages call it.
        trained: what was done with it.
        again: what to do if it cannot be used.
        recipe: the name of the recipe that it was made by.
        spec: its network.
        encoder: text → ids, with the words that it knows.
        weights: by the names that they have in a network.
        shape: the settings of a network that must be its own.
        sizes: those of them that are taken from it.
        pretrained: of a folder of `reread pretrain`, how it was made.
        model: of a trained model, the folder.
    """

    name: str
    trained: str
    again: str
    recipe: str
    spec: ModelSpec
    encoder: TextEncoder
    weights: Mapping[str, NDArray[np.float32]]
    shape: Sequence[str]
    sizes: Sequence[str]
    pretrained: PretrainedConfig | None = None
    model: Bundle | None = None

    @classmethod
    def of_pretrained(cls, path: str | Path) -> Self:
        """A folder of `reread pretrain`."""
        return cls.of_network(read_pretrained(path))

    @classmethod
    def of_network(cls, folder: Pretrained) -> Self:
        """A pretrained network."""
        return cls(
            name="pretrained network",
            trained="pretrained",
            again="or pretrain another one",
            recipe=folder.config.recipe,
            spec=folder.config.spec(),
            encoder=folder.encoder,
            weights=folder.weights,
            shape=BELOW_POOLING,
            sizes=SIZES,
            pretrained=folder.config,
        )

    @classmethod
    def of_model(cls, path: str | Path) -> Self:
        """A model folder."""
        bundle = read_bundle(path)
        return cls(
            name="model",
            trained="trained",
            again="or start afresh",
            recipe=bundle.config.recipe.name,
            spec=bundle.config.spec(),
            encoder=bundle.scorer.encoder,
            weights=bundle.weights,
            shape=WHOLE,
            sizes=WHOLE_SIZES,
            model=bundle,
        )

    @property
    def vocabularies(self) -> tuple[Vocabulary, ...]:
        """The known tokens of each feature."""
        return self.encoder.vocabularies

    @property
    def word_vectors(self) -> WordVectors | None:
        """Those of a pretrained network's words, of pairs of them none; None: a trained model's know its labels."""
        if self.pretrained is None:
            return None
        words = self.vocabularies[0].tokens
        return WordVectors(words, self.weights[TABLE][-len(words) :])

    @property
    def reads_any_language(self) -> bool:
        """Whether its tokens are characters, which texts of every language have."""
        return self.encoder.settings.segmenter in CHARACTERS

    @property
    def text(self) -> dict[str, Any]:
        """Its path from text to ids."""
        return self.encoder.to_config()


def read_origin(path: str | Path) -> Origin:
    """Read what a run starts from.

    Raises:
        NotABundleError: the path holds neither a pretrained network nor a model.
        BundleError: a file is missing or was changed, or a newer reread wrote the folder.
    """
    path = Path(path)
    if (path / FILE).is_file():
        return Origin.of_pretrained(path)
    if (path / CONFIG).is_file():
        return Origin.of_model(path)
    if not path.exists():
        raise NotABundleError(f"{path} does not exist; expected a folder of reread pretrain, or a model folder")
    raise NotABundleError(
        f"{path} is neither a folder of reread pretrain nor a model folder: it has no {FILE} and no {CONFIG}"
    )


def sized_for(tables: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """The user's tables of settings for a network of the origin's sizes; a size that the user set stays."""
    sizes = {name: getattr(origin.spec, name) for name in origin.sizes}
    return {**tables, "model": {**sizes, **tables.get("model", {})}}


def check_vectors_of(recipe: Recipe, origin: Origin) -> None:
    """Refuse word vectors beside an origin that the user names, which has its own.

    Raises:
        ConfigError: there are some.
    """
    if recipe.vectors.source is not None:
        raise ConfigError(
            f"vectors.source = {recipe.vectors.source}: a {origin.name} brings its own word vectors; "
            "name one of the two"
        )
    if recipe.vectors.frozen:
        raise ConfigError(
            f"vectors.frozen = true keeps the vectors of vectors.source; those of a {origin.name} are trained"
        )


def check_fits(recipe: Recipe, origin: Origin, language: str | None = None) -> None:
    """Refuse a network, or texts, that an origin does not fit.

    Raises:
        ConfigError: it has another shape or other text settings.
    """
    name, training = origin.name, recipe.training
    if training.self_training:
        raise ConfigError(
            f"training.self_training = {training.self_training}: its rounds count a vocabulary of their own, "
            f"which a {name} does not fit; leave one of the two out"
        )
    for setting in origin.shape:
        own, wanted = getattr(origin.spec, setting), getattr(recipe.model, setting)
        if own != wanted:
            raise ConfigError(
                f"the {name} has {setting} = {_shown(own)}, the recipe {recipe.name} {_shown(wanted)}; take "
                f"the recipe {origin.recipe}, by which it was {origin.trained}, set model.{setting}={_shown(own)}, "
                f"{origin.again}"
            )
    _check_texts({**recipe.text, **({"language": language} if language else {})}, origin)


def _check_texts(wanted: Mapping[str, Any], origin: Origin) -> None:
    own, free = origin.text, {*GROWN_BY, *(("language",) if origin.reads_any_language else ())}
    for name, value in wanted.items():
        if name not in free and _plain(own[name]) != _plain(value):
            raise ConfigError(
                f"text.{name} = {_shown(value)}, but the {origin.name} was {origin.trained} on texts with "
                f"{_shown(own[name])}; leave it out, {origin.again}"
            )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(_plain(value))


def language_of(origin: Origin, texts: Sequence[str], asked: str | None, note: Note) -> str:
    """The language of the rows: the origin's own, unless its tokens are characters.

    Raises:
        ConfigError: the texts are in another script than those that the origin's words are from.
    """
    own = str(origin.text["language"])
    if asked is not None:
        return asked
    found, detected = language_by_script(texts)
    if (found == "zh") == (own == "zh"):
        return own
    if not origin.reads_any_language:
        raise ConfigError(
            f"{detected}, but the {origin.name} was {origin.trained} on words of language {own} and knows none of "
            f"these; start from one that was {origin.trained} with text.segmenter=characters, or say "
            f'language="{own}" if these texts are mixed'
        )
    note(f"{detected.split(':')[0]}: language {found}, with the {origin.name}'s characters as tokens")
    return found


def grown_settings(recipe: Recipe, origin: Origin, language: str) -> TextSettings:
    """The origin's text settings in a language, with the recipe's own limits of the words that are added."""
    limits = {name: recipe.text[name] for name in GROWN_BY if name in recipe.text}
    own = {name: value for name, value in origin.text.items() if name not in {"stop_word_list", "language"}}
    return TextSettings.for_language(language, **{**own, **limits})


def grown(encoder: TextEncoder, origin: Origin) -> TextEncoder:
    """An encoder of the training rows that knows the origin's words too, these first."""
    vocabularies = [
        Vocabulary((*known.tokens, *(token for token in own.tokens if token not in known)))
        for known, own in zip(origin.vocabularies, encoder.vocabularies, strict=True)
    ]
    return TextEncoder.from_config({**encoder.to_config(), **_stop_words(origin)}, vocabularies)


def _stop_words(origin: Origin) -> dict[str, Any]:
    text = origin.text
    return {"stop_word_list": text["stop_word_list"]} if "stop_word_list" in text else {}
