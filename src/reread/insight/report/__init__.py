"""One page about a model's quality, its failures and its making: `render(Facts)` → HTML in one file."""

from __future__ import annotations

from reread.insight.report.facts import Facts, Measured, Noticed, Part
from reread.insight.report.page import render

__all__ = ["Facts", "Measured", "Noticed", "Part", "render"]
