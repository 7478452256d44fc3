"""Chinese words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Any, ClassVar

from reread.errors import ConfigError
from reread.text.scripts import HAN, LETTER, OTHER, WORD, han_run, is_han
from reread.text.segmenters import Segmenter, Span, segmenters
from reread.typing import override

Entry = tuple[str, int | None]
"""A word and its frequency; without one, jieba chooses the frequency that makes it a word."""


@segmenters.register("chinese")
class Chinese(Segmenter):
    """Chinese words (jieba); words and numbers of other scripts as by `words`.

    Args:
        dictionary: additional words, or pairs of word and frequency. Han words are added to jieba's dictionary;
            others (卡拉OK, C++) are always kept whole.
        punctuation: whether each punctuation mark, symbol and emoji is a token too.

    Raises:
        ConfigError: an entry is neither a word nor a word with its frequency.
    """

    whole_words: ClassVar[bool] = True

    def __init__(self, *, dictionary: Iterable[str | Sequence[Any]] = (), punctuation: bool = False) -> None:
        self.dictionary = tuple(map(_entry, _listed(dictionary)))
        self.punctuation = punctuation
        self._chunks = _chunks(
            [word for word, _ in self.dictionary if not han_run.fullmatch(word)], punctuation=punctuation
        )

    @override
    def tokens(self, text: str) -> list[str]:
        tokens: list[str] = []
        for other, han in self._chunks.findall(text):
            if han:
                tokens += self._cut(han)
            else:
                tokens.append(other)
        return tokens

    @override
    def spans(self, text: str) -> list[Span]:
        spans: list[Span] = []
        for chunk in self._chunks.finditer(text):
            han = chunk[2]
            if han:
                spans += pairwise(accumulate(map(len, self._cut(han)), initial=chunk.start()))
            else:
                spans.append(chunk.span())
        return spans

    @override
    def options(self) -> dict[str, Any]:
        entries = [word if frequency is None else [word, frequency] for word, frequency in self.dictionary]
        return {"dictionary": entries, "punctuation": self.punctuation}

    @override
    def for_normalised(self, normalise: Callable[[str], str]) -> Chinese:
        entries = [(normalise(word).strip(), frequency) for word, frequency in self.dictionary]
        return Chinese(dictionary=[entry for entry in entries if entry[0]], punctuation=self.punctuation)

    @cached_property
    def _cut(self) -> Callable[[str], list[str]]:
        return _jieba_with(tuple(entry for entry in self.dictionary if han_run.fullmatch(entry[0])))


def _listed(dictionary: Any) -> Any:
    if isinstance(dictionary, str) or not isinstance(dictionary, Iterable):
        raise ConfigError(f"dictionary = {dictionary!r}: expected a list of words or of pairs [word, frequency]")
    return dictionary


def _entry(item: Any) -> Entry:
    word, frequency = item if isinstance(item, list | tuple) and len(item) == 2 else (item, None)
    if isinstance(word, str) and word.strip() and (frequency is None or (type(frequency) is int and frequency > 0)):
        return word.strip(), frequency
    raise ConfigError(f"dictionary entry {item!r}: expected a word or a pair [word, frequency above 0]")


def _chunks(words: list[str], *, punctuation: bool) -> re.Pattern[str]:
    """Two groups: a complete token, or a Han run for jieba to split. ``words`` have priority, long ones first."""
    word_patterns = [_whole(word) for word in sorted(words, key=lambda word: (-len(word), word))]
    inside_han = [_whole(word) for word in words if is_han(word[0])]
    stop = f"(?!{'|'.join(inside_han)})" if inside_han else ""
    others = [*word_patterns, WORD, f"(?![{HAN}]){OTHER}"] if punctuation else [*word_patterns, WORD]
    return re.compile(f"({'|'.join(others)})|((?:{stop}[{HAN}])+)")


def _whole(word: str) -> str:
    """A word as a pattern that does not match the beginning of a longer Latin word."""
    return re.escape(word) + (f"(?!{LETTER})" if re.fullmatch(LETTER, word[-1]) else "")


@lru_cache(maxsize=4)
def _jieba_with(entries: tuple[Entry, ...]) -> Callable[[str], list[str]]:
    """The cut of a private jieba: words that others add to the shared one must not change our answers."""
    from rjieba import Jieba  # noqa: PLC0415  # loads its dictionary, 0.1 s: only where it is used

    jieba = Jieba()
    for word, frequency in entries:
        jieba.add_word(word, frequency, None)
    return jieba.cut
