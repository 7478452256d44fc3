"""The page of `reread agree --settle` in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.browser import CHROMIUM, MISSING, WIDTHS, barriers, hearing
from support.labelling import other_label, true_label
from support.serving import Settling

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_labels_are_shown_on_the_page(browser: Any, settle: Callable[[], Settling], scheme: str) -> None:
    server = settle()
    for width in WIDTHS.values():
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(server.address.geturl() + "/")
        page.wait_for_selector("#classes button")
        hearing(page)
        row = server.state()["asked"]["row"]
        assert page.locator("#given").inner_text() == f"Ada: {true_label(row)} · Bob: {other_label(row)}"
        assert page.locator("#how").inner_text() == "its labels differ"
        assert barriers(page) == []
        page.keyboard.press("2")
        page.wait_for_function("row => document.querySelector('#kept').textContent.includes(`row ${row},`)", arg=row)
