from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reread.explain import Span
from reread.insight.report.marking import Piece, marked

TEXT = "a long, lovely film"


def spans_of(text: str, *places: tuple[int, int, float]) -> list[Span]:
    return [Span(text[start:end], weight, start, end) for start, end, weight in places]


def test_plain_text_is_one_piece() -> None:
    assert marked(TEXT) == ([Piece(TEXT, 0)], 0)
    assert marked("") == ([], 0)


def test_spans_are_marked_by_their_strength() -> None:
    pieces, cut = marked(TEXT, spans_of(TEXT, (2, 6, -1.4), (8, 14, 4.0), (15, 19, 0.1)))
    assert pieces == [("a ", 0), ("long", -1), (", ", 0), ("lovely", 3), (" ", 0), ("film", 0)]
    assert cut == 0


def test_a_long_text_is_cut_around_what_weighs_most() -> None:
    text = "x " * 400 + "dreadful" + " y" * 400
    pieces, cut = marked(text, spans_of(text, (0, 1, 0.5), (800, 808, -2.0)), shown=200)
    assert ("dreadful", -3) in pieces
    assert pieces[0].text == pieces[-1].text == "…"
    assert len("".join(piece.text for piece in pieces)) == 202
    assert cut == len(text) - 200


@given(text=st.text(max_size=100), data=st.data(), shown=st.integers(1, 120))
def test_no_character_is_lost_or_doubled(text: str, data: st.DataObject, shown: int) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = spans_of(text, *((a, b, data.draw(st.floats(-5, 5))) for a, b in zip(ends[::2], ends[1::2], strict=False)))
    pieces, cut = marked(text, spans, shown)
    shown_text = "".join(piece.text for piece in pieces)
    if cut:
        assert shown_text.removeprefix("…").removesuffix("…") in text
        assert len(shown_text) <= shown + 2
    else:
        assert shown_text == text
    assert all(-3 <= piece.force <= 3 for piece in pieces)
