"""Characters."""

from __future__ import annotations

import re

from reread.text.segmenters import PatternSegmenter, segmenters


@segmenters.register("characters")
class Characters(PatternSegmenter):
    """Every character but white space."""

    kernel = "characters"
    pattern = re.compile(r"\S")
