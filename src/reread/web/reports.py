"""A model's report, as a page that can reach nothing."""

from __future__ import annotations

from starlette.responses import Response

POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)


def report_page(page: str) -> Response:
    """The page, which may run its own scripts and ask for nothing."""
    return Response(page, media_type="text/html", headers={"content-security-policy": POLICY})
