"""A function of the user's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reread.errors import ConfigError
from reread.registry import unknown_name
from reread.tasks.labels import Label
from reread.typing import override
from reread.weak.kinds import Chunk, Kind, Place, Vote, Voter, kinds
from reread.weak.user_code import described

_SHOWN = 40  # characters of a text that a message shows


@kinds.register("function")
@dataclass(frozen=True, kw_only=True)
class Function(Kind):
    """Asks a function: a class, True (the rule's label), or False or None (no vote).

    Attributes:
        function: it, or where it is: ``file.py:name``. It is called with a text, or with a mapping of the row's columns
            where its parameter is named ``row``.
    """

    needs_label = False

    function: Any

    @override
    def open(self, place: Place, label: Label | None) -> Voter:
        function = self._found(place)
        wants_row = _wants_row(function)

        def vote(chunk: Chunk) -> list[Vote]:
            given = [dict(row) for row in chunk.rows] if wants_row else chunk.texts
            return [_asked(function, one, text) for one, text in zip(given, chunk.texts, strict=True)]

        return vote

    @override
    def files(self) -> list[str]:
        return [self.function.rpartition(":")[0]] if isinstance(self.function, str) else []

    def _found(self, place: Place) -> Callable[[Any], Any]:
        if callable(self.function):
            return self.function  # type: ignore[no-any-return]  # it was asked whether it is one
        if not isinstance(self.function, str):
            raise ConfigError(f'function = {self.function!r}: expected "file.py:name"')
        path, colon, name = self.function.rpartition(":")
        if not (colon and path and name):
            raise ConfigError(f'function = "{self.function}": expected "file.py:name"')
        names = place.names_of(path)
        found = names.get(name)
        if not callable(found):
            known = [key for key, value in names.items() if inspect.isfunction(value)]
            raise unknown_name("function", name, known, f"in {path}")
        return found  # type: ignore[no-any-return]  # the same


def _wants_row(function: Callable[[Any], Any]) -> bool:
    try:
        return next(iter(inspect.signature(function).parameters), None) == "row"
    except (TypeError, ValueError):  # compiled functions may say nothing of their parameters
        return False


def _asked(function: Callable[[Any], Any], given: Any, text: str) -> Vote:
    try:
        answer = function(given)
    except Exception as error:
        raise ConfigError(f"function fails with {described(error)} at the text {text[:_SHOWN]!r}") from error
    plain = answer.item() if isinstance(answer, np.generic) else answer
    if plain is not None and not isinstance(plain, str | bool | int | float):
        raise ConfigError(f"function returns {plain!r} at the text {text[:_SHOWN]!r}; expected true, false or a class")
    return plain
