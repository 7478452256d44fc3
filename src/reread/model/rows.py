"""Rows in → rows out, one for one: the row's values with the answer, or with the reason for none in ``error``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from reread.data.read import Row
from reread.data.values import no_text
from reread.model.base import Model
from reread.scoring.batches import CHUNK, ERROR, SCORES
from reread.scoring.predict_options import NOTHING, PredictOptions

CHARACTERS = 1 << 24  # answered together, at most


def answer_columns(model: Model, options: PredictOptions = NOTHING) -> list[str]:
    """The columns that an answer adds to a row, ``error`` last.

    Raises:
        ConfigError: an option is not a probability.
        DataError: the model has no such columns.
    """
    return [*model.postprocessor.columns(np.zeros((1, model.task.size), dtype=np.float32), options), ERROR]


def answer_rows(
    rows: Iterable[Row], text: str, model: Model, options: PredictOptions = NOTHING
) -> Iterator[dict[str, Any]]:
    """One row out for every row in, in their order; a row that cannot be answered has an error and no answer.

    Rows are answered some thousands at a time, so that memory does not grow with their number.

    Args:
        rows: the rows.
        text: the column with the texts.
        model: the model.
        options: which columns to add besides the answers.
    """
    for chunk in chunks(rows, text, model.task.size):
        yield from _answer_chunk(chunk, text, model, options)


def chunks(rows: Iterable[Row], text: str, scores: int) -> Iterator[list[Row]]:
    """Rows that are scored together, ``scores`` numbers each."""
    full: list[list[Row]] = []
    chunker = Chunker(text, scores, full.append)
    for row in rows:
        chunker.add(row)
        yield from full
        full.clear()
    chunker.flush()
    yield from full


class Chunker:
    """Hands rows on, as many together as are scored together.

    Args:
        text: the column with the texts.
        scores: numbers that a text is answered with.
        handle: takes rows.
    """

    def __init__(self, text: str, scores: int, handle: Callable[[list[Row]], None]) -> None:
        self._text = text
        self._most = max(1, min(CHUNK, SCORES // scores))
        self._handle = handle
        self._rows: list[Row] = []
        self._size = 0

    def add(self, row: Row) -> None:
        """Add a row, and hand it on with the others if they are enough."""
        self._rows.append(row)
        self._size += len(str(row.values.get(self._text)))
        if len(self._rows) >= self._most or self._size >= CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Hand on the rows that are there."""
        rows, self._rows, self._size = self._rows, [], 0
        if rows:
            self._handle(rows)


def problem_of(row: Row, text: str) -> str:
    """Why a row cannot be answered; empty if it can."""
    if row.problem:
        return row.problem
    return no_text(row.values.get(text))


def _answer_chunk(rows: list[Row], text: str, model: Model, options: PredictOptions) -> Iterator[dict[str, Any]]:
    problems = [problem_of(row, text) for row in rows]
    good = [row.values[text] for row, problem in zip(rows, problems, strict=True) if not problem]
    answers = model.postprocessor.columns(model.scores(good), options)
    answered = zip(*answers.values(), strict=True)
    for row, problem in zip(rows, problems, strict=True):
        values = [None] * len(answers) if problem else next(answered)
        yield {**row.values, **dict(zip(answers, values, strict=True)), ERROR: problem}
