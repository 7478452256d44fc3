"""Record a newcomer's walk: in an empty folder, from the installation to a model that is trained again.

    .venv/bin/python docs/images/walk.py

It installs reread from this checkout into a new environment, trains on a file of messages, explains, serves, asks the
server, labels 40 other messages by the keyboard of a real browser, and trains with them. What the commands print, and
how long each takes, becomes docs/images/walk.svg. It needs chromium (Debian's package of that name) and the development
tools that `make setup` installs, and takes some minutes.
"""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "examples" / "sms_spam" / "sms_spam.csv.gz"
SVG = ROOT / "docs" / "images" / "walk.svg"
ROWS, LABELS, WIDTH, LINES = 1500, 40, 100, 16
KEYS = {"ham": "1", "spam": "2"}
QUESTION = b'{"text": "You have won a prize, call now"}'


class Walk:
    """A terminal in a folder, whose commands and answers are recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.console = Console(record=True, width=WIDTH, force_terminal=True)
        self.seconds = 0.0

    def type(self, command: str) -> None:
        """Show a command."""
        self.console.print(Text(f"$ {command}", style="bold green"))

    def say(self, said: str, seconds: float) -> None:
        """Show the end of what a command said, and how long it took."""
        lines = said.strip().splitlines()
        if len(lines) > LINES:
            lines = ["…", *lines[-LINES:]]
        self.console.print(Text("\n".join(lines)))
        self.seconds += seconds
        self.console.print(Text(f"{seconds:.0f} s\n", style="dim"))

    def run(self, command: str, really: str = "") -> None:
        """Run a command, or what stands for it here, to its end."""
        self.type(command)
        begun = time.monotonic()
        words = f"PATH={self.folder}/.venv/bin:$PATH COLUMNS={WIDTH} {really or command}"
        done = subprocess.run(["bash", "-c", words], cwd=self.folder, capture_output=True, text=True, check=True)
        self.say(done.stderr + done.stdout, time.monotonic() - begun)

    def serve(self, command: str) -> tuple[subprocess.Popen[str], str]:
        """Start a command that serves, and wait for its address."""
        self.type(f"{command} &")
        begun = time.monotonic()
        program = [str(self.folder / ".venv" / "bin" / "reread"), *command.split()[1:], "--port", "0"]
        process = subprocess.Popen(
            program, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        self.say(line, time.monotonic() - begun)
        return process, line.rpartition(" ")[2].strip()


def lay(folder: Path) -> dict[str, str]:
    """A file of labelled messages, and one of others; the labels of those."""
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "messages.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *([row["text"], row["label"]] for row in rows[:ROWS])])
    others = {row["text"]: row["label"] for row in rows[ROWS : 2 * ROWS]}
    with (folder / "others.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in others)])
    return others


def label(address: str, truth: dict[str, str]) -> None:
    """Answer by the keyboard, as somebody would who knows."""
    keys = {" ".join(text.split()): KEYS[each] for text, each in truth.items()}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("#answer button")
        for _ in range(LABELS):
            before = page.inner_text("#question")
            page.keyboard.press(keys[" ".join(page.inner_text("#text").split())])
            page.wait_for_function("before => document.querySelector('#question').innerText !== before", arg=before)
        browser.close()


def main() -> None:
    """Walk, and draw it."""
    with tempfile.TemporaryDirectory() as scratch:
        walk = Walk(Path(scratch))
        truth = lay(walk.folder)
        walk.run("python3 -m venv .venv && . .venv/bin/activate", "python3 -m venv .venv")
        extras = f"'{ROOT}[train,serve]' --constraint {ROOT}/constraints.txt"
        walk.run(
            'pip install "reread[train,serve]"',
            f"pip install --quiet --disable-pip-version-check {extras} 2>/dev/null; reread --version",
        )
        walk.run("reread train messages.csv")
        walk.run('reread explain messages.reread "You have won a prize, call now"')
        process, address = walk.serve("reread serve messages.reread")
        walk.type(f"curl {address}/v1/predict -H 'Content-Type: application/json' -d '{QUESTION.decode()}'")
        asked = urllib.request.Request(f"{address}/v1/predict", QUESTION, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked) as reply:
            walk.say(reply.read().decode(), 0)
        process.terminate()
        process, address = walk.serve("reread label others.csv --classes ham,spam -o labels.jsonl")
        begun = time.monotonic()
        label(address, truth)
        walk.console.print(Text(f"({LABELS} answers by the keyboard, some texts twice)", style="dim"))
        process.terminate()
        process.wait()
        walk.run("wc -l labels.jsonl")
        walk.seconds += time.monotonic() - begun
        walk.run("reread train messages.csv labels.jsonl -o better.reread")
        walk.console.print(Text(f"{walk.seconds / 60:.1f} minutes in all", style="bold"))
    svg = walk.console.export_svg(title="reread: from an empty folder to a model that is trained again")
    SVG.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
