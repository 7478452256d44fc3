"""Rules on the labelling page in a browser, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reread.weak import read_rules
from support.browser import CHROMIUM, MISSING, SCREENS, WIDTHS, Tab, barriers
from support.serving import Labels

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

Start = Callable[..., Labels]
RULES = "/v1/label/rules"


def test_rules_are_written_by_the_keyboard_alone_and_their_conflicts_are_seen(
    browser: Any, start: Start, out: Path
) -> None:
    tab = Tab(browser, start())
    page = tab.page
    page.locator("#rules summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("lovely, great 1")  # a key that would give a label elsewhere
    page.wait_for_selector('#rule-tried:has-text("10 texts (16.7")')
    page.keyboard.press("Enter")
    page.wait_for_selector("#rules-table tbody tr")
    assert out.read_text() == ""
    page.keyboard.type("film")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector('#rule-tried:has-text("on 10 of them against other rules")')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rules-table tbody tr >> nth=1")
    assert page.locator("#rules-table tbody th").all_inner_texts() == ['"lovely", "great 1" → pos', '"film" → neg']
    assert "rules vote on 33.3\N{NO-BREAK SPACE}%, and disagree on 16.7\N{NO-BREAK SPACE}%" in tab.text_of("#rules-all")
    assert page.locator("#rules-disputed li").count() == 3
    assert [each.label for each in read_rules(out.with_name("labels.rules.toml")).rules] == ["pos", "neg"]
    page.locator("#rules-table button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#rules-table tbody tr >> nth=1", state="detached")
    assert tab.said == []


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_they_can_be_read_on_any_screen(browser: Any, start: Start, width: str, scheme: str) -> None:
    server = start(classes=f"pos,{'a rather long class ' * 4}")
    server.ask(RULES, {"label": "pos", "words": ["x" * 100, *"abcdefgh"]})
    server.ask(RULES, {"label": server.state()["question"]["classes"][1]["name"], "words": ["a"]})
    tab = Tab(browser, server, viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme, locale="zh-CN")
    tab.page.click("#rules summary")
    tab.page.wait_for_selector("#rules-table tbody tr")
    assert "互相冲突" in tab.text_of("#rules-all")
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert barriers(tab.page) == []
    assert tab.said == []
