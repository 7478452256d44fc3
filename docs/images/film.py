"""Make the film of docs/label.md: from messages without labels to a model that is served, corrected and retrained.

    .venv/bin/python docs/images/film.py

All of it is done by `reread label` and `reread serve` themselves, in a browser: what is seen is what they said. It
needs chromium (Debian's package of that name) and the development tools that `make setup` installs, and takes a minute.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

from reread import load

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "examples" / "sms_spam" / "sms_spam.csv.gz"
FILM = ROOT / "docs" / "images" / "film.webp"
WIDTH, HEIGHT, CAPTION = 960, 720, 48  # CSS pixels; the caption is below
SHOWN, LABELS, TYPED = 6, 100, 12  # labels that are seen one by one, and all; pieces in which a message is typed
MESSAGE = "Congratulations! You have won a free holiday. Call now to claim your prize"
PATIENCE = 300_000  # milliseconds


class Film:
    """Pictures of a page, each with a caption and its time.

    Args:
        page: the browser's.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.caption = ""
        self._pictures: list[Image.Image] = []
        self._times: list[int] = []
        self._font = ImageFont.load_default(20)

    def shoot(self, milliseconds: int) -> None:
        """Take a picture that is seen so long."""
        seen = Image.open(io.BytesIO(self.page.screenshot()))
        picture = Image.new("RGB", (WIDTH, HEIGHT + CAPTION), "#1b2733")
        picture.paste(seen, (0, 0))
        draw = ImageDraw.Draw(picture)
        draw.text((24, HEIGHT + CAPTION // 2), self.caption, fill="white", font=self._font, anchor="lm")
        self._pictures.append(picture)
        self._times.append(milliseconds)

    def save(self, place: Path) -> None:
        """Write them as one file, which a browser plays again and again."""
        first, *others = self._pictures
        first.save(place, save_all=True, append_images=others, duration=self._times, loop=0, quality=60, method=6)


@contextmanager
def running(folder: Path, *command: str) -> Iterator[str]:
    """A command of reread that serves a page; the page's address."""
    program = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
    with subprocess.Popen(
        [*program, *command, "--port", "0"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.terminate()


def without_labels(place: Path) -> dict[str, str]:
    """Write the messages without their labels; the labels by message."""
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as file:
        truth = {row["text"]: row["label"] for row in csv.DictReader(file)}
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["text"], *([text] for text in truth)])
    return truth


def label(film: Film, truth: dict[str, str]) -> None:
    """Give labels by the keyboard."""
    page = film.page
    keys = {"ham": "1", "spam": "2"}
    by_words = {" ".join(text.split()): keys[each] for text, each in truth.items()}
    film.caption = "reread label messages.csv --classes ham,spam -o labels.jsonl"
    page.wait_for_selector("#answer button")
    film.shoot(2500)
    film.caption = "One key for each message: 1 is ham, 2 is spam"
    for number in range(1, LABELS + 1):
        before = page.inner_text("#question")
        page.keyboard.press(by_words[" ".join(page.inner_text("#text").split())])
        page.wait_for_function("before => document.querySelector('#question').innerText !== before", arg=before)
        if number <= SHOWN or number % 10 == 0:
            film.shoot(700 if number <= SHOWN else 350)
    film.caption = f"After {LABELS} labels: how right it is, and what more would bring"
    page.wait_for_timeout(3000)
    film.shoot(4000)


def train(film: Film) -> str:
    """Train on the labels, and look at the report; the model's folder."""
    page = film.page
    page.locator("#train-go").scroll_into_view_if_needed()
    page.click("#train-go")
    film.caption = "A model is trained beside it"
    page.wait_for_timeout(2000)
    film.shoot(2000)
    page.wait_for_selector("#train-done", state="visible", timeout=PATIENCE)
    page.locator("#train-serve").scroll_into_view_if_needed()
    film.shoot(3500)
    folder = re.findall(r"\S+\.reread", page.inner_text("#train-serve"))[0]
    page.goto(page.evaluate("document.querySelector('#train-report').href"))
    film.caption = "Its report, with the linear baseline beside it"
    film.shoot(3500)
    return str(folder)


def correct(film: Film, wrong: tuple[str, str]) -> None:
    """Ask the model, and correct an answer."""
    page = film.page
    film.caption = "reread serve labels.reread --work work"
    page.wait_for_selector("#text")
    film.shoot(2000)
    film.caption = "The answer comes as one types, with the words that decided"
    for end in range(TYPED, len(MESSAGE) + TYPED, TYPED):
        page.fill("#text", MESSAGE[:end])
        page.wait_for_selector("#behind:not(.old) mark", state="attached")
        film.shoot(500)
    film.shoot(2500)
    message, right = wrong
    film.caption = "A message that it takes for the wrong kind is corrected"
    page.fill("#text", message)
    page.wait_for_selector("#behind:not(.old) mark", state="attached")
    film.shoot(2500)
    page.click("#correct button")
    page.select_option("#correct select", right)
    film.shoot(1500)
    page.locator("#correct button").first.click()
    page.wait_for_selector("#correct .right")
    film.shoot(2000)


def retrain(film: Film, labels: Path) -> None:
    """Train again with the correction."""
    page = film.page
    page.click("a[href='#train']")
    page.wait_for_selector("#again-plan")
    page.set_input_files("#again-rows", labels)
    page.locator("#again-go").scroll_into_view_if_needed()
    film.caption = "Trained again, it answers only if the rows held out do not show it worse"
    film.shoot(2500)
    page.click("#again-go")
    page.wait_for_timeout(3000)
    page.evaluate("scrollTo(0, 0)")
    film.shoot(2000)
    page.wait_for_selector("#verdict:not(:empty)", timeout=PATIENCE)
    film.shoot(5000)


def main() -> None:
    """Play it, and save it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        truth = without_labels(folder / "messages.csv")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        film = Film(page)
        labelling = (
            "label",
            "messages.csv",
            "--classes",
            "ham,spam",
            "-o",
            "labels.jsonl",
            "--by",
            "Ada",
            "--repeat",
            "0",
        )
        with running(folder, *labelling) as address:
            page.goto(address)
            label(film, truth)
            model = train(film)
        labelled = (folder / "labels.jsonl").read_text(encoding="utf-8")
        texts = [text for text in truth if text not in labelled][:2000]
        answers = load(folder / model).predict(texts).tolist()
        wrong = next((text, truth[text]) for text, answer in zip(texts, answers, strict=True) if answer != truth[text])
        with running(folder, "serve", model, "--work", "work") as address:
            page.goto(address)
            correct(film, wrong)
            retrain(film, folder / "labels.jsonl")
        film.save(FILM)
        browser.close()


if __name__ == "__main__":
    main()
