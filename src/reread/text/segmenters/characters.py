"""Characters."""

from __future__ import annotations

import re
from typing import ClassVar

from reread.text.segmenters import PatternSegmenter, segmenters


@segmenters.register("characters")
class Characters(PatternSegmenter):
    """Every character but white space."""

    joint: ClassVar[str] = ""
    kernel = "characters"
    pattern = re.compile(r"\S")
