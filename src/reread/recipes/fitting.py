"""Tables of settings, from TOML or a user, converted to the types of a spec, with clear errors."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from reread.errors import ConfigError
from reread.registry import unknown_name


@dataclass(frozen=True)
class Bound:
    """The allowed values of a setting, in words and as a test."""

    words: str
    holds: Callable[[Any], bool]


BEYOND = 2**63  # beyond every library's integers
SEEDS = 2**32  # seeds that every library takes; NumPy and scikit-learn take the fewest
MOST_THREADS = 1024

Count = Annotated[int, Bound("at least 1 and below 2**63", lambda value: 1 <= value < BEYOND)]
Auto = Annotated[str, Bound('"auto"', lambda value: value == "auto")]
Share = Annotated[float, Bound("at least 0 and below 1", lambda value: 0 <= value < 1)]
Limit = Annotated[float, Bound("from 0 to 1", lambda value: 0 <= value <= 1)]
Positive = Annotated[float, Bound("above 0", lambda value: 0 < value < math.inf)]
NotNegative = Annotated[float, Bound("at least 0", lambda value: 0 <= value < math.inf)]
WholeNotNegative = Annotated[int, Bound("at least 0 and below 2**63", lambda value: 0 <= value < BEYOND)]
Seed = Annotated[int, Bound("at least 0 and below 2**32", lambda value: 0 <= value < SEEDS)]
Threads = Annotated[int, Bound(f"from 1 to {MOST_THREADS}", lambda value: 1 <= value <= MOST_THREADS)]

S = TypeVar("S")


def spec_from(kind: type[S], values: Mapping[str, Any], where: str) -> S:
    """Build a spec from a table of a TOML file, checking names and types.

    Raises:
        ConfigError: a key does not exist, or a value has the wrong type.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    for key in values:
        if key not in hints:
            table = f"[{where}]" if where.isidentifier() else where
            raise unknown_name("setting", key, sorted(hints), f"in {table}")
    return kind(**{key: fit_value(hints[key], value, f"{where}.{key}") for key, value in values.items()})


def fit_options(
    make: Callable[..., Any], given: Mapping[str, Any], *, but: Collection[str], what: str, where: str
) -> dict[str, Any]:
    """A component's options, converted to the types that its constructor declares.

    Args:
        make: the component's class.
        given: the options, by name.
        but: arguments of the constructor that are no options.
        what: the component, in messages.
        where: the table that the options are from, in messages.

    Raises:
        ConfigError: the component does not have an option, or an option's value is invalid.
    """
    constructor: Any = make.__init__
    hints = typing.get_type_hints(constructor, include_extras=True)
    known = sorted(hints.keys() - {*but, "return"})
    for option in given:
        if option not in known:
            raise unknown_name("option", option, known, f"of {what}")
    return {key: fit_value(hints[key], value, f"{where}.{key}") for key, value in given.items()}


def fit_table(values: Any, hints: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A table of a file, with the values that ``hints`` name converted to their types; other values are allowed.

    Raises:
        ConfigError: it is not a table, lacks a value, or a value has the wrong type.
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} holds no table")
    missing = [key for key in hints if key not in values]
    if missing:
        raise ConfigError(f'{where} lacks "{missing[0]}"')
    return {**values, **{key: fit_value(hint, values[key], f"{where}: {key}") for key, hint in hints.items()}}


def fit_value(hint: Any, value: Any, where: str) -> Any:
    """The value as the hinted type: TOML has no tuples and no None, and may write 1 for 1.0.

    Raises:
        ConfigError: the value does not have that type; the message names it by ``where``.
    """
    options = _options(hint)
    for option in options:
        plain, bound = _parts(option)
        fitted = value if plain is Any else _kind(plain).fit(plain, value, where)
        if fitted is not _WRONG and (bound is None or bound.holds(fitted)):
            return fitted
    shown = json.dumps(value, ensure_ascii=False, default=str)
    raise ConfigError(f"{where} = {shown}: expected {words_of(hint)}")


def words_of(hint: Any) -> str:
    """The values that a type allows, in words."""
    return " or ".join(map(_words, _options(hint)))


def _options(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in {typing.Union, types.UnionType} else (hint,)


def _parts(option: Any) -> tuple[Any, Bound | None]:
    return typing.get_args(option) if typing.get_origin(option) is Annotated else (option, None)


def _words(option: Any) -> str:
    """A type's name in messages."""
    plain, bound = _parts(option)
    return f"{_kind(plain).words} {bound.words}" if bound else _kind(plain).words


_WRONG = object()


def _number(kind: type[Any], value: Any, _: str) -> Any:
    wanted = Integral if kind is int else Real
    if isinstance(value, bool) or not isinstance(value, wanted):
        return _WRONG
    try:
        return kind(value)
    except OverflowError:  # an integer beyond every double
        return _WRONG


def _same(kind: type[Any], value: Any, _: str) -> Any:
    return value if type(value) is kind else _WRONG


def _tuple(hint: Any, value: Any, where: str) -> Any:
    items = typing.get_args(hint)[0]
    return tuple(fit_value(items, item, where) for item in value) if isinstance(value, list | tuple) else _WRONG


def _mapping(hint: Any, value: Any, where: str) -> Any:
    items = typing.get_args(hint)[1]
    fits = isinstance(value, Mapping)
    return {key: fit_value(items, item, f"{where}.{key}") for key, item in value.items()} if fits else _WRONG


def _path(_: Any, value: Any, __: str) -> Any:
    return Path(value) if isinstance(value, str | Path) else _WRONG


def _table(kind: type[Any], value: Any, where: str) -> Any:
    if isinstance(value, kind):
        return value
    return spec_from(kind, value, where) if isinstance(value, Mapping) else _WRONG


def _nothing(_: Any, value: Any, __: str) -> Any:
    return None if value is None or value == "none" else _WRONG


class _Kind(NamedTuple):
    """A type of settings: its name in messages, and how a value is converted to it."""

    type: type[Any]
    words: str
    fit: Callable[[Any, Any, str], Any]


_KINDS = (
    _Kind(bool, "true or false", _same),
    _Kind(int, "a whole number", _number),
    _Kind(float, "a number", _number),
    _Kind(str, "a text", _same),
    _Kind(tuple, "a list", _tuple),
    _Kind(Mapping, "a table", _mapping),
    _Kind(types.NoneType, "none", _nothing),
    _Kind(Path, "a path", _path),
)
_SPEC = _Kind(object, "a table", _table)


def _kind(plain: Any) -> _Kind:
    if dataclasses.is_dataclass(plain):
        return _SPEC
    return next(kind for kind in _KINDS if issubclass(typing.get_origin(plain) or plain, kind.type))
