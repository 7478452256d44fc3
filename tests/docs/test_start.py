"""docs/start.md: its commands run as they stand, one after the other, and the server answers as the page shows."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from reread.apps.cli.run import run
from support.pages import ROOT, blocks, lines
from support.serving import Serving

PAGE = ROOT / "docs" / "start.md"


def block(language: str) -> str:
    """The one block of the page in a language."""
    (text,) = [each.text for each in blocks(PAGE) if each.language == language]
    return text


@pytest.mark.usefixtures("short_training", "checkout")
def test_from_a_file_to_a_served_model(capfd: pytest.CaptureFixture[str]) -> None:
    *commands, serve = [line for line in lines(PAGE) if line.startswith("reread ")]
    assert [command.split()[1] for command in commands] == ["train", "explain", "predict"]
    for command in commands:
        assert (command, run(shlex.split(command)[1:])) == (command, 0), capfd.readouterr().err
    assert serve.split()[:2] == ["reread", "serve"]
    server = Serving([Path(model) for model in serve.split()[2:]])
    try:
        asked = re.search(r"(/v1/\w+) --json '(.+)'", block("sh"))
        assert asked is not None
        answered = server.ask(asked[1], json.loads(asked[2])).json()
    finally:
        server.stop()
    shown = json.loads(block("json"))
    assert answered.keys() == shown.keys()
    assert answered["model"] == shown["model"]
    (answer,), (example,) = answered["answers"], shown["answers"]
    assert answer.keys() == example.keys()
    assert answer["probabilities"].keys() == example["probabilities"].keys()
    assert answer["error"] is None
