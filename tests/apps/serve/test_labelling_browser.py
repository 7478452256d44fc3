"""The tab Label in a browser: a file is chosen, labelled on a page of its own, gone on with, and trained on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, Tab, barriers, hearing
from support.folders import OLD
from support.labelling import true_label, write_texts

pytest.importorskip("uvicorn")
from support.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

Start = Callable[..., Serving]
HARM = "<img src=x onerror=window.harm=1>"
TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def server(work: Path, start: Start) -> Serving:
    return start("--work", str(work))


@pytest.fixture
def films(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "films.csv")


def lines(work: Path, name: str = "films") -> list[dict[str, Any]]:
    place = work / "labels" / name / "labels.jsonl"
    return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]


def choose(page: Any, place: Path) -> None:
    """Choose a file, and wait for the rest of the form."""
    page.set_input_files("#label-file", place)
    page.wait_for_selector("#label-plan")


def labelled(tab: Tab, key: str, count: int) -> None:
    """Press a key of the labelling page, and wait until it is seen that so many texts have a label."""
    tab.page.keyboard.press(key)
    tab.page.wait_for_selector(f"#progress:text-matches('^{count} of')")


def open_page(page: Any) -> None:
    """Wait until the page of a labelling takes keys."""
    page.wait_for_selector("#asking")
    hearing(page)


def test_a_file_is_labelled_by_the_keyboard_alone_and_gone_on_with_after_a_new_start(
    browser: Any, start: Start, work: Path, films: Path
) -> None:
    server = start("--work", str(work))
    tab = Tab(browser, server)
    page = tab.page
    page.focus("a[href='#label']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#new-labels")
    while page.evaluate("document.activeElement.id") != "label-file":
        page.keyboard.press("Tab")
    choose(page, films)  # in the browser's own window, which is no part of the page
    page.wait_for_selector("#label-counts:text-is('60 texts to label.')")
    assert page.input_value("#label-column") == "text"
    assert page.locator("#label-first li").all_inner_texts()[1] == "no fun from start to end, take 1"
    while page.evaluate("document.activeElement.id") != "label-asked":
        page.keyboard.press("Tab")
    page.keyboard.type("pos，neg")
    page.keyboard.press("Tab")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    open_page(page)
    assert page.url == f"{tab.home}label/films/"
    assert tab.text_of("#place") == "All labellings / films"
    for count in (1, 2):
        row = int(tab.text_of("#question").removeprefix("Row "))
        labelled(tab, str(1 + (true_label(row) == "neg")), count)
        assert len(lines(work)) == count
    kept = lines(work)
    assert [each["label"] for each in kept] == [true_label(each["row"]) for each in kept]
    assert {each["by"] for each in kept} == {"Ada"}
    page.focus("#home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#begun >> text=2 of 60 labelled")
    with page.expect_download() as download:
        page.click("#begun-list button")
    assert download.value.suggested_filename == "films.jsonl"
    assert download.value.path().read_bytes() == (work / "labels" / "films" / "labels.jsonl").read_bytes()
    assert [each for each in tab.asked if not each.startswith((tab.home, "blob:"))] == []
    assert tab.said == []
    page.close()
    server.stop()

    tab = Tab(browser, start("--work", str(work)), "#label")
    tab.page.wait_for_selector("#begun >> text=2 of 60 labelled")
    tab.page.click("#begun-list a")
    open_page(tab.page)
    labelled(tab, "2", 3)
    labelled(tab, "u", 2)
    assert lines(work) == kept
    assert tab.said == []


def test_what_cannot_be_labelled_is_refused_on_the_form(
    browser: Any, server: Serving, tmp_path: Path, films: Path
) -> None:
    tab = Tab(browser, server, "#label", viewport={"width": WIDTHS["phone"], "height": 844}, color_scheme="dark")
    page = tab.page
    page.wait_for_selector("#new-labels")
    wrong = {"films.zip": b"PK", "empty.csv": b"", "pressed.csv": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"}
    said = {"films.zip": "choose one that ends in", "empty.csv": "the file", "pressed.csv": "is compressed"}
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
        page.set_input_files("#label-file", tmp_path / name)
        page.wait_for_selector(f"#label-problem:has-text('{said[name]}')")
        assert page.is_hidden("#label-plan")
    assert barriers(page) == []
    choose(page, films)
    assert tab.text_of("#label-problem") == ""
    page.fill("#label-asked", "pos")
    page.click("#label-go")
    page.wait_for_selector("#label-refused:has-text('is the only class')")
    page.select_option("#label-column", "number")
    page.select_option("#label-kind", "numbers")
    assert tab.text_of("#label-asked-title") == "The lowest and the highest number"
    page.fill("#label-asked", "5, 1")
    page.click("#label-go")
    page.wait_for_selector("#label-refused:has-text('the lower one first')")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    assert page.url == f"{tab.home}#label"


def test_several_columns_without_a_usual_name_are_to_be_chosen_from(
    browser: Any, server: Serving, work: Path, tmp_path: Path
) -> None:
    place = tmp_path / f"{HARM.replace('/', '')}.csv"
    place.write_text(f"number,{HARM}\n1,{HARM}\n2,a dull film\n", encoding="utf-8")
    tab = Tab(browser, server, "#label")
    page = tab.page
    page.wait_for_selector("#new-labels")
    choose(page, place)
    assert page.is_disabled("#label-go")
    page.select_option("#label-column", HARM)
    assert page.locator("#label-first li").all_inner_texts() == [HARM, "a dull film"]
    page.fill("#label-asked", f"{HARM}, b")
    page.check("#label-blind")
    page.click("#label-go:enabled")
    open_page(page)
    labelled(tab, "1", 1)
    (name,) = (each.name for each in (work / "labels").iterdir())
    assert lines(work, name)[0]["label"] == HARM
    labelled(tab, "2", 2)
    page.wait_for_selector("#end")
    assert page.is_hidden("#end-train")
    page.click("#home")
    page.wait_for_selector(f"#begun >> text={HARM}, b")
    assert page.evaluate("[document.images.length, window.harm]") == [0, None]
    assert tab.said == []


def test_a_token_is_asked_for_on_each_page_and_kept_in_memory_only(
    browser: Any, start: Start, work: Path, films: Path
) -> None:
    server = start("--work", str(work), environment={"REREAD_TOKEN": TOKEN})
    tab = Tab(browser, server, "#label", viewport={"width": WIDTHS["phone"], "height": 844})
    page = tab.page
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#new-labels")
    choose(page, films)
    page.fill("#label-asked", "pos,neg")
    page.click("#label-go")
    page.wait_for_url("**/label/films/")
    page.wait_for_selector("#access")
    assert page.is_hidden("#desk")
    assert barriers(page) == []
    for wrong, said in (("another-token-of-many", "no token of this server"), ("not a token", "such characters")):
        page.fill("#token", wrong)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#token-problem:has-text('{said}')")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    open_page(page)
    assert page.is_hidden("#access")
    labelled(tab, "1", 1)
    assert len(lines(work)) == 1
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state, window.name])"
    assert page.evaluate(kept) == '[{},{},"",null,""]'
    assert page.input_value("#token") == ""
    assert not any(TOKEN in each for each in tab.asked)
    page.reload()
    page.wait_for_selector("#access")
    assert page.is_hidden("#desk")


def test_enter_follows_a_link_though_it_also_gives_several_labels(
    browser: Any, server: Serving, work: Path, films: Path
) -> None:
    tab = Tab(browser, server, "#label")
    page = tab.page
    page.wait_for_selector("#new-labels")
    choose(page, films)
    page.select_option("#label-kind", "multilabel")
    page.fill("#label-asked", "plot,acting")
    page.click("#label-go")
    open_page(page)
    page.keyboard.press("1")
    page.focus("#home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#begun")
    assert lines(work) == []


def test_a_labelling_that_is_not_there_is_said(browser: Any, server: Serving) -> None:
    tab = Tab(browser, server, "label/nothing/")
    tab.page.wait_for_selector("#problem:has-text('There is no labelling')")
    assert barriers(tab.page) == []
    tab.page.click("#home")
    tab.page.wait_for_selector("#new-labels")


def test_without_a_folder_it_is_said_what_is_missing(browser: Any, one: Serving) -> None:
    tab = Tab(browser, one, "#label")
    tab.page.wait_for_selector("#label-unable:has-text('--work FOLDER')")
    assert tab.page.is_hidden("#label-able")
    assert barriers(tab.page) == []
    assert tab.said == []


def test_a_model_is_trained_from_the_labelling_page_and_used(browser: Any, tmp_path: Path, work: Path) -> None:
    films = write_texts(tmp_path / "films.csv", 200)  # enough for the sets that Try asks for
    (tmp_path / "small.toml").write_text("steps = 2\nno_report = true\n", encoding="utf-8")
    server = Serving([OLD], "--work", str(work), "--training", str(tmp_path / "small.toml"), absent=())
    try:
        data = server.ask("/v1/labellings/data?name=films.csv", films.read_bytes(), {"content-type": "text/csv"}).json()
        server.ask("/v1/labellings", {"data": data["data"], "asked": "pos,neg"})
        for row in range(1, 151):
            server.ask("/label/films/v1/label", {"row": row, "label": true_label(row)})
        tab = Tab(browser, server, "label/films/", viewport={"width": WIDTHS["phone"], "height": 844})
        page = tab.page
        open_page(page)
        page.click("#train-go")
        page.wait_for_selector("#train-use")
        assert page.is_hidden("#train-command")
        assert "linear baseline" in tab.text_of("#train-figures")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
        page.click("#train-use a")
        page.click("#use")
        page.wait_for_selector("#back")
        page.click("a[href='#try']")
        page.fill("#text", "a lovely film")
        page.wait_for_selector("#answer >> text=pos")
        assert tab.said == []
        page.close()
    finally:
        server.kill()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_can_be_read_and_used_on_any_screen(
    browser: Any, server: Serving, tmp_path: Path, width: str, scheme: Any
) -> None:
    tab = Tab(browser, server, "#label", viewport={"width": WIDTHS[width], "height": 844}, color_scheme=scheme)
    page = tab.page
    page.wait_for_selector("#new-labels")
    assert barriers(page) == []
    for count, name in enumerate(("a-file-with-a-name-that-is-as-long-as-one-can-be.csv", "评论.csv")):
        choose(page, write_texts(tmp_path / name))
        assert barriers(page) == []
        page.fill("#label-asked", ", ".join(f"a rather long class {k}" for k in range(9)))
        page.click("#label-go")
        open_page(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
        assert barriers(page) == []
        page.click("#home")
        page.wait_for_function("count => document.querySelectorAll('#begun-list li').length === count", arg=count + 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
        assert barriers(page) == []
