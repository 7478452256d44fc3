"""Findings of an audit as people read them, in the terminal and on the report's page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from reread.insight.audit.run import Audit
from reread.wording import quantity


class Line(NamedTuple):
    """One finding: the row's place, the reason, and its text."""

    place: str
    why: str
    text: str


def finding_lines(audit: Audit, check: str, most: int) -> Iterator[Line]:
    """The first findings of a check."""
    audited = audit.audited
    names = short_names([*audited.files, *(bad.file for bad in audited.unusable)])
    several = len(audited.targets) > 1
    for finding in audit.results[check].findings[:most]:
        row = audit.row(check, finding)
        yield Line(f"{names[row['file']]}, {row['line']}", _why(row, names, several=several), row["text"])


def short_names(files: Iterable[str]) -> dict[str, str]:
    """Each path shortened to its last parts, as few as make it unique; equal paths are not shortened."""
    paths = {file: Path(file).parts for file in files}
    return {file: next(_unique_tails(parts, paths.values()), file) for file, parts in paths.items()}


def _unique_tails(path: tuple[str, ...], paths: Collection[tuple[str, ...]]) -> Iterator[str]:
    """The ends of a path that no other path has, the shortest first."""
    for length in range(1, len(path) + 1):
        if sum(other[-length:] == path[-length:] for other in paths) == 1:
            yield str(Path(*path[-length:]))


def _why(row: Mapping[str, Any], names: Mapping[str, str], *, several: bool) -> str:
    """The reason of a finding; names the target if there are several."""
    parts = [row["detail"]]
    target = f"{row['target']} " if several and row["target"] else ""
    if row["suggested"] is not None:
        parts.append(f"{target}{_words(row['label'])} → {_words(row['suggested'])}?")
    elif row["label"] is not None:
        parts.append(target + _words(row["label"]))
    if row["other_file"] is not None:
        parts.append(f"as {names[row['other_file']]}, {row['other_line']}")
    return "; ".join(part for part in parts if part)


def _words(label: Any) -> str:
    """A label, number, list of labels, or several targets by name, short."""
    if isinstance(label, Mapping):
        return ", ".join(f"{name} {_words(value)}" for name, value in label.items())
    if isinstance(label, list):
        return ", ".join(map(str, label)) or "none"
    return quantity(label) if isinstance(label, float) else str(label)
