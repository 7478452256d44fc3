"""Stop words: frequent words that say little, for each language."""

from __future__ import annotations

from functools import cache

from reread.registry import unknown_name


@cache
def stop_words(language: str) -> frozenset[str]:
    """The stop words of a language, given as its ISO 639-1 code (stopwords-iso).

    Raises:
        ConfigError: no list for that language.
    """
    import stopwordsiso  # noqa: PLC0415  # reads the lists of 57 languages when imported

    if not stopwordsiso.has_lang(language):
        raise unknown_name("language of stop words", language, sorted(stopwordsiso.langs()))
    return frozenset(stopwordsiso.stopwords(language))
