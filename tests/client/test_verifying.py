"""`reread verify URL`: a server whose answers depend on the text alone passes, and one whose do not fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread import load
from reread.apps.cli.run import run
from reread.verification import Check
from support.folders import DATA, OLD

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")
from reread.apps.serve.app import Service
from reread.apps.serve.served import Served
from reread.client.verifying import verify_server
from reread.web.address import listen, url_of
from reread.web.server import Server
from support.serving import Serving

KEPT = sorted((DATA / "folders_2026_11").glob("*.reread"))
TOKEN = "a-token-of-sixteen-characters"


@pytest.mark.slow
def test_every_task_passes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    server = Serving(KEPT, "--max-wait", "60000", environment={"REREAD_TOKEN": TOKEN})
    try:
        monkeypatch.setenv("REREAD_TOKEN", TOKEN)
        assert run(["verify", server.address.geturl(), "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["ok"]
        assert {each["name"].partition(":")[0] for each in said["checks"]} == {folder.stem for folder in KEPT}
        monkeypatch.delenv("REREAD_TOKEN")
        assert run(["verify", server.address.geturl()]) == 2
        assert "expected a token" in capsys.readouterr().err
    finally:
        server.kill()


def checks_of(skewed: Any) -> dict[str, Check]:
    """The checks of a server in this process, whose scores are changed."""
    model = load(OLD, threads=1)
    honest = model.scores

    def scores(texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        return np.asarray(skewed(honest(texts)))

    model.scores = scores  # type: ignore[method-assign]
    service = Service({"old": Served("old", OLD, model, "network")}, most_wait=1e9)

    async def ask() -> list[Check]:
        ready = asyncio.Event()
        with listen("127.0.0.1", 0) as listening:
            server = Server(service.app(), listening, ready=ready.set, leaving=service.leave)
            work = asyncio.create_task(server.serve([listening]))
            await ready.wait()
            try:
                return await asyncio.to_thread(verify_server, url_of(listening))
            finally:
                server.should_exit = True
                await work

    return {each.name: each for each in asyncio.run(ask())}


def test_answers_that_depend_on_other_texts_are_found() -> None:
    found = checks_of(lambda scores: scores + 0.01 * len(scores) * np.arange(scores.shape[1]))
    assert not found["batch size and padding"].ok
    assert found["finite"].ok


def test_answers_that_depend_on_their_place_are_found() -> None:
    found = checks_of(lambda scores: scores + 0.01 * np.arange(len(scores))[:, None] * np.arange(scores.shape[1]))
    assert not found["order"].ok


def test_answers_that_change_are_found() -> None:
    calls = iter(range(1_000_000))
    found = checks_of(lambda scores: scores + 0.01 * next(calls) * np.arange(scores.shape[1]))
    assert not found["asked again"].ok


def test_answers_of_a_sound_server_pass() -> None:
    assert all(check.ok for check in checks_of(lambda scores: scores).values())
