"""Whether a candidate takes the place of the model that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.apps.serve.served import Served
from reread.apps.serve.training.corrected import Answer, answer_of
from reread.data.split import text_keys
from reread.statistics.significance import paired_examples
from reread.wording import number_of

Scores: TypeAlias = NDArray[np.floating[Any]]
LEVEL = 0.05
FEW = 100  # rows: of so many, one in twenty that turns wrong is no proof yet


class Verdict:
    """Both models on the same rows held out.

    Args:
        candidate: whether it answers each row right; of numbers, whether it is closer than the other one.
        served: the same for the model that answers.
        texts: of the rows.
        unseen: whether the model that answers was not trained on them.
        flattered: whether a linear member has learned from them in the end, and what it said before is not known.
        numbers: whether the answers are numbers.

    Attributes:
        corrected: a sentence on the corrections.
    """

    def __init__(
        self,
        candidate: Sequence[bool],
        served: Sequence[bool],
        texts: Sequence[str],
        *,
        unseen: bool,
        flattered: bool = False,
        numbers: bool = False,
    ) -> None:
        copies = np.unique(text_keys(texts), return_inverse=True)[1]
        self._test = paired_examples(np.array(candidate), np.array(served), copies=copies)
        self._right, self._rows, self._unseen = (sum(candidate), sum(served)), len(texts), unseen
        self._flattered, self._numbers = flattered, numbers
        self.corrected = ""

    @property
    def worse(self) -> bool:
        """Whether the rows show that the candidate is worse."""
        return self._test.difference < 0 and self._test.p_value < LEVEL

    def sentence(self) -> str:
        """What they show."""
        ours, theirs = self._right
        rows = number_of(self._rows, "row")
        where = f"On {rows} held out from both" if self._unseen else f"On {rows} held out from the new model"
        so = "which chance hardly explains" if self._test.p_value < LEVEL else "which chance explains"
        even = "the two are equally good" if ours == theirs else so
        end = "it is worse, so the old one answers on" if self.worse else "nothing shows that it is worse"
        if self._rows < FEW and not self.worse:
            end += ", but so few rows show only large differences"
        doubt = "" if self._unseen else " The model that answers may have been trained on them, which flatters it."
        if self._flattered:
            doubt += " Their linear members have learned from these rows in the end, which flatters both."
        test = f"{self._test.method} test, p = {self._test.p_value:.2g}"
        what = "closer" if self._numbers else "right"
        return f"{where} the new model is {what} on {ours:,}, the old one on {theirs:,} ({test}): {even}; {end}.{doubt}"


def compared(
    candidate: Served, served: Served, texts: Sequence[str], answers: Sequence[Answer], *, unseen: bool
) -> Verdict:
    """Both models on rows held out, by what they said before their linear members learned from these, too.

    Args:
        candidate: the new model.
        served: the one that answers.
        texts: of the rows.
        answers: the right ones.
        unseen: whether the model that answers was not trained on them.

    Raises:
        DataError: there are none.
    """
    ours, ours_known = unseen_scores(candidate, texts)
    theirs, theirs_known = unseen_scores(served, texts)
    flattered, numbers = not (ours_known and theirs_known), served.model.task.target_kind == "number"
    if numbers:
        own, other = _away(candidate, ours, answers), _away(served, theirs, answers)
        better = (own < other).tolist(), (other < own).tolist()
    else:
        better = _right(candidate, ours, answers), _right(served, theirs, answers)
    return Verdict(*better, texts, unseen=unseen, flattered=flattered, numbers=numbers)


def as_corrected(candidate: Served, served: Served, right: Sequence[tuple[str, Answer]]) -> str:
    """How a model answers the texts that were corrected."""
    texts, answers = [text for text, _ in right], [answer for _, answer in right]
    scores = candidate.model.scores(texts)
    count = number_of(len(right), "corrected text")
    if served.model.task.target_kind == "number":
        own, other = (float(_away(each, each.model.scores(texts), answers).mean()) for each in (candidate, served))
        return f"On {count} it is {own:.4g} away in the mean, the old one {other:.4g}."
    return f"Of {count} it answers {sum(_right(candidate, scores, answers)):,} as corrected."


def unseen_scores(served: Served, texts: Sequence[str]) -> tuple[Scores, bool]:
    """The scores of rows held out, (texts, scores), as they were before the linear member learned from these rows, too.

    A model folder holds what the linear member said of them before; the network never learns from them.

    Returns:
        The scores, and whether that is known of all of these rows.
    """
    model = served.model
    scores, seen = model.scores(texts), served.seen()
    if model.adds_scores and model.linear_share() == 0:
        return scores, True
    if seen is None or not model.adds_scores:
        return scores, False
    own = model.linear_member().scores(texts)
    before, known = seen.scores_of(texts, own)
    return scores + model.linear_share() * (before - own), bool(known.all())


def _right(served: Served, scores: Scores, answers: Sequence[Answer]) -> list[bool]:
    """Whether it answers each text right; of several labels, whether all of them are."""
    said, task = served.model.postprocessor.answers(scores), served.model.task
    return [answer_of(each["prediction"], task) == answer for each, answer in zip(said, answers, strict=True)]


def _away(served: Served, scores: Scores, answers: Sequence[Answer]) -> NDArray[np.float64]:
    """How far its numbers are from the right ones, (texts,)."""
    said = [each["prediction"] for each in served.model.postprocessor.answers(scores)]
    return np.abs(np.array(said, np.float64) - np.array(answers, np.float64))
