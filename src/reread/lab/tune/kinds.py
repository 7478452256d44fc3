"""The kinds of values that a search tries for a setting: a range of numbers, even or logarithmic, or a choice."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from reread.errors import ConfigError
from reread.lab.tune.optuna import optuna_
from reread.typing import override

DIGITS = 4  # of a number that is tried: more could not be told apart, and a TOML file is for people
Fit = Callable[[Any, str], Any]
"""Converts a value of a TOML file to the setting's type, or raises a ConfigError that names it by the second text."""


class Kind(ABC):
    """The values that are tried for one setting."""

    @classmethod
    @abstractmethod
    def read(cls, given: Any, fit: Fit, where: str) -> Self:
        """What a TOML file says after the kind's name.

        Raises:
            ConfigError: it is no such kind of values, or a value that the setting cannot have.
        """

    @abstractmethod
    def including(self, value: Any, where: str) -> Self:
        """The same kind, with a value among those tried.

        Raises:
            ConfigError: it cannot be among them.
        """

    @abstractmethod
    def distribution(self) -> Any:
        """The values as Optuna has them."""

    @abstractmethod
    def extremes(self) -> Sequence[Any]:
        """Values that stand for all: if a network can be built with each of them, it can with the others."""

    def stored(self, value: Any) -> Any:
        """A value as Optuna keeps it."""
        return value

    def value(self, stored: Any) -> Any:
        """The inverse of ``stored``."""
        return stored

    @abstractmethod
    def words(self) -> str:
        """The values in words."""


@dataclass(frozen=True)
class Range(Kind):
    """Numbers from one to another, whole ones where both ends are."""

    low: float
    high: float
    log: bool = False

    @override
    @classmethod
    def read(cls, given: Any, fit: Fit, where: str) -> Self:
        if not isinstance(given, list | tuple) or len(given) != 2:
            raise ConfigError(f"{where} = {json.dumps(given, default=str)}: expected two numbers, as in [0.1, 0.5]")
        low, high = (fit(end, where) for end in given)
        for end in (low, high):
            if isinstance(end, bool) or not isinstance(end, int | float):
                raise ConfigError(f"{where} = {json.dumps(given)}: expected two numbers; name other values as a choice")
        if not low < high:
            raise ConfigError(f"{where} = {json.dumps(given)}: expected the smaller number first")
        return cls(low, high)

    @override
    def including(self, value: Any, where: str) -> Self:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f'{where}: the recipe has "{value}", which no range holds; list the values as a choice')
        return replace(self, low=min(self.low, value), high=max(self.high, value))

    @override
    def distribution(self) -> Any:
        distributions = optuna_().distributions
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        kind = distributions.IntDistribution if whole else distributions.FloatDistribution
        return kind(self.low, self.high, log=self.log)

    @override
    def extremes(self) -> Sequence[Any]:
        return self.low, self.high

    @override
    def value(self, stored: Any) -> Any:
        return float(f"{stored:.{DIGITS}g}") if isinstance(stored, float) else stored

    @override
    def words(self) -> str:
        return f"{self.low:g} to {self.high:g}{', logarithmic' if self.log else ''}"


@dataclass(frozen=True)
class LogRange(Range):
    """A range whose logarithms are tried evenly."""

    log: bool = True

    @override
    @classmethod
    def read(cls, given: Any, fit: Fit, where: str) -> Self:
        read = super().read(given, fit, where)
        if read.low <= 0:
            raise ConfigError(f"{where} = {json.dumps(given)}: expected numbers above 0, which have a logarithm")
        return read

    @override
    def including(self, value: Any, where: str) -> Self:
        if value == 0:
            raise ConfigError(f"{where}: the recipe has 0, which has no logarithm; name a range or a choice")
        return super().including(value, where)


@dataclass(frozen=True)
class Choice(Kind):
    """Values from a list."""

    values: tuple[Any, ...]

    @override
    @classmethod
    def read(cls, given: Any, fit: Fit, where: str) -> Self:
        if not isinstance(given, list | tuple) or not given:
            raise ConfigError(f'{where} = {json.dumps(given, default=str)}: expected a list, as in ["max", "mean"]')
        values = tuple(fit(value, where) for value in given)
        if len({json.dumps(value) for value in values}) < len(values):
            raise ConfigError(f"{where} = {json.dumps(given)}: a value stands there twice; name each once")
        return cls(values)

    @override
    def including(self, value: Any, where: str) -> Self:
        return self if value in self.values else replace(self, values=(*self.values, value))

    @override
    def distribution(self) -> Any:
        return optuna_().distributions.CategoricalDistribution([self.stored(value) for value in self.values])

    @override
    def extremes(self) -> Sequence[Any]:
        return self.values

    @override
    def stored(self, value: Any) -> Any:
        return json.dumps(value)  # Optuna keeps no lists or tables

    @override
    def value(self, stored: Any) -> Any:
        text = json.dumps(json.loads(stored))
        return next(value for value in self.values if json.dumps(value) == text)

    @override
    def words(self) -> str:
        return ", ".join(str(value) for value in self.values)


KINDS: dict[str, type[Kind]] = {"range": Range, "log": LogRange, "choice": Choice}
