"""`reread serve` takes new models, refuses broken ones and goes back, while clients ask; with the real process."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from reread import load
from support.brokers import wait_until
from support.folders import DATA, OLD, copy_of, sign

pytest.importorskip("uvicorn")
from support.serving import Serving, ask

OTHER = DATA / "folders_2026_11" / "classes.reread"
TEXT = "a lovely warm film"
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there are no such signals here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A link to a copy of a model folder, which a test can lead elsewhere or break."""
    copy_of(OLD, tmp_path / "first")
    copy_of(OTHER, tmp_path / "second")
    link = tmp_path / "films.reread"
    link.symlink_to("first")
    return link


def lead(link: Path, target: str) -> None:
    new = link.with_name("next")
    new.symlink_to(target)
    new.rename(link)


def answers_of(folder: Path) -> dict[str, float]:
    model = load(folder, threads=1)
    return dict(zip(map(str, model.classes_), model.predict_proba([TEXT])[0].tolist(), strict=True))


@contextmanager
def serving(*models: Path, options: tuple[str, ...] = ()) -> Iterator[Serving]:
    server = Serving(models, *options)
    try:
        yield server
    finally:
        server.kill()


def probabilities(server: Serving) -> dict[str, float]:
    reply = server.ask("/v1/predict", {"text": TEXT})
    assert reply.status == 200
    return dict(reply.json()["answers"][0]["probabilities"])


def is_like(found: dict[str, float], expected: dict[str, float]) -> bool:
    return found.keys() == expected.keys() and np.allclose([*found.values()], [*expected.values()], atol=1e-5)


def checksum(server: Serving) -> Any:
    return server.ask("/v1/models").json()["models"][0]["checksum"]


def test_a_signal_brings_the_new_model_and_another_the_old_one(folder: Path) -> None:
    old, new = answers_of(OLD), answers_of(OTHER)
    with serving(folder) as server:
        assert is_like(probabilities(server), old)
        first = checksum(server)
        lead(folder, "second")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: checksum(server) != first)
        assert is_like(probabilities(server), new)
        server.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: checksum(server) == first)
        assert is_like(probabilities(server), old)
        assert server.ask("/v1/models").json()["models"][0]["card"] is None  # that of the folder is another model's
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: checksum(server) != first)
        assert is_like(probabilities(server), new)
        assert server.stop()[0] == 0


def test_a_watched_folder_is_left_where_one_went_back(folder: Path) -> None:
    new = answers_of(OTHER)
    with serving(folder, options=("--watch",)) as server:
        first = checksum(server)
        shutil.rmtree(folder.with_name("first"))  # the same path with other content
        copy_of(OTHER, folder.with_name("first"))
        wait_until(lambda: checksum(server) != first)
        assert is_like(probabilities(server), new)
        server.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: checksum(server) == first)
        # What comes after is taken: it is what was looked at last, and not what was left behind.
        config = folder.with_name("second") / "metrics.json"
        config.write_text(config.read_text(encoding="utf-8").rstrip() + "\n\n", encoding="utf-8")
        sign(config.parent)
        lead(folder, "second")
        wait_until(lambda: checksum(server) != first)
        assert len(server.stop()[1].splitlines()) == 3


@pytest.mark.parametrize("broken", ["no sums", "changed weights", "gone"])
def test_a_broken_folder_is_refused_and_the_old_model_goes_on(folder: Path, broken: str) -> None:
    old, target = answers_of(OLD), folder.with_name("second")
    if broken == "no sums":
        (target / "SHA256SUMS").unlink()
    elif broken == "changed weights":
        weights = bytearray((target / "weights.safetensors").read_bytes())
        weights[-1] ^= 1
        (target / "weights.safetensors").write_bytes(weights)
    else:
        shutil.rmtree(target)
    with serving(folder) as server:
        lead(folder, "second")
        server.process.send_signal(signal.SIGHUP)
        assert server.process.stderr is not None
        said = server.process.stderr.readline()
        assert said.startswith("reread: the old model answers on: ")
        assert str(folder) in said
        assert is_like(probabilities(server), old)
        assert server.stop() == (0, "")


def test_a_model_with_scores_that_are_no_numbers_is_refused(folder: Path) -> None:
    place = folder.with_name("second") / "weights.safetensors"
    save_file({name: np.full_like(tensor, np.nan) for name, tensor in load_file(place).items()}, place)
    sign(place.parent)
    with serving(folder, options=("--answer", "network")) as server:
        lead(folder, "second")
        server.process.send_signal(signal.SIGHUP)
        assert server.process.stderr is not None
        assert "scores are not finite" in server.process.stderr.readline()
        assert is_like(probabilities(server), answers_of(OLD))


def test_no_request_is_lost_while_models_take_turns(folder: Path) -> None:
    old, new = answers_of(OLD), answers_of(OTHER)
    seen: list[dict[str, float] | int] = []
    over = threading.Event()

    def keep_asking(server: Serving) -> None:
        connection = server.connect()
        while not over.is_set():
            reply = ask(connection, "/v1/predict", {"text": TEXT})
            seen.append(reply.json()["answers"][0]["probabilities"] if reply.status == 200 else reply.status)
        connection.close()

    with serving(folder, options=("--max-wait", "60000")) as server:
        clients = [threading.Thread(target=keep_asking, args=(server,)) for _ in range(4)]
        for client in clients:
            client.start()
        for turn in range(6):
            before = checksum(server)
            lead(folder, ("second", "first")[turn % 2])
            os.kill(server.process.pid, signal.SIGHUP)
            wait_until(lambda before=before: checksum(server) != before)
        over.set()
        for client in clients:
            client.join()
    kinds = [isinstance(each, dict) and (is_like(each, old), is_like(each, new)) for each in seen]
    assert set(kinds) == {(True, False), (False, True)}


EARLY = """
import os, signal, sys

def see(event, arguments):
    if event == "open" and str(arguments[0]).endswith("weights.safetensors"):
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGUSR1)

sys.addaudithook(see)
"""


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one", "workers"])
def test_signals_while_the_models_are_opened_do_not_end_the_server(folder: Path, options: tuple[str, ...]) -> None:
    """Each process sends them to itself as soon as it reads the weights."""
    (folder.parent / "sitecustomize.py").write_text(EARLY, encoding="utf-8")
    path = os.pathsep.join([str(folder.parent), os.environ.get("PYTHONPATH", "")])
    server = Serving([folder], *options, environment={"PYTHONPATH": path})
    try:
        assert is_like(probabilities(server), answers_of(OLD))
        assert server.stop() == (0, "")
    finally:
        server.kill()
