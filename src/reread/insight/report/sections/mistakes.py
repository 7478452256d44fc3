"""The worst mistakes."""

from __future__ import annotations

import numpy as np

from reread.insight.report.blocks import Mistake, Mistakes, Section, Words
from reread.insight.report.facts import Part
from reread.insight.report.judged import NumberAnswers
from reread.insight.report.marking import marked
from reread.text.language import detect_language
from reread.wording import number_of

SHOWN = 10


def mistakes(part: Part) -> Section | None:
    """The texts whose answers are most wrong, with what decided them where that is known."""
    wrongness = part.answers.wrongness()
    wrong = int(np.count_nonzero(wrongness))
    if not wrong:
        return None
    worst = np.argsort(-wrongness, kind="stable")[: min(SHOWN, wrong)]
    found = [_mistake(part, int(row)) for row in worst]
    language = detect_language([part.rows.texts[int(row)] for row in worst])
    how = f"{number_of(wrong, 'row')} of {len(wrongness):,} with a wrong answer; here are the worst."
    if isinstance(part.answers, NumberAnswers):
        how = "The answers that are furthest from the truth."
    how = f"{how} Rows whose label is wrong in the data are among them more often than among others."
    return Section("The worst mistakes", [Words(how), Mistakes(found, language)])


def _mistake(part: Part, row: int) -> Mistake:
    text, answers = part.rows.texts[row], part.answers
    spans = part.rows.explain(text).spans if part.rows.explain else ()
    pieces, cut = marked(text, spans)
    return Mistake(part.rows.place(row), answers.truth_of(row), answers.answer_of(row), pieces, cut)
