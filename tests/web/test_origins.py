"""Which origins can be listed."""

from __future__ import annotations

import pytest

from reread.errors import ConfigError

pytest.importorskip("starlette")
from reread.web.origins import origin_of


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTPS://Example.COM/", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(given: str, origin: str) -> None:
    assert origin_of(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "null",
        "example.com",
        "https://*.example.com",
        "https://",
        "https://example.com/page",
        "ftp://example.com",
        "https://me@example.com",
        "https://example.com:99999",
        "https://example.com?x",
        "file:///etc",
    ],
)
def test_what_is_no_single_site_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match="is no origin; expected one site"):
        origin_of(given)
