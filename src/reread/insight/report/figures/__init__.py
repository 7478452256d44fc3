"""Figures as inline SVG: one file a kind.

They are not drawn by matplotlib, for two reasons: `reread evaluate` works in the light install, without matplotlib; and
matplotlib writes fixed colours and outlines of letters into its SVG. These figures take their colours from the page's
style sheet, which has others for dark mode and print, and their words stay text. A figure is drawn for the width of a
phone, and grows with the page.
"""

from __future__ import annotations

from reread.insight.report.figures.bars import bars
from reread.insight.report.figures.heat import heat
from reread.insight.report.figures.lines import Line, lines
from reread.insight.report.figures.points import points
from reread.insight.report.figures.ranges import Range, ranges
from reread.insight.report.figures.scatter import scatter

__all__ = ["Line", "Range", "bars", "heat", "lines", "points", "ranges", "scatter"]
