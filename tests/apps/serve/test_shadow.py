"""`reread serve --shadow`: two models answer, and the server says how often they disagree; with the real process."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.monitoring.agreement import agreement, pair_of
from support.brokers import wait_until
from support.folders import DATA, OLD, copy_of

pytest.importorskip("uvicorn")
import msgspec

from reread.apps.serve.replies import Comparison
from support.serving import Serving

ORDER = DATA / "folders_2026_11" / "order.reread"
TEXTS = [f"a {kind} {what}, number {k}" for k in range(10) for kind in ("lovely", "dull") for what in ("film", "book")]


def compared(server: Serving, count: int) -> Any:
    """What the comparison says as soon as so many texts were compared."""
    said: list[Any] = []

    def all_compared() -> bool:
        said[:] = [server.ask("/v1/shadow").json()]
        return bool(said[0]["compared"] == count)

    wait_until(all_compared)
    return said[0]  # another worker may not have heard of the last ones yet


def answers_of(folder: Path) -> list[dict[str, Any]]:
    model = load(folder, threads=1)
    return model.postprocessor.answers(model.scores(TEXTS))


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--shadow-texts",)], ids=["one", "workers", "texts"])
def test_the_shadow_is_compared_and_examples_have_texts_only_if_asked(options: tuple[str, ...]) -> None:
    pairs = Counter(map(pair_of, answers_of(OLD), answers_of(ORDER)))
    server = Serving([OLD], "--shadow", str(ORDER), *options)
    try:
        first = server.ask("/v1/shadow").json()
        assert (first["compared"], first["sentence"], first["examples"]) == (0, "", [])
        for text in TEXTS:  # on as many connections, which the workers share
            assert server.ask("/v1/predict", {"text": text}).status == 200
        said = compared(server, len(TEXTS))
        msgspec.convert(said, Comparison, strict=True)
        assert (said["model"]["name"], said["shadow"]["name"]) == (OLD.stem, ORDER.stem)
        assert said["sentence"] == agreement(pairs)
        assert said["disagree"] == sum(n for (one, other), n in pairs.items() if one != other) > 0
        assert said["left_out"] == 0
        for each in said["examples"]:
            assert each["answer"]["prediction"] != each["shadow"]["prediction"]
            assert ("text" in each) == (options == ("--shadow-texts",))
            assert each.get("text", TEXTS[0]) in TEXTS
        assert server.ask("/v1/predict", {"text": TEXTS[0], "abstain_below": 0.9}).status == 200
        assert server.stop() == (0, "")
    finally:
        server.kill()


def test_a_new_shadow_is_compared_anew(tmp_path: Path) -> None:
    link = tmp_path / "candidate"
    link.symlink_to(copy_of(OLD, tmp_path / "old"))
    server = Serving([OLD], "--shadow", str(link))
    try:
        server.ask("/v1/predict", {"texts": TEXTS})
        assert compared(server, len(TEXTS))["sentence"] == f"The shadow gave the same {len(TEXTS)} answers."
        (tmp_path / "next").symlink_to(ORDER)
        (tmp_path / "next").rename(link)
        server.process.send_signal(signal.SIGHUP)
        assert compared(server, 0)["examples"] == []
        server.ask("/v1/predict", {"texts": TEXTS[:4]})
        assert compared(server, 4)["disagree"] == 4
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("models", "options", "message"),
    [
        (["model_v1"], ["--shadow", "numbers"], "answers numbers, in which two models never quite agree"),
        (["classes", "order"], ["--shadow", "classes"], "is compared with one model; serve one of classes, order"),
        (["model_v1"], ["--shadow-texts"], "--shadow-texts: pass --shadow too"),
    ],
)
def test_what_cannot_be_compared_is_refused(models: list[str], options: list[str], message: str) -> None:
    def place(name: str) -> Path:
        return OLD if name == OLD.stem else ORDER.with_name(f"{name}.reread")

    given = [each if each.startswith("--") else str(place(each)) for each in options]
    with pytest.raises(RuntimeError, match=message):
        Serving([place(each) for each in models], *given)


def test_without_a_shadow_there_is_nothing_to_see() -> None:
    server = Serving([OLD])
    try:
        refused = server.ask("/v1/shadow")
        assert (refused.status, refused.fields()) == (404, [])
    finally:
        server.kill()
