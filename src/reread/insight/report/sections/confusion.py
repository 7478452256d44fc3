"""Which classes are confused."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Block, Figure, Section, Table
from reread.insight.report.facts import Part
from reread.insight.report.figures import bars, heat
from reread.insight.report.outcomes.classes import ClassAnswers
from reread.wording import percent

MOST = 24  # classes of the picture; the others are taken together
PAIRS = 15  # of classes, in the table
OTHERS = "(all others)"


def confusion(part: Part) -> Section | None:
    """The confusion matrix, the pairs most often confused, and for ordered classes how far off the answers are."""
    answers = part.answers
    if not isinstance(answers, ClassAnswers) or not len(answers):
        return None
    names, truth, answer = _gathered(answers)
    counts = np.bincount(truth * len(names) + answer, minlength=len(names) ** 2).reshape(len(names), len(names))
    blocks: list[Block] = [_matrix(counts, names)]
    if answers.ordered:
        blocks.append(_distances(answers))
    pairs = _pairs(answers)
    if pairs.rows:
        blocks.append(pairs)
    return Section("Which classes are confused?", blocks)


def _gathered(answers: ClassAnswers) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Names, and truth and answer as their indices: all classes, or the most frequent and one for the others."""
    size = len(answers.classes)
    if size <= MOST:
        return list(answers.classes), answers.truth, answers.answer
    common = np.sort(np.argsort(-np.bincount(answers.truth, minlength=size), kind="stable")[: MOST - 1])
    place = np.full(size, MOST - 1)
    place[common] = np.arange(MOST - 1)
    return [*(answers.classes[k] for k in common), OTHERS], place[answers.truth], place[answers.answer]


def _matrix(counts: NDArray[np.int64], names: list[str]) -> Figure:
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    wrong = shares * (1 - np.eye(len(names)))
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    title = "Every answer is right"
    if wrong.any():
        title = (
            f"Most often, “{names[row]}” is taken for “{names[column]}”: {percent(float(wrong[row, column]))} "
            "of its rows"
        )
    caption = (
        "Of the rows of each true class (one line each), the share that got each answer and, "
        "where there is room, how many these are; a perfect model has all of them on the diagonal."
    )
    numbers = Table(
        "Rows by true class (lines) and answer (columns)",
        ["true class", *names],
        [[name, *(f"{count:,}" for count in line)] for name, line in zip(names, counts.tolist(), strict=True)],
    )
    return Figure(title, caption, heat(title, caption, counts, names, ("answered", "true")), numbers=numbers)


def _distances(answers: ClassAnswers) -> Figure:
    """How many steps of the order lie between answer and truth."""
    steps = answers.answer - answers.truth
    far = int(np.abs(steps).max(initial=1)) or 1
    counts = np.bincount(steps + far, minlength=2 * far + 1)
    near = float((np.abs(steps) <= 1).mean())
    title = f"{percent(near)} of the answers are right or one step off"
    caption = "Rows by how many steps of the order the answer is above (right) or below (left) the truth."
    words = [f"{step:+d}" if step else "right" for step in range(-far, far + 1)]
    edges = [step - 0.5 for step in range(-far, far + 2)]
    svg = bars(title, caption, edges, [counts.tolist()], ("answer − truth, in steps of the order", "rows"), words=words)
    numbers = Table("Rows by steps", ["steps", "rows"], [[w, f"{c:,}"] for w, c in zip(words, counts, strict=True)], 0)
    return Figure(title, caption, svg, numbers=numbers)


def _pairs(answers: ClassAnswers) -> Table:
    """The confusions with the most rows."""
    wrong, size = ~answers.right, len(answers.classes)
    pairs, counts = np.unique(answers.truth[wrong] * size + answers.answer[wrong], return_counts=True)
    of_class = np.bincount(answers.truth, minlength=size)
    order = np.argsort(-counts, kind="stable")[:PAIRS]
    rows = [
        [
            answers.classes[pair // size],
            answers.classes[pair % size],
            f"{count:,}",
            percent(count / of_class[pair // size]),
        ]
        for pair, count in zip(pairs[order], counts[order], strict=True)
    ]
    return Table("The confusions with the most rows", ["true class", "answered", "rows", "of the true class"], rows, 2)
