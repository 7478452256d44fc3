"""Who may ask what of a running server: listed sites, so much a second, so long, and of the named folders only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.brokers import wait_until
from support.command_line import Command
from support.folders import OLD, copy_of
from support.serving import Reply, Serving

pytest.importorskip("uvicorn")

Start = Callable[..., Serving]
TOKENS = ("a-token-of-sixteen-characters", "another-token-of-many")
PAGE = "https://app.example"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}


def bearer(place: int) -> dict[str, str]:
    return {"authorization": f"Bearer {TOKENS[place]}"}


def shared(reply: Reply) -> Mapping[str, str]:
    """What browsers read of who may see a reply."""
    return {name.lower(): value for name, value in reply.headers.items() if name.lower().startswith("access-control-")}


@pytest.fixture
def tokens(tmp_path: Path) -> str:
    place = tmp_path / "tokens.txt"
    place.write_text("\n".join(TOKENS), encoding="utf-8")
    return str(place)


def test_pages_of_listed_sites_may_ask_and_read(start: Start, tokens: str) -> None:
    server = start("--cors", PAGE, "--cors", "http://localhost:3000/", "--token-file", tokens)
    for origin in (PAGE, "http://localhost:3000"):
        page = {"origin": origin, "sec-fetch-site": "cross-site"}
        before = server.ask("/v1/predict", headers={**page, **PREFLIGHT}, method="OPTIONS")
        assert before.status == 200
        assert shared(before)["access-control-allow-origin"] == origin
        assert {"authorization", "content-type"} <= set(
            shared(before)["access-control-allow-headers"].lower().split(", ")
        )
        asked = server.ask("/v1/predict", {"text": "a film"}, {**page, **bearer(0)})
        refused = server.ask("/v1/predict", {"text": "a film"}, page)
        assert (asked.status, refused.status) == (200, 401)
        for reply in (asked, refused):
            assert shared(reply)["access-control-allow-origin"] == origin
            assert "access-control-allow-credentials" not in shared(reply)
            assert "Origin" in reply.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]
)
@pytest.mark.parametrize("options", [[], ["--cors", PAGE]])
def test_pages_of_other_sites_may_not(start: Start, origin: str, options: list[str]) -> None:
    server = start(*options)
    for method, headers in (("POST", {}), ("OPTIONS", PREFLIGHT)):
        reply = server.ask("/v1/predict", {"text": "a film"}, {"origin": origin, **headers}, method=method)
        assert (reply.status, shared(reply)) == (403, {})
    assert shared(server.ask("/v1/predict", {"text": "a film"})) == {}
    for host in ("evil.example", "app.example"):  # a page's name that leads to this machine
        assert server.ask("/v1/predict", {"text": "a"}, {"origin": PAGE, "host": host}).status == 403


def test_any_site_at_once_cannot_be_listed(reread: Command) -> None:
    said = reread(f"serve {OLD} --port 0 --cors '*'")
    assert (said.code, "'*' is no origin; expected one site" in said.err) == (2, True)


def test_each_token_has_a_rate_of_its_own(start: Start, tokens: str) -> None:
    server = start("--rate", "1", "--token-file", tokens)
    first, second = bearer(0), bearer(1)
    assert server.ask("/v1/predict", {"text": "a film " * 5000}, first).status == 200
    for path, body, kind in (
        ("/v1/predict", b'{"text": "a"}', "application/json"),
        ("/v1/explain", b'{"text": "a"}', "application/json"),
        ("/v1/predict", b'{"text": "a"}\n', "application/x-ndjson"),
        ("/v1/files", b"text\na\n", "text/csv"),
        ("/predict", b'{"inputs": "a"}', "application/json"),
    ):
        refused = server.ask(path, body, {**first, "content-type": kind})
        assert (refused.status, refused.fields()) == (429, [])
        assert 1000 < int(refused.headers["retry-after"]) <= 12_000
        assert TOKENS[0] not in refused.body.decode()
    assert server.ask("/v1/models", headers=first).status == 200
    assert server.ask("/v1/predict", {"text": "a"}, second).status == 200


def test_without_tokens_all_share_a_rate(start: Start) -> None:
    server = start("--rate", "1")
    assert [server.ask("/v1/predict", {"text": "a film " * 5000}).status for _ in range(2)] == [200, 429]


def test_many_at_once_are_no_way_around_a_rate(start: Start) -> None:
    server, body = start("--rate", "1"), b'{"text": "' + b"a film " * 5000 + b'"}'
    clients = [server.connect() for _ in range(8)]
    for client in clients:
        client.putrequest("POST", "/v1/predict")
        client.putheader("content-type", "application/json")
        client.putheader("content-length", str(len(body)))
        client.endheaders(body[:10])
    wait_until(lambda: b"reread_serve_held 8.0" in server.ask("/metrics").body)
    for client in clients:
        client.send(body[10:])
    replies = [client.getresponse() for client in clients]
    assert sorted(reply.status for reply in replies) == [200, *[429] * 7]
    for client, reply in zip(clients, replies, strict=True):
        reply.close()
        client.close()


def test_what_is_refused_uses_nothing_up(start: Start) -> None:
    server = start("--rate", "1")
    assert server.ask("/v1/predict", {"text": "a film " * 5000, "sets": 0.9}).status == 422
    assert server.ask("/v1/predict", {"text": "a film " * 200_000}).status == 413
    assert server.ask("/v1/predict", {"text": "a"}).status == 200


def test_an_answer_that_takes_too_long_is_given_up(start: Start) -> None:
    server = start("--max-time", "0.001", "--max-wait", "1")
    texts = [f"{k} " + "many different words of a film " * 60 for k in range(500)]  # no one text takes all the time
    late = server.ask("/v1/predict", {"texts": texts})
    assert (late.status, late.fields()) == (504, [])
    file = "\n".join(["text", *texts]).encode()
    assert server.ask("/v1/files", file, {"content-type": "text/csv"}).status in {200, 429}
    assert server.ask("/healthz").status == 200
    assert server.stop() == (0, "")


@pytest.mark.parametrize(
    "name", ["../outside", "outside", "..%2foutside", "%2e%2e%2foutside", "/etc", "inside/../outside"]
)
def test_only_the_named_folders_answer(tmp_path: Path, name: str) -> None:
    copy_of(OLD, tmp_path / "outside.reread")
    server = Serving([copy_of(OLD, tmp_path / "inside.reread")])
    try:
        assert server.ask("/v1/predict", {"text": "a", "model": name}).fields() == ["#/model"]
        for path in (f"/v1/files?model={name}", f"/predict?model={name}"):
            kind = "text/csv" if "files" in path else "application/json"
            reply = server.ask(path, b'{"inputs": "a"}' if kind != "text/csv" else b"text\na\n", {"content-type": kind})
            assert (reply.status, reply.json()["errors"][0]["parameter"]) == (422, "model")
        assert server.ask(f"/v1/models/{name}/report").status == 404
        assert [each["name"] for each in server.ask("/v1/models").json()["models"]] == ["inside"]
    finally:
        server.kill()


def test_a_link_in_a_folder_leads_to_nothing_outside(tmp_path: Path) -> None:
    folder, secret = copy_of(OLD, tmp_path / "inside.reread"), tmp_path / "secret.txt"
    secret.write_text("a secret", encoding="utf-8")
    for page in ("README.md", "report.html"):
        (folder / page).unlink(missing_ok=True)
        (folder / page).symlink_to(secret)
    server = Serving([folder])
    try:
        (facts,) = server.ask("/v1/models").json()["models"]
        assert (facts["card"], facts["report"]) == (None, None)
        assert server.ask("/v1/models/inside/report").status == 404
    finally:
        server.kill()


def test_an_open_address_without_a_token_is_refused(reread: Command) -> None:
    said = reread(f"serve {OLD} --port 0 --host 0.0.0.0")
    assert said.code == 2
    assert "can be reached from other machines, and anyone there could ask: pass --token-file" in said.err


def test_every_path_but_health_asks_for_the_token(start: Start, tokens: str) -> None:
    server = start("--token-file", tokens)
    paths = server.ask("/openapi.json", headers=bearer(0)).json()["paths"]
    for path in [*paths, "/nothing", "/page", "/page/nothing.js", "/page/../v1/models", "/v1/models/../models"]:
        for method in ("GET", "POST", "OPTIONS", "HEAD"):
            status = server.ask(path.format(name="model_v1"), None, method=method).status
            assert (status == 401) == (path not in {"/healthz", "/readyz"})


def test_replies_tell_browsers_to_do_nothing_with_them(one: Serving) -> None:
    for path, body, kind in (
        ("/v1/models", None, ""),
        ("/nothing", None, ""),
        ("/v1/predict", b'{"text": "a"}', "application/json"),
        ("/v1/predict", b'{"text": "a"}', "application/x-ndjson"),
        ("/v1/files", b"text\na\n", "text/csv"),
    ):
        headers = one.ask(path, body, {"content-type": kind} if kind else {}).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_nothing_that_was_asked_is_logged(start: Start, tokens: str) -> None:
    server = start("--token-file", tokens)
    for path, body, kind in (
        ("/v1/predict", b'{"text": "a secret"}', "application/json"),
        ("/v1/predict?secret", b'{"text": "a secret", "secret": 1}', "application/json"),
        ("/v1/predict", b'{"text": "a secret"}\n{secret\n', "application/x-ndjson"),
        ("/v1/files", b"text;secret\na secret;\n\xff\xfesecret", "text/csv"),
        ("/v1/files", "text\n一个秘密，很好看的电影 secret\n".encode("gb18030"), "text/csv"),
        ("/predict", b'{"inputs": ["a secret", "", "secret"]}', "application/json"),
    ):
        server.ask(path, body, {**bearer(0), "content-type": kind})
        server.ask(path, body, {"authorization": "Bearer a-secret-that-is-wrong", "content-type": kind})
    code, said = server.stop()
    assert code == 0
    assert "secret" not in said
    assert not any(token in said for token in TOKENS)


def test_nothing_that_strangers_send_writes_a_line_of_the_log(start: Start) -> None:
    server, form = start(), "multipart/form-data; boundary=b"
    for body, kind in (
        ("text\n一部很好看的电影\n".encode("gb18030"), "text/csv"),
        ("text\na film\n".encode("utf-16"), "text/csv"),
        (b'text;other\n"a film;\n', "text/csv"),
        (b"--b\nContent-Disposition: form-data\n\n", form),
        (b"-x", form),
    ):
        assert server.ask("/v1/files", body, {"content-type": kind}).status < 500
    assert server.stop() == (0, "")
