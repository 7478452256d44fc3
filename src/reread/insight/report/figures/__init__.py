"""Figures as SVG that stands in the page: one file a kind.

Drawn here and not by matplotlib: `reread evaluate` works in the light install, which has none; and matplotlib writes colours
and outlines of letters into its SVG, where these take their colours from the page's style table, so that dark mode and print have
their own, and keep their words as words. A figure is drawn for the width of a phone, and grows with the page.
"""

from __future__ import annotations

from reread.insight.report.figures.bars import bars
from reread.insight.report.figures.heat import heat
from reread.insight.report.figures.lines import Line, lines
from reread.insight.report.figures.ranges import Range, ranges
from reread.insight.report.figures.scatter import scatter

__all__ = ["Line", "Range", "bars", "heat", "lines", "ranges", "scatter"]
