"""How good is it, and does it earn its keep?"""

from __future__ import annotations

from reread.insight.report.blocks import Block, Section, Table, Tile, Tiles, Words
from reread.insight.report.facts import Facts, Part
from reread.insight.report.glossary import meaning
from reread.insight.report.outcomes import Outcomes
from reread.insight.report.resampling import Interval, resampled
from reread.wording import metric_rows, name_of, number

BASELINE = "linear baseline"


def headline(facts: Facts) -> Section | None:
    """The headline of each target with its interval beside the baseline's, and all metrics."""
    blocks: list[Block] = []
    for part in facts.parts:
        blocks += _of(part, several=len(facts.parts) > 1)
    if not facts.figures:
        return Section("How good is it?", [Words(facts.subject)])
    rows = metric_rows(facts.figures)
    words = [[row[0], meaning(row[0])] for row in rows if meaning(row[0])]
    tables = [
        Table("All metrics", ["metric", *facts.figures], rows),
        Table("What the metrics say", ["metric", "what it says"], words, 2, folded=True),
    ]
    return Section("How good is it?", [*blocks, Words(facts.subject), *tables])


def _of(part: Part, *, several: bool) -> list[Block]:
    ours = part.answers
    metric = f"{part.name}: {name_of(ours.metric)}" if several else name_of(ours.metric)
    sides = {part.main: ours, **{name: side for name, side in part.outcomes.items() if name == BASELINE}}
    found = resampled(list(sides.values()))
    tiles = Tiles(
        [
            Tile(metric, meaning(name_of(ours.metric)), name, side.exact_interval() or each)
            for (name, side), each in zip(sides.items(), found, strict=False)
        ]
    )
    if BASELINE not in sides:
        return [tiles, Words("There is no linear baseline here: nothing says whether the network earns its keep.")]
    return [tiles, Words(_verdict(part.main, ours, found[-1]))]


def _verdict(main: str, ours: Outcomes, difference: Interval) -> str:
    """What the difference to the baseline, and its interval, allow to say."""
    how = f"the difference in {name_of(ours.metric)} is {number(difference.value)}, between {number(difference.low)} and {number(difference.high)} with 95 % confidence"
    sure = difference.low > 0 or difference.high < 0
    if not sure:
        return f"Whether the {main} is better than the {BASELINE} these rows do not show: {how}."
    better = (difference.low > 0) == ours.higher_is_better
    return f"The {main} is {'better' if better else 'worse'} than the {BASELINE}: {how}."
