"""The worst mistakes."""

from __future__ import annotations

import numpy as np

from reread.explain.explanation import Explanation
from reread.insight.report.blocks import Mistake, Mistakes, Paragraph, Section
from reread.insight.report.facts import Part
from reread.insight.report.marking import marked
from reread.insight.report.outcomes.numbers import NumberAnswers
from reread.text.language import detect_language
from reread.wording import number_of

SHOWN = 10


def mistakes(part: Part) -> Section | None:
    """The texts whose answers are most wrong, with what decided them where that is known."""
    wrongness = part.answers.wrongness()
    wrong = int(np.count_nonzero(wrongness))
    if not wrong:
        return None
    worst = np.argsort(-wrongness, kind="stable")[: min(SHOWN, wrong)].tolist()
    reasons = [_reason(part, row) for row in worst]
    worst_texts = [_mistake(part, row, reason) for row, reason in zip(worst, reasons, strict=True)]
    language = detect_language([part.rows.texts[row] for row in worst])
    how = f"{number_of(wrong, 'row')} of {len(wrongness):,} with a wrong answer; here are the worst."
    if isinstance(part.answers, NumberAnswers):
        how = "The answers that are furthest from the truth."
    words = [Paragraph(f"{how} Rows with a wrong label in the data are more common here than elsewhere.")]
    account = next((reason.account for reason in reasons if reason), "")
    if account:
        side, other = part.answers.sides
        words.append(Paragraph(f"Blue marks what {side}, orange with dots what {other}. {account}"))
    return Section("The worst mistakes", [*words, Mistakes(worst_texts, language)])


def _reason(part: Part, row: int) -> Explanation | None:
    if part.rows.explain is None:
        return None
    return part.rows.explain(part.rows.texts[row], part.name, part.answers.most_wrong(row))


def _mistake(part: Part, row: int, reason: Explanation | None) -> Mistake:
    pieces, cut = marked(part.rows.texts[row], reason.spans if reason else ())
    answers, label = part.answers, (part.answers.most_wrong(row) or "") if reason else ""
    return Mistake(
        place=part.rows.place(row),
        truth=answers.truth_of(row),
        answer=answers.answer_of(row),
        label=label,
        pieces=pieces,
        cut=cut,
    )
