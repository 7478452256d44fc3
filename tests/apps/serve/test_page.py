"""The page at `/`, over the server's port: what is sent, and that it can do no more than it must."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from support.serving import Serving

pytest.importorskip("uvicorn")
from reread.web.pages import PATHS

TOKEN = "a-token-of-sixteen-characters"
NAMED = r"""(?:src|href)="([^"#]+)"|(?:from|import)\s+"([^"]+)"|url\(([^)]+)\)"""
SAME = "'self'"


def policy(said: str) -> dict[str, list[str]]:
    """A content policy's directives."""
    return {name: values for name, *values in (each.split() for each in said.split(";"))}


def test_the_page_and_its_files_may_only_ask_their_own_server(one: Serving) -> None:
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "/": "text/html"}
    assert {path.rpartition(".")[2] for path in PATHS} == kinds.keys()
    for path in PATHS:
        reply = one.ask(path)
        assert (reply.status, reply.headers["x-content-type-options"]) == (200, "nosniff")
        assert reply.headers["content-type"].partition(";")[0] == kinds[path.rpartition(".")[2]]
        said = policy(reply.headers["content-security-policy"])
        sources = {name: values for name, values in said.items() if name.endswith("-src")}
        assert sources.pop("default-src") == ["'none'"]
        assert {value for values in sources.values() for value in values} == {SAME}
        assert said["require-trusted-types-for"] == ["'script'"]
        for name in ("trusted-types", "frame-ancestors", "form-action", "base-uri"):
            assert said[name] == ["'none'"]


def test_no_file_names_another_host_and_each_that_is_named_is_there(one: Serving) -> None:
    for path in PATHS:
        text = one.ask(path).body.decode()
        assert "//" not in re.sub(r"^\s*//.*$|http://www\.w3\.org/\S+|; //.*$", "", text, flags=re.MULTILINE), path
        for found in re.findall(NAMED, text):
            (name,) = filter(None, found)
            place = f"/{name}" if path == "/" else f"/page/{name.removeprefix('./')}"
            assert place in PATHS


def test_nothing_runs_that_stands_in_the_page_itself(one: Serving) -> None:
    text = one.ask("/").body.decode()
    assert re.findall(r"<script[^>]*>", text) == ['<script type="module" src="page/first.js">']
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)


def test_the_page_needs_no_token_and_says_nothing_of_the_models(tmp_path: Path, start: Callable[..., Serving]) -> None:
    place = tmp_path / "tokens.txt"
    place.write_text(TOKEN, encoding="utf-8")
    server = start("--token-file", str(place))
    for path in PATHS:
        reply = server.ask(path)
        assert reply.status == 200
        assert b"model_v1" not in reply.body
        assert server.ask(path, b"", method="POST").status == 405
    assert server.ask("/v1/models").status == 401
    assert server.ask("/", headers={"origin": "https://evil.example"}).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/page",
        "/page/",
        "/page/first.html",
        "/page/label.html",
        "/page/../guard.py",
        "/page/%2e%2e/guard.py",
        "/page/nothing.js",
    ],
)
def test_no_other_file_is_sent(one: Serving, path: str) -> None:
    assert one.ask(path).status == 404


def test_every_file_in_the_folder_is_one_that_is_sent() -> None:
    names = {each.name for each in files("reread.web").joinpath("assets").iterdir()}
    assert {"/" if name in {"first.html", "label.html"} else f"/page/{name}" for name in names} == PATHS
