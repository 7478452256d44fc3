"""What `reread explain --data` does: which words and phrases drive each answer over the texts of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reread.apps.cli.arguments.explain import ExplainArguments
from reread.apps.cli.arguments.shared import DataArguments
from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.opening import chosen_answer
from reread.apps.cli.places import write_page
from reread.apps.cli.texts import TextFiles
from reread.apps.cli.where import parse_where
from reread.bundle import Bundle
from reread.errors import DataError
from reread.explain import Explanation
from reread.explain.explain import explain_each
from reread.explain.marks import page, weight_of
from reread.insight.explain.global_words import PRIOR, AnswerDrivers, Driver, global_words
from reread.model.base import Model
from reread.model.load import model_of

HEADER = ("word or phrase", "mean weight", "texts")
ORDER = (
    "The strongest first: by the mean weight over the texts with the word, "
    f"counted as if {PRIOR} more texts had it with weight 0, so that a single text cannot put a word on top."
)
BARS = """<style>
td.bar { width: 40% } \
td.bar i { display: block; height: .7rem; min-width: 2px; border-radius: .15rem; background: #2a7de1 }
td.bar i.against { background: #e07b00 } table { width: 100% } th:nth-child(2), th:nth-child(3) { text-align: end }
</style>"""


def explain_data(arguments: ExplainArguments, bundle: Bundle, path: str) -> None:
    """Explain every text of a file, one after the other, and show what their explanations have in common.

    Raises:
        DataError: the file has no text that can be explained.
    """
    model, texts = model_of(bundle, chosen_answer(arguments, bundle)), files_of(arguments, bundle, path)
    normalise = bundle.scorer.encoder.normalise
    with _Explaining(arguments, model, texts) as explaining:
        answers = global_words(explaining, most=arguments.top, least=arguments.least, normalise=normalise)
    texts.check_not_empty()
    if not answers:
        raise DataError(f"{path}: none of its {number_of(texts.texts, 'text')} can be explained by this method")
    if arguments.html is not None:  # before anything is shown: who looks on may go away
        body = [
            BARS,
            *(f"<p>{escape(sentence)}</p>" for sentence in (_how(answers[0]), ORDER)),
            *map(_as_html, answers),
        ]
        write_page(page("What drives the answers", "\n".join(body)), arguments.html)
    if arguments.as_json:
        counts = {"texts": texts.texts, "without_text": texts.empty, "set_aside": explaining.set_aside}
        method = {"method": answers[0].method, "account": answers[0].account}
        print_json({"data": path, **counts, **method, "answers": [each.to_dict() for each in answers]})
    else:
        _show(answers, quiet=arguments.quiet)
    tell_without_text(texts.empty, quiet=arguments.quiet)


class _Explaining:
    """The explanations of a file's texts, with a progress bar; texts without one are reported and counted."""

    def __init__(self, arguments: ExplainArguments, model: Model, texts: TextFiles) -> None:
        self._arguments, self._model, self._texts = arguments, model, texts
        self.set_aside = 0
        self._progress = Progress(
            TextColumn("explaining"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} texts"),
            TimeElapsedColumn(),
            console=errors,
            transient=True,
            disable=arguments.quiet or not errors.is_interactive,
        )
        self._bar = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __iter__(self) -> Iterator[Explanation]:
        arguments = self._arguments
        for text, _, place in self._texts.rows():
            try:
                explanations = explain_each(
                    self._model, text, target=arguments.target, method=arguments.method, unit=arguments.unit
                )
            except DataError as error:
                self.set_aside += 1
                if not arguments.quiet:
                    errors.print(f"{place} set aside: {error}")
            else:
                yield from explanations
            self._progress.advance(self._bar)


def files_of(arguments: DataArguments, bundle: Bundle, path: str) -> TextFiles:
    """A file's texts, from the column that the options name, that of training, or one with a usual name."""
    return TextFiles(
        [path],
        text=arguments.text or bundle.config.text_column,
        where=parse_where(arguments.where),
        file_format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
        strict=arguments.text is not None,
    )


def tell_without_text(rows: int, *, quiet: bool) -> None:
    """Report how many rows had no text, if any."""
    if rows and not quiet:
        errors.print(f"{number_of(rows, 'row')} without a text skipped")


def _show(answers: Sequence[AnswerDrivers], *, quiet: bool) -> None:
    for each in answers:
        for title, drivers in _sides(each):
            results.print(f"\n{title}")
            results.print(rows_table(HEADER, _rows(each, drivers)))
    if not quiet:
        results.print(f"\n{ORDER}\n{_how(answers[0])}")


def _how(answer: AnswerDrivers) -> str:
    return f"By {answer.method.replace('_', ' ')}. {answer.account}"


def _sides(answer: AnswerDrivers) -> list[tuple[str, Sequence[Driver]]]:
    """The words for an answer and those against it, each with a title; one side if weights have no sign."""
    least = f"; words of at least {answer.least} texts" if answer.least > 1 else ""
    of_texts = f"{answer.answer}, {number_of(answer.texts, 'text')}, {answer.unit}{least}"
    sides = ("for" if answer.signed else "answered", answer.speaking_for), ("against", answer.speaking_against)
    return [(f"{side} {of_texts}", drivers) for side, drivers in sides if drivers]


def _rows(answer: AnswerDrivers, drivers: Sequence[Driver]) -> list[tuple[str, str, str]]:
    return [(each.text, weight_of(each.weight, signed=answer.signed), f"{each.texts:,}") for each in drivers]


def _as_html(answer: AnswerDrivers) -> str:
    longest = max((abs(each.force) for _, drivers in _sides(answer) for each in drivers), default=1.0) or 1.0
    return "\n".join(
        f"<h2>{escape(title)}</h2>\n{_table(answer, drivers, longest)}" for title, drivers in _sides(answer)
    )


def _table(answer: AnswerDrivers, drivers: Sequence[Driver], longest: float) -> str:
    """A row for each piece, with a bar as long as what it is ranked by, on one scale for both sides."""
    names = "".join(f'<th scope="col">{name}</th>' for name in (*HEADER, "strength"))
    lines = []
    for each, cells in zip(drivers, _rows(answer, drivers), strict=True):
        side, width = "for" if each.force > 0 else "against", 100 * abs(each.force) / longest
        bar = f'<i class="{side}" style="width:{width:.0f}%"></i>'
        lines.append(f'<tr>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}<td class="bar">{bar}</td></tr>')
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
