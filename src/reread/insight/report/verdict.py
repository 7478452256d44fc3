"""Is it better than the linear baseline? One sentence, which the report and the terminal share.

It names the figure that it judges by: the stack is chosen by the loss, which can say something else of the same rows.
"""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.insight.conclusions import LEVEL, p_text
from reread.insight.report.facts import Part
from reread.insight.report.outcomes import Outcomes
from reread.insight.report.outcomes.classes import ClassAnswers
from reread.insight.report.resampling import resampled
from reread.statistics.significance import paired_examples
from reread.wording import figure, name_of, number_of

BASELINE = "linear baseline"


class Verdict(NamedTuple):
    """A sentence, and the name of the better side; empty if the rows cannot show which it is."""

    sentence: str
    better: str


def verdict(part: Part) -> Verdict:
    """Whether the model is better or worse than the linear baseline, or that the rows cannot show it.

    Rows with the same text count as one: all of them get the same answer.
    """
    outcomes, main, ours = part.outcomes, part.main, part.answers
    if main == BASELINE and len(outcomes) > 1:  # what answers already needs no way out
        other = next(name for name in outcomes if name != BASELINE)
        return verdict(replace(part, outcomes={other: outcomes[other], BASELINE: ours}))._replace(better="")
    if BASELINE not in outcomes:
        return Verdict(f"There is no linear baseline, so there is nothing to compare the {main} with.", "")
    theirs, metric = outcomes[BASELINE], ours.metric
    values = [figure(metric, side.measure()(side.weights)) for side in (ours, theirs)]
    if isinstance(ours, ClassAnswers) and isinstance(theirs, ClassAnswers) and _can_test(ours):
        ahead, why = _tested(main, ours.right, theirs.right, part.rows.copies)
    else:
        ahead, why = _resampled(ours, theirs, part.rows.copies)
    how = f"the {BASELINE} in {name_of(metric)}: {values[0]} against {values[1]}{why}."
    if not ahead:
        return Verdict(f"These rows cannot show whether the {main} beats {how}", "")
    if (ahead > 0) == ours.higher_is_better:
        return Verdict(f"The {main} is better than {how}", main)
    return Verdict(f"The {main} is worse than {how}", BASELINE)


def way_out(model: str) -> str:
    """What to do if the linear baseline is better; ``model`` is the folder's name."""
    command = shlex.join(["reread", "predict", model])
    return f"The better one answers with {command} DATA --answer linear."


def _can_test(ours: Outcomes) -> bool:
    """Whether the exact test applies: it has no weights."""
    return ours.metric == "accuracy" and len(np.unique(ours.weights)) == 1


def _tested(
    main: str, ours: NDArray[np.bool_], theirs: NDArray[np.bool_], copies: NDArray[np.int64]
) -> tuple[float, str]:
    """By McNemar's test: the difference, 0 if it is not significant, and the reason in words."""
    test = paired_examples(ours, theirs, copies=copies)
    alone = [number_of(int((first & ~second).sum()), "row") for first, second in ((ours, theirs), (theirs, ours))]
    p_value = p_text(test.p_value)
    p_value = p_value if p_value.startswith("<") else f"= {p_value}"
    as_one = ", equal texts as one" if test.n < len(ours) else ""
    why = (
        f"; the {main} alone is right on {alone[0]}, the baseline alone on {alone[1]} "
        f"({test.method} test{as_one}, p {p_value})"
    )
    return test.difference if test.p_value <= LEVEL else 0.0, why


def _resampled(ours: Outcomes, theirs: Outcomes, copies: NDArray[np.int64]) -> tuple[float, str]:
    """By resampling rows: the difference, 0 if its interval contains 0 or there is none, and the reason in words."""
    difference = resampled([ours, theirs], copies)[-1]
    if not math.isfinite(difference.low):
        return 0.0, ""
    interval = f"{difference.range(ours.metric)} with 95 % confidence"
    words = f", a difference of {figure(ours.metric, difference.value)} ({interval})"
    return difference.value if difference.low > 0 or difference.high < 0 else 0.0, words
