"""What the results of a folder were asked for, kept beside them: answers of two models are never mixed in silence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reread.data.parts import ASKED, Results
from reread.errors import ConfigError, DataError
from reread.wording import listed


def check_asked(results: Results, out: str, names: Iterable[str], asked: Mapping[str, Any]) -> None:
    """Refuse results that were asked for otherwise, or nobody knows how; else keep what they are asked for.

    Args:
        results: where they are.
        out: the folder or address, for the error.
        names: of the results that there will be.
        asked: all that changes an answer: each value by the name of its option.

    Raises:
        ConfigError: files with the names of results are there, made with another value of an option, or not known to
            be results; or another command that was asked for something else makes some.
    """
    with results.deciding():
        _decide(results, out, names, _as_read(asked))


def _decide(results: Results, out: str, names: Iterable[str], wanted: dict[str, Any]) -> None:
    before = _read(results, out)
    if before == wanted:
        return
    there = next((name for name in names if results.has(name)), None)
    if there is not None and before is None:
        raise ConfigError(
            f"{out}: {there} is there already, and no {ASKED} that says how it was made; name another folder, or "
            "remove it"
        )
    if there is not None and before is not None:
        others = [name.replace("_", "-") for name in wanted if wanted[name] != before.get(name)]
        raise ConfigError(
            f"{out}: the answers that are there were made with another {listed(others)}; name another folder, or "
            "remove them"
        )
    if results.in_use():
        raise _of_another(out)
    results.write(ASKED, json.dumps(wanted, indent=1) + "\n")


def check_still_asked(results: Results, out: str, asked: Mapping[str, Any]) -> None:
    """Refuse to make a result where another command has asked for something else since.

    To be called by who has claimed the result: a command that comes later sees that one is made.

    Raises:
        ConfigError: it has.
    """
    with results.deciding():
        found = _read(results, out)
    if found is not None and found != _as_read(asked):  # other machines may see the file late
        raise _of_another(out)


def _of_another(out: str) -> ConfigError:
    return ConfigError(f"{out}: another command answers there with another model or other options; name another folder")


def _as_read(asked: Mapping[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(asked)))


def _read(results: Results, out: str) -> dict[str, Any] | None:
    try:
        kept = results.read(ASKED)
        found = None if kept is None else dict(json.loads(kept))
    except DataError:  # it cannot be reached
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{out}: {ASKED} is not as it was written; remove it") from error
    return found
