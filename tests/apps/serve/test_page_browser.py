"""The page at `/` in a browser, asking a running server: what people see of it, and what it does not let through."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, Tab, barriers
from support.folders import KEPT, STACK, copy_of, sign

pytest.importorskip("uvicorn")
from support.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

HARM = "<img src=x onerror=window.harm=1>"
HTML = "<script>window.harm=1</script><img src=x onerror=window.harm=1>"
TOKEN = "a-token-of-sixteen-characters"
SIGNS = "😀 a lo\u0301vely lovely film 👩🏽‍🚀 e\u0301te\u0301 一部好看的电影 film 😀!"
LONG = "What a lovely film, all in all; a dull book, though. " * 6
MARKS = """() => [...document.querySelectorAll('#behind mark')].map(mark => {
    const before = document.createRange();
    before.selectNodeContents(mark.parentElement);
    before.setEndBefore(mark);
    const start = Array.from(before.toString()).length;
    return [start, start + Array.from(mark.textContent).length, mark.textContent, mark.className];
})"""
SAID, PROBLEM = "#said", "#problem"


class Page(Tab):
    """The tab where texts are tried."""

    def write(self, text: str, *, marked: bool = True) -> None:
        """Write a text, and wait for the model's answer and, if it has, its marks."""
        with self.page.expect_response("**/v1/predict"):
            self.page.fill("#text", text)
        self.page.wait_for_selector("#answer:not(.old) > *", state="attached")
        if marked:
            self.page.wait_for_selector("#behind:not(.old) mark", state="attached")

    def first(self, path: str, text: str, **more: Any) -> dict[str, Any]:
        """What the server answers, asked without the page."""
        (answer,) = self.server.ask(path, {"text": text, **more}).json()["answers"]
        return dict(answer)


def test_the_answer_its_words_and_its_members_appear_while_a_text_is_typed(browser: Any, stack: Serving) -> None:
    page = Page(browser, stack)
    page.page.wait_for_selector("#text:focus")
    page.page.keyboard.type("a lovely film")
    page.page.wait_for_selector("#behind:not(.old) mark", state="attached")
    expected = page.first("/v1/explain", "a lovely film", members=True, sets=0.9)
    assert page.text_of(SAID).startswith(f"{expected['prediction']}, ")
    bars = page.page.locator(".bars li .name").all_inner_texts()
    probabilities = expected["probabilities"]
    assert bars == sorted(probabilities, key=lambda name: -probabilities[name])
    assert page.page.locator(".bars .chosen .name").all_inner_texts() == [expected["prediction"]]
    assert f"90\N{NO-BREAK SPACE}% of the time: {', '.join(expected['set'])}" in page.text_of("#answer")
    rows = page.page.locator("#opinions tbody tr").all_inner_texts()
    named = [expected, *(expected["members"][name] for name in ("network", "linear"))]
    assert [each["prediction"] in row for each, row in zip(named, rows, strict=True)] == [True] * 3
    spans = expected["explanations"][0]["spans"]
    heaviest = max(spans, key=lambda span: abs(span["weight"]))
    assert page.page.locator("#why tbody th").first.inner_text() == heaviest["text"]
    assert heaviest["text"] in [mark[2] for mark in page.page.evaluate(MARKS)]
    assert [url for url in page.asked if not url.startswith(page.home)] == []
    assert page.said == []


@pytest.mark.parametrize(
    "text", [SIGNS, "lovely\r\n\r\n\tlovely 😀😀 film", "一部lovely的电影，\u202elovely\u202c film"]
)
def test_marks_lie_where_the_server_says(browser: Any, stack: Serving, text: str) -> None:
    page = Page(browser, stack)
    page.write(text)
    seen = page.page.input_value("#text")
    spans = page.first("/v1/explain", seen)["explanations"][0]["spans"]
    largest = max(abs(span["weight"]) for span in spans)
    expected = [
        (span["start"], span["end"], seen[span["start"] : span["end"]], "for" if span["weight"] > 0 else "against")
        for span in spans
        if abs(span["weight"]) > 0.2 * largest
    ]
    marks = [(start, end, words, name.rstrip("123")) for start, end, words, name in page.page.evaluate(MARKS)]
    assert expected != []
    assert set(expected) <= set(marks)
    assert page.page.evaluate("document.getElementById('behind').textContent") == seen + "\n"


PLACES = """() => [...document.querySelectorAll('#behind mark')].flatMap(mark => [...mark.getClientRects()].map(({x, y}) => [x, y]))"""
WITHOUT_MARKS = """ends => {
    const behind = document.getElementById('behind');
    document.activeElement.blur();
    document.querySelector('.field').style.maxHeight = 'none';
    const text = document.createTextNode(behind.textContent);
    behind.replaceChildren(text);
    return ends.flatMap(([start, end]) => {
        const range = document.createRange();
        const units = place => Array.from(text.data).slice(0, place).join('').length;
        range.setStart(text, units(start));
        range.setEnd(text, units(end));
        return [...range.getClientRects()].map(({x, y}) => [x, y]);
    });
}"""
SHOW_THE_ONE_BEHIND = """() => {
    const [behind, text] = ['behind', 'text'].map(each => document.getElementById(each));
    behind.style.color = getComputedStyle(text).color;
    text.style.color = 'transparent';
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_marked_text_lies_exactly_behind_the_one_that_is_typed(browser: Any, stack: Serving, width: str) -> None:
    page = Page(browser, stack, viewport={"width": WIDTHS[width], "height": 900})
    page.write(f"{SIGNS}\n{LONG}\n\n{'x' * 200} 好看的电影 lovely")
    places, ends = page.page.evaluate(PLACES), [mark[:2] for mark in page.page.evaluate(MARKS)]
    as_text = page.page.evaluate(WITHOUT_MARKS, ends)
    assert [place for each in places for place in each] == pytest.approx(
        [place for each in as_text for place in each], abs=4
    )
    field = page.page.locator(".field")
    typed = field.screenshot()
    page.page.evaluate(SHOW_THE_ONE_BEHIND)
    assert field.screenshot() == typed


def test_marks_stay_on_words_that_are_still_there(browser: Any, stack: Serving) -> None:
    page = Page(browser, stack)
    page.write("a lovely film")
    before = page.page.evaluate(MARKS)
    held: list[Any] = []
    page.page.route("**/v1/*", lambda route: held.append(route))  # noqa: PLW0108  # playwright writes on its handler
    page.page.keyboard.press("Home")
    page.page.keyboard.type("😀 ")
    assert page.page.evaluate(MARKS) == [[start + 2, end + 2, *rest] for start, end, *rest in before]
    page.page.locator("#text").select_text()
    page.page.keyboard.press("Delete")
    assert page.page.evaluate(MARKS) == []
    assert page.text_of(SAID) == "None yet."


def test_the_last_answer_wins(browser: Any, stack: Serving) -> None:
    page = Page(browser, stack)
    held: list[Any] = []

    def first_is_held(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.page.route("**/v1/predict", first_is_held)
    page.page.fill("#text", "a lovely film")
    while not held:
        page.page.wait_for_timeout(20)
    page.page.fill("#text", "a dull book, tedious")
    page.page.wait_for_selector("#behind:not(.old) mark", state="attached")
    with suppress(Exception):  # the page may have hung up
        held[0].continue_()
    page.page.wait_for_load_state("networkidle")
    answers = [page.first("/v1/predict", text)["prediction"] for text in ("a lovely film", "a dull book, tedious")]
    assert answers[0] != answers[1]
    assert page.text_of(SAID).startswith(f"{answers[1]}, ")


def test_names_of_classes_and_texts_are_never_html(browser: Any, tmp_path: Path) -> None:
    folder = copy_of(STACK, tmp_path / "strange.reread")
    for name in ("config.json", "metrics.json"):
        place = folder / name
        place.write_text(place.read_text(encoding="utf-8").replace('"praise"', f'"{HARM}"'), encoding="utf-8")
    (folder / "README.md").write_text(f"# {HTML}", encoding="utf-8")
    sign(folder)
    server = Serving([folder])
    try:
        page = Page(browser, server)
        page.write(f"a lovely film {HTML}")
        page.page.locator("#card summary").click()
        assert page.text_of("#card-text") == f"# {HTML}"
        assert page.text_of(SAID).startswith(HARM)
        assert HARM in page.page.locator(".bars li .name").all_inner_texts()
        assert HARM in page.text_of("#opinions")
        assert page.text_of("#legend-for") == HARM
        assert page.page.evaluate("[document.images.length, document.scripts.length, window.harm]") == [0, 1, None]
        refused = page.page.evaluate(
            "() => { try { document.body.innerHTML = '<b>x</b>'; return '' } catch (error) { return error.name } }"
        )
        assert refused == "TypeError"  # not even the page's own scripts can make HTML of a text
    finally:
        server.kill()


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_each_kind_of_model_is_shown(browser: Any, many: Serving, folder: Path) -> None:
    page = Page(browser, many)
    page.page.select_option("#model", folder.stem)
    page.write("What a lovely film; we talked about it for days.")
    (facts,) = (each for each in many.ask("/v1/models").json()["models"] if each["name"] == folder.stem)
    assert ("of the time" in page.text_of("#answer")) == bool({"sets", "interval"} & set(facts["options"]))
    assert (page.page.locator(".bars li").count() > 0) == (facts["task"] != "regression")
    explained = page.first("/v1/explain", "What a lovely film; we talked about it for days.", model=folder.stem)
    aims = page.page.locator("#aim option").all_text_contents()
    assert aims == [each["answer"] for each in explained["explanations"]]
    assert page.page.locator("#aims").is_visible() == (len(aims) > 1)
    for place in range(len(aims)):
        page.page.locator("#aim").evaluate("(aim, place) => { aim.selectedIndex = place; aim.onchange() }", place)
        assert page.text_of("#legend-for") == aims[place]
    assert page.said == []


def test_marked_words_are_struck_out_and_replaced_with_the_keyboard(browser: Any, stack: Serving) -> None:
    page = Page(browser, stack)
    text = f"a lovely film {HTML}"
    page.write(text)
    before = page.first("/v1/predict", text)

    def moved(place: int, changed: str) -> None:
        page.page.wait_for_selector("#edits:not(.old) .movement", state="attached")
        name, after = before["prediction"], page.first("/v1/predict", changed)
        one, other = before["probabilities"][name], after["probabilities"][name]
        said = page.page.locator("#edits li").nth(place).inner_text()
        shown = re.search(r"([\d.]+)\s%\s→\s([\d.]+)\s%\s\(([+−]?[\d.]+)\spoint", said)
        assert shown is not None
        found = [float(each.replace("−", "-")) for each in shown.groups()]
        assert found == pytest.approx([100 * one, 100 * other, 100 * (other - one)], abs=0.11)
        assert ("now" in said) == (after["prediction"] != name)

    keys = page.page.keyboard
    keys.press("ControlOrMeta+Home")
    for _ in range(4):
        keys.press("ArrowRight")
    page.page.wait_for_selector("#word-tool")
    keys.press("Tab")
    keys.press("Enter")
    assert page.page.evaluate("document.activeElement.textContent") == "Undo lovely"
    moved(0, text.replace("lovely ", ""))
    assert page.page.input_value("#text") == text
    assert page.page.locator("#behind s").all_inner_texts() == ["lovely"]
    page.page.locator("#why tbody button", has_text="film").first.press("Enter")
    assert page.page.evaluate("document.activeElement.id") == "strike"
    keys.press("Tab")
    keys.type(HARM)
    keys.press("Enter")
    page.page.wait_for_selector("#moved .movement")
    moved(1, text.replace("film", HARM))
    assert HARM in page.text_of("#edits")
    assert barriers(page.page) == []
    page.page.get_by_role("button", name="Undo lovely").press("Enter")
    assert page.page.evaluate("document.activeElement.textContent") == "Undo film"
    page.page.click("#keep-text")
    assert page.page.input_value("#text") == text.replace("film", HARM)
    assert not page.page.locator("#edits").is_visible()
    assert page.page.evaluate("[document.images.length, document.scripts.length, window.harm]") == [0, 1, None]
    assert page.said == []


def test_a_model_can_be_chosen_with_the_keyboard(browser: Any, many: Serving) -> None:
    page = Page(browser, many)
    page.write("a lovely film")
    names = page.page.locator("#model option").all_inner_texts()
    page.page.keyboard.press("Shift+Tab")
    assert page.page.evaluate("document.activeElement.id") == "model"
    with page.page.expect_response("**/v1/predict") as reply:
        page.page.keyboard.press("ArrowDown")
    assert reply.value.json()["model"] == names[1]
    assert page.text_of("#facts").startswith(f"{names[1]}: ")


def test_two_models_stand_side_by_side(browser: Any, tmp_path: Path) -> None:
    other = copy_of(STACK, tmp_path / "other.reread")
    for name in ("config.json", "metrics.json"):
        place = other / name
        place.write_text(place.read_text(encoding="utf-8").replace('"praise"', f'"{HARM}"'), encoding="utf-8")
    sign(other)
    numbers = next(each for each in KEPT if each.stem == "numbers")
    server = Serving([STACK, other, numbers])
    try:
        page = Page(browser, server)
        page.write("a lovely film")
        mine, its = (page.first("/v1/predict", "a lovely film", model=name) for name in ("stack", "other"))
        page.page.select_option("#beside", "other")
        page.page.get_by_text("They answer differently.").wait_for()
        rows = [each.split("\t") for each in page.page.locator("#sides tbody tr").all_inner_texts()]
        assert rows[0][1:3] == [mine["prediction"], its["prediction"]] == ["praise", HARM]
        assert {name for name, *_ in rows[1:]} == set(mine["probabilities"]) & set(its["probabilities"])
        assert barriers(page.page) == []
        page.page.select_option("#beside", "numbers")
        page.page.get_by_text("They answer different questions.").wait_for()
        page.page.select_option("#model", "other")
        page.page.wait_for_selector("#sides th:has-text('other')")
        assert page.page.input_value("#beside") == "numbers"
        assert page.page.locator("#beside option").all_inner_texts() == ["none", "stack", "numbers"]
        assert page.page.evaluate("[document.images.length, document.scripts.length, window.harm]") == [0, 1, None]
        assert page.said == []
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("text", "words"),
    [(" \n ", None), ("lovely " * 300, "The text is too long to mark its words."), ("a " * 200_001, None)],
    ids=["white space", "too long to explain", "too long"],
)
def test_what_cannot_be_answered_is_said(browser: Any, stack: Serving, text: str, words: str | None) -> None:
    page = Page(browser, stack)
    page.write("a lovely film")
    page.page.fill("#text", text)
    if not text.strip():
        assert page.text_of(SAID) == "None yet."
        assert page.page.locator(f"{PROBLEM}, #words, #legend").filter(visible=True).count() == 0
    elif words is not None:
        page.page.get_by_text(words).wait_for()
        assert page.page.evaluate(MARKS) == []
        assert page.text_of(SAID).startswith("praise, ")
    else:
        page.page.wait_for_selector(PROBLEM)
        assert "tokens or so; expected at most 200,000" in page.text_of(PROBLEM)
        assert barriers(page.page) == []
        page.page.fill("#text", "a dull book")
        page.page.wait_for_selector(PROBLEM, state="hidden")


def test_a_server_that_is_gone_is_said_and_can_be_tried_again(browser: Any) -> None:
    server = Serving([STACK])
    try:
        page = Page(browser, server)
        page.write("a lovely film")
        server.stop()
        page.page.fill("#text", "a dull book")
        page.page.wait_for_selector(PROBLEM)
        assert "No answer: the server cannot be reached." in page.text_of(PROBLEM)
        assert barriers(page.page) == []
        assert page.page.evaluate(MARKS) == []
        page.page.click("#again")
        page.page.wait_for_selector(PROBLEM, state="hidden")
        page.page.wait_for_selector(PROBLEM)
    finally:
        server.kill()


def test_a_full_server_is_asked_again_when_it_says(browser: Any, start: Callable[..., Serving]) -> None:
    server = start("--rate", "1")
    page = Page(browser, server)
    statuses: list[int] = []
    page.page.on("response", lambda reply: statuses.append(reply.status) if "/v1/predict" in reply.url else None)
    assert server.ask("/v1/predict", {"text": "a b c d e"}).status == 200
    page.page.fill("#text", "fun")
    page.page.get_by_text("The server is full. It is asked again in").wait_for()
    page.page.wait_for_selector("#answer:not(.old) > *", state="attached")
    assert statuses[:2] == [429, 200]


def test_a_token_is_asked_for_and_kept_in_memory_only(browser: Any, start: Callable[..., Serving]) -> None:
    server = start(environment={"REREAD_TOKEN": TOKEN})
    page = Page(browser, server)
    page.page.wait_for_selector("#access")
    assert page.page.evaluate("document.activeElement.id") == "token"
    for wrong, words in (("wrong", "That is no token of this server."), ("密码", "No token has such characters.")):
        page.page.fill("#token", wrong)
        page.page.keyboard.press("Enter")
        page.page.get_by_text(words).wait_for()
        assert not page.page.locator("#desk").is_visible()
    assert barriers(page.page) == []
    page.page.fill("#token", TOKEN)
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector("#text")
    page.write("a lovely film")
    kept = "[JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie, location.href]"
    assert page.page.evaluate(kept) == ["{}", "{}", "", page.home]
    assert TOKEN not in page.page.content()
    assert page.page.input_value("#token") == ""
    assert not any(TOKEN in url for url in page.asked)
    page.page.click("#forget")
    page.page.wait_for_selector("#access")
    assert (page.page.input_value("#text"), page.page.locator("#desk").is_visible()) == ("", False)
    page.page.reload()
    page.page.wait_for_selector("#access")


def test_training_texts_that_are_like_it_are_shown_if_asked_for(browser: Any, tmp_path: Path) -> None:
    place = tmp_path / "films.csv"
    harm = "<img src=x onerror=window.harm=1>"
    place.write_text(f"review,label\na lovely film,praise\na dull film,blame\n{harm},{harm}\n", encoding="utf-8")
    server = Serving([STACK], "--examples", str(place))
    try:
        page = Page(browser, server, viewport={"width": WIDTHS["phone"], "height": 800}, color_scheme="dark")
        page.write("a lovely film")
        assert not any("neighbours" in url for url in page.asked)
        page.page.locator("#near summary").press("Enter")
        page.page.wait_for_selector("#nears li")
        rows = page.page.locator("#nears li")
        assert rows.first.locator("p").all_inner_texts() == ["a lovely film", "praise · cosine 1.000"]
        assert rows.count() == 3
        assert page.text_of("#near-from") == "The most like it to the network in films.csv, of 3 rows."
        assert barriers(page.page) == []
        assert page.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
        page.write("a dull film")
        page.page.wait_for_selector("#nears:not(.old) li:first-child >> text=a dull film")
        assert page.page.evaluate("window.harm === undefined")
        assert page.said == []
    finally:
        server.kill()


@pytest.mark.parametrize("token", [None, TOKEN])
def test_the_card_and_the_report_are_there(browser: Any, tmp_path: Path, token: str | None) -> None:
    folder = copy_of(STACK, tmp_path / "with.reread")
    (folder / "report.html").write_text("<h1>How good it is</h1>", encoding="utf-8")
    sign(folder)
    server = Serving([folder], environment={"REREAD_TOKEN": token} if token else None)
    try:
        page = Page(browser, server)
        if token:
            page.page.fill("#token", token)
            page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#card")
        page.page.locator("#card summary").press("Enter")
        assert page.text_of("#card-text").strip() == (folder / "README.md").read_text(encoding="utf-8").strip()
        if token:  # a link brings no token, so the page fetches what it leads to
            with page.page.expect_download() as saved:
                page.page.click("#report")
            assert saved.value.suggested_filename == "with.report.html"
            assert Path(saved.value.path()).read_text(encoding="utf-8") == "<h1>How good it is</h1>"
        else:
            page.page.click("#report")
            assert page.text_of("h1") == "How good it is"
    finally:
        server.kill()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_can_be_read_and_used_on_any_screen(browser: Any, many: Serving, width: str, scheme: str) -> None:
    page = Page(browser, many, viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme)
    wide = "document.documentElement.scrollWidth"
    for folder in ("joint", "labels", "numbers"):
        page.page.select_option("#model", folder)
        page.write(f"{SIGNS} {'x' * 300} {LONG}")
        assert page.page.evaluate(wide) <= WIDTHS[width]
        assert barriers(page.page) == []
    page.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.page.evaluate(wide) <= WIDTHS[width]
    assert barriers(page.page) == []


def test_chinese_texts_are_shown_as_chinese(browser: Any, stack: Serving) -> None:
    page = Page(browser, stack)
    page.write("lovely 这部电影很好看")
    languages = "[...document.querySelectorAll('#text, #behind')].map(each => each.lang)"
    assert page.page.evaluate(languages) == ["zh", "zh"]
    for other in ("a lovely film", "lovely この映画"):
        page.write(other)
        assert page.page.evaluate(languages) == ["", ""]
