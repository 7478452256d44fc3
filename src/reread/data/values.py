"""The values of cells: texts, labels, numbers, times."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

_SHOWN = 60
"""Characters of a wrong value that a message shows."""

LONGEST = 10_000_000
"""Characters of a text: with more, it is a file's missing quotation mark, and not a text."""

DECIMAL_COMMA = re.compile(r"\s*[+-]?[\d.]*,\d+\s*")
_INVISIBLE = re.compile(r"[\s\0-\x1f\x7f-\x9f]*")
"""White space and controls: no text has these alone."""
HALF_PAIR = "holds half of a surrogate pair"


class BadValueError(ValueError):
    """A cell with an invalid value; the message continues after "the label in column …"."""


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, empty, or holds nothing visible."""
    if isinstance(value, str):
        return _INVISIBLE.fullmatch(value) is not None
    return value is None or (isinstance(value, float) and math.isnan(value))


def has_half_pair(text: str) -> bool:
    """Whether a text holds half of a surrogate pair, which no encoding can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def kind_of(value: Any) -> str:
    """What a value is in JSON's words; of what JSON has not, Python's name."""
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), type(value).__name__)


def is_finite(value: Any) -> bool:
    """Whether a number is neither infinite, NaN, nor an integer beyond every double."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def text_of(value: Any) -> str:
    """A text that holds something visible."""
    if isinstance(value, str) and not is_missing(value):
        if has_half_pair(value):
            raise BadValueError(HALF_PAIR)
        if len(value) > LONGEST:
            raise BadValueError(f"has {len(value):,} characters, more than {LONGEST:,}: is a quotation mark missing?")
        return value
    if is_missing(value):
        raise BadValueError(_nothing_in(value))
    raise BadValueError(f"is not a string: {_shown(value)}")


def no_text(value: Any) -> str:
    """Why a value is no text that a model can answer; empty if it is one."""
    if is_missing(value):
        return f"text {_nothing_in(value)}"
    return "" if isinstance(value, str) else f"text is {kind_of(value)}, expected a string"


def _nothing_in(value: Any) -> str:
    """How a cell is missing."""
    if not (value and isinstance(value, str)):
        return "is missing"
    return "is only white space" if value.isspace() else "has no visible character"


def number_of(value: Any) -> float:
    """A finite number, or a string that spells one."""
    if is_missing(value):
        raise BadValueError("is missing")
    # float() would read True as 1 and "1_000" as 1000.
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        raise BadValueError(f"is not a number: {_shown(value)}")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        comma = isinstance(value, str) and DECIMAL_COMMA.fullmatch(value)
        hint = "; write a decimal point, not a comma" if comma else ""
        raise BadValueError(f"is not a number: {_shown(value)}{hint}") from error
    if not math.isfinite(number):
        raise BadValueError(f"is not a finite number: {_shown(value)}")
    return number


def weight_of(value: Any) -> float:
    """A number that is not negative."""
    number = number_of(value)
    if number < 0:
        raise BadValueError(f"is negative: {_shown(value)}")
    return number


def group_of(value: Any) -> Any:
    """A string, a number, true or false; anything else as text."""
    if is_missing(value):
        raise BadValueError("is missing")
    return value if isinstance(value, str | int | float) else str(value)


class SliceReader:
    """Values by which a report groups rows: a string, a number, true or false, or None if empty."""

    def __init__(self) -> None:
        self._same: dict[Any, Any] = {}

    def __call__(self, value: Any) -> Any:
        """The value; equal ones are kept once. Digits in a text stay text."""
        if is_missing(value):
            return None
        plain = group_of(value)
        return self._same.setdefault(plain, plain) if isinstance(plain, str) else plain


class LabelReader:
    """Labels of one column: either all single or all lists; all text, all numbers or all truth values."""

    def __init__(self, separator: str | None = None) -> None:
        self._separator = separator
        self._same: dict[str, str] = {}
        self._is_list: bool | None = None
        self._kind: str | None = None

    def __call__(self, value: Any) -> Any:
        """The label, or the list of labels without duplicates; an empty list means "none of them"."""
        if isinstance(value, str) and self._separator is not None and not is_missing(value):
            value = [part.strip() for part in value.split(self._separator) if part.strip()]
            if not value:
                raise BadValueError("is missing: there are only separators")
        is_list = isinstance(value, list | tuple)
        labels = [self._one(label) for label in value] if is_list else self._one(value)
        if self._is_list is None:
            self._is_list = is_list
        elif self._is_list is not is_list:
            raise BadValueError(
                f"is {'a list' if is_list else 'a single one'}, unlike the ones before it: {_shown(value)}"
            )
        return list(dict.fromkeys(labels)) if is_list else labels

    def _one(self, value: Any) -> Any:
        if is_missing(value):
            raise BadValueError("is missing")
        kind = _label_kind(value)
        if kind == "a text" and has_half_pair(value):
            raise BadValueError(HALF_PAIR)
        if kind == "a number" and not is_finite(value):
            raise BadValueError(f"is not a finite number: {_shown(value)}")
        if self._kind is None:
            self._kind = kind
        elif self._kind != kind:
            raise BadValueError(f"is {kind}, but the first one is {self._kind}: {_shown(value)}")
        return self._same.setdefault(value, value) if isinstance(value, str) else value


def _label_kind(value: Any) -> str:
    kinds = {str: "a text", bool: "a truth value", int: "a number", float: "a number"}
    if type(value) not in kinds:
        raise BadValueError(f"is neither a text nor a number: {_shown(value)}")
    return kinds[type(value)]


class TimeReader:
    """Times of one column as numbers: all numbers, or all dates (as seconds since 1970, UTC where no zone is given)."""

    def __init__(self) -> None:
        self._read: Callable[[Any], float] | None = None

    def __call__(self, value: Any) -> float:
        """The time as a number; later times are larger."""
        if is_missing(value):
            raise BadValueError("is missing")
        if self._read is None:
            self._read = _seconds_of if _is_date(value) else number_of
        try:
            return self._read(value)
        except ValueError as error:
            kind = "a date like 2024-01-31" if self._read is _seconds_of else "a number, or a date like 2024-01-31"
            raise BadValueError(f"is not {kind}: {_shown(value)}") from error


def _is_date(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return True
    return isinstance(value, date)


def _seconds_of(value: Any) -> float:
    moment = datetime.fromisoformat(str(value).strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def _shown(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
