from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from reread.scoring.explain import Explanation, Span
from reread.scoring.explain.marks import as_html, as_page, plain
from reread.typing import override

TEXT = "so good, <b>so bad"
WEIGHTS = {"good": 3.0, "b": 0.2, "bad": -1.4}


def explanation(text: str = TEXT, weights: dict[str, float] = WEIGHTS) -> Explanation:
    spans, end = [], 0
    for piece, weight in weights.items():
        start = text.index(piece, end)
        end = start + len(piece)
        spans.append(Span(piece, weight, start, end))
    return Explanation(text, "pooled_words", "what it is.", "<pos>", "log-odds", 1.5, None, tuple(spans))


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


def test_a_page_needs_nothing_else() -> None:
    page = as_page(explanation())
    assert "Why &lt;pos&gt;?" in page
    assert {tag for tag, _ in shown(page).tags}.isdisjoint({"b", "script", "link", "img", "pos"})
    assert "http" not in page


@given(text=st.text(max_size=30), weights=st.lists(st.floats(-5, 5), max_size=30))
def test_every_text_is_shown_as_it_is(text: str, weights: list[float]) -> None:
    spans = tuple(Span(text[k], weight, k, k + 1) for k, weight in zip(range(len(text)), weights, strict=False))
    found = Explanation(text, "deletion", "", "x", "", 0.0, None, spans)
    assert "".join(plain(found).replace("+", "").replace("-", "")) == text.replace("+", "").replace("-", "")
    assert shown(as_html(found)).text.replace("\r", "\n") == text.replace("\r", "\n")
