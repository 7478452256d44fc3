"""The one way from text to ids: training, scoring, export, explaining and serving all come through here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from reread.errors import ConfigError
from reread.recipes.spec import spec_from
from reread.text.encoded import EncodedTexts, EncodedTextsBuilder
from reread.text.normalisers import normalisers
from reread.text.segmenters import Span, build_segmenter
from reread.text.stopwords import stop_words
from reread.text.vocabulary import TokenCounter, Vocabulary

Ids = npt.NDArray[np.int32]

LANGUAGES: dict[str, dict[str, Any]] = {
    "en": {"normalisers": ("html_breaks", "lower_case"), "segmenter": "words", "segmenter_options": {"punctuation": True}},
    "zh": {"normalisers": ("html_breaks", "half_width", "lower_case"), "segmenter": "character_pairs", "segmenter_options": {}},
}


@dataclass(frozen=True, kw_only=True)
class TextSettings:
    """How a text becomes ids.

    Attributes:
        language: "en" or "zh".
        normalisers: names, in the order they are applied.
        segmenter: its name; ``segmenter_options`` are passed to it.
        stop_words: whether the language's stop words are removed.
        min_count: how often a token must stand in the training texts to be known.
        max_vocabulary: how many tokens are known at most, the most frequent ones; None: all.
    """

    language: str = "en"
    normalisers: tuple[str, ...] = ("html_breaks", "lower_case")
    segmenter: str = "words"
    segmenter_options: Mapping[str, Any] = field(default_factory=dict)
    stop_words: bool = False
    min_count: int = 2
    max_vocabulary: int | None = 50_000

    @classmethod
    def for_language(cls, language: str, **changes: Any) -> Self:
        """The language's own settings, with some changed.

        Raises:
            ConfigError: an unknown language, setting or a value of the wrong type.
        """
        if language not in LANGUAGES:
            raise ConfigError(f'language "{language}": expected {" or ".join(LANGUAGES)}')
        own = LANGUAGES[language]
        if "segmenter" in changes and "segmenter_options" not in changes and changes["segmenter"] != own["segmenter"]:
            own = {**own, "segmenter_options": {}}
        return spec_from(cls, {"language": language, **own, **changes}, "text")


class TextEncoder:
    """Text → ids.

    Args:
        settings: how texts are cut.
        vocabularies: one for each feature of the segmenter's tokens; none where only tokens are wanted.
    """

    def __init__(self, settings: TextSettings, vocabularies: Sequence[Vocabulary] = ()) -> None:
        self.settings, self.vocabularies = settings, tuple(vocabularies)
        self._normalisers = [normalisers.get(name)() for name in settings.normalisers]
        self._segmenter = build_segmenter(settings.segmenter, settings.segmenter_options).for_normalised(self.normalise)
        self._stop_words = stop_words(settings.language) if settings.stop_words else frozenset()

    @classmethod
    def learn(cls, settings: TextSettings, texts: Iterable[str]) -> Self:
        """An encoder with the vocabulary of these texts: training texts, and no others."""
        plain = cls(settings)
        counters = [TokenCounter() for _ in range(plain.features)]
        for text in texts:
            for counter, tokens in zip(counters, plain._features_of(text), strict=True):  # noqa: SLF001  # its own class
                counter.add(tokens)
        return cls(settings, [Vocabulary.from_counts(counter.counts, settings.min_count, settings.max_vocabulary) for counter in counters])

    @property
    def features(self) -> int:
        """Ids of each token."""
        return self._segmenter.features

    def normalise(self, text: str) -> str:
        """The text as the segmenter reads it, as long as the original."""
        for normaliser in self._normalisers:
            text = normaliser(text)
        return text

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text."""
        tokens = self._segmenter.tokens(self.normalise(text))
        return [token for token in tokens if token not in self._stop_words] if self._stop_words else tokens

    def spans(self, text: str) -> list[Span]:
        """Where each token stands in the original text."""
        normalised = self.normalise(text)
        spans = self._segmenter.spans(normalised)
        if not self._stop_words:
            return spans
        return [span for span, token in zip(spans, self._segmenter.tokens(normalised), strict=True) if token not in self._stop_words]

    def encode(self, text: str) -> Ids:
        """The ids of a text, (tokens, features); a text without a token is one unknown token."""
        features = self._features_of(text)
        if not features[0]:
            return np.zeros((1, self.features), dtype=np.int32)
        columns = [vocabulary.id_array(tokens) for vocabulary, tokens in zip(self.vocabularies, features, strict=True)]
        return np.stack(columns, axis=1)

    def encode_many(self, texts: Iterable[str], max_tokens: int | None = None) -> EncodedTexts:
        """The ids of many texts, each as `encode` gives it, cut after ``max_tokens``."""
        builder = EncodedTextsBuilder(self.features, max_tokens)
        for text in texts:
            builder.add(self.encode(text))
        return builder.finish()

    def _features_of(self, text: str) -> tuple[list[str], ...]:
        return self._segmenter.features_of(self.tokens(text))

    def to_config(self) -> dict[str, Any]:
        """The settings as JSON can write them; the vocabularies are kept apart."""
        return asdict(replace(self.settings, segmenter_options=self._segmenter.options()))

    @classmethod
    def from_config(cls, config: Mapping[str, Any], vocabularies: Sequence[Vocabulary]) -> Self:
        """The encoder that `to_config` described.

        Raises:
            ConfigError: a setting that does not exist, or vocabularies that do not fit the segmenter.
        """
        encoder = cls(spec_from(TextSettings, config, "text"), vocabularies)
        if vocabularies and len(vocabularies) != encoder.features:
            raise ConfigError(f"{len(vocabularies)} vocabularies; segmenter {encoder.settings.segmenter} needs {encoder.features}")
        return encoder
