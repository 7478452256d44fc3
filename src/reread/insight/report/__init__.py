"""One page that says how good a model is, where it fails, and what made it: `render(Facts)` → HTML in one file."""

from __future__ import annotations

from reread.insight.report.facts import Explanation, Facts, Finding, Measured, Part
from reread.insight.report.page import render

__all__ = ["Explanation", "Facts", "Finding", "Measured", "Part", "render"]
