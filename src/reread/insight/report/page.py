"""Facts → the page: sections, a table of contents, one style sheet, and a script that only sorts tables."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reread.insight.report.blocks import Section
from reread.insight.report.facts import Facts
from reread.insight.report.sections import FIRST, LAST, OF_A_TARGET
from reread.wording import without_controls

T = TypeVar("T")


@dataclass(frozen=True)
class Chapter:
    """Sections about one target of several, which is named, or about the whole."""

    name: str
    sections: Sequence[Section]


def render(facts: Facts) -> str:
    """The report as HTML: one file that loads nothing else."""
    return render_chapters(facts.title, list(_chapters(facts)))


def render_chapters(title: str, chapters: Sequence[Chapter]) -> str:
    """A page of sections in the report's style, as HTML: one file that loads nothing else.

    Text from the user (texts, labels, names of columns and files) is escaped by Jinja or by the library that writes the
    figures; should anything slip through, the page's content policy runs no script but the report's.
    """
    environment = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_source(environment, name) for name in ("style.css", "sort.js"))
    page = environment.get_template("page.html").render(
        title=title, chapters=chapters, style=style, script=script, script_hash=_hash(script)
    )
    return without_controls(page)


def _chapters(facts: Facts) -> Iterator[Chapter]:
    yield Chapter("", _made(FIRST, facts))
    for part in facts.parts:
        yield Chapter(part.name if len(facts.parts) > 1 else "", _made(OF_A_TARGET, part))
    yield Chapter("", _made(LAST, facts))


def _made(makers: Sequence[Callable[[T], Section | None]], what: T) -> list[Section]:
    return [section for make in makers if (section := make(what)) is not None]


def _source(environment: Environment, name: str) -> Markup:
    """A file of this package, inserted as it is."""
    loader: Any = environment.loader
    return Markup(loader.get_source(environment, name)[0])  # noqa: S704  # no user's text


def _hash(script: str) -> str:
    """The hash by which the page's content policy recognises its script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
