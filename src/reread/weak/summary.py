"""What rules did: how often each votes, how often with and against others, and how right it seems to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.tasks.labels import Label
from reread.weak.joins import Joined
from reread.weak.rules import NO_VOTE, Votes


@dataclass(frozen=True)
class RuleFigures:
    """One rule.

    Attributes:
        votes: rows that it votes on.
        coverage: their share of the rows that could be voted on.
        overlaps: rows that another rule votes on too.
        conflicts: rows that another rule votes on otherwise.
        accuracy: the mean probability that the joined labels give its votes; None if it has none.
        true_accuracy: the share of its votes that are true; None without true labels.
    """

    name: str
    votes: int
    coverage: float
    overlaps: int
    conflicts: int
    accuracy: float | None
    true_accuracy: float | None = None


@dataclass(frozen=True)
class Summary:
    """All rules.

    Attributes:
        rows: the rows that could be voted on.
        silent: those without a vote.
        shares: the share of each class among those with a label, as the probabilities have it.
        unnamed: the classes that no rule votes for.
        true_accuracy: the share of the chosen classes that are true; None without true labels.
    """

    rules: tuple[RuleFigures, ...]
    rows: int
    silent: int
    shares: Mapping[Label, float]
    unnamed: tuple[Label, ...]
    true_accuracy: float | None = None

    def to_config(self) -> dict[str, Any]:
        """The figures, as JSON can write them."""
        return {
            "rules": [asdict(rule) for rule in self.rules],
            "rows": self.rows,
            "without_vote": self.silent,
            "classes": dict(self.shares),
            "true_accuracy": self.true_accuracy,
        }


def summarise(
    names: Sequence[str],
    classes: Sequence[Label],
    votes: Votes,
    joined: Joined,
    truth: NDArray[np.int64] | None = None,
) -> Summary:
    """The figures of rules.

    Args:
        names: the rules.
        classes: the classes.
        votes: on the rows that could be voted on, (rows, rules).
        joined: the same rows.
        truth: the number of each row's true class, `NO_VOTE` where it is unknown, (rows,); None: nowhere known.
    """
    voted = votes != NO_VOTE
    counts = voted.sum(axis=1)
    disputed = is_disputed(votes)
    rules = []
    for name, own in zip(names, votes.T, strict=True):
        rows = np.flatnonzero(own != NO_VOTE)
        estimate = joined.table[joined.places[rows], own[rows]]
        rules.append(
            RuleFigures(
                name=name,
                votes=len(rows),
                coverage=len(rows) / max(len(own), 1),
                overlaps=int((counts[rows] > 1).sum()),
                conflicts=int(disputed[rows].sum()),
                accuracy=float(estimate.mean()) if len(rows) else None,
                true_accuracy=_share_true(own, truth),
            )
        )
    labelled = joined.places != NO_VOTE
    rows_of = np.bincount(joined.places[labelled], minlength=len(joined.table))
    shares = rows_of @ joined.table / max(labelled.sum(), 1)
    return Summary(
        rules=tuple(rules),
        rows=len(votes),
        silent=int((counts == 0).sum()),
        shares=dict(zip(classes, shares.tolist(), strict=True)),
        unnamed=tuple(label for place, label in enumerate(classes) if not (votes == place).any()),
        true_accuracy=_share_true(joined.choice, truth),
    )


def is_disputed(votes: Votes) -> NDArray[np.bool_]:
    """Whether rules disagree on each row, (rows,)."""
    least = np.where(votes == NO_VOTE, np.iinfo(votes.dtype).max, votes).min(axis=1)
    most = votes.max(axis=1)
    return np.asarray((most != NO_VOTE) & (least != most), np.bool_)


def _share_true(chosen: NDArray[Any], truth: NDArray[np.int64] | None) -> float | None:
    if truth is None:
        return None
    compared = (chosen != NO_VOTE) & (truth != NO_VOTE)
    return float((chosen[compared] == truth[compared]).mean()) if compared.any() else None
