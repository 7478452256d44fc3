"""The only path from text to ids, for training, scoring, export, explanations and serving."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from reread.errors import ConfigError
from reread.ids import UNKNOWN
from reread.recipes.spec import spec_from
from reread.text.chunks import chunked, on_threads
from reread.text.compiled import compiled_path
from reread.text.encoded import IN_MEMORY, EncodedTexts, EncodedTextsBuilder
from reread.text.ngrams import NGrams, ngrams_of
from reread.text.normalisers import normalisers
from reread.text.segmenters import Span, build_segmenter, segmenters
from reread.text.stopwords import stop_words
from reread.text.vocabulary import TokenCounter, Vocabulary

Ids = npt.NDArray[np.int32]

logger = logging.getLogger(__name__)

MOST_NGRAMS = 3  # so that the ids of a token, one for each length, fit one whole number
SPACED = (
    *("af", "ar", "bg", "bn", "br", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr"),
    *("ga", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "it", "ko", "la", "lt", "lv", "mr", "ms", "nl"),
    *("no", "pl", "pt", "ro", "ru", "sk", "sl", "so", "st", "sv", "sw", "tl", "tr", "uk", "ur", "vi", "yo", "zu"),
)
"""Languages with spaces between words and known stop words, by their ISO 639-1 codes."""
LANGUAGES: dict[str, dict[str, Any]] = {
    "en": {
        "normalisers": ("html_breaks", "straight_quotes", "lower_case"),
        "segmenter": "words",
        "segmenter_options": {"punctuation": True},
    },
    "zh": {
        "normalisers": ("html_breaks", "half_width", "lower_case"),
        "segmenter": "character_pairs",
        "segmenter_options": {},
    },
}


@dataclass(frozen=True, kw_only=True)
class TextSettings:
    """How a text becomes ids.

    Attributes:
        language: "zh", or one of `SPACED`: these differ only in their stop words.
        normalisers: names, in the order they are applied.
        segmenter: its name; ``segmenter_options`` are passed to it.
        ngrams: tokens of the longest runs that are features too, from 1 to 3: with 2, each token is looked up, and the
            pair that it forms with the next one. Each length has a vocabulary and a table of vectors of its own.
            The segmenter character_pairs has pairs in any case.
        stop_words: whether the language's stop words are removed, or the name of a list of them.
        min_count: how often a token must occur in the training texts to be known.
        max_vocabulary: the number of most frequent tokens to know at most; None: all.
    """

    language: str = "en"
    normalisers: tuple[str, ...] = ("html_breaks", "lower_case")
    segmenter: str = "words"
    segmenter_options: Mapping[str, Any] = field(default_factory=dict)
    ngrams: int = 1
    stop_words: bool | str = False
    min_count: int = 2
    max_vocabulary: int | None = 50_000

    def __post_init__(self) -> None:
        if not 1 <= self.ngrams <= MOST_NGRAMS:
            raise ConfigError(f"text.ngrams = {self.ngrams}: expected from 1 to {MOST_NGRAMS}")
        if self.min_count < 1:
            raise ConfigError(f"text.min_count = {self.min_count}: expected at least 1")
        if self.max_vocabulary is not None and self.max_vocabulary < 1:
            raise ConfigError(
                f"text.max_vocabulary = {self.max_vocabulary}: expected at least 1, or none for all tokens"
            )

    @property
    def features(self) -> int:
        """Ids of each token."""
        return max(self.ngrams, segmenters.get(self.segmenter).ngrams)

    @classmethod
    def for_language(cls, language: str, **changes: Any) -> Self:
        """The language's default settings, with changes.

        Raises:
            ConfigError: a language or setting is unknown, or a value has the wrong type.
        """
        if language not in (*LANGUAGES, *SPACED):
            raise ConfigError(
                f'language "{language}": expected zh, or one with spaces between words: {", ".join(SPACED)}; '
                "for another use en, with text.segmenter=characters if it is written without spaces"
            )
        defaults = LANGUAGES.get(language, LANGUAGES["en"])
        if (
            "segmenter" in changes
            and "segmenter_options" not in changes
            and changes["segmenter"] != defaults["segmenter"]
        ):
            defaults = {**defaults, "segmenter_options": {}}
        return spec_from(cls, {"language": language, **defaults, **changes}, "text")


class TextEncoder:
    """Text → ids.

    Args:
        settings: how texts are split into tokens.
        vocabularies: one for each length of n-grams; none if only tokens are needed.
        stop_word_list: the stop words for ``settings.stop_words``; None: the language's list.

    Raises:
        ConfigError: a name or an option does not exist, or there are too many or too few vocabularies.
    """

    def __init__(
        self,
        settings: TextSettings,
        vocabularies: Sequence[Vocabulary] = (),
        stop_word_list: Iterable[str] | None = None,
    ) -> None:
        self.settings, self.vocabularies = settings, tuple(vocabularies)
        self._normalisers = [normalisers.get(name)() for name in settings.normalisers]
        segmenter = build_segmenter(settings.segmenter, settings.segmenter_options)
        self._options = segmenter.options()
        self._segmenter = segmenter.for_normalised(self.normalise)
        self._stop_words: frozenset[str] = frozenset()
        if settings.stop_words:
            which = "all" if settings.stop_words is True else settings.stop_words
            known = stop_words(settings.language, which) if stop_word_list is None else stop_word_list
            self._stop_words = frozenset(known)
        if self.vocabularies and len(self.vocabularies) != self.features:
            raise ConfigError(
                f'{len(self.vocabularies)} vocabularies: segmenter "{settings.segmenter}" with text.ngrams = '
                f"{settings.ngrams} needs {self.features}"
            )
        self._compiled = compiled_path(self._normalisers, self._segmenter, self.vocabularies, self._stop_words)

    @classmethod
    def learn(cls, settings: TextSettings, texts: Iterable[str]) -> Self:
        """An encoder with the vocabulary of these texts, which must be the training texts only."""
        plain = cls(settings, [Vocabulary(())] * settings.features)
        counters = [TokenCounter() for _ in plain.vocabularies]
        left = texts if plain._compiled is None else plain._compiled.count(texts, counters)
        for text in left:
            for counter, tokens in zip(counters, plain.features_of(text), strict=True):
                counter.add(tokens)
        vocabularies = [
            Vocabulary.from_counts(counter.counts, settings.min_count, settings.max_vocabulary) for counter in counters
        ]
        if len(vocabularies[0]) == 1:
            logger.warning(
                "no token occurs %d times in the training texts, so every token is unknown", settings.min_count
            )
        return cls(settings, vocabularies)

    @property
    def features(self) -> int:
        """Ids of each token."""
        return self.settings.features

    def normalise(self, text: str) -> str:
        """The text as the segmenter reads it, as long as the original."""
        for normaliser in self._normalisers:
            text = normaliser(text)
        return text

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text."""
        tokens = self._segmenter.tokens(self.normalise(text))
        return [token for token in tokens if self._stays(token)] if self._stop_words else tokens

    def spans(self, text: str) -> list[Span]:
        """The span of each of ``tokens(text)`` in the original text."""
        normalised = self.normalise(text)
        spans = self._segmenter.spans(normalised)
        if not self._stop_words:
            return spans
        tokens = self._segmenter.tokens(normalised)
        return [span for span, token in zip(spans, tokens, strict=True) if self._stays(token)]

    def encode(self, text: str) -> Ids:
        """The ids of a text, (tokens, features); a text without a token is one unknown token."""
        return self._encode_in_python(text) if self._compiled is None else self._encode_chunk([text])[0]

    def encode_many(
        self, texts: Iterable[str], max_tokens: int | None = None, threads: int = 1, *, in_memory: int = IN_MEMORY
    ) -> EncodedTexts:
        """The ids of many texts, each as by `encode`, cut after ``max_tokens``.

        Args:
            texts: read once, in order.
            max_tokens: tokens kept of each text.
            threads: for encoding, if that is compiled code.
            in_memory: the most ids to keep in memory; more go to a temporary file.
        """
        with EncodedTextsBuilder(self.features, max_tokens, in_memory) as builder:
            for ids, lengths in on_threads(self._encode_chunk, chunked(texts), threads if self._compiled else 1):
                builder.add(ids, lengths)
            return builder.finish()

    def _encode_chunk(self, texts: Sequence[str]) -> tuple[Ids, npt.NDArray[np.int64]]:
        """The concatenated ids of all texts, and the tokens of each, (texts,)."""
        if self._compiled is None:
            each = [self._encode_in_python(text) for text in texts]
        else:
            ids, lengths = self._compiled(texts)
            if lengths.all():
                return ids, lengths
            parts = zip(texts, np.split(ids, np.cumsum(lengths)[:-1]), strict=True)
            each = [encoded if len(encoded) else self._encode_in_python(text) for text, encoded in parts]
        return np.concatenate(each), np.fromiter(map(len, each), np.int64, len(each))

    def _encode_in_python(self, text: str) -> Ids:
        features = self.features_of(text)
        if not features[0]:
            return np.full((1, self.features), UNKNOWN, dtype=np.int32)
        columns = [vocabulary.id_array(tokens) for vocabulary, tokens in zip(self.vocabularies, features, strict=True)]
        return np.stack(columns, axis=1)

    def with_ngrams(self, tokens: Ids) -> Ids:
        """The ids of a text whose tokens have these ids, (tokens,): those of their n-grams too, (tokens, features).

        An n-gram with an unknown token is unknown.
        """
        return np.stack([tokens, *(ngrams.ids(tokens) for ngrams in self._ngrams)], axis=1)

    @cached_property
    def _ngrams(self) -> list[NGrams]:
        """How the n-grams of each length are found by the ids of their tokens."""
        tokens, joint = self.vocabularies[0].tokens, self._segmenter.joint
        return [
            NGrams(vocabulary.tokens, length, tokens, joint)
            for length, vocabulary in enumerate(self.vocabularies[1:], start=2)
        ]

    def unknown_rate(self, texts: Iterable[str]) -> float:
        """The share of the texts' tokens that are not in the (first) vocabulary."""
        return self.encode_many(texts).unknown_rate

    def features_of(self, text: str) -> tuple[list[str], ...]:
        """The tokens of a text and the n-grams that begin at each: a list for each vocabulary."""
        return ngrams_of(self.tokens(text), self.features, self._segmenter.joint)

    def _stays(self, token: str) -> bool:
        return token.lower() not in self._stop_words  # the lists are lower-case, the tokens may not be

    def to_config(self) -> dict[str, Any]:
        """The settings and the stop words, whose list may change with its library, for JSON; no vocabularies."""
        config = asdict(replace(self.settings, segmenter_options=self._options))
        return {**config, "stop_word_list": sorted(self._stop_words)} if self._stop_words else config

    @classmethod
    def from_config(cls, config: Mapping[str, Any], vocabularies: Sequence[Vocabulary]) -> Self:
        """The encoder that `to_config` described.

        Raises:
            ConfigError: a setting does not exist, or there are too many or too few vocabularies.
        """
        settings = {key: value for key, value in config.items() if key != "stop_word_list"}
        return cls(spec_from(TextSettings, settings, "text"), vocabularies, config.get("stop_word_list"))
