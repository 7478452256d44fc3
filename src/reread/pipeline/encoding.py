"""Texts → ids: the vocabulary of the training rows, and what the text settings of a plan are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.subset import Subset
from reread.machine import available_cores
from reread.pipeline.origin import Origin, check_fits, grown, grown_settings, language_of
from reread.pipeline.plan import Plan
from reread.recipes.spec import TrainingSettings
from reread.text.encoded import IN_MEMORY, EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.train.listener import Note
from reread.vectors.sources import WORD2VEC, vector_source
from reread.wording import number_of, of_each_feature


def learn_encoder(
    plan: Plan, texts: Sequence[str], train: NDArray[np.int64], origin: Origin | None, note: Note
) -> TextEncoder:
    """Text → ids, with the words of the training rows, and those that the run starts from before them.

    Raises:
        ConfigError: what the run starts from has another network, or read other texts, than the plan asks for.
    """
    if origin is None:
        encoder = TextEncoder.learn(text_settings(plan, texts, note), Subset(texts, train))
        sizes = of_each_feature([f"{len(vocabulary):,}" for vocabulary in encoder.vocabularies], "")
        note(f"vocabulary of {sizes} from the training rows")
        return encoder
    recipe = replace(plan.recipe, text={**plan.recipe.text, **plan.text})
    check_fits(recipe, origin, plan.language)
    settings = grown_settings(recipe, origin, language_of(origin, texts, plan.language, note))
    encoder = grown(TextEncoder.learn(settings, Subset(texts, train)), origin)
    sizes, known = (
        of_each_feature([f"{len(each):,}" for each in vocabularies], "")
        for vocabularies in (encoder.vocabularies, origin.vocabularies)
    )
    note(f"vocabulary of {sizes}; the {origin.name} knows {known} of them")
    return encoder


def text_settings(plan: Plan, texts: Sequence[str], note: Note) -> TextSettings:
    """The path from text to ids: the language's own, then the vectors', then the recipe's, then the user's settings."""
    settings = {**plan.recipe.text, **plan.text}
    of_vectors = _text_of_vectors(plan.recipe.vectors.source) if "segmenter" not in settings else {}
    settings = {**of_vectors, **settings}
    named = settings.pop("language", None)
    language = plan.language or named
    if language is None:
        language, detected = language_by_script(texts)
        note(detected)
    if of_vectors:
        note(f"texts are cut into the tokens of the word vectors (segmenter {of_vectors['segmenter']})")
    return TextSettings.for_language(language, **settings)


def _text_of_vectors(source: str | None) -> Mapping[str, Any]:
    """The text settings that cut texts into the words of these vectors, if their file says how."""
    return {} if source in {None, WORD2VEC} else vector_source(str(source)).text()


def encode(texts: Sequence[str], encoder: TextEncoder, settings: TrainingSettings, note: Note) -> EncodedTexts:
    """All ids, up to the user's ``max_tokens``; what is dropped or truncated is counted."""
    in_memory = round(settings.memory_share * IN_MEMORY)
    threads = settings.threads or available_cores()
    encoded = encoder.encode_many(texts, settings.max_tokens, threads, in_memory=in_memory)
    if encoded.dropped_tokens:
        cut = int((encoded.lengths == settings.max_tokens).sum())
        dropped = number_of(encoded.dropped_tokens, "token")
        texts_cut = number_of(cut, "text is that long or was longer", "texts are that long or were longer")
        note(f"max_tokens = {settings.max_tokens} drops {dropped}; {texts_cut}")
    long = int((encoded.lengths > settings.window).sum())
    if long:
        longer = number_of(long, "text is longer", "texts are longer")
        note(f"{longer} than {settings.window} tokens: back-propagation there is truncated, no token is dropped")
    return encoded
