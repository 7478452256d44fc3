"""What `reread label` does."""

from __future__ import annotations

import getpass
import shlex
import signal
from contextlib import ExitStack
from pathlib import Path

from reread.apps.cli.arguments.label import LabelArguments
from reread.apps.cli.columns import chosen_rows
from reread.apps.cli.console import errors, number_of, print_json, results
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.places import check_place
from reread.apps.cli.questions import question_of
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.compression import split_suffixes
from reread.data.read import open_rows
from reread.data.source import STANDARD_STREAM
from reread.errors import ConfigError, DataError, MissingExtraError
from reread.label import repeats
from reread.label.label_file import LabelFile, open_labels
from reread.label.labelling import Labelling
from reread.label.texts import Texts, read_texts

HOST = "127.0.0.1"
LINES = ".jsonl"


def label(arguments: LabelArguments) -> int:
    """Run `reread label`; the exit code."""
    try:
        from reread.apps.label.app import Desk  # noqa: PLC0415  # an extra
        from reread.web.address import listen, url_of  # noqa: PLC0415
        from reread.web.guard import Guard  # noqa: PLC0415
        from reread.web.server import Server  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("labelling in a browser", "serve") from error

    question, out = question_of(arguments), _out(arguments)
    check_place(out, [arguments.file], "the file of labels")
    seed, by = arguments.seed or 0, arguments.by or _user()
    with listen(HOST, arguments.port) as listening, ExitStack() as stack:
        texts = _texts(arguments)
        file = stack.enter_context(open_labels(out, question))
        second = stack.enter_context(open_labels(repeats.beside(out), question, keep_empty=False))
        again = repeats.Repeats(second, by, arguments.repeat, seed)
        labelling = Labelling(texts, question, file, by=by, repeats=again, seed=seed)
        _say_notes(arguments, texts, file)
        url = url_of(listening)

        def ready() -> None:
            if arguments.as_json:
                print_json({"address": url, "texts": len(texts), "labels": len(file.labels), "out": str(out)})
            else:
                results.print(f"{number_of(len(texts), 'text')} to label at {url}")
            results.file.flush()

        desk = Desk(labelling, blind=arguments.blind)
        desk.start()
        server = Server(Guard(desk.app(), hosts=[HOST], tokens=[]), listening, ready=ready, leaving=lambda: None)
        try:
            server.answer()
        finally:
            desk.stop()
        _say_end(arguments, out, file)
    return INTERRUPTED if server.stopped_by == signal.SIGINT else 0


def _out(arguments: LabelArguments) -> Path:
    """Where the labels go.

    Raises:
        ConfigError: the texts come from standard input, or the name is not that of a file of lines of JSON.
    """
    if str(arguments.file) == STANDARD_STREAM:
        raise ConfigError("standard input cannot be read again when you go on with labelling: name a file")
    out = arguments.out or _beside(arguments.file)
    if out.suffix != LINES:
        raise ConfigError(f"{out}: labels are lines of JSON; choose a name that ends with {LINES}")
    return out


def _beside(file: Path) -> Path:
    name = file.name[: len(file.name) - len(split_suffixes(file.name)[1])]
    return file.with_name(f"{Path(name).stem}.labels{LINES}")


def _texts(arguments: LabelArguments) -> Texts:
    """The texts of the file.

    Raises:
        DataError: it cannot be read, or has no text.
    """
    rows = open_rows(arguments.file, format=arguments.file_format, encoding=arguments.encoding)
    wanted = chosen_rows(arguments, rows)
    try:
        column = choose_column(rows.columns, arguments.text, TEXT_COLUMNS, "text")
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    texts = read_texts(rows, column, wanted)
    if not len(texts):
        raise DataError(
            f"{rows.name}: no row has a text" + (f" and {', '.join(arguments.where)}" if arguments.where else "")
        )
    return texts


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user number without a name
        return ""


def _say_notes(arguments: LabelArguments, texts: Texts, file: LabelFile) -> None:
    if file.dropped:
        errors.print(
            f"{file.path}: its last line was cut short, as when the process was killed; that half was dropped "
            f"({number_of(file.dropped, 'byte')})"
        )
    if arguments.quiet:
        return
    if file.labels:
        errors.print(f"{file.path}: going on after {number_of(len(file.labels), 'label')}")
    if texts.equal:
        errors.print(f"{number_of(texts.equal, 'row')} with a text that stood before: each text is asked about once")
    for reason, count in texts.unreadable.most_common(3):
        errors.print(f"{number_of(count, 'row')} left out: {reason}")


def _say_end(arguments: LabelArguments, out: Path, file: LabelFile) -> None:
    if arguments.quiet:
        return
    command = shlex.join(["reread", "train", str(out)])
    count = number_of(len(file.labels), "label")
    errors.print(f"{count} in {out}; to train on {'it' if len(file.labels) == 1 else 'them'}: {command}")
