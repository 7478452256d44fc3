"""Rows in → rows out, one for one: the row's values and the answer, or in the column ``error`` why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from reread.data.read import Row
from reread.model.base import Model
from reread.scoring.predict_options import NOTHING, PredictOptions

ERROR = "error"
CHUNK = 4096  # rows answered together, fewer where they hold so many characters or get so many scores:
CHARACTERS = 1 << 24
SCORES = 1 << 20


def answer_columns(model: Model, asked: PredictOptions = NOTHING) -> list[str]:
    """The columns that an answer adds to a row, ``error`` last.

    Raises:
        ConfigError: what is asked for is no probability.
        DataError: the model cannot give it.
    """
    return [*model.postprocessor.columns(np.zeros((1, model.task.size), dtype=np.float32), asked), ERROR]


def answer_rows(
    rows: Iterable[Row], text: str, model: Model, asked: PredictOptions = NOTHING
) -> Iterator[dict[str, Any]]:
    """One row out for every row in, in their order; a row that cannot be answered has an error and no answer.

    Rows are answered some thousands at a time, so that any number of them takes the memory of these.

    Args:
        rows: what was read.
        text: the column with the texts.
        model: what answers.
        asked: what is asked for beside the answers.
    """
    for chunk in chunks(rows, text, model.task.size):
        yield from _answer_chunk(chunk, text, model, asked)


def chunks(rows: Iterable[Row], text: str, scores: int) -> Iterator[list[Row]]:
    """Rows that are scored together, ``scores`` numbers each."""
    most = max(1, min(CHUNK, SCORES // scores))
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(str(row.values.get(text)))
        if len(chunk) >= most or size >= CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def problem_of(row: Row, text: str) -> str:
    """Why a row cannot be answered; empty where it can."""
    if row.problem:
        return row.problem
    value = row.values.get(text)
    if value is None or (isinstance(value, str) and not value.strip()):
        return "text is missing"
    return "" if isinstance(value, str) else f"text is {type(value).__name__}, expected a string"


def _answer_chunk(rows: list[Row], text: str, model: Model, asked: PredictOptions) -> Iterator[dict[str, Any]]:
    problems = [problem_of(row, text) for row in rows]
    good = [row.values[text] for row, problem in zip(rows, problems, strict=True) if not problem]
    answers = model.postprocessor.columns(model.scores(good), asked)
    answered = zip(*answers.values(), strict=True)
    for row, problem in zip(rows, problems, strict=True):
        values = [None] * len(answers) if problem else next(answered)
        yield {**row.values, **dict(zip(answers, values, strict=True)), ERROR: problem}
