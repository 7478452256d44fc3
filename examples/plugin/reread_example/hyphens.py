"""A segmenter: words, those with hyphens whole."""

import re

from reread.text.segmenters import PatternSegmenter, segmenters


@segmenters.register("hyphens")
class Hyphens(PatternSegmenter):
    """Runs of letters, digits and hyphens."""

    joint = " "
    pattern = re.compile(r"\w+(?:-\w+)*")
