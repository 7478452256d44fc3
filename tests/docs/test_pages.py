"""The pages: links lead somewhere, and what they say of commands, options, extras and targets is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reread.apps.cli.run import reread
from support.pages import DOCS, PAGES, ROOT, anchors, inline_code, lines, links

OF_OTHERS = {"--extra-index-url", "--nproc-per-node"}  # pip, torchrun
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def parse(words: list[str]) -> None:
    """Read a command's words as the command line does; the values of its options are not looked at.

    Raises:
        click.UsageError: an option or an argument that there is not.
        reread.errors.ConfigError: a command that there is not.
    """
    command: click.Command | None = reread
    context = click.Context(reread, info_name="reread", **reread.context_settings)
    while isinstance(command, click.Group) and words:
        name, command, words = command.resolve_command(context, words)
        assert command is not None
        context = click.Context(command, parent=context, info_name=name)
    assert command is not None
    _, left, _ = command.make_parser(context).parse_args(words)
    assert left == []


def all_options(command: click.Command) -> Iterator[str]:
    """The options of a command and of all below it."""
    context = click.Context(command, **reread.context_settings)  # click remembers the first help option that it makes
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from all_options(below)
    for parameter in command.get_params(context):
        yield from parameter.opts


@PAGE
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    assert {link.partition("#")[0] for link in links(index)} >= {page.name for page in DOCS if page != index}


@PAGE
def test_commands_and_their_options_are_there(page: Path) -> None:
    in_prose = [code for code in inline_code(page) if code.startswith("reread ")]
    for line in [line for line in (*lines(page), *in_prose) if line.startswith("reread ")]:
        parse(shlex.split(line)[1:])


@PAGE
def test_options_in_the_prose_are_there(page: Path) -> None:
    named = {option for code in inline_code(page) for option in re.findall(r"(?<!\S)--[a-z][a-z-]+", code)}
    assert named - {*all_options(reread), "--help"} - OF_OTHERS == set()


@PAGE
def test_other_lines_install_extras_that_are_there(page: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installs = [line for line in lines(page) if not line.startswith("reread ")]
    assert [line for line in installs if not line.startswith("pip install ")] == []
    named = re.findall(r"pip install \S*\[([\w,]+)\]", "\n".join([*installs, *inline_code(page)]).replace('"', ""))
    assert {extra for extras in named for extra in extras.split(",")} <= set(project["optional-dependencies"])


@PAGE
def test_targets_of_make_are_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {target for code in inline_code(page) for target in re.findall(r"^make ([\w-]+)", code)}
    assert named <= set(re.findall(r"^([\w-]+):", makefile, flags=re.MULTILINE))
