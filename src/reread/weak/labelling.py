"""Texts and rules in, labels with probabilities out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.tasks.labels import Label
from reread.text.checks import check_texts
from reread.weak.joins import joins
from reread.weak.kinds import Chunk
from reread.weak.linear_student import LinearStudent
from reread.weak.reading import read_rules
from reread.weak.refining import Round, Student, check_rounds
from reread.weak.refining import refine as refined_labels
from reread.weak.rules import NO_VOTE, Rules, Votes
from reread.weak.summary import Summary, summarise

TEXT = "text"
DEFAULT = "dawid-skene"
_TOGETHER = 4096  # texts voted on together


@dataclass(frozen=True)
class WeakLabels:
    """What rules say of texts.

    Attributes:
        classes: the classes.
        predictions: the likeliest class of each text; None where no rule votes, unless a model answered.
        probabilities: of the classes, (texts, classes); NaN where there is no prediction.
        votes: the number of the class that each rule votes for, or -1, (texts, rules).
        summary: how often each rule votes, with and against others, and how right it seems.
        rounds: how refining went; empty without it.
    """

    classes: tuple[Label, ...]
    predictions: list[Label | None]
    probabilities: NDArray[np.float64]
    votes: Votes
    summary: Summary
    rounds: tuple[Round, ...] = ()


def label(
    texts: Sequence[str],
    rules: Rules | str | Path,
    *,
    rows: Sequence[Mapping[str, Any]] | None = None,
    join: str = DEFAULT,
    refine: int = 0,
    refine_with: Student | None = None,
    threads: int | None = None,
) -> WeakLabels:
    """Label texts by rules that may err and disagree.

    Args:
        texts: the texts.
        rules: the rules, or their file.
        rows: other columns of each text, for rules that read them; the text itself is their column ``text``.
        join: how votes become probabilities: dawid-skene or majority.
        refine: rounds in which a model learns the labels and answers all texts (docs/weak.md); 0: rules alone.
        refine_with: that model; None: the linear member.
        threads: threads for the arithmetic of models; None: one for each core.

    Raises:
        ConfigError: rules that cannot be used, an unknown ``join``, or ``refine_with`` without rounds.
        DataError: ``texts`` is not a list of strings, or a row lacks a column or holds no number there;
            too few texts to refine have a vote.
    """
    check_texts(texts)
    check_rounds(refine, refine_with)
    joiner = joins.get(join)()
    whole = rules if isinstance(rules, Rules) else read_rules(rules)
    others: Sequence[Mapping[str, Any]] = [{}] * len(texts) if rows is None else rows
    if len(others) != len(texts):
        raise DataError(f"{len(others):,} rows for {len(texts):,} texts; expected one for each")
    filled = [{**row, TEXT: text} for row, text in zip(others, texts, strict=True)]
    votes = _votes(texts, filled, whole, threads)
    refined = refined_labels(
        texts, votes, whole.classes, joiner, student=refine_with or LinearStudent(threads=threads), rounds=refine
    )
    joined = refined.joined
    names = [rule.name for rule in whole.rules]
    return WeakLabels(
        classes=whole.classes,
        predictions=[None if choice == NO_VOTE else whole.classes[choice] for choice in joined.choice.tolist()],
        probabilities=joined.probabilities,
        votes=votes,
        summary=summarise(names, whole.classes, votes, joined),
        rounds=refined.rounds,
    )


def _votes(texts: Sequence[str], rows: Sequence[Mapping[str, Any]], rules: Rules, threads: int | None) -> Votes:
    columns = [column for column in (rows[0] if rows else {TEXT: ""}) if all(column in row for row in rows)]
    ballot = rules.open(columns, threads)
    parts = [np.empty((0, len(rules.rules)), dtype=np.int16)]
    for start in range(0, len(texts), _TOGETHER):
        end = start + _TOGETHER
        votes, problems = ballot.votes(Chunk(texts[start:end], rows[start:end]))
        for row, problem in problems.items():
            raise DataError(f"row {start + row}: {problem}")
        parts.append(votes)
    return np.concatenate(parts)
