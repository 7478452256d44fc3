"""What a message says: a JSON object with ``id`` and ``text``, or those fields themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from reread.data.formats.json_lines import read_line
from reread.data.rows import Row
from reread.data.values import LONGEST, is_finite, kind_of, no_text

ID, TEXT = "id", "text"
LONGEST_ID = 1_000  # characters: what is published must not be longer than a broker takes, which can be 1 MB
SHOWN = 100_000  # characters of a message without an answer; in JSON some become six bytes
Message: TypeAlias = str | bytes | Mapping[str, Any]
"""JSON as it came, or the fields."""

Outcome: TypeAlias = dict[str, Any]
"""An answer (``id``, ``prediction``, ``probabilities``, ``model``), or a dead letter (``message``, ``error``)."""


def row_of(message: Message) -> Row:
    """The fields of a message, or what is wrong with it."""
    if isinstance(message, Mapping):
        row = Row(1, dict(message))
    else:
        try:
            row = read_line(message.decode() if isinstance(message, bytes) else message)
        except UnicodeDecodeError:
            row = Row(1, {}, "is not UTF-8")
    return row if row.problem else row._replace(problem=_problem(row.values))


def _problem(values: Mapping[str, Any]) -> str:
    """Why a message cannot be answered; empty if it can."""
    name, text = values.get(ID), values.get(TEXT)
    if name is None:
        return "id is missing"
    if isinstance(name, float) and not is_finite(name):
        return "id is no finite number"
    if isinstance(name, str) and len(name) > LONGEST_ID:
        return f"id has {len(name):,} characters, expected at most {LONGEST_ID:,}"
    if not _is_id(name):
        return f"id is {kind_of(name)}, expected a string or a number"
    if isinstance(text, str) and len(text) > LONGEST:
        return f"text has {len(text):,} characters, expected at most {LONGEST:,}"
    return no_text(text)


def _is_id(name: Any) -> bool:
    if isinstance(name, bool):
        return False
    if isinstance(name, str):
        return len(name) <= LONGEST_ID
    return isinstance(name, int | float) and is_finite(name)


def dead_letter(message: Message, values: Mapping[str, Any], error: str) -> Outcome:
    """The message as it came, or its beginning and its length, with the reason why it has no answer."""
    name, shown = values.get(ID), _shown(message)
    known = {ID: name} if _is_id(name) else {}
    cut = {"characters": len(shown)} if len(shown) > SHOWN else {}
    return {**known, "message": shown[:SHOWN], **cut, "error": error}


def is_dead(outcome: Outcome) -> bool:
    """Whether it is a dead letter."""
    return "error" in outcome


def to_json(outcome: Outcome) -> bytes:
    """One JSON object in UTF-8."""
    try:
        return json.dumps(outcome, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(outcome, allow_nan=False).encode()


def _shown(message: Message) -> str:
    if isinstance(message, str):
        return message
    if isinstance(message, bytes):
        return message.decode(errors="backslashreplace")
    return json.dumps(dict(message), ensure_ascii=False, default=str)
