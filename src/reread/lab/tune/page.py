"""The page about a search: what it found, how it went, which settings mattered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from reread.insight.report.blocks import Block, Code, Figure, Paragraph, Section, Table, Tile, Tiles
from reread.insight.report.figures import Line, Range, lines, points, ranges
from reread.insight.report.glossary import meaning
from reread.insight.report.page import Chapter, render_chapters
from reread.lab.tune.found import Found, shown
from reread.lab.tune.kinds import Choice
from reread.lab.tune.kinds import Range as Numbers
from reread.lab.tune.standing import DONE, FAILED, PRUNED, RUNNING, Standing
from reread.version import __version__
from reread.wording import limits_of, name_of, percent

WORDS = {DONE: "at its end", PRUNED: "early: ", RUNNING: "it is running", FAILED: "before its end: "}
GONE = "its process was gone"
SLICES = 4  # settings that are drawn, those that mattered most


def page(found: Found, title: str, repeat: str, command: str) -> str:
    """The page as HTML: one file that loads nothing else.

    Args:
        found: the outcome of a study.
        title: of the page.
        repeat: the command that trains the best settings again.
        command: what was typed.
    """
    sections = (_headline(found, repeat), _progress(found), _importance(found), _slices(found), _trials(found))
    made = [section for section in sections if section is not None]
    return render_chapters(title, [Chapter("", [*made, _making(command)])])


def _headline(found: Found, repeat: str) -> Section:
    name, explained = name_of(found.metric), meaning(name_of(found.metric))
    sides = {"best settings": found.best, "defaults": found.defaults}
    tiles = [
        Tile(name=name, meaning=explained, of=of, value=found.figure(trial), range="", best=trial is found.best)
        for of, trial in sides.items()
        if trial is not None
    ]
    own = found.defaults.settings if found.defaults else {}
    rows = [
        [setting, shown(value), shown(own[setting]) if setting in own else "-", found.space.settings[setting].words()]
        for setting, value in found.best.settings.items()
    ]
    table = Table("The best settings", ["setting", "best", "the recipe's own", "searched"], rows, 4)
    return Section(
        "What was found?",
        [Tiles(tiles), *map(Paragraph, found.sentences()), table, Paragraph("This trains them again:"), Code(repeat)],
    )


def _progress(found: Found) -> Section | None:
    """The best so far against time."""
    whole = sorted(found.whole, key=lambda trial: trial.ended or 0.0)
    if len(whole) < 2:
        return None
    better, minutes = (max if found.maximise else min), [(trial.ended or 0.0) / 60 for trial in whole]
    values = [trial.value or 0.0 for trial in whole]
    so_far = [better(values[: k + 1]) for k in range(len(values))]
    steps = [(minutes[0], so_far[0])]
    for minute, value in zip(minutes[1:], so_far[1:], strict=True):
        steps += [(minute, steps[-1][1]), (minute, value)]
    name = name_of(found.metric)
    title = "Was the search still getting better?"
    caption = f"The best {name} on the rows held out, against the minutes since the first trial began."
    series, legend = [Line(steps)], ["best so far"]
    if found.defaults is not None and found.defaults.value is not None:
        series.append(Line([(minutes[0], found.defaults.value), (minutes[-1], found.defaults.value)], mark=True))
        legend.append("mark: defaults")
    svg = lines(title, caption, series, ("minutes", name), limits=limits_of(found.metric))
    numbers = [
        [str(trial.number), f"{minute:.1f}", found.figure(trial)]
        for trial, minute, value, before in zip(whole, minutes, so_far, [None, *so_far], strict=False)
        if value != before
    ]
    table = Table("Each improvement", ["trial", "minutes", name], numbers)
    return Section("How the search went", Figure(title, caption, svg, legend, table).beside_numbers())


def _importance(found: Found) -> Section | None:
    if not found.importance:
        return None
    shares = {name: share for name, share in found.importance.items() if name in found.space.settings}
    title = "Which settings mattered?"
    caption = (
        "The share of each setting in what set the best trials apart from the others "
        "(PED-ANOVA, Watanabe et al. 2023); of few trials a rough guide."
    )
    groups = [Range(name.partition(".")[2], [(share, share, share)]) for name, share in shares.items()]
    numbers = Table("Importance", ["setting", "share"], [[name, percent(share)] for name, share in shares.items()])
    svg = ranges(title, caption, groups, "share", limits=(0.0, 1.0))
    return Section("What mattered", Figure(title, caption, svg, numbers=numbers).beside_numbers())


def _slices(found: Found) -> Section | None:
    """The trials by the value of each of the most important settings."""
    names = [name for name in found.importance or found.space.settings if name in found.space.settings][:SLICES]
    if len(found.whole) < 2:
        return None
    return Section("Setting by setting", [_slice(found, name) for name in names])


def _slice(found: Found, name: str) -> Figure:
    kind, trials = found.space.settings[name], found.whole
    values = [trial.settings[name] for trial in trials]
    named, log = isinstance(kind, Choice), isinstance(kind, Numbers) and kind.log
    across = [float(kind.values.index(value)) if isinstance(kind, Choice) else float(value) for value in values]
    metric, best = name_of(found.metric), trials.index(found.best)
    title = f"{name}: {shown(found.best.settings[name])} in the best trial"
    caption = f"The {metric} of every whole trial, by its {name}; the best one is marked."
    svg = points(
        title,
        caption,
        list(zip(across, [trial.value or 0.0 for trial in trials], strict=True)),
        (name, metric),
        words=[shown(value) for value in kind.values] if named and isinstance(kind, Choice) else (),
        log=log,
        span=kind.extremes() if isinstance(kind, Numbers) else (),
        best=best,
        limits=limits_of(found.metric),
    )
    return Figure(title, caption, svg)


def _trials(found: Found) -> Section:
    names = list(found.space.settings)
    header = ["trial", name_of(found.metric), "seconds", *(each.partition(".")[2] for each in names), "how it ended"]
    return Section("All trials", [Table("In the order they began", header, [*_rows(found.trials, names, found)], 0)])


def _rows(trials: Sequence[Standing], names: Sequence[str], found: Found) -> Iterator[list[str]]:
    for trial in trials:
        alone = ", the linear member alone" if trial.linear_alone else ""
        note = trial.note or (GONE if trial.state == FAILED else "")
        ended = f"{WORDS[trial.state]}{note}{alone}{' (the defaults)' if trial.defaults else ''}"
        values = [shown(trial.settings.get(name, "-")) for name in names]
        yield [str(trial.number), found.figure(trial), f"{trial.seconds:.1f}", *values, ended]


def _making(command: str) -> Section:
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    blocks: list[Block] = [Code(command), Paragraph(f"Written {today} by reread {__version__}.")]
    return Section("The command that made it", blocks)
