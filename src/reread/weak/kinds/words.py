"""A list of words."""

from __future__ import annotations

from dataclasses import dataclass

from reread.errors import ConfigError
from reread.tasks.labels import Label
from reread.typing import override
from reread.weak.kinds import Kind, Place, Voter, kinds
from reread.weak.kinds.base import in_words


@kinds.register("words")
@dataclass(frozen=True, kw_only=True)
class Words(Kind):
    """Votes where a text holds one of several words or phrases, in upper or lower case.

    A word is found as a whole; one of Han characters also within a longer run of them, as Chinese has no spaces.
    """

    words: tuple[str, ...]

    @override
    def open(self, place: Place, label: Label | None) -> Voter:
        if not self.words:
            raise ConfigError("words is an empty list; expected at least one word")
        wanted = tuple(dict.fromkeys(map(in_words, self.words)))
        for word in self.words:
            if not in_words(word).strip():
                raise ConfigError(f"words: {word!r} holds no word")
        return lambda chunk: [any(word in text for word in wanted) for text in chunk.words]
