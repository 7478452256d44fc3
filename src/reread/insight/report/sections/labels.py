"""How good each label is, where a text may have several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Figure, Section, Table
from reread.insight.report.facts import Part
from reread.insight.report.figures import bars
from reread.insight.report.outcomes.labels import LabelAnswers
from reread.insight.report.sections.classes import COLUMNS, class_blocks, class_scores
from reread.tasks.metrics import average_precision
from reread.tasks.metrics.counts import count
from reread.wording import percent

RANKING = "average precision"
MANY = 5  # labels of a text from which on they are counted together


def labels(part: Part) -> Section | None:
    """Precision, recall and F1 of each label, and how many labels texts have and get."""
    answers = part.answers
    if not isinstance(answers, LabelAnswers) or not len(answers):
        return None
    each = {name: _scores(side) for name, side in part.outcomes.items() if isinstance(side, LabelAnswers)}
    rows = answers.truth.sum(axis=0)
    columns = {**COLUMNS, RANKING: "whether rows with the label are ranked above the others, whatever the threshold"}
    blocks = class_blocks(answers.classes, rows, each, columns, "label")
    table = next(k for k, block in enumerate(blocks) if isinstance(block, Table))
    return Section("How good is each label?", [*blocks[: table + 1], _how_many(answers), *blocks[table + 1 :]])


def _scores(answers: LabelAnswers) -> NDArray[np.float64]:
    """Precision, recall, F1 and average precision, (4, labels)."""
    scores = class_scores(count(answers.truth, answers.answer, answers.weights))
    columns = zip(answers.truth.T, answers.probabilities.T, strict=True)
    return np.vstack([scores, [average_precision(true, chance, answers.weights) for true, chance in columns]])


def _how_many(answers: LabelAnswers) -> Figure:
    true, given = (np.minimum(side.sum(axis=1), MANY) for side in (answers.truth, answers.answer))
    counts = [np.bincount(side, minlength=MANY + 1) for side in (true, given)]
    none = float((given == 0).mean())
    title = f"{percent(none)} of the texts get no label; {percent(float((true == 0).mean()))} have none"
    caption = "Rows by the number of labels they were given: each label needs a probability above its threshold."
    words = [*map(str, range(MANY)), f"{MANY}+"]
    svg = bars(
        title,
        caption,
        [k - 0.5 for k in range(MANY + 2)],
        [counts[1].tolist()],
        ("labels answered", "rows"),
        words=words,
    )
    rows = [[word, f"{a:,}", f"{b:,}"] for word, a, b in zip(words, *counts, strict=True)]
    return Figure(title, caption, svg, numbers=Table("Rows by labels", ["labels", "true", "answered"], rows, 0))
