"""Tables and a figure of what steps.py, training.py and scoring.py found, by processor time.

    python benchmarks/speed/picture.py --data imdb

Reads benchmarks/results/{steps,scoring}_DATA.json, scoring_DATA_all_cores.json and the last run of each kind in training_DATA.jsonl, as far as they are
there, and writes speed_DATA.md and speed_DATA.png beside them: a row of panels and all tables for each processor that was measured, and one table of the
kernel's levels, of which a processor may have several. Processor time of one thread is what other work on the machine changes least; several
threads and replicas are told by the wall. Ratios are medians over the rounds of what was measured side by side.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from racing import ALL_CORES, RESULTS, key_of
from tables import (
    CLOCK,
    Line,
    goals_table,
    last_of_each,
    last_run,
    levels_table,
    middle,
    replicas_table,
    scoring_table,
    steps_table,
    summary_table,
    thousands,
    whole_table,
)

Key = tuple[Any, ...]
OURS, OTHER, NO_NETWORK = "#c2410c", "#94a3b8", "#cbd5e1"
STEPS = ("nn.LSTM float32, random order", "nn.LSTM float32", "nn.LSTM bfloat16", "reread float32", "reread bfloat16")


@dataclass(frozen=True)
class Bars:
    """One panel: a value for each side, and more to say of it."""

    title: str
    values: Mapping[str, float]
    notes: Mapping[str, str]
    less: bool = False
    """Whether less is better; the best side stands at the top."""

    def draw(self, axes: Axes) -> None:
        """Bars that say what they are worth; reread's stand out."""
        names = sorted(self.values, key=lambda name: self.values[name], reverse=self.less)
        colours = [OURS if "reread" in name else NO_NETWORK if "(no " in name else OTHER for name in names]
        drawn = axes.barh(names, [self.values[name] for name in names], color=colours)
        told = [f"{thousands(self.values[name])}{self.notes.get(name, '')}" for name in names]
        axes.bar_label(drawn, told, padding=3, fontsize=9)
        axes.set_title(self.title, loc="left", fontsize=11, fontweight="bold")
        axes.set_xlim(0, 1.5 * max(self.values.values()))
        axes.xaxis.set_visible(False)
        axes.tick_params(axis="y", length=0, labelsize=9)
        axes.spines[:].set_visible(False)


def figure(rows: Sequence[Sequence[Bars]], names: Sequence[str], caption: str) -> Figure:
    """A row of panels for each processor."""
    heights = [1 + 0.34 * max(len(panel.values) for panel in panels) for panels in rows]
    drawn = Figure(figsize=(5.2 * max(map(len, rows)), 0.4 + sum(heights)), layout="constrained")
    for part, panels, name in zip(drawn.subfigures(len(rows), 1, squeeze=False, height_ratios=heights)[:, 0], rows, names, strict=True):  # fmt: skip
        part.suptitle(name, x=0.01, ha="left", fontsize=12)
        for axes, panel in zip(part.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            panel.draw(axes)
    drawn.supxlabel(caption, fontsize=8, color="#475569")
    return drawn


def read(file: Path) -> Any:
    """Records, or lines; none where there is no file."""
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if file.suffix == ".jsonl" else json.loads(text)


@dataclass(frozen=True)
class Records:
    """All that there is of some data on one processor and level; a side's lines of training by the kind of run."""

    steps: Any
    scoring: Mapping[int, Any]
    training: Mapping[int, Mapping[str, list[Line]]]
    goals: Mapping[int, Mapping[str, list[Line]]]
    replicas: Mapping[str, list[Line]]
    last: Line

    @classmethod
    def of(cls, key: Key, records: Sequence[Sequence[Line]], lines: Sequence[Line]) -> Records:
        """Those of one processor and level; of every kind of training the last run."""
        steps, *scoring = (next((each for each in every if key_of(each) == key), None) for every in records)
        lines = [line for line in lines if key_of(line) == key]
        every = [record for record in (steps, *scoring, *lines[-1:]) if record]
        replicated = {line["run"] for line in lines if line["replicas"] > 1}
        several = {line["run"] for line in lines if len(line["epochs"]) > 1} - replicated
        plain = [line for line in lines if line["run"] not in replicated | several]
        replicas = last_run([line for line in lines if line["run"] in replicated])
        goals = {
            threads: last_of_each([line for line in lines if line["run"] in several and line["threads"] == threads])
            for threads in CLOCK
        }
        training = {threads: last_run([line for line in plain if line["threads"] == threads]) for threads in CLOCK}
        return cls(steps, dict(zip(CLOCK, scoring, strict=True)), training, goals, replicas, every[-1])

    @classmethod
    def all(cls, results: Path, data: str) -> dict[Key, Records]:
        """Those of every processor and level, in the order they were first measured in."""
        records = [read(results / f"{name}.json") for name in (f"steps_{data}", f"scoring_{data}", f"scoring_{data}{ALL_CORES}")]  # fmt: skip
        lines = read(results / f"training_{data}.jsonl")
        keys = dict.fromkeys(key_of(each) for each in itertools.chain(*records, lines))
        if not keys:
            raise SystemExit(f"no record of {data} in {results}; run steps.py, training.py or scoring.py")
        return {key: cls.of(key, records, lines) for key in keys}

    def tables(self) -> list[str]:
        """Every table that something was measured for."""
        found = [summary_table(self.training[1], self.goals[1], self.scoring[1])]
        found += [steps_table(self.steps)] if self.steps else []
        found += [whole_table(sides, threads) for threads, sides in self.training.items() if sides]
        found += [goals_table(sides, threads) for threads, sides in self.goals.items() if sides]
        found += [replicas_table(self.replicas)] if self.replicas else []
        return found + [scoring_table(record, threads) for threads, record in self.scoring.items() if record]

    def panels(self) -> list[Bars]:
        """Bars of one thread."""
        clock, found = CLOCK[1], []
        if self.steps:
            sides = self.steps["sides"]
            speeds = {name: sides[name]["words_per_second"][clock] for name in STEPS if name in sides}
            found.append(Bars("Training step, words/s", speeds, {}))
        if trained := self.training[1]:
            seconds = {name: middle(lines, clock) for name, lines in trained.items()}
            right = {name: statistics.mean(line["epochs"][-1]["accuracy"] for line in lines) for name, lines in trained.items()}  # fmt: skip
            notes = {name: f" s; {share:.0%} right" for name, share in right.items()}
            found.append(Bars("Text to weights, seconds (less is better)", seconds, notes, less=True))
        if self.scoring[1]:
            sides = {name: figures for name, figures in self.scoring[1]["sides"].items() if "accuracy" in figures}
            speeds = {name: figures["texts_per_second"][clock] for name, figures in sides.items()}
            waits = {
                name: f"; one in {thousands(figures['ms_of_200_words']['p50'])} ms" for name, figures in sides.items()
            }
            found.append(Bars("Raw text to answers, texts/s", speeds, waits))
        return found


def main() -> None:
    """Write the tables and the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="messages", help="name of the data in the records' names (default messages)")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    every = Records.all(arguments.results, arguments.data)
    best = {key: records for key, records in every.items() if key[1] == key[2]}
    measured = [
        f"{key[0]}, {key[2]}: {records.last['commit']}, {records.last['date']}" for key, records in best.items()
    ]
    network = f"BiLSTM 200→128, maximum over time, {arguments.data}; one thread"
    text = [f"# Speed: {arguments.data}", "", f"{network}. {'; '.join(measured)}.", ""]
    text += [levels_table({key: (records.steps, records.scoring[1]) for key, records in every.items()})]
    for key, records in best.items():
        text += ["", f"# {key[0]}, level {key[2]}", "", *records.tables()]
    told = "\n".join(text)
    (arguments.results / f"speed_{arguments.data}.md").write_text(told, encoding="utf-8")
    drawn = {key: panels for key, records in best.items() if (panels := records.panels())}
    if drawn:
        names = [f"{key[0]}, level {key[2]}" for key in drawn]
        picture = figure(list(drawn.values()), names, f"{network}; {'; '.join(measured)}")
        picture.savefig(arguments.results / f"speed_{arguments.data}.png", dpi=150)
    print(told)


if __name__ == "__main__":
    main()
