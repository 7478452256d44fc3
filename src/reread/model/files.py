"""A file of rows in, a file of answers out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reread.data.read import Row, Rows
from reread.data.where import rows_where
from reread.data.write import open_writer
from reread.errors import DataError
from reread.model.base import Model
from reread.model.rows import Chunker, answer_columns, answer_rows
from reread.scoring.batches import ERROR
from reread.scoring.predict_options import NOTHING, PredictOptions

SHOWN = 500  # texts that are kept, the first of a file


@dataclass
class Answered:
    """What became of a file's rows.

    Attributes:
        rows: rows in and out.
        failed: how many could not be answered.
        abstained: how many answers were left out as unsure.
        texts: the first that were answered.
        column: the one with the texts; empty: no file was read.
    """

    rows: int = 0
    failed: int = 0
    abstained: int = 0
    texts: list[str] = field(default_factory=list)
    column: str = ""


def answer_file(
    rows: Rows,
    text: str,
    model: Model,
    out: str,
    *,
    options: PredictOptions = NOTHING,
    out_format: str | None = None,
    where: Sequence[tuple[str, str]] = (),
    may_be_empty: bool = False,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Answered:
    """Write one row for every row, in their order, with the columns of the answers; the file is whole or not there.

    What has come of a slow standard input is answered before more is waited for.

    Args:
        rows: the rows.
        text: the column with the texts.
        model: the model.
        out: the file to write; ``-`` is standard output.
        options: which columns to add besides the answers.
        out_format: of the file; None: by its name.
        where: pairs of column and value: only rows that have them are answered, and those that cannot be read.
        may_be_empty: whether there may be no such row.
        on_rows: is told after each batch how many rows are done.

    Raises:
        ConfigError: an option is not a probability, or the file would stand inside a model folder.
        DataError: a column has the name of one that is added, the model cannot give what is asked for, no row is
            wanted, or the file cannot be written.
    """
    added = answer_columns(model, options)
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which predict would add; rename it first')
    abstentions = [name for name in added if name == "abstained" or name.endswith(".abstained")]
    wanted, done = rows_where(rows, where), Answered(column=text)
    with open_writer(out, [*rows.columns, *added], format=out_format) as writer:

        def answer(some: list[Row]) -> None:
            for answered in answer_rows(some, text, model, options):
                done.rows += 1
                done.failed += bool(answered[ERROR])
                done.abstained += any(answered[name] for name in abstentions)
                if len(done.texts) < SHOWN and not answered[ERROR]:
                    done.texts.append(answered[text])
                writer.write(answered)
            on_rows(done.rows)

        def answer_what_is_there() -> None:
            chunker.flush()
            writer.flush()

        chunker = Chunker(text, model.task.size, answer)
        with rows.before_waiting(answer_what_is_there):
            for row in rows:
                if row.problem or wanted(row):
                    chunker.add(row)
        chunker.flush()
        if not done.rows and not rows.empty and not may_be_empty:
            raise DataError(f"{rows.name}: no row has {', '.join(f'{column}={value}' for column, value in where)}")
    return done
