"""The sections of the report, one file each, in the order of the page: facts → a section, or None."""

from __future__ import annotations

from reread.insight.report.sections.calibration import calibration
from reread.insight.report.sections.classes import classes
from reread.insight.report.sections.confusion import confusion
from reread.insight.report.sections.curves import curves
from reread.insight.report.sections.findings import findings
from reread.insight.report.sections.groups import groups
from reread.insight.report.sections.headline import headline
from reread.insight.report.sections.labels import labels
from reread.insight.report.sections.learning_curve import learning_curve
from reread.insight.report.sections.making import making
from reread.insight.report.sections.mistakes import mistakes
from reread.insight.report.sections.model import model
from reread.insight.report.sections.numbers import numbers

FIRST = (headline,)
OF_A_TARGET = (confusion, classes, labels, numbers, calibration, groups, mistakes)
LAST = (learning_curve, findings, model, curves, making)

__all__ = ["FIRST", "LAST", "OF_A_TARGET"]
