"""docs/security.md: every promise names tests that are there."""

from __future__ import annotations

import ast
import re

from support.pages import DOCS, ROOT

(PAGE,) = [page for page in DOCS if page.name == "security.md"]
ROWS = [
    line.split("|")[1:3]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| promise"))
]


def test_every_promise_is_held_by_a_test_that_is_there() -> None:
    assert ROWS != []
    for promise, held in ROWS:
        tests = re.findall(r"`([\w/.]+)::(\w+)`", held)
        assert tests != [], promise
        for file, name in tests:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"
