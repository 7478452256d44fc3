"""Labels refined by a model: it learns what the rules say, answers texts that it has not seen, and joins the rules.

A student learns from the joined votes, and answers where no rule votes too (Ratner et al. 2017). Its answers, joined
with the votes, are what the next student learns from, as in ASTRA (Karamanolakis et al. 2021) and Denoise (Ren et al.
2020), which train teacher and student as one network. Here they take turns, and the student is any model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.data.split import text_keys
from reread.data.subset import Subset
from reread.errors import ConfigError, DataError
from reread.tasks.labels import Label, quoted
from reread.weak.joins import Join, Joined
from reread.weak.joins.base import Floats
from reread.weak.rules import NO_VOTE, Votes

LEAST_TEXTS = 10  # different ones with a vote: with fewer, nothing is held out to answer
STILL = 0.001  # of the labels: when no more of them change, the rounds are over

Student: TypeAlias = Callable[[Sequence[str], Floats, Sequence[Label]], Floats]
"""Texts, probabilities of classes (texts, classes), NaN for a text that is not learned from, and the classes → the
probabilities (texts, classes) that models which have not learned from a text give it."""


@dataclass(frozen=True)
class Round:
    """The labels after a round; round 0 is that of the rules alone.

    Attributes:
        labelled: rows with a label.
        changed: of the rows that had a label before, those that now have another.
        true_accuracy: the share of the labels that are true; None without true labels.
        true_accuracy_with_vote: the same of the rows on which a rule votes.
        true_accuracy_without_vote: of the others.
    """

    labelled: int
    changed: int
    true_accuracy: float | None = None
    true_accuracy_with_vote: float | None = None
    true_accuracy_without_vote: float | None = None

    def to_config(self) -> dict[str, Any]:
        """The figures, as JSON can write them."""
        return asdict(self)


@dataclass(frozen=True)
class Refined:
    """Labels of all rows.

    Attributes:
        joined: the labels.
        rounds: how they came about; empty if nothing was refined.
    """

    joined: Joined
    rounds: tuple[Round, ...] = ()


def refine(
    texts: Sequence[str],
    votes: Votes,
    classes: Sequence[Label],
    join: Join,
    *,
    student: Student | None,
    rounds: int,
    truth: NDArray[np.int64] | None = None,
) -> Refined:
    """Label texts by rules, and by models that learn from them.

    In each round a model learns the labels of the texts on which a rule votes, and answers all texts, these too by
    models that have not learned from them. Its answers are the labels of the round. Joined with the votes they are what
    the next round learns from. The rounds end early when the labels hardly change.

    Args:
        texts: the texts.
        votes: on them, (texts, rules).
        classes: the classes.
        join: how votes become probabilities.
        student: the model; None: the rules alone label.
        rounds: how many at most.
        truth: the number of each text's true class, `NO_VOTE` where it is unknown, (texts,); it only judges.

    Raises:
        DataError: too few texts have a vote, or all of them the same label.
    """
    joined = join.join(votes, len(classes))
    if student is None or not rounds:
        return Refined(joined)
    voted = (votes != NO_VOTE).any(axis=1)
    _check(texts, voted, joined, classes)
    choice, answers = joined.choice, student(texts, joined.probabilities, classes)
    history = [_round(choice, choice, voted, truth)]
    for left in reversed(range(rounds)):
        before, choice = choice, answers.argmax(axis=1)
        history.append(_round(before, choice, voted, truth))
        still = history[-1].changed <= STILL * len(texts) and (before != NO_VOTE).all()
        if still or not left:
            break
        answers = student(texts, join.join(votes, len(classes), answers).probabilities, classes)
    return Refined(Joined(answers, choice, np.arange(len(texts))), tuple(history))


def check_rounds(rounds: int, refine_with: object) -> None:
    """Refuse rounds that cannot be.

    Args:
        rounds: how many.
        refine_with: the model that was named; None: none.

    Raises:
        ConfigError: fewer than none, or none and a model.
    """
    if rounds < 0:
        raise ConfigError(f"refine = {rounds}; expected a number of rounds, such as 2, or 0 for none")
    if refine_with is not None and not rounds:
        raise ConfigError("refine_with names a model, but there is no round in which it learns; pass refine=2 too")


def _check(texts: Sequence[str], voted: NDArray[np.bool_], joined: Joined, classes: Sequence[Label]) -> None:
    different = len(np.unique(text_keys(Subset(texts, np.flatnonzero(voted)))))
    if different < LEAST_TEXTS:
        raise DataError(
            f"refine: {different:,} different texts have a vote; a model that learns from them needs at least "
            f"{LEAST_TEXTS}"
        )
    found = np.unique(joined.choice[voted])
    if len(found) == 1:
        raise DataError(
            f"refine: every text with a vote is labelled {quoted(classes[int(found[0])])}, so there is nothing to tell "
            "apart; add rules for other classes"
        )


def _round(
    before: NDArray[np.int64], choice: NDArray[np.int64], voted: NDArray[np.bool_], truth: NDArray[np.int64] | None
) -> Round:
    labelled = choice != NO_VOTE

    def right(rows: NDArray[np.bool_]) -> float | None:
        if truth is None:
            return None
        compared = rows & labelled & (truth != NO_VOTE)
        return float((choice[compared] == truth[compared]).mean()) if compared.any() else None

    return Round(
        labelled=int(labelled.sum()),
        changed=int(((before != NO_VOTE) & (before != choice)).sum()),
        true_accuracy=right(labelled),
        true_accuracy_with_vote=right(voted),
        true_accuracy_without_vote=right(~voted),
    )
