"""Which texts are asked about twice, so that it is known how often a person agrees with themselves.

Second answers stand in a file of their own, beside the first ones: `reread train` reads one label for each text, and
`reread agree` compares the two files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from reread.label.label_file import Label, LabelFile

SHARE = 0.1  # of the texts drawn at random, once there are answers old enough
AFTER = 30  # other labels, after which a text may be asked about again


def beside(path: Path) -> Path:
    """Where the second answers to the texts of a file of labels are kept."""
    return path.with_name(f"{path.stem}.again{path.suffix}")


class Repeats:
    """Second answers, and the text that is asked about a second time next.

    Args:
        file: of second answers.
        by: whose.
        share: how often one is asked instead of a text drawn at random.
        seed: of what is drawn.
    """

    def __init__(self, file: LabelFile, by: str, share: float = SHARE, seed: int = 0) -> None:
        self.file, self.by, self.share, self.seed = file, by, share, seed
        self._passed = -1  # how many labels there were when a question was skipped

    def due(
        self, labels: Mapping[int, Label], answered: Mapping[int, Label], is_random: Callable[[int], bool]
    ) -> int | None:
        """The place of a text to ask about again now, of those drawn at random; None: none.

        Args:
            labels: first answers by place, in the order in which they were given.
            answered: second answers by place.
            is_random: whether a place belongs to the random sample.
        """
        random = np.random.default_rng((self.seed, len(labels), len(answered)))
        if self._passed == len(labels) or random.random() >= self.share:
            return None
        old = [
            place
            for place, label in list(labels.items())[:-AFTER]
            if label.by == self.by and place not in answered and is_random(place)
        ]
        return int(random.choice(old)) if old else None

    def skip(self, labels: int) -> None:
        """Ask no second question before there are more labels than these."""
        self._passed = labels

    def is_last(self, labels: int) -> bool:
        """Whether the last answer of all is a second one.

        Args:
            labels: how many first ones there are.
        """
        return bool(self.file.labels) and (self.file.labels[-1].after or 0) >= labels
