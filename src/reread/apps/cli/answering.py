"""What `reread predict` does."""

from __future__ import annotations

from reread.apps.cli.answering_parts import answer_parts, asked, tell_left_out, warn
from reread.apps.cli.arguments.predict import PredictArguments
from reread.apps.cli.columns import find_columns
from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.places import check_place
from reread.apps.cli.unknown_words import tell_unknown_words
from reread.apps.cli.where import parse_where
from reread.bundle import Bundle
from reread.data.parts import has_parts
from reread.data.read import Rows, open_rows
from reread.data.source import STANDARD_STREAM
from reread.errors import ConfigError, DataError
from reread.model.files import Answered, answer_file
from reread.model.load import model_of


def predict(arguments: PredictArguments) -> None:
    """Run `reread predict`."""
    if arguments.as_json and arguments.out == STANDARD_STREAM:
        raise ConfigError("--json would mix with the answers on standard output; name a file for them with -o FILE")
    if has_parts(arguments.data):
        answer_parts(arguments)
        return
    if arguments.workers is not None:
        raise ConfigError("--workers shares several files among processes; DATA is one file, so leave it out")
    if arguments.ray is not None:
        raise ConfigError("--ray shares several files among machines; DATA is one file, so leave it out")
    # Answers have no bad row's cells, and only the rows of --where: in the data's place they would lose some of it.
    check_place(arguments.out, [arguments.data], "where the answers go")
    bundle = open_model(arguments, arguments.precision_limit)
    model = model_of(bundle, chosen_answer(arguments, bundle))
    rows = open_rows(
        arguments.data,
        format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
        may_be_empty=True,
        may_be_slow=True,
    )
    text = _text_column(arguments, bundle, rows)
    warn(arguments, model.task)
    answered = answer_file(
        rows,
        text,
        model,
        arguments.out,
        options=asked(arguments),
        out_format=arguments.out_format,
        where=parse_where(arguments.where),
    )
    if rows.empty and not arguments.quiet:
        errors.print(f"{rows.name} holds no rows, so there is nothing to answer")
    tell_unknown_words(bundle, answered.texts, quiet=arguments.quiet)
    _report(arguments, answered)


def _text_column(arguments: PredictArguments, bundle: Bundle, rows: Rows) -> str:
    """The column with the texts.

    Raises:
        DataError: it is missing; of a file without rows, the first line is then taken for a text, not a header.
    """
    try:
        return find_columns(arguments, bundle, rows, quiet=arguments.quiet)[0]
    except DataError:
        rows.check_not_empty()
        raise


def _report(arguments: PredictArguments, answered: Answered) -> None:
    count, failed, abstained = answered.rows, answered.failed, answered.abstained
    if arguments.as_json:
        counts = {"rows": count, "failed": failed, "abstained": abstained}
        print_json({"model": str(arguments.model), "out": arguments.out, **counts})
    tell_left_out(arguments, answered)
    if not (failed or arguments.quiet or arguments.out == STANDARD_STREAM):
        done = "written to" if abstained else "answered in"
        errors.print(f"{number_of(count, 'row')} {done} {arguments.out}")
