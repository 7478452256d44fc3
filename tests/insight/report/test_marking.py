from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reread.insight.report.marking import Piece, marked

TEXT = "a long, lovely film"
SPANS = st.tuples(st.integers(0, 90), st.integers(0, 30), st.floats(-5, 5)).map(lambda s: (s[0], s[0] + s[1], s[2]))


def test_plain_text_is_one_piece() -> None:
    assert marked(TEXT) == ([Piece(TEXT, 0.0)], 0)
    assert marked("") == ([], 0)


def test_spans_are_marked_on_a_scale_to_1() -> None:
    pieces, cut = marked(TEXT, [(8, 14, 4.0), (2, 6, -1.0)])
    assert pieces == [("a ", 0), ("long", -0.25), (", ", 0), ("lovely", 1), (" film", 0)]
    assert cut == 0


def test_a_long_text_is_cut_around_what_weighs_most() -> None:
    text = "x " * 400 + "dreadful" + " y" * 400
    pieces, cut = marked(text, [(800, 808, -2.0), (0, 1, 0.5)], shown=200)
    assert ("dreadful", -1.0) in pieces
    assert pieces[0].text == pieces[-1].text == "…"
    assert len("".join(piece.text for piece in pieces)) == 202
    assert cut == len(text) - 200


@given(text=st.text(max_size=100), spans=st.lists(SPANS, max_size=6), shown=st.integers(1, 120))
def test_no_character_is_lost_or_doubled(text: str, spans: list[tuple[int, int, float]], shown: int) -> None:
    pieces, cut = marked(text, spans, shown)
    shown_text = "".join(piece.text for piece in pieces)
    if cut:
        assert len(shown_text.strip("…")) <= shown
        assert shown_text.removeprefix("…").removesuffix("…") in text
    else:
        assert shown_text == text
    assert all(-1 <= piece.weight <= 1 for piece in pieces)
