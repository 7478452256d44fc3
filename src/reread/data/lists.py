"""Rows in memory → examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from reread.data.examples import Examples, ReadReport
from reread.data.fingerprint import FingerprintBuilder
from reread.data.soft_labels import Shares, SharesReader, likeliest
from reread.data.values import BadValueError, is_missing
from reread.errors import DataError
from reread.wording import number_of

T = TypeVar("T")


def examples_from_lists(
    texts: Sequence[str],
    targets: Mapping[str, Sequence[Any]],
    *,
    groups: Sequence[Any] | None = None,
    weights: Sequence[float] | None = None,
) -> Examples:
    """Texts with their targets; rows of weight 0 are left out, so that they change nothing.

    A target whose first value is a mapping is soft: class → probability, in sum 1.

    Raises:
        DataError: there are fewer than two rows, the columns differ in length, or a text is only white space.
    """
    _check(texts, {**targets, "groups": groups, "sample_weight": weights})
    rows = [k for k in range(len(texts)) if weights is None or weights[k]]
    if len(rows) < 2:
        samples = number_of(len(rows), "sample")
        raise DataError(f"{samples} (n_samples = {len(rows)}); at least two different texts are needed")
    kept_texts = _take(texts, rows)
    kept_targets = {name: _take(column, rows) for name, column in targets.items()}
    fingerprint = FingerprintBuilder(("text", *targets))
    for text, *values in zip(kept_texts, *kept_targets.values(), strict=True):
        fingerprint.add(text, tuple(values))
    shares = None
    for name, column in kept_targets.items():
        if isinstance(column[0], Mapping):
            shares = _shares(column)
            kept_targets[name] = [likeliest(each, several=False) for each in shares]
    if shares is not None and len(targets) > 1:
        raise DataError("soft labels are for a model of one target; a joint model cannot learn them")
    return Examples(
        texts=kept_texts,
        targets=kept_targets,
        shares=shares,
        groups=None if groups is None else _take(groups, rows),
        times=None,
        weights=None if weights is None else _take(weights, rows),
        lines=[row + 1 for row in rows],
        fingerprint=fingerprint.finish(),
        report=ReadReport(read=len(texts), kept=len(rows), filtered=len(texts) - len(rows)),
        text_column="text",
        target_columns={name: name for name in targets},
        files=[],
        file_starts=[],
    )


def _shares(column: Sequence[Any]) -> list[Shares]:
    """The probabilities of every text, each class in each of them."""
    for row, each in enumerate(column):
        if not isinstance(each, Mapping):
            raise DataError(f"target {row} is {each!r}, others are probabilities by class; all must be of one kind")
    classes = list(dict.fromkeys(label for each in column for label in each))
    read = SharesReader(classes, several=False)
    found = []
    for row, each in enumerate(column):
        try:
            shares = read([each.get(label, 0.0) for label in classes])
        except BadValueError as error:
            raise DataError(f"target {row} {error}") from error
        found.append(shares or {})
    return found


def _check(texts: Sequence[str], columns: Mapping[str, Sequence[Any] | None]) -> None:
    for name, column in columns.items():
        if column is not None and len(column) != len(texts):
            raise DataError(f"{len(texts)} texts and {len(column)} values of {name}; there must be one for each text")
    for k, text in enumerate(texts):
        if is_missing(text):
            raise DataError(f"text {k} is empty or only white space; leave that row out")


def _take(column: Sequence[T], rows: Sequence[int]) -> list[T]:
    return [column[row] for row in rows]
