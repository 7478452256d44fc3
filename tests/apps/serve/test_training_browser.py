"""The tab Train in a browser: a file is understood and learned from, its model answers, and is gone back from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.browser import CHROMIUM, MISSING, WIDTHS, Tab, barriers
from support.folders import OLD

pytest.importorskip("uvicorn")
from support.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

HARM = "<img src=x onerror=window.harm=1>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    (tmp_path / "small.toml").write_text("steps = 2\nno_report = true\n", encoding="utf-8")
    options = ("--work", str(tmp_path / "files"), "--training", str(tmp_path / "small.toml"))
    running = Serving([OLD], *options, absent=())
    yield running
    running.kill()


def written(place: Path) -> Path:
    """A file whose columns and classes would be HTML if they could."""
    texts = [f"{('a lovely', 'a dull')[k % 2]} film {k}" for k in range(200)]
    labels = [("good", HARM)[k % 2] for k in range(200)]
    if place.suffix == ".parquet":
        arrow = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet").write_table(arrow.table({HARM: texts, "label": labels}), place)
    else:
        rows = "".join(f"{text},{label}\n" for text, label in zip(texts, labels, strict=True))
        place.write_text(f"{HARM},label\n{rows}", encoding="utf-8")
    return place


@pytest.mark.parametrize("name", ["films.csv", "films.parquet"])
def test_a_file_is_understood_learned_from_and_used(browser: Any, server: Serving, tmp_path: Path, name: str) -> None:
    tab = Tab(browser, server, "#train", viewport={"width": WIDTHS["phone"], "height": 844}, color_scheme="dark")
    page = tab.page
    page.wait_for_selector("#learn")
    page.set_input_files("#learn-file", written(tmp_path / name))
    page.wait_for_selector("#learn-plan")
    assert "column" in tab.text_of("#learn-problem")
    assert page.is_disabled("#learn-go")
    assert barriers(page) == []
    page.select_option("#learn-text", HARM)
    page.wait_for_selector("#learn-go:enabled")
    said = tab.text_of("#understood")
    assert "200 rows" in said
    assert HARM in said
    page.focus("#learn-go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#training-done")
    assert "linear baseline" in tab.text_of("#figures")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    page.click("#use")
    page.wait_for_selector("#back")
    page.click("a[href='#try']")
    page.fill("#text", "a dull film 3")
    page.wait_for_selector(f"#answer >> text={HARM}")
    page.click("a[href='#train']")
    page.click("#back")
    page.wait_for_selector("#back", state="hidden")
    page.wait_for_selector("#use")
    assert page.evaluate("window.harm === undefined")
    assert all(each.startswith((tab.home, "blob:")) for each in tab.asked)
    assert tab.said == []


def test_an_answer_is_corrected_and_the_model_retrained(browser: Any, server: Serving, tmp_path: Path) -> None:
    tab = Tab(browser, server, "#train", viewport={"width": WIDTHS["desktop"], "height": 900})
    page = tab.page
    page.wait_for_selector("#learn")
    page.set_input_files("#learn-file", written(tmp_path / "films.csv"))
    page.select_option("#learn-text", HARM)
    page.click("#learn-go:enabled")
    page.click("#use")
    page.wait_for_selector("#back")
    page.click("a[href='#try']")
    page.fill("#text", "a lovely dull film")
    page.click("#correct button")
    said = tab.text_of("#said")
    page.select_option("#correct select", "good" if HARM in said else HARM)
    page.click("#correct button:has-text('Keep')")
    page.click("#corrected .to-train")
    page.wait_for_selector("#again-data", state="hidden")  # it was trained here
    assert "1 correction" in tab.text_of("#again-from")
    assert barriers(page) == []
    page.click("#again-go")
    page.wait_for_selector("#verdict:has-text('held out from both')")
    assert "Of 1 corrected text" in tab.text_of("#verdict")
    assert barriers(page) == []
    assert page.evaluate("window.harm === undefined")
    assert tab.said == []


def test_a_training_is_cancelled_and_gone_on_with_by_the_keyboard(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text("epochs = 5000\nno_report = true\n", encoding="utf-8")
    options = ("--work", str(tmp_path / "files"), "--training", str(tmp_path / "long.toml"))
    server = Serving([OLD], *options, absent=())
    try:
        tab = Tab(browser, server, "#train", viewport={"width": WIDTHS["phone"], "height": 844})
        page = tab.page
        page.wait_for_selector("#learn")
        page.set_input_files("#learn-file", {"name": "texts.csv", "mimeType": "text/csv", "buffer": b"text\na film\n"})
        page.wait_for_selector("#learn-problem:not(:empty)")
        assert page.is_disabled("#learn-go")
        assert barriers(page) == []
        page.set_input_files("#learn-file", written(tmp_path / "films.csv"))
        page.select_option("#learn-text", HARM)
        page.locator("#learn-go:enabled").press("Enter")
        page.wait_for_selector("#training-left:has-text('step ')")
        assert page.is_disabled("#learn-go")
        assert barriers(page) == []
        page.locator("#training-cancel").press("Enter")
        page.wait_for_selector("#resume")
        assert "was cancelled. What was learned is kept" in tab.text_of("#training-said")
        assert barriers(page) == []
        page.locator("#resume").press("Enter")
        page.wait_for_selector("#training-running")
        page.locator("#training-cancel").press("Enter")
        page.wait_for_selector("#training-said:has-text('was cancelled')")
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
        assert tab.said == []
    finally:
        server.kill()
