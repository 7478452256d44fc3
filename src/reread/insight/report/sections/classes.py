"""How good each class is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Block, Figure, Section, Table, Words
from reread.insight.report.facts import Part
from reread.insight.report.figures import Range, ranges
from reread.insight.report.judged import ClassAnswers
from reread.tasks.metrics.counts import Counts, confusion
from reread.wording import number

MOST = 100  # classes of the table, those with the most rows
DRAWN = 30  # classes that a figure can show

Floats = NDArray[np.float64]


def classes(part: Part) -> Section | None:
    """Precision, recall and F1 of each class."""
    if not isinstance(part.answers, ClassAnswers) or not len(part.answers):
        return None
    names = part.answers.classes
    each = {name: _scores(answers) for name, answers in part.judged.items() if isinstance(answers, ClassAnswers)}
    return Section("How good is each class?", class_blocks(names, each))


def class_blocks(names: list[str] | tuple[str, ...], each: dict[str, tuple[Counts, Floats]]) -> list[Block]:
    """A figure of F1 for each model, and a table of the one that answers.

    Args:
        names: of the classes.
        each: by what answered: counts, and precision, recall and F1 as (3, classes).
    """
    counts, (precision, recall, f1) = next(iter(each.values()))
    order = np.argsort(-counts.true, kind="stable")[:MOST]
    rows = [[names[k], f"{counts.true[k]:,.0f}", *map(number, (precision[k], recall[k], f1[k]))] for k in order]
    table = Table(
        "Precision: of the rows that got this answer, the share that is right. Recall: of the rows of this class, the share that was found. F1: their balance.",
        ["class", "rows", "precision", "recall", "F1"], rows,
    )  # fmt: skip
    blocks: list[Block] = [table]
    if len(names) > MOST:
        blocks.append(Words(f"The {MOST} classes with the most rows; {len(names) - MOST:,} more are not shown."))
    if len(names) <= DRAWN:
        blocks.insert(0, _figure(names, f1, each))
    return blocks


def _figure(names: list[str] | tuple[str, ...], f1: Floats, each: dict[str, tuple[Counts, Floats]]) -> Figure:
    order = [int(k) for k in np.argsort(-np.nan_to_num(f1, nan=-1), kind="stable")]
    best, worst = order[0], next((k for k in reversed(order) if np.isfinite(f1[k])), order[-1])
    title = f"“{names[best]}” is answered best, “{names[worst]}” worst: F1 {number(f1[best])} and {number(f1[worst])}"
    if number(f1[best]) == number(f1[worst]):
        title = f"All are answered equally well: F1 {number(f1[best])}"
    caption = "F1 of each class, 1 is perfect; a class without a dot has no row here."
    groups = [Range(names[k], [(float(s[2][k]),) * 3 for _, s in each.values()]) for k in order]
    return Figure(title, caption, ranges(title, caption, groups, "F1"), list(each) if len(each) > 1 else ())


def _scores(answers: ClassAnswers) -> tuple[Counts, Floats]:
    size = len(answers.classes)
    table = np.zeros((size, size))
    found = confusion(answers.truth, answers.answer, answers.weights)
    table[: len(found), : len(found)] = found
    counts = Counts(np.diagonal(table), table.sum(axis=1), table.sum(axis=0))
    return counts, class_scores(counts)


def class_scores(counts: Counts) -> Floats:
    """Precision, recall and F1, (3, classes); NaN where there is nothing to divide by."""
    below = np.stack([counts.answered, counts.true, (counts.true + counts.answered) / 2])
    return np.divide(counts.hits, below, out=np.full(below.shape, np.nan), where=below > 0)
