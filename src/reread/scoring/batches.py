"""Arrow batch in → Arrow batch out, for engines that spread rows over processes: Ray, Spark, Dask, DuckDB, Polars.

The same rows in the same order, with the columns of the answers and ``error``, as `reread.model.rows` gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.columns import TEXT_COLUMNS, choose_column, shown_name
from reread.data.formats import check_columns
from reread.data.formats.tables import need
from reread.data.values import no_text
from reread.errors import DataError
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.predict_options import NOTHING, PredictOptions

ERROR = "error"
CHUNK = 4096  # rows scored together, or fewer, up to so many scores:
SCORES = 1 << 20


def answer_schema(schema: Any, postprocessor: AnyPostprocessor, options: PredictOptions = NOTHING) -> Any:
    """The schema of what `answer_batch` makes of batches with this one.

    Types depend on the model and the options alone, not on the rows of a batch.

    Raises:
        ConfigError: an option is not a probability.
        DataError: a column has the name of one that is added; or the model cannot give what is asked for.
        MissingExtraError: pyarrow is not installed.
    """
    arrow = need("pyarrow")
    added = _fields(postprocessor, options)
    clash = [name for name in added if name in check_columns(schema.names, "the batch")]
    if clash:
        raise DataError(f'the batch has a column "{shown_name(clash[0])}" already, which the answers would add')
    return arrow.schema([*schema, *(arrow.field(*each) for each in added.items())], metadata=schema.metadata)


def answer_batch(
    batch: Any,
    text: str | None,
    scores: Callable[[Sequence[str]], NDArray[np.floating[Any]]],
    postprocessor: AnyPostprocessor,
    options: PredictOptions = NOTHING,
) -> Any:
    """The batch (a `pyarrow.RecordBatch`) with the columns of the answers and ``error``.

    Args:
        batch: the rows.
        text: the column with the texts; None: the one with a usual name.
        scores: texts → raw scores, (texts, scores).
        postprocessor: raw scores → answers.
        options: what to add besides the answers.

    Raises:
        ConfigError, DataError, MissingExtraError: for the reasons of `answer_schema`; or there is no column of texts,
            or this is no batch.
    """
    arrow = need("pyarrow")
    if not isinstance(batch, arrow.RecordBatch):
        kind = type(batch).__name__
        raise DataError(f"expected a pyarrow.RecordBatch, got {kind}; to_batches() of a Table gives such batches")
    schema = answer_schema(batch.schema, postprocessor, options)
    column = batch.column(choose_column(batch.schema.names, text, TEXT_COLUMNS, "text"))
    rows = max(1, min(CHUNK, SCORES // postprocessor.task.size))
    kinds = [field.type for field in schema][batch.num_columns :]
    pieces = []
    for start in range(0, max(1, len(column)), rows):
        texts = _values(column.slice(start, rows))
        problems = [no_text(text) for text in texts]
        good = [text for text, problem in zip(texts, problems, strict=True) if not problem]
        answers = postprocessor.columns(scores(good), options)
        pieces.append(_arrays([*answers.values()], problems, kinds))
    added = [arrow.concat_arrays(arrays) for arrays in zip(*pieces, strict=True)]
    return arrow.record_batch([*batch.columns, *added], schema=schema)


def _arrays(answers: Sequence[Sequence[Any]], problems: Sequence[str], kinds: Sequence[Any]) -> list[Any]:
    """The arrays of the added columns.

    Args:
        answers: the values of each column, in the rows that have an answer.
        problems: why a row has none; empty if it has one.
        kinds: the types of the columns, that of the problems last.
    """
    arrow = need("pyarrow")
    places = np.cumsum([not problem for problem in problems]) - 1
    values = [
        [None if problem else column[place] for problem, place in zip(problems, places, strict=True)]
        for column in answers
    ]
    return [arrow.array(column, kind) for column, kind in zip([*values, problems], kinds, strict=True)]


def _values(column: Any) -> list[Any]:
    """The texts; of bytes that are not UTF-8 the bytes, which are no text."""
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        values = [_text(value) for value in column.cast(need("pyarrow").large_binary()).to_pylist()]
    return values


def _text(value: bytes | None) -> str | bytes | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


def _fields(postprocessor: AnyPostprocessor, options: PredictOptions) -> dict[str, Any]:
    """The added columns with their types, ``error`` last."""
    arrow = need("pyarrow")
    # Scores that speak for each class once, so that no column has empty lists or withheld answers alone.
    columns = postprocessor.columns(100 * np.eye(postprocessor.task.size, dtype=np.float32), options)
    kinds = {name: arrow.array(values).type for name, values in columns.items()}
    return {name: arrow.string() if arrow.types.is_null(kind) else kind for name, kind in kinds.items()} | {
        ERROR: arrow.string()
    }
