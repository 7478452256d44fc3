"""A run that starts from a pretrained folder: its sizes, its text settings, its words, its weights."""

from __future__ import annotations

from typing import Any

from reread.errors import ConfigError
from reread.pretrained import SIZES, Pretrained
from reread.recipes import Recipe
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary

SHAPE = ("recurrence", "layers", "bidirectional", "learned_start", "token_weights", *SIZES)
"""Settings of a network that decide which weights it has below its pooling."""
GROWN_BY = ("min_count", "max_vocabulary")
"""Text settings that say which words of the training rows are added."""


def check_fits(recipe: Recipe, pretrained: Pretrained, language: str | None = None) -> None:
    """Refuse a network, or texts, that a pretrained one does not fit.

    Raises:
        ConfigError: it has another shape or other text settings, or word vectors are asked for too.
    """
    if recipe.vectors.source is not None:
        raise ConfigError(
            f"vectors.source = {recipe.vectors.source}: a pretrained network brings its own word vectors; name one of "
            "the two"
        )
    if recipe.training.self_training:
        raise ConfigError(
            f"training.self_training = {recipe.training.self_training}: its rounds count a vocabulary of their own, "
            "which a pretrained network does not fit; leave one of the two out"
        )
    if recipe.vectors.frozen:
        raise ConfigError("vectors.frozen = true keeps the vectors of vectors.source; a pretrained network is trained")
    config = pretrained.config
    spec = config.spec()
    for name in SHAPE:
        own, wanted = getattr(spec, name), getattr(recipe.model, name)
        if own != wanted:
            raise ConfigError(
                f"the pretrained network has {name} = {_shown(own)}, the recipe {recipe.name} {_shown(wanted)}; take "
                f"the recipe {config.recipe}, which was pretrained, set model.{name}={_shown(own)}, or pretrain "
                "another one"
            )
    wanted_text = {**recipe.text, **({"language": language} if language else {})}
    for name, wanted in wanted_text.items():
        if name not in GROWN_BY and _plain(config.text[name]) != _plain(wanted):
            raise ConfigError(
                f"text.{name} = {_shown(wanted)}, but the network was pretrained on texts with "
                f"{_shown(config.text[name])}; leave it out, or pretrain another one"
            )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def grown_settings(recipe: Recipe, pretrained: Pretrained) -> TextSettings:
    """The folder's text settings, with the recipe's own limits of the words that are added."""
    limits = {name: recipe.text[name] for name in GROWN_BY if name in recipe.text}
    own = {name: value for name, value in pretrained.config.text.items() if name not in {"stop_word_list", "language"}}
    return TextSettings.for_language(pretrained.config.text["language"], **{**own, **limits})


def grown(encoder: TextEncoder, pretrained: Pretrained) -> TextEncoder:
    """An encoder of the training rows that knows the folder's words too, these first."""
    vocabularies = [
        Vocabulary((*known.tokens, *(token for token in own.tokens if token not in known)))
        for known, own in zip(pretrained.vocabularies, encoder.vocabularies, strict=True)
    ]
    return TextEncoder.from_config({**encoder.to_config(), **_stop_words(pretrained)}, vocabularies)


def _stop_words(pretrained: Pretrained) -> dict[str, Any]:
    text = pretrained.config.text
    return {"stop_word_list": text["stop_word_list"]} if "stop_word_list" in text else {}


def pretrained_facts(pretrained: Pretrained, encoder: TextEncoder) -> dict[str, Any]:
    """The entry in the model folder about the network that its own started from."""
    config = pretrained.config
    words = zip(pretrained.vocabularies, encoder.vocabularies, strict=True)
    return {
        "recipe": config.recipe,
        "texts": config.texts,
        "tokens": config.tokens,
        "words_read": config.words,
        "sha256": config.sha256,
        "perplexity": config.perplexity,
        "unigram_perplexity": config.unigram_perplexity,
        "words_taken_over": [[len(known.tokens), len(all_words.tokens)] for known, all_words in words],
        "reread": config.reread,
    }
