"""`reread label`, over its port: what it answers, refuses, keeps and says in the end."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.brokers import wait_until
from support.command_line import TINY, Command
from support.labelling import true_label
from support.serving import Labels

pytest.importorskip("uvicorn")

Start = Callable[..., Labels]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_labels_are_in_the_file_when_the_page_is_told_so(start: Start, out: Path) -> None:
    server = start()
    state = server.state()
    assert (state["labelled"], state["texts"], state["asked"]["how"]) == (0, 60, "random")
    for count in range(1, 13):
        row = state["asked"]["row"]
        state = server.give(row, true_label(row)).json()
        assert lines(out)[-1]["row"] == row
        assert state["labelled"] == count == len(lines(out))
    wait_until(lambda: server.state()["learned"] >= 12)
    kept = lines(out)
    assert {tuple(line) for line in kept} == {("row", "text", "label", "by", "at")}
    assert server.ask("/v1/label/undo", {"row": kept[-1]["row"]}).json()["asked"]["how"] == "undone"
    assert lines(out) == kept[:-1]
    assert server.ask("/v1/label/skip", {"row": kept[-1]["row"]}).json()["skipped"] == 1
    code, said = server.stop(signal.SIGINT)
    assert code == 130
    assert said == f"11 labels in {out}; to train on them: {shlex.join(['reread', 'train', str(out)])}\n"


def test_ctrl_c_is_130_and_a_polite_end_is_0_and_labels_are_gone_on_with(start: Start, out: Path) -> None:
    server = start()
    row = server.state()["asked"]["row"]
    server.give(row, "pos")
    assert server.stop(signal.SIGTERM)[0] == 0
    server = start("--json")
    assert json.loads(server.ready)["labels"] == 1
    code, said = server.stop(signal.SIGINT)
    assert code == 130
    assert f"{out}: going on after 1 label\n" in said


def test_the_labels_can_be_trained_on(start: Start, out: Path, tmp_path: Path, reread: Command) -> None:
    server = start()
    for row in range(1, 31):
        server.give(row, true_label(row))
    server.ask("/v1/label/undo", {"row": 30})
    said = server.stop(signal.SIGINT)[1]
    command = said.partition("to train on them: reread ")[2].strip()
    model = tmp_path / "model.reread"
    trained = reread(f"{command} -o {model} --answer linear --no-report --json {TINY}")
    assert trained.code == 0, trained.err
    assert json.loads(trained.out)["rows"] == 29
    answers = reread(f"evaluate {model} {out} --json")
    assert json.loads(answers.out)["metrics"]["accuracy"] == 1


@pytest.mark.parametrize("blind", [False, True])
def test_with_blind_suggestions_come_after_the_answer_only(start: Start, blind: bool) -> None:  # noqa: FBT001  # a case
    server = start(*["--blind"] * blind)
    for row in range(1, 21):
        server.give(row, true_label(row))
    wait_until(lambda: server.state()["learned"] >= 20)
    before, said = [], []
    for _ in range(5):
        state = server.state()
        before.append(state["asked"]["suggestion"])
        row = state["asked"]["row"]
        said.append(server.give(row, true_label(row)).json()["last"]["suggestion"])
    assert all(each is None for each in before) if blind else any(each is not None for each in before)
    assert {"pos", "neg"} >= set(said) - {None} != set()


def test_what_is_wrong_is_said(start: Start) -> None:
    server = start()
    assert server.give(1, "other").status == 422
    assert server.give(1, "other").json()["detail"] == 'there is no class "other"; the classes are "pos", "neg"'
    assert server.give(61, "pos").json()["detail"] == "there is no row 61 with a text to label"
    assert server.ask("/v1/label", {"row": "1", "label": "pos"}).fields() == ["#/row"]
    assert server.ask("/v1/label", {"row": 1, "label": "pos", "by": "x"}).fields() == ["#/by"]
    assert server.ask("/v1/label", b"{", {"content-type": "application/json"}).status == 400
    assert server.ask("/v1/label", b" " * 70_000, {"content-type": "application/json"}).status == 413
    assert server.give(1, "pos").status == 200
    assert server.give(1, "neg").status == 409
    assert server.state()["labelled"] == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"host": "evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 415),  # what a form of another site can send
    ],
)
def test_pages_of_other_sites_change_nothing(start: Start, headers: dict[str, str], status: int, out: Path) -> None:
    server = start()
    sent = {"content-type": "application/json", **headers}
    for path in ("/v1/label", "/v1/label/skip", "/v1/label/undo"):
        assert server.ask(path, b'{"row": 1, "label": "pos"}', sent).status == status
    assert out.read_bytes() == b""


def test_a_full_disk_keeps_nothing_and_says_so(start: Start, out: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("prlimit is Linux's")
    import resource  # noqa: PLC0415

    server = start()
    server.give(1, "pos")
    before = out.read_bytes()
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (len(before) + 10, resource.RLIM_INFINITY))
    reply = server.give(2, "neg")
    assert (reply.status, reply.json()["detail"]) == (500, f"{out} could not be written: File too large")
    assert out.read_bytes() == before
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert server.give(2, "neg").json()["labelled"] == 2


def test_a_port_in_use(start: Start, data: Path, reread: Command) -> None:
    port = start().address.port
    outcome = reread(f"label {data} --classes pos,neg -o {data.with_name('other.jsonl')} --port {port}")
    assert outcome == (
        2, "", f"reread: 127.0.0.1:{port} cannot be used: Address already in use; choose another port\n"
    )  # fmt: skip


def test_a_second_labelling_of_the_same_file(start: Start, data: Path, out: Path, reread: Command) -> None:
    start()
    outcome = reread(f"label {data} --classes pos,neg -o {out} --port 0")
    assert outcome.code == 2
    assert (
        outcome.err
        == f"reread: {out}: another reread label has it open; end that one, or choose another file with -o\n"
    )


def test_a_training_that_is_cancelled_leaves_nothing(start: Start, out: Path) -> None:
    server = start(absent=())
    for row in range(1, 41):
        server.give(row, true_label(row))
    before = server.ask("/v1/label/training").json()
    assert (before["able"], before["state"]) == (True, None)
    assert server.ask("/v1/label/training", {}).json()["state"] == "running"
    assert server.ask("/v1/label/training", {}).status == 409
    assert server.ask("/v1/label/training/report").status == 404
    assert server.ask("/v1/label/training/cancel", {}).json()["state"] == "cancelled"
    assert [each.name for each in out.parent.iterdir() if each.name.startswith("labels.reread")] == []


def test_a_training_that_fails_says_why(start: Start) -> None:
    server = start(absent=())
    server.give(1, "pos")
    server.ask("/v1/label/training", {})
    wait_until(lambda: server.ask("/v1/label/training").json()["state"] != "running")
    said = server.ask("/v1/label/training").json()
    assert said["state"] == "failed"
    assert "pos" in said["why"]


def test_without_the_extra_nothing_is_trained(start: Start) -> None:
    server = start()
    said = server.ask("/v1/label/training").json()
    assert (said["able"], said["state"]) == (False, None)
    refused = server.ask("/v1/label/training", {})
    assert refused.status == 501
    assert 'pip install "reread[train]"' in refused.json()["detail"]
