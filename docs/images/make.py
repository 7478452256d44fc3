"""Draw the README's picture: the top of the report on the demo's test rows, beside an explanation of one message.

    make demo
    .venv/bin/python docs/images/make.py

It needs chromium (Debian's package of that name) and the development tools that `make setup` installs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
MODEL, REPORT = ROOT / "demo" / "spam.reread", ROOT / "demo" / "spam.test.html"
TEXT = "Congratulations! You have won a free prize, call 09061701461 now to claim"
WIDTH = 1000  # CSS pixels
COMMAND = "from reread.apps.cli import main; main()"


def shoot(page_file: Path, picture: Path, height: int) -> None:
    """Save the top of a page as a PNG."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=picture)
        browser.close()


def main() -> None:
    """Take both pictures."""
    shoot(REPORT, ROOT / "docs" / "images" / "report.png", 700)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "why.html")
        arguments = ["explain", str(MODEL), TEXT, "--quiet", "--html", str(page)]
        subprocess.run([sys.executable, "-c", COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
        shoot(page, ROOT / "docs" / "images" / "explanation.png", 560)


if __name__ == "__main__":
    main()
