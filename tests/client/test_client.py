"""`Client` and `AsyncClient` against real servers: the answers of the `Model`, and what they do when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from reread.errors import ConfigError, DataError, RereadError
from reread.explain import Explanation
from reread.model.base import Model
from support.folders import DATA, OLD

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")
from reread.client import AsyncClient, Client, talk
from reread.client.retries import FIRST, Retries
from support.serving import Serving

KEPT = sorted((DATA / "folders_2026_11").glob("*.reread"))
TEXTS = ["a lovely warm film", "dull", "一部好看的电影", "x" * 3000, "fun"]
CALLS = {
    "predict": lambda asked: asked.predict(TEXTS),
    "predict_proba": lambda asked: asked.predict_proba(TEXTS),
    "predict_set": lambda asked: asked.predict_set(TEXTS, 0.6),
    "predict_interval": lambda asked: asked.predict_interval(TEXTS, 0.6),
    "abstaining": lambda asked: asked.predict(TEXTS, abstain_below=0.9),
    "classes": lambda asked: asked.classes_,
    "explain": lambda asked: asked.explain(TEXTS[0]),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    found = Serving(KEPT)
    yield found
    found.kill()


@pytest.fixture(scope="module")
def one() -> Iterator[Serving]:
    found = Serving([OLD])
    yield found
    found.kill()


def url(server: Serving) -> str:
    return server.address.geturl()


def outcome(call: Any, asked: Model | Client) -> Any:
    """What a call gives; the kind of its error, if it has none to give."""
    try:
        return call(asked)
    except (ConfigError, DataError):
        return "refused"
    except AttributeError:
        return "no such thing"


def same(found: Any, expected: Any) -> None:
    """Equal in types and values, up to rounding."""
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            same(found[name], value)
    elif isinstance(expected, Explanation):
        same(found.to_dict(), expected.to_dict())
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        else:
            same(found.tolist(), expected.tolist())
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-4)
    else:
        assert found == expected


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.stem)
def test_the_client_gives_what_the_model_gives(folder: Path, call: str, server: Serving) -> None:
    expected = outcome(CALLS[call], load(folder, threads=1))
    with Client(url(server), model=folder.stem) as client:
        same(outcome(CALLS[call], client), expected)


def test_the_other_client_does_the_same_at_once(one: Serving) -> None:
    model = load(OLD, threads=1)

    async def ask() -> list[Any]:
        async with AsyncClient(url(one)) as client:
            return await asyncio.gather(
                client.predict(TEXTS), client.predict_proba(TEXTS), client.explain(TEXTS[0]), client.classes()
            )

    same(
        asyncio.run(ask()), [model.predict(TEXTS), model.predict_proba(TEXTS), model.explain(TEXTS[0]), model.classes_]
    )


def test_many_texts_go_in_batches_and_too_large_ones_in_halves(one: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"film {k}" for k in range(talk.BATCH_TEXTS * 2 + 1)]
    expected = load(OLD, threads=1).predict_proba(texts)
    before = asked(one)
    with Client(url(one)) as client:
        same(client.predict_proba(texts), expected)
        assert asked(one) - before == 3
        monkeypatch.setattr(talk, "BATCH_TEXTS", 1 << 20)
        monkeypatch.setattr(talk, "BATCH_BYTES", 1 << 30)
        long = ["word " * 40_000] * 7  # more than a request may have
        assert len(set(client.predict(long))) == 1
    assert client.predict_proba.__doc__


def asked(server: Serving) -> float:
    lines = server.ask("/metrics").body.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("reread_serve_requests_total{"))


def test_a_server_that_is_full_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Serving([OLD], "--max-wait", "1")
    texts = ["a lovely warm film " * 500] * 8
    try:
        with Client(url(server), retries=Retries(tries=100)) as client, ThreadPoolExecutor(6) as clients:
            answers = list(clients.map(lambda _: client.predict(texts), range(6)))
        lines = server.ask("/metrics").body.decode()
        assert 'requests_total{status="429"}' in lines
        assert {tuple(each) for each in answers} == {tuple(load(OLD, threads=1).predict(texts))}
    finally:
        server.kill()


def test_the_servers_word_is_kept_and_patience_ends() -> None:
    retries = Retries(tries=4, patience=60)
    for tried in range(1, 4):
        for said, least in (("7", 7), (None, FIRST * 2 ** (tried - 1)), ("Tue, 1 Dec 2026", FIRST * 2 ** (tried - 1))):
            pause = retries.pause(tried, 0, said)
            assert pause is not None
            assert least <= pause <= least * 1.25
    assert retries.pause(4, 0, "1") is None
    assert retries.pause(1, 0, "61") is None
    assert retries.pause(2, 59.5, "1") is None


def test_errors_say_what_is_wrong(one: Serving, server: Serving, tmp_path: Path) -> None:
    with Client(url(one)) as client:
        with pytest.raises(DataError, match=r"^text 1: text is only white space$"):
            client.predict(["fun", " "])
        with pytest.raises(DataError, match="one string, expected a list"):
            client.predict("fun")
        with pytest.raises(DataError, match="text 0 is int"):
            client.predict([7])  # type: ignore[list-item]
        with pytest.raises(DataError, match="abstain_below"):
            client.predict(["fun"], abstain_below=3)
        with pytest.raises(ConfigError, match="explains no fish; it explains"):
            client.explain("fun", target="fish")
        assert client.predict([]).tolist() == []
    with Client(url(server)) as client, pytest.raises(RereadError, match="expected the name of a model"):
        client.predict(["fun"])
    with pytest.raises(ConfigError, match="expected an address such as"):
        Client("127.0.0.1:8080")
    with (
        Client("http://127.0.0.1:1", retries=Retries(tries=2)) as client,
        pytest.raises(DataError, match=r"^http://127\.0\.0\.1:1 cannot be reached: "),
    ):
        client.predict(["fun"])


def test_a_token_is_sent(tmp_path: Path) -> None:
    place = tmp_path / "tokens"
    place.write_text("a-token-of-sixteen-characters", encoding="utf-8")
    server = Serving([OLD], "--token-file", str(place))
    try:
        with Client(url(server), token=place.read_text(encoding="utf-8")) as client:
            assert len(client.predict(TEXTS)) == len(TEXTS)
        with Client(url(server)) as client, pytest.raises(ConfigError, match=r"Bearer TOKEN \(status 401\)$"):
            client.predict(TEXTS)
    finally:
        server.kill()
