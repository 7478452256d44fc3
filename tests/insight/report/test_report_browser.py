"""The page in a browser: nothing leaves it, it works without scripts, and people with any screen and any eyes can read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from reread.insight.report import Noticed, render
from reread.tasks.classification import Classification
from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, barriers
from support.made_facts import TASKS, facts, measured, with_texts

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of every kind of target, with long words and long names in it."""
    rows = with_texts(
        measured("joint", slices={"shop" * 20: ["一家店", "b" * 90] * 60}), ["x" * 300, "太好看了" * 90, "a film"]
    )
    page = render(facts(rows, findings=[Noticed("a text stands twice", 3, ["y" * 200])]))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_can_be_read_on_any_screen(browser: Any, page_file: Path, width: str, scheme: str) -> None:
    page = browser.new_page(viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    assert [url for url in asked if url != page_file.as_uri() and not url.startswith("data:")] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert barriers(page) == []


OVERFLOWING = """() => [...document.querySelectorAll('section > .scroll')].filter(each => each.scrollWidth > each.clientWidth + 1).length"""
OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')].filter(text => {
    const [inner, outer] = [text, svg].map(each => each.getBoundingClientRect());
    return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 2;
}).map(text => text.textContent))"""


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_long_names_of_classes_need_no_scrolling_and_stay_in_the_figures(
    browser: Any, tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["WORLD AFFAIRS AND MMMMMM", "Politics: elections and government", "W" * 30, "类" * 20, "art"]
    monkeypatch.setitem(cast("dict[str, Any]", TASKS), "long names", Classification(names))
    path = tmp_path / "report.html"
    path.write_text(render(facts(measured("long names"))), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(path.as_uri())
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(OVERFLOWING) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_examples_of_findings_take_the_width_there_is(browser: Any, page_file: Path, width: str) -> None:
    page = browser.new_page(viewport={"width": WIDTHS[width], "height": 800})
    page.goto(page_file.as_uri())
    box = page.locator(".remarks dd").first.bounding_box()
    assert box["width"] >= min(0.8 * WIDTHS[width], 600)


def test_without_scripts_only_sorting_is_missing(browser: Any, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("thead button").count() == 0
    assert page.locator("figure svg").first.is_visible()
    folded = page.locator("details").first
    folded.locator("summary").click()
    assert folded.locator("td").first.is_visible()
    context.close()


def test_tables_are_sorted_by_any_column(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    table = page.get_by_role("table", name="All metrics")
    head = table.locator("thead th", has_text="linear baseline")
    orders = []
    for _ in range(2):
        head.locator("button").click()
        orders.append(
            (
                head.get_attribute("aria-sort"),
                [float(cell) for cell in table.locator("td:nth-child(3)").all_inner_texts()],
            )
        )
    assert orders == [("descending", sorted(orders[0][1], reverse=True)), ("ascending", sorted(orders[0][1]))]
