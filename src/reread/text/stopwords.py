"""Stop words: frequent words with little meaning, by language."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from reread.registry import unknown_name

LISTS = ("all", "function_words")


@cache
def stop_words(language: str, which: str = "all") -> frozenset[str]:
    """The stop words of a language, given as its ISO 639-1 code.

    Args:
        language: such as "en".
        which: "all" for the list of stopwords-iso, which in English also holds "not", "good" and "best";
            "function_words" for articles, pronouns, prepositions, conjunctions and auxiliaries only: negations,
            degrees and judgements stay.

    Raises:
        ConfigError: there is no such list, or none for that language.
    """
    if which not in LISTS:
        raise unknown_name("list of stop words", which, list(LISTS))
    if which == "function_words":
        lists = json.loads(resources.files(__package__).joinpath("function_words.json").read_text(encoding="utf-8"))
        if language not in lists:
            raise unknown_name("language of function words", language, sorted(lists))
        return frozenset(lists[language])
    import stopwordsiso  # noqa: PLC0415  # reads the lists of 57 languages when imported

    if not stopwordsiso.has_lang(language):
        raise unknown_name("language of stop words", language, sorted(stopwordsiso.langs()))
    return frozenset(stopwordsiso.stopwords(language))
