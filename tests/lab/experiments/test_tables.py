from __future__ import annotations

import base64
import csv
import io
import math
import re
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser

import pytest

from reread.errors import ConfigError
from reread.lab.experiments.summary import Cell, Picture, Summary, summarise
from reread.lab.experiments.tables import tables
from reread.lab.experiments.tables.cells import NOTHING, number, tables_of
from reread.typing import override
from support.made_runs import run

VALUES = {"rnn": [0.84, 0.85, 0.83], "bilstm_max": [0.9, 0.92, 0.91]}


def words(text: str) -> str:
    """Letters and figures only: what markup, escapes and line breaks leave alone."""
    return " ".join(re.findall(r"[A-Za-z0-9.]+", text))


@pytest.fixture(scope="module")
def summary() -> Summary:
    records = [
        run(model, setting, seed, value, validation={"accuracy": value})
        for model, values in VALUES.items()
        for setting in ("1", "2")
        for seed, value in enumerate(values)
    ]
    records.append(run("lstm", "1", 0, 0.875))
    return summarise(records, printed={("rnn", "1"): 87.4}, baseline=0.918)


def render(name: str, summary: Summary, title: str = "IMDB") -> str:
    return tables.get(name)().render(summary, title)


def test_there_is_a_table_for_each_reader() -> None:
    assert tables.names() == ["csv", "html", "latex", "markdown", "terminal"]
    assert len({tables.get(name).suffix for name in tables}) == 5
    with pytest.raises(ConfigError, match=r'unknown table format "latx"\. Did you mean "latex"'):
        tables.get("latx")


@pytest.mark.parametrize("name", ["html", "latex", "markdown", "terminal"])
def test_every_format_shows_every_table_conclusion_and_note(name: str, summary: Summary) -> None:
    text = render(name, summary)
    shown = words(unescape(re.sub(r"<[^>]*>", " ", text)) if name == "html" else text)
    for table in tables_of(summary):
        assert words(table.title) in shown
        for row in (row for group in table.groups for row in group):
            assert words(" ".join(row)) in shown
    for sentence in (*summary.conclusions, *summary.notes):
        assert words(sentence) in shown
    assert text.endswith("\n")


def test_one_run_has_dashes_where_there_is_no_figure(summary: Summary) -> None:
    accuracy = tables_of(summary)[0]
    lstm = next(row for group in accuracy.groups for row in group if row[1] == "lstm" and row[0] == "1")
    assert lstm == ("1", "lstm", "1", "87.50", NOTHING, NOTHING, NOTHING)
    missing = next(row for group in accuracy.groups for row in group if row[1] == "lstm" and row[0] == "2")
    assert missing == ("2", "lstm", "0", NOTHING, NOTHING, NOTHING, NOTHING)


def test_tables_are_parted_by_setting_and_as_wide_as_their_header(summary: Summary) -> None:
    for table in tables_of(summary):
        assert len(table.groups) == 2
        for group in table.groups:
            assert len({row[0] for row in group}) == 1
            assert {len(row) for row in group} == {len(table.header)}


def test_a_table_without_rows_is_left_out() -> None:
    found = tables_of(summarise([run("lstm", "1", 0, 0.9)]))
    assert [table.title for table in found] == ["Test accuracy, %"]


def test_csv_keeps_every_digit(summary: Summary) -> None:
    rows = list(csv.DictReader(io.StringIO(render("csv", summary))))
    assert len(rows) == len(summary.cells)
    for row, cell in zip(rows, summary.cells, strict=True):
        assert (row["setting"], row["model"], int(row["n"])) == (cell.setting, cell.model, cell.n)
        for key, value in (("mean", cell.mean), ("std", cell.std), ("printed", cell.printed)):
            assert row[key] == ("" if value is None else str(value))
        assert (row["low"] == "") is (cell.interval is None)


AWKWARD = r"a<b>&\_%|$#{x}~^[bold]`c`"


def named(name: str) -> Summary:
    """A summary whose names and notes hold whatever a format might take for its own."""
    summary = summarise([run("lstm", "1", seed, value) for seed, value in enumerate((0.9, 0.8))])
    cells = tuple(replace(cell, model=name) for cell in summary.cells)
    return replace(summary, cells=cells, notes=(f"a note on {name}",))


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []

    @override
    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all((value or "").startswith("data:image/svg+xml;base64,") for key, value in attrs if key == "src")
        assert "href" not in {key for key, _ in attrs}


def test_html_stands_alone_and_escapes() -> None:
    page = Text()
    page.feed(render("html", named(AWKWARD), AWKWARD))
    assert page.texts.count(AWKWARD) == 3  # title, heading, row
    assert f"a note on {AWKWARD}" in page.texts
    assert not {"b", "script", "link", "img"} & set(page.tags)  # no picture was drawn
    style = page.texts[page.texts.index(next(text for text in page.texts if "color-scheme" in text))]
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style


def test_html_holds_the_figures_themselves() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><title>&lt;curves&gt;</title></svg>'
    drawn = replace(named("lstm"), pictures=(Picture(f'"{AWKWARD}"', svg), Picture("another", b"<svg/>")))
    text = render("html", drawn)
    page = Text()
    page.feed(text)
    assert page.tags.count("img") == 2
    first, second = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', text)
    assert (base64.b64decode(first), base64.b64decode(second)) == (svg, b"<svg/>")
    assert f'alt="{escape(chr(34) + AWKWARD + chr(34))}"' in text


def test_html_tables_are_rectangular(summary: Summary) -> None:
    page = render("html", summary)
    for table, shown in zip(tables_of(summary), re.findall(r"<table>(.*?)</table>", page, re.DOTALL), strict=True):
        widths = {len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>(.*?)</tr>", shown)}
        assert widths == {len(table.header)}


def test_markdown_cells_cannot_break_the_table() -> None:
    text = render("markdown", named(AWKWARD), AWKWARD)
    (row,) = (line for line in text.splitlines() if line.startswith("| 1 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 8
    assert r"a\<b>&\\\_%\|$\#{x}~^\[bold\]\`c\`" in row


def test_latex_escapes_what_it_would_run() -> None:
    text = render("latex", named(AWKWARD))
    (row,) = (line for line in text.splitlines() if line.startswith("1 & "))
    assert r"a$<$b$>$\&\textbackslash{}\_\%|\$\#\{x\}\textasciitilde{}\textasciicircum{}[bold]`c`" in row
    assert row.endswith(r" \\")
    assert len(re.findall(r"(?<!\\)&", row)) == 6
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 1
    assert not set(text) & set("–−×…")


def test_latex_items_have_no_labels() -> None:
    """What follows an item in brackets would be printed in its mark's place."""
    text = render("latex", replace(named("lstm"), conclusions=("[a] it is ahead",)))
    assert r"\item {}[a] it is ahead" in text


def test_the_terminal_neither_folds_names_nor_reads_markup() -> None:
    name = AWKWARD + "x" * 150
    text = render("terminal", named(name), "[red]title[/red]")
    assert name in text
    assert text.startswith("[red]title[/red]\n")
    assert not re.search(r"\s+\n$", text)


def test_numbers_have_a_minus_and_not_a_hyphen() -> None:
    assert [number(-1.234), number(0.0), number(None), number(94.6, 1)] == ["−1.23", "0.00", "–", "94.6"]


def test_intervals_are_shown_low_to_high(summary: Summary) -> None:
    shown: list[Cell] = [cell for cell in summary.cells if cell.interval is not None]
    assert shown
    assert all(cell.interval[0] <= (cell.mean or math.nan) <= cell.interval[1] for cell in shown if cell.interval)
