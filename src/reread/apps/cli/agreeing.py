"""What `reread agree` does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from reread.apps.cli.arguments.agree import AgreeArguments
from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.labelling import Show, out_of, page_at, user
from reread.apps.cli.places import check_place
from reread.data.source import STANDARD_STREAM
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError
from reread.label.agreement import Alpha, Comparison, compare
from reread.label.figures import Distance, Share
from reread.label.label_file import open_labels
from reread.label.labelling import Labelling
from reread.wording import number, percent, quantity

FIELDS = ("row", "text", "first", "second", "first_by", "second_by")
WIDEST = 10  # answers whose table a terminal shows
SHOWN = 10  # conflicts of more answers


def agree(arguments: AgreeArguments) -> int:
    """Run `reread agree`; the exit code."""
    both = [arguments.first, arguments.second]
    settle = None if arguments.settle is None else out_of(arguments.settle)
    if settle is not None:
        check_place(settle, both, "the file of labels")
    if arguments.out is not None:
        check_place(arguments.out, both, "where the conflicts go")
        if arguments.as_json and arguments.out == STANDARD_STREAM:
            raise ConfigError("--json would mix with the conflicts on standard output; name a file for them with -o")
    with ExitStack() as stack:
        show = None if settle is None else stack.enter_context(page_at(arguments.port))
        found = _compared(arguments)
        if arguments.out is not None:
            _write(found, arguments.out)
        if settle is None or not arguments.as_json:  # the page says one object of its own
            _say(found, arguments)
        return 0 if settle is None or show is None else _settle(found, settle, show, arguments)


def _compared(arguments: AgreeArguments) -> Comparison:
    try:
        return compare(arguments.first, arguments.second)
    except FileNotFoundError as error:
        raise DataError(f"{error.filename}: no such file") from error
    except OSError as error:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from error


def _write(found: Comparison, out: str) -> None:
    with open_writer(out, FIELDS) as writer:
        for one, other in found.conflicts:
            first, second = (found.question.fields(each.label)[found.question.field] for each in (one, other))
            values = (one.row, one.text, first, second, one.by, other.by)
            writer.write(dict(zip(FIELDS, values, strict=True)))


def _say(found: Comparison, arguments: AgreeArguments) -> None:
    alpha, share, figure = found.alpha(arguments.seed or 0), found.share(), found.figure()
    if arguments.as_json:
        field, fields = found.question.field, found.question.fields
        print_json(
            {
                "texts": len(found.pairs),
                "alone": len(found.alone),
                "conflicts": len(found.conflicts),
                **asdict(alpha),
                "agreement": None if share is None else asdict(share),
                "distance": asdict(figure) if isinstance(figure, Distance) else None,
                "confusion": [
                    {"first": fields(one)[field], "second": fields(other)[field], "texts": count}
                    for (one, other), count in found.confusion().most_common()
                ],
                "out": arguments.out,
            }
        )
    elif arguments.out != STANDARD_STREAM:
        for line in _lines(found, alpha):
            results.print(line)
        _print_confusion(found)
        if arguments.out is not None:
            results.print(f"{number_of(len(found.conflicts), 'conflict')} in {arguments.out}")
    results.file.flush()


def _lines(found: Comparison, alpha: Alpha) -> list[str]:
    share, figure = found.share(), found.figure()
    texts = f"{number_of(len(found.pairs), 'text')} with two labels"
    lines = [f"{texts}, {len(found.alone):,} with one" if found.alone else texts]
    if alpha.alpha == alpha.alpha:
        lines.append(
            f"Krippendorff's alpha: {number(alpha.alpha)} (95 % interval: {number(alpha.low)} to {number(alpha.high)})"
        )
    else:
        lines.append("Krippendorff's alpha: undefined, as there is only one answer")
    if isinstance(share, Share):
        interval = f"95 % interval: {percent(share.low)} to {percent(share.high)}"
        lines.append(f"the same label: {share.right:,} of {share.of:,}, {percent(share.right / share.of)} ({interval})")
    if isinstance(figure, Distance):
        interval = f"95 % interval: {quantity(figure.low)} to {quantity(figure.high)}"
        lines.append(f"apart in the mean: {quantity(figure.mean)} ({interval})")
    return lines


def _print_confusion(found: Comparison) -> None:
    words, confusion = found.question.words, found.confusion()
    answers = list(dict.fromkeys(answer for pair in confusion for answer in pair))
    if len(answers) <= WIDEST:
        answers.sort(key=found.question.order)
        rows = [[words(one), *(f"{confusion[one, other]:,}" for other in answers)] for one in answers]
        results.print(rows_table(["first \\ second", *map(words, answers)], rows))
        return
    differ = [(pair, count) for pair, count in confusion.most_common() if pair[0] != pair[1]]
    rows = [[words(one), words(other), f"{count:,}"] for (one, other), count in differ[:SHOWN]]
    results.print(rows_table(("first", "second", "texts"), rows))
    if len(differ) > SHOWN:
        results.print(f"and {len(differ) - SHOWN:,} other pairs of labels")


def _settle(found: Comparison, out: Path, show: Show, arguments: AgreeArguments) -> int:
    """Ask about the conflicts; what nobody disputes is kept before."""
    with open_labels(out, found.question) as file:
        there = {label.row for label in file.labels}
        new = [label for label in found.settled if label.row not in there]
        if new:
            file.append(*new)
        given = found.given((str(arguments.first), str(arguments.second)))
        labelling = Labelling(found.texts(), found.question, file, by=arguments.by or user(), given=given)
        if not arguments.quiet:
            left = labelling.state().texts - labelling.state().labelled
            errors.print(f"{out}: {number_of(len(file.labels), 'label')}; {number_of(left, 'conflict')} to settle")
        return show(labelling, arguments, blind=True)
