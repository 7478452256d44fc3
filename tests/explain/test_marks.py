from __future__ import annotations

import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from reread.explain import Explanation, Span
from reread.explain.marks import as_html, as_page, legend, plain
from reread.typing import override

TEXT = "so good, <b>so bad"
WEIGHTS = {"good": 3.0, "b": 0.2, "bad": -1.4}


def explanation(text: str = TEXT, weights: dict[str, float] = WEIGHTS, own_unit: str | None = None) -> Explanation:
    spans, end = [], 0
    for piece, weight in weights.items():
        start = text.index(piece, end)
        end = start + len(piece)
        spans.append(Span(piece, weight, start, end))
    return Explanation(
        text=text,
        method="pooled_words",
        account="what it is.",
        answer="<pos>",
        unit="log-odds",
        value=1.5,
        rest=None,
        spans=tuple(spans),
        own_unit=own_unit,
    )


class Shown(HTMLParser):
    """What a browser would show of the text, and the elements it would make."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", list[tuple[str, dict[str, str | None]]]()

    @override
    def handle_data(self, data: str) -> None:
        self.text += data

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def shown(html: str) -> Shown:
    parser = Shown()
    parser.feed(html)
    parser.close()
    return parser


def test_plain_marks_show_side_and_strength() -> None:
    assert plain(explanation()) == "so +++good+++, <b>so -bad-"


def test_html_shows_the_text_and_makes_nothing_of_it() -> None:
    found = shown(as_html(explanation()))
    assert found.text == TEXT
    marks = [(attributes["class"], attributes["title"]) for tag, attributes in found.tags if tag == "mark"]
    assert marks == [("for3", "+3"), ("against1", "-1.4")]
    assert {tag for tag, _ in found.tags} == {"div", "mark"}


def test_weights_that_have_no_sign_are_neither_for_nor_against() -> None:
    found = explanation(weights={"good": 0.6, "bad": 0.2}, own_unit="share of attention")
    assert plain(found) == "so ***good***, <b>so *bad*"
    marks = [
        (attributes["class"], attributes["title"]) for tag, attributes in shown(as_html(found)).tags if tag == "mark"
    ]
    assert marks == [("share3", "0.6"), ("share1", "0.2")]
    page = as_page([replace(found, answered="<pos>")])
    assert "What was attended to?" in page
    assert "<p>Shares of 1; by pooled words. The answer is &lt;pos&gt;.</p>" in page
    assert "Why" not in page
    assert '<th scope="col">share of attention</th>' in page
    assert "<td>0.600</td>" in page


def test_several_explanations_are_one_page() -> None:
    page = as_page([explanation(), replace(explanation(), answer="x")])
    assert "<h1>Why these answers?</h1>" in page
    assert "<h2>Why &lt;pos&gt;?</h2>" in page
    assert "<h2>Why x?</h2>" in page
    assert page.count('class="reread-marks"') == 2


def test_the_part_that_is_explained_is_named() -> None:
    found = replace(explanation(), probability=0.25, answered="neg", part="the network alone")
    assert legend(found) == (
        "Probability 0.250; 1.500 log-odds before calibration, of the network alone; by pooled words. The answer is neg."
    )


def test_a_page_needs_nothing_else() -> None:
    page = as_page([explanation()])
    assert "Why &lt;pos&gt;?" in page
    assert {tag for tag, _ in shown(page).tags}.isdisjoint({"b", "script", "link", "img", "pos"})
    assert "http" not in page


def test_a_page_holds_no_control_characters() -> None:
    page = as_page([replace(explanation("good\x1b[31m b\x07 bad\x85"), answer="\x1bpos", answered="neg\x00")])
    assert not {character for character in page if unicodedata.category(character) == "Cc"} - {"\n"}
    assert "�[31m" in page
    assert "Why �pos?" in page


@given(text=st.text(max_size=30), weights=st.lists(st.floats(-5, 5), max_size=30))
def test_every_text_is_shown_as_it_is(text: str, weights: list[float]) -> None:
    spans = tuple(Span(text[k], weight, k, k + 1) for k, weight in zip(range(len(text)), weights, strict=False))
    found = Explanation(
        text=text, method="deletion", account="", answer="x", unit="", value=0.0, rest=None, spans=spans
    )
    assert "".join(plain(found).replace("+", "").replace("-", "")) == text.replace("+", "").replace("-", "")
    assert shown(as_html(found)).text.replace("\r", "\n") == text.replace("\r", "\n")
