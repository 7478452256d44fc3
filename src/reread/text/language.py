"""The language of a data set, by its script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from reread.text.letters import scripts_of
from reread.text.scripts import han_character

SAMPLE = 1000  # texts that decide the language
_CHARACTERS = 1000  # of each text that count
_SHARE = 0.2  # a Han character says about as much as a word of four or five letters


def detect_language(texts: Iterable[str]) -> str:
    """Return "zh" if at least a fifth of the letters of the first 1,000 texts are Han, else "en"."""
    han = letters = 0
    for text in islice(texts, SAMPLE):
        start = text[:_CHARACTERS]
        han += len(han_character.findall(start))
        letters += sum(map(str.isalpha, start))
    return "zh" if han and han >= _SHARE * letters else "en"


def language_by_script(texts: Iterable[str]) -> tuple[str, str]:
    """The language of the first 1,000 texts, and a sentence that says how it was detected and what follows."""
    sample = list(islice(texts, SAMPLE))
    language = detect_language(sample)
    if language == "zh":
        return language, "Han script: texts are split into characters and pairs of them (language: zh)"
    scripts: Counter[str] = Counter()
    for text in sample:
        scripts += scripts_of(text)
    script = next((name for name, _ in scripts.most_common(1)), "other")
    known = "No known script" if script == "other" else f"{script} script"
    return language, f"{known}: texts are split into words (language: {language})"
