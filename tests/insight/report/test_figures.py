from __future__ import annotations

import math
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.insight.report.figures import Line, Range, bars, heat, lines, points, ranges, scatter
from reread.insight.report.figures.axes import horizontal, scale, with_room
from reread.insight.report.figures.scatter import MOST
from reread.insight.report.figures.svg import WIDTH, shortened, width

NAMES = ("size <b>", "a & b")
DRAWN = {
    "lines": lines("t", "c", [Line([(1, 0.5), (2, 0.75)], dots=True), Line([(1, 0.6), (2, 0.6)], mark=True)], NAMES),
    "one point": lines("t", "c", [Line([(3, 0.5)])], NAMES),
    "no point": lines("t", "c", [Line([])], NAMES),
    "bars": bars("t", "c", [0, 1, 2], [[3, 4], [0, 2]], NAMES),
    "named bars": bars("t", "c", [-0.5, 0.5, 1.5], [[3, 4]], NAMES, words=["none", "one"]),
    "empty bars": bars("t", "c", [0, 1], [[0]], NAMES),
    "heat": heat("t", "c", np.eye(3, dtype=np.int64), ["a", "b", "汉字" * 20], NAMES),
    "ranges": ranges("t", "c", [Range("a", [(0.5, 0.4, 0.6), (0.3, 0.3, 0.3)]), Range("b", [(math.nan,) * 3])], "F1"),
    "scatter": scatter("t", "c", np.arange(9.0), np.arange(9.0) ** 2, NAMES),
    "points": points("t", "c", [(0.1, 0.5), (0.4, 0.75)], NAMES, best=1),
    "a point": points("t", "c", [(0.1, 0.5)], NAMES, best=0),
    "named points": points("t", "c", [(0, 0.5), (2, 0.75), (2, 0.75)], NAMES, words=["max", "mean", "汉字"], best=1),
    "logarithmic points": points("t", "c", [(1e-4, 0.5), (3e-2, 0.75)], NAMES, log=True, best=0),
    "a logarithmic point": points("t", "c", [(3e-3, 0.5)], NAMES, log=True),
    "equal points": scatter("t", "c", np.ones(3), np.ones(3), NAMES),
}


@pytest.mark.parametrize("name", DRAWN)
def test_figures_are_whole_and_say_what_they_are(name: str) -> None:
    root = ET.fromstring(DRAWN[name])
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "t. c"
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert "nan" not in DRAWN[name]
    for each in root.iter("circle"):
        assert 0 <= float(each.attrib["cx"]) <= width
        assert 0 <= float(each.attrib["cy"]) <= height
    for each in root.iter("rect"):
        assert float(each.attrib["width"]) > 0
        assert float(each.attrib["x"]) + float(each.attrib["width"]) <= width


@pytest.mark.parametrize(
    ("classes", "first"),
    [(2, ["75%", "6", "25%", "2"]), (9, ["75%", "25%"]), (12, [])],
)
def test_cells_say_that_they_are_shares_and_how_many_rows_as_far_as_there_is_room(
    classes: int, first: list[str]
) -> None:
    counts = np.diag([4] * classes)
    counts[0, :2] = (6, 2)
    svg = heat("t", "c", counts, [f"c{k}" for k in range(classes)], NAMES)
    written = [text.text for text in ET.fromstring(svg).iter("text") if text.attrib["class"] == "middle"]
    assert written[: len(first)] == first
    assert bool(written) == bool(first)


@pytest.mark.parametrize(
    ("values", "ends"),
    [([1.0], (0.9, 1.0)), ([0.0, 0.0], (0.0, 1.0)), ([0.97, 0.99], (0.97, 0.99)), ([1.2], (1.08, 1.4))],
)
def test_an_axis_of_shares_does_not_go_beyond_them(values: list[float], ends: tuple[float, float]) -> None:
    drawn = scale(values, 0, 100, limits=(0, 1))
    assert (drawn.low, drawn.high) == pytest.approx(ends, abs=0.05)
    assert max(values) > 1 or drawn.high <= 1 + ROUNDING


def room_of(text: ET.Element) -> tuple[float, float]:
    """From where to where a text goes."""
    place, wide, classes = float(text.attrib["x"]), width(text.text or ""), text.attrib["class"].split()
    start = place - (wide if "end" in classes else wide / 2 if "middle" in classes else 0)
    return start, start + wide


ROUNDING = 1e-9
NUMBERS = st.floats(-1e15, 1e15).filter(lambda value: abs(value) > 1e-12)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_ticks_of_any_size_stand_inside_and_apart(points: list[tuple[float, float]]) -> None:
    across, up = np.array(points).T
    for svg in (
        lines("t", "c", [Line(points)], NAMES),
        scatter("t", "c", across, up, NAMES),
        bars("t", "c", [-abs(across[0]), abs(across[0])], [[abs(up[0])]], NAMES),
        ranges("t", "c", [Range("a", [(x, x, x) for x in across])], "price"),
    ):
        ticks = [each for each in ET.fromstring(svg).iter("text") if "tick" in each.attrib["class"]]
        rooms = {each: room_of(each) for each in ticks}
        assert all(start >= -ROUNDING and end <= WIDTH + ROUNDING for start, end in rooms.values())
        below = [rooms[each] for each in ticks if "middle" in each.attrib["class"]]
        assert below
        assert all(first[1] < second[0] for first, second in pairwise(below))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0, 1.2e6], ["0", "500,000", "1,000,000", "1,500,000"]),
        ([4e8, 4.1e8], ["400,000,000", "404,000,000", "408,000,000"]),  # of six ticks each second
        ([2e-8, 1.2e-7], ["2e-08", "4e-08", "6e-08", "8e-08", "1e-07", "1.2e-07"]),
    ],
)
def test_ticks_can_be_told_apart(values: list[float], words: list[str]) -> None:
    x = horizontal(values, 0)
    assert [each for _, each in with_room(x.ticks(), x)] == words


def test_named_ticks_keep_apart_too() -> None:
    steps = [f"{step:+d}" for step in range(-20, 21)]
    svg = bars("t", "c", list(range(42)), [[1] * 41], NAMES, words=steps)
    shown = [each for each in ET.fromstring(svg).iter("text") if each.text in steps]
    assert len(shown) > 5
    assert all(room_of(first)[1] < room_of(second)[0] for first, second in pairwise(shown))


def test_axes_have_names() -> None:
    words = [element.text for element in ET.fromstring(DRAWN["bars"]).iter("text")]
    assert {*NAMES} <= set(words)


def test_bars_stand_on_each_other() -> None:
    boxes = [dict(element.attrib) for element in ET.fromstring(DRAWN["bars"]).iter("rect")]
    assert len(boxes) == 3, "a bar of height 0 is none"
    below, above = boxes[1], boxes[2]
    assert below["class"] == "bar series-1"
    assert above["class"] == "bar series-2"
    assert below["x"] == above["x"]
    assert float(above["y"]) + float(above["height"]) == pytest.approx(float(below["y"]), abs=0.11)
    assert float(below["height"]) == pytest.approx(2 * float(above["height"]), abs=0.3)


def test_points_of_many_rows_are_a_sample() -> None:
    drawn = scatter("t", "c", np.arange(1e5), np.arange(1e5), NAMES)
    assert drawn.count("h0") == MOST
    assert len(drawn) < 30_000


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5), st.booleans())
def test_axes_hold_their_values_and_end_at_round_numbers(values: list[float], zero: bool) -> None:  # noqa: FBT001
    axis = scale(values, 10, 110, zero=zero)
    places = [axis(value) for value in values]
    assert all(9.99 <= place <= 110.01 for place in places)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 13
    assert len({words for _, words in ticks}) == len(ticks)
    assert (axis(ticks[0][0]), axis(ticks[-1][0])) == pytest.approx((10, 110))


def test_ticks_are_written_as_people_write_them() -> None:
    assert [words for _, words in scale([0, 4321], 0, 1).ticks()] == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]
    assert [words for _, words in scale([0.91, 0.94], 0, 1).ticks()] == ["0.91", "0.92", "0.93", "0.94"]
    assert scale([-1, 1], 0, 1).ticks()[2][1] == "0.0"


@given(st.text(max_size=40), st.floats(1, 200))
def test_names_fit_their_room(name: str, units: float) -> None:
    short = shortened(name, units)
    assert short == name or short.endswith("…")
    assert width(short[:-1]) <= units or len(short) <= 2 or short == name


@pytest.mark.parametrize(
    ("letter", "wide"), [("W", 10.9), ("M", 9.5), ("m", 10.7), ("Q", 8.7), ("b", 7.0), ("类", 11.0)]
)
def test_long_names_of_classes_stay_in_the_picture(letter: str, wide: float) -> None:
    """As wide as the letters are in DejaVu Sans, 11 pixels high."""
    svg = ET.fromstring(heat("t", "c", np.eye(2, dtype=np.int64), [letter * 40, "b"], NAMES))
    names = [text for text in svg.iter("text") if letter * 3 in (text.text or "")]
    assert len(names) == 2
    beside, below = (wide * len(text.text or "") for text in names)
    height = float(svg.attrib["viewBox"].split()[3])
    assert beside <= float(names[0].attrib["x"])
    assert below <= height - float(names[1].attrib["y"])


def test_points_stand_where_their_logarithms_are_and_the_best_lies_on_top() -> None:
    places = [(0.001, 1.0), (0.01, 3.0), (0.1, 2.0)]
    root = ET.fromstring(points("t", "c", places, NAMES, log=True, best=1))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"]), dot.attrib["class"]) for dot in root.iter("circle")]
    assert [colour for _, _, colour in dots] == ["dot series-1", "dot series-1", "dot series-2"]
    left, right, middle = (across for across, _, _ in dots)
    assert middle - left == pytest.approx(right - middle, abs=0.2)  # places are written with one decimal
    assert min(dots, key=lambda dot: dot[1]) == dots[-1]
    ticks = [text.text for text in root.iter("text") if text.attrib["class"] == "tick middle"]
    assert ticks[:1] == ["0.001"]
    assert {"0.01", "0.1"} <= set(ticks)


def test_an_axis_reaches_to_the_span_and_has_ticks_where_round_numbers_are_few() -> None:
    root = ET.fromstring(points("t", "c", [(0.0018, 1.0), (0.0031, 2.0)], NAMES, log=True, span=(0.0016, 0.0034)))
    ticks = [text.text for text in root.iter("text") if text.attrib["class"] == "tick middle"]
    assert {"0.002", "0.003"} <= set(ticks)
    root = ET.fromstring(points("t", "c", [(0.4, 1.0), (0.5, 2.0)], NAMES, span=(0.0, 0.5)))
    ticks = [text.text for text in root.iter("text") if text.attrib["class"] == "tick middle"]
    assert ticks[0] == "0.0"
