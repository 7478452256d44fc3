"""How good is it, and does it beat the linear baseline?"""

from __future__ import annotations

from reread.insight.report.blocks import Block, Paragraph, Section, Table, Tile, Tiles
from reread.insight.report.facts import Facts, Part
from reread.insight.report.glossary import meaning
from reread.insight.report.verdict import BASELINE, verdict, way_out
from reread.wording import figure, metric_rows, name_of


def headline(facts: Facts) -> Section | None:
    """The headline of each target with its interval beside the baseline's, and all metrics."""
    blocks: list[Block] = []
    for part in facts.parts:
        blocks += _of(part, several=len(facts.parts) > 1)
    if not facts.figures:
        return Section("How good is it?", [Paragraph(facts.subject)])
    rows = metric_rows(facts.figures)
    words = [[row[0], meaning(row[0])] for row in rows if meaning(row[0])]
    tables = [
        Table("All metrics", ["metric", *facts.figures], rows),
        Table("What the metrics mean", ["metric", "meaning"], words, 2),
    ]
    return Section("How good is it?", [*blocks, Paragraph(facts.subject), *tables])


def _of(part: Part, *, several: bool) -> list[Block]:
    metric = part.answers.metric
    name = f"{part.name}: {name_of(metric)}" if several else name_of(metric)
    tiles, judgement = [], verdict(part)
    for of, side in part.outcomes.items():
        if of in {part.main, BASELINE} or part.main == BASELINE:
            interval = side.interval()
            value = figure(metric, interval.value)
            best = of == judgement.better
            tiles.append(
                Tile(
                    name=name,
                    meaning=meaning(name_of(metric)),
                    of=of,
                    value=value,
                    range=interval.range(metric),
                    best=best,
                )
            )
    words = [Paragraph(judgement.sentence)]
    if judgement.better == BASELINE:
        words.append(Paragraph(way_out("MODEL")))
    return [Tiles(tiles), *words]
