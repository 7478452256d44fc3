"""Draw the README's picture: the message that it explains, marked by the demo's model.

    make demo
    .venv/bin/python docs/images/make.py

It needs chromium (Debian's package of that name) and the development tools that `make setup` installs.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from reread.apps.cli.run import run

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "demo" / "spam.reread"
PICTURE = ROOT / "docs" / "images" / "explanation.png"
WIDTH, HEIGHT = 760, 408  # CSS pixels


def shoot(page_file: Path, picture: Path) -> None:
    """Save the top of a page as a PNG of twice its size in CSS pixels, sharp on every screen."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        size = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=size, device_scale_factor=2, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=picture)
        browser.close()


def main() -> None:
    """Explain the README's message as a page, and take its picture."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (message,) = re.findall(r'^reread explain \S+ "(.+)"$', readme, flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "why.html")
        code = run(["explain", str(MODEL), message, "--quiet", "--html", str(page)])
        if code:
            sys.exit(code)
        shoot(page, PICTURE)


if __name__ == "__main__":
    main()
