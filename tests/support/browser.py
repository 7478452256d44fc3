"""Pages in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

from support.relay import Relay
from support.serving import Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no chromium here: install Debian's package of that name"
PATIENCE = 120_000  # milliseconds until something that does not come fails a test: machines can be busy
WIDTHS = {"phone": 390, "desktop": 1280}
SCREENS = list(product(WIDTHS, ("dark", "light")))
"""Widths and colour schemes; all other tests of pages are on a desktop and light."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser, for as long as it is needed."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A tab of a server's page, and what it asked for and complained of.

    Args:
        browser: the browser.
        server: whose page it is.
        place: what follows the server's address.
        options: of the browser's page.
    """

    def __init__(self, browser: Any, server: Running | Relay, place: str = "", **options: Any) -> None:
        self.server, self.home = server, server.address.geturl() + "/"
        self.page = browser.new_page(**options)
        self.page.set_default_timeout(PATIENCE)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(self.home + place)
        hearing(self.page)

    def text_of(self, selector: str) -> str:
        return str(self.page.locator(selector).inner_text())


def hearing(page: Any) -> None:
    """Wait until the page hears keys: Chromium drops those that come too soon after it was opened."""
    page.evaluate("() => { addEventListener('keydown', () => { window.heard = true }, { once: true }) }")
    while not page.evaluate("window.heard === true"):
        page.keyboard.press("Shift")
        page.wait_for_timeout(20)


def barriers(page: Any) -> list[tuple[str, str]]:
    """What keeps people from reading a page or working with it, as axe finds it: each rule, and where."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}]
