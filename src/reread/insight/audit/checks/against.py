"""How the rows differ from another file's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.blend.linear import baseline_encoder
from reread.estimators.prepare import Subset
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check, Settings
from reread.insight.audit.findings import Found
from reread.insight.audit.material import Material
from reread.insight.drift.shift import shifts, told
from reread.scoring.reference import Figure, Histogram, text_figures
from reread.text.encoder import TextEncoder
from reread.text.language import detect_language
from reread.typing import override

MOST = 20_000  # texts of each file that are compared, drawn by chance


@checks.register("against")
class Against(Check):
    """Length, words that the other file does not have, and labels: whether they are distributed as there."""

    title = "unlike the other file"
    place = 9
    cheap = False

    @override
    def applies(self, material: Material, settings: Settings) -> bool:
        return settings.against is not None

    @override
    def find(self, material: Material, settings: Settings) -> Found:
        if settings.against is None:
            return Found()
        random = np.random.default_rng(settings.seed)
        before, now = _figures(settings.against, material, random)
        bins = {name: Histogram.of(figure) for name, figure in before.items()}
        found = shifts(bins, {name: own.empty().plus(now[name]) for name, own in bins.items()})
        notes = [
            f"{shift.name}: {told(shift)}, stability index {shift.index:.3f}{': differs' if shift.moved else ''}" for shift in found
        ]
        moved = [shift.name for shift in found if shift.moved]
        name = ", ".join(settings.against.files)
        return Found((), f"{' and '.join(moved)} not as in {name}" if moved else "", tuple(notes))


def _figures(before: Material, now: Material, random: np.random.Generator) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """What is compared, of both. One half of the other file's texts says which words are known, the other half is compared: so neither has seen them."""
    rows = [random.permutation(len(material))[:MOST] for material in (before, now)]
    known, compared = np.array_split(rows[0], 2)
    encoder = TextEncoder.learn(baseline_encoder(detect_language(before.texts))[0].settings, Subset(before.texts, known))
    texts = [
        text_figures(encoder.encode_many(Subset(material.texts, own))) for material, own in ((before, compared), (now, rows[1]))
    ]
    for target in before.targets:
        if target in now.targets:
            values = [material.target(target)[1] for material in (before, now)]
            own = _target_figures(values) if target not in before.numbers else [Figure(np.asarray(each, dtype=np.float64)) for each in values]
            texts = [figures | {target: figure} for figures, figure in zip(texts, own, strict=True)]
    return texts[0], texts[1]


def _target_figures(values: Sequence[Sequence[Any]]) -> list[Figure]:
    """Labels as numbers of all classes in either file; a list counts with each of its labels."""
    flat = [[str(label) for label in _labels(own)] for own in values]
    names = sorted({label for own in flat for label in own})
    place = {label: number for number, label in enumerate(names)}
    return [Figure(np.array([place[label] for label in own], dtype=np.float64), tuple(names)) for own in flat]


def _labels(values: Sequence[Any]) -> list[Any]:
    return [label for value in values for label in (value if isinstance(value, list) else [value])]
