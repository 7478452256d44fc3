"""What `reread explain` does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from reread.apps.cli.arguments.explain import ExplainArguments
from reread.apps.cli.console import errors, print_json, results, rows_table
from reread.apps.cli.explaining_data import explain_data, tell_without_text
from reread.apps.cli.explaining_examples import as_html, nearest, show
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.places import check_place, write_page
from reread.apps.cli.streams import harmless
from reread.bundle import Bundle
from reread.data.source import STANDARD_STREAM
from reread.data.values import is_missing
from reread.errors import ConfigError, DataError
from reread.explain import Explanation
from reread.explain.explain import explain_each
from reread.explain.marks import STRENGTHS, as_page, legend, plain, question, stretches, strongest_rows
from reread.insight.explain.gate_picture import draw_gates
from reread.insight.explain.gates import gates
from reread.insight.figures import check_figure
from reread.model.load import model_of
from reread.model.network import Network

STYLES = (
    "",
    "on blue",
    "on blue bold",
    "on bright_blue bold",
    "on yellow underline",
    "on yellow bold underline",
    "on bright_yellow bold underline",
)
"""By strength, those against from the end."""
SHARES = ("", "on magenta", "on magenta bold", "on bright_magenta bold")
"""By strength, where weights have no sign."""


def explain(arguments: ExplainArguments) -> None:
    """Run `reread explain`."""
    _check(arguments)
    bundle = open_model(arguments)
    if arguments.data is not None:
        explain_data(arguments, bundle, arguments.data)
    elif arguments.given is not None:
        _explain_text(arguments, bundle, arguments.given)


def _check(arguments: ExplainArguments) -> None:
    """Refuse options that contradict each other.

    Raises:
        ConfigError: there is no text and no file, or both; options of files without a file; or the page would replace
            an input.
    """
    if (arguments.given is None) == (arguments.data is None):
        which = "neither is given" if arguments.given is None else "both are given"
        raise ConfigError(f"give a TEXT, or a file of texts with --data FILE: {which}")
    of_files = {
        "--text": arguments.text,
        "--where": arguments.where,
        "--format": arguments.file_format,
        "--encoding": arguments.encoding,
        "--separator": arguments.separator,
    }
    alone = [option for option, value in of_files.items() if value]
    if alone and arguments.data is None and arguments.examples is None:
        raise ConfigError(f"{alone[0]} is about how a file is read; name the file with --data FILE or --examples FILE")
    of_text = {"--examples": arguments.examples, "--gates": arguments.gates}
    alone = [option for option, value in of_text.items() if value is not None]
    if alone and arguments.data is not None:
        raise ConfigError(f"{alone[0]} FILE is about one TEXT; leave it out with --data FILE")
    inputs = [arguments.data, arguments.examples]
    if str(arguments.html) == STANDARD_STREAM:
        raise ConfigError("--html -: the results go to standard output; name a file, such as why.html")
    if arguments.html is not None:
        check_place(arguments.html, inputs, "the page")
    if arguments.gates is not None:
        check_figure(arguments.gates)
        check_place(arguments.gates, inputs, "the picture")


def _explain_text(arguments: ExplainArguments, bundle: Bundle, given: str) -> None:
    text = _standard_input() if given == STANDARD_STREAM else given
    if is_missing(text):
        raise DataError("the text to explain is empty or only white space; give one with at least one word")
    answering = model_of(bundle, chosen_answer(arguments, bundle))
    explanations = explain_each(
        answering,
        text,
        target=arguments.target,
        method=arguments.method,
        unit=arguments.unit,
    )
    path = arguments.examples
    near, without = ([], None) if path is None else nearest(arguments, bundle, path, text)
    if arguments.html is not None:  # before anything is shown: who looks on may go away
        write_page(as_page(explanations, as_html(near) if near else ""), arguments.html)
    if arguments.gates is not None:
        draw_gates(gates(bundle.scorer, text), arguments.gates)
    if arguments.as_json:
        examples = {} if without is None else {"examples": [each.to_dict() for each in near], "without_text": without}
        print_json({"explanations": [each.to_dict() for each in explanations], **examples})
    else:
        _show_text(explanations, unit=arguments.unit, quiet=arguments.quiet)
        if path is not None and near:
            show(near, path)
    tell_without_text(without or 0, quiet=arguments.quiet)
    alone = isinstance(answering, Network)  # a linear member reads parts of words that nobody knows
    if alone and not (arguments.quiet or bundle.scorer.encode(text).any()):
        errors.print("the network knows no word of this text: its answer is the same for any other unknown words")


def _show_text(explanations: Sequence[Explanation], *, unit: str, quiet: bool) -> None:
    for number, explanation in enumerate(explanations):
        if number:
            results.print()
        results.print(f"{question(explanation)} {legend(explanation)}")
        results.print(marked(explanation, results))
        results.print(rows_table((unit, explanation.weight_unit), strongest_rows(explanation)))
    if not quiet:
        results.print(explanations[0].account)


def marked(explanation: Explanation, console: Console) -> Text:
    """The text with its pieces in colours, or with plain signs if the console has no colours."""
    if not console.color_system or console.no_color:
        return Text(harmless(plain(explanation)))
    shown = Text()
    for start, end, force, _ in stretches(explanation.text, explanation.spans):
        style = SHARES[force] if not explanation.signed else STYLES[force if force >= 0 else STRENGTHS - force]
        shown.append(harmless(explanation.text[start:end]), style=style)
    return shown


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"standard input is not UTF-8: byte {error.start} is {error.object[error.start]:#x}") from error
