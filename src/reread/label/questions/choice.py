"""What questions about named classes have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Self

from reread.errors import ConfigError, DataError
from reread.label.keys import keys_of
from reread.label.questions.base import Answer, Question
from reread.tasks.labels import listing, quoted
from reread.typing import override


class Choice(Question):
    """Which of some classes a text has.

    Args:
        classes: at least two, different ones.

    Raises:
        ConfigError: they are too few or too many, or one is there twice.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        if len(classes) < 2:
            raise ConfigError(f"{listing(classes)} is the only class; at least two are needed")
        twice = [name for name, count in Counter(classes).items() if count > 1]
        if twice:
            raise ConfigError(f"the class {quoted(twice[0])} is there twice")
        self.classes = tuple(classes)
        self._known = frozenset(classes)
        self._keys = keys_of(classes)

    @classmethod
    def of_labels(cls, labels: Iterable[Any]) -> Self | None:
        """The question whose classes are these, in the order of their names; None: one is no text."""
        names = set(labels)
        return cls(sorted(names)) if names and all(isinstance(each, str) for each in names) else None

    @override
    def check(self, said: object) -> Answer:
        return self._one(said)

    @override
    def words(self, answer: Answer) -> str:
        return str(answer)

    @override
    def order(self, answer: Answer) -> Any:
        return [self.classes.index(each) for each in (answer if isinstance(answer, tuple) else (str(answer),))]

    @override
    def for_page(self) -> dict[str, Any]:
        both = zip(self.classes, self._keys, strict=True)
        return {"kind": self.kind, "classes": [{"name": name, "keys": keys} for name, keys in both]}

    @override
    def counts(self, answers: Iterable[Answer]) -> dict[str, int]:
        counts = Counter(chain.from_iterable(each if isinstance(each, tuple) else (each,) for each in answers))
        return {name: counts[name] for name in self.classes}

    def _one(self, said: object) -> str:
        if not isinstance(said, str):
            raise DataError(f"the label {said!r} is no class; expected one of {listing(self.classes)}")
        if said not in self._known:
            raise DataError(f'there is no class "{said}"; the classes are {listing(self.classes)}')
        return said
