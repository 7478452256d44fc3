"""What `reread label` does."""

from __future__ import annotations

import getpass
import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from reread.apps.cli.arguments.label import LabelArguments
from reread.apps.cli.arguments.shared import CommonArguments
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
from reread.label.label_file import LabelFile
from reread.label.labelling import Labelling
from reread.label.opening import open_labelling
from reread.label.texts import Texts, read_texts

HOST = "127.0.0.1"
LINES = ".jsonl"


def label(arguments: LabelArguments) -> int:
    """Run `reread label`; the exit code."""
    question, out = question_of(arguments), out_of(arguments.out or _beside(arguments.file))
    if str(arguments.file) == STANDARD_STREAM:
        raise ConfigError("standard input cannot be read again when you go on with labelling: name a file")
    check_place(out, [arguments.file], "the file of labels")
    seed, by = arguments.seed or 0, arguments.by or user()
    with page_at(arguments.port) as show, ExitStack() as stack:
        texts = _texts(arguments)
        opened = open_labelling(texts, question, out, by=by, repeat=arguments.repeat, seed=seed)
        labelling = stack.enter_context(opened)
        _say_notes(arguments, texts, labelling.file)
        return show(labelling, arguments, blind=arguments.blind, training=arguments.training)


Show: TypeAlias = Callable[..., int]


@contextmanager
def page_at(port: int) -> Iterator[Show]:
    """What shows a labelling on a page of a free port until it is ended, and then gives the exit code.

    Raises:
        ConfigError: the port cannot be used.
        MissingExtraError: an extra is not installed.
    """
    try:
        from reread.apps.label.app import label_app  # noqa: PLC0415  # an extra
        from reread.apps.label.training import BesideLabels  # noqa: PLC0415
        from reread.web.address import listen, url_of  # noqa: PLC0415
        from reread.web.guard import Guard  # noqa: PLC0415
        from reread.web.labelling.desk import LabelDesk  # noqa: PLC0415
        from reread.web.server import Server  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("labelling in a browser", "serve") from error

    with listen(HOST, port) as listening:

        def show(labelling: Labelling, arguments: CommonArguments, *, blind: bool, training: Path | None = None) -> int:
            options = [] if training is None else [f"--config={training}"]
            models = BesideLabels(labelling.file.path, options)
            desk = LabelDesk(labelling, models, blind=blind)
            desk.start()
            url = url_of(listening)
            server = Server(
                Guard(label_app(desk, models), hosts=[HOST], tokens=[]),
                listening,
                ready=lambda: _say_ready(labelling, url, as_json=arguments.as_json),
                leaving=lambda: None,
            )
            try:
                server.answer()
            finally:
                desk.stop()
            if not arguments.quiet:
                _say_end(labelling.file)
            return INTERRUPTED if server.stopped_by == signal.SIGINT else 0

        yield show


def _say_ready(labelling: Labelling, url: str, *, as_json: bool) -> None:
    file, texts = labelling.file, len(labelling.texts)
    if as_json:
        print_json({"address": url, "texts": texts, "labels": len(file.labels), "out": str(file.path)})
    else:
        results.print(f"{number_of(texts, 'text')} to label at {url}")
    results.file.flush()


def out_of(out: Path) -> Path:
    """Where the labels go.

    Raises:
        ConfigError: the name is not that of a file of lines of JSON.
    """
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
    rows = open_rows(
        arguments.file, format=arguments.file_format, encoding=arguments.encoding, separator=arguments.separator
    )
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


def user() -> str:
    """The name of who labels, as this machine knows it; empty: it does not."""
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


def _say_end(file: LabelFile) -> None:
    command = shlex.join(["reread", "train", str(file.path)])
    count = number_of(len(file.labels), "label")
    differ = len({each.label for each in file.labels}) > 1
    errors.print(f"{count} in {file.path}{f'; to train on them: {command}' if differ else ''}")
