"""A table and a figure of what steps.py, training.py and scoring.py found, by processor time.

    python benchmarks/speed/picture.py --data imdb

Reads benchmarks/results/{steps,scoring}_DATA.json and the last run of each kind in training_DATA.jsonl, as far as they are there, and writes
speed_DATA.md and speed_DATA.png beside them. Processor time of one thread is what other work on the machine changes least; several threads and
replicas are told by the wall. Ratios are medians over the rounds of what was measured side by side.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from racing import RESULTS, rounded

OURS, OTHER, NO_NETWORK = "#c2410c", "#94a3b8", "#e2e8f0"
GOALS = (0.88, 0.90, 0.91)
STEPS = ("nn.LSTM float32, random order", "nn.LSTM float32", "nn.LSTM bfloat16", "reread float32", "reread bfloat16")
Line = dict[str, Any]
Bars = dict[str, float]


def thousands(value: float | None) -> str:
    """A number with three digits that count; a dash where there is none."""
    return "–" if value is None else f"{rounded(value, 3):,.10g}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A heading and a table in Markdown."""
    head = f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"
    return "\n".join([f"## {title}", "", *head, *(f"| {' | '.join(row)} |" for row in rows), ""])


def steps_table(record: Mapping[str, Any]) -> str:
    """Training steps."""
    rows = []
    for name, figures in record["sides"].items():
        values = [figures.get(what, {}).get("processor_seconds") for what in ("words_per_second", "gflops", "share_of_gemm", "times_nn_lstm")]  # fmt: skip
        far = record["differences"].get(name, {})
        apart = [f"{far[key]:.1g}" if far else "–" for key in ("outputs", "gradients")]
        rows.append([name, *map(thousands, values), *apart])
    columns = ("side", "words/s", "GFLOP/s", "share of GEMM", "× nn.LSTM", "outputs differ", "gradients differ")
    return table("Training step of one layer", columns, rows)


def by_side(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines of each side by round."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line["side"], []).append(line)
    return found


def last_run(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Of lines of one kind those of the last run, by side."""
    run = max((line["run"] for line in lines), default="")
    return by_side(line for line in lines if line["run"] == run)


def middle(lines: Iterable[Line], value: str, of: str = "") -> float:
    """The median over the rounds of a figure at the end of training, or of a ratio of two."""
    ends = [line["epochs"][-1] for line in lines]
    return statistics.median(end[value] / (end[of] if of else 1) for end in ends)


def whole_table(sides: Mapping[str, list[Line]], threads: int, clock: str) -> str:
    """A whole epoch, text to weights."""
    rows = []
    for name, lines in sides.items():
        ours = sides.get("reread", lines)
        slower = statistics.median(
            line["epochs"][-1][clock] / own["epochs"][-1][clock] for line, own in zip(lines, ours, strict=False)
        )
        rows.append([
            name, thousands(middle(lines, clock)), thousands(middle(lines, "words", clock)), f"{slower:.2f}",
            f"{statistics.mean(line['epochs'][-1]['accuracy'] for line in lines):.1%}", thousands(middle(lines, "peak_mib")),
            thousands(middle(lines, "scored_per_second")),
        ])  # fmt: skip
    title = f"{thousands(next(iter(sides.values()))[0]['rows'])} texts, one epoch, text to weights, {'one thread' if threads == 1 else 'all cores'}"
    columns = ("side", "seconds", "words/s", "× reread's time", "accuracy", "peak MiB", "texts answered/s")
    return table(title, columns, rows)


def goals_table(sides: Mapping[str, list[Line]]) -> str:
    """Seconds to an accuracy on the rows held out."""
    rows = []
    for name, lines in sides.items():
        row, ends = [name], [line["epochs"] for line in lines]
        for goal in GOALS:
            first = [next((epoch["seconds"] for epoch in each if epoch["accuracy"] >= goal), None) for each in ends]
            reached = [seconds for seconds in first if seconds is not None]
            row.append(thousands(statistics.median(reached)) if len(reached) == len(first) else "–")
        rows.append([*row, f"{max(epoch['accuracy'] for each in ends for epoch in each):.1%}"])
    columns = ("side", *(f"{goal:.0%}" for goal in GOALS), "best")
    return table("Seconds to an accuracy, looked at after each epoch", columns, rows)


def replicas_table(sides: Mapping[str, list[Line]]) -> str:
    """What replicas do together, beside one alone."""
    rows = []
    for name, lines in sides.items():
        count = max(line["replicas"] for line in lines)
        one, each = (middle([line for line in lines if line["replicas"] == k], "words", "seconds") for k in (1, count))
        rows.append([name, thousands(one), str(count), thousands(count * each), f"{count * each / one:.2f}"])
    return table("Replicas on a core each", ("side", "one, words/s", "replicas", "all, words/s", "times"), rows)


def scoring_table(record: Mapping[str, Any]) -> str:
    """Answers from raw text."""
    rows = []
    for name, figures in record["sides"].items():
        speed, times = figures["texts_per_second"]["processor_seconds"], record["times_reread"].get(name, {})
        latency = [thousands(figures.get(f"ms_of_{words}_words", {}).get(share)) for words in (20, 200) for share in ("p50", "p99")]  # fmt: skip
        shares = [f"{figures[what]:.1%}" if what in figures else "–" for what in ("accuracy", "same_answers")]
        rows.append([name, thousands(speed), thousands(times.get("processor_seconds")), *latency, *shares])
    columns = ("side", "texts/s", "reread is ×", "20 words p50, ms", "p99", "200 words p50, ms", "p99", "accuracy", "as reread answers")  # fmt: skip
    return table("Answers from raw text, one core", columns, rows)


def bars(axes: Axes, title: str, values: Bars) -> None:
    """Bars that say what they are worth; reread's stand out."""
    names = sorted(values, key=lambda name: values[name])
    colours = [OURS if "reread" in name else NO_NETWORK if "linear" in name else OTHER for name in names]
    drawn = axes.barh(names, [values[name] for name in names], color=colours)
    axes.bar_label(drawn, [thousands(values[name]) for name in names], padding=3, fontsize=9)
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_xlim(0, 1.18 * max(values.values()))
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.spines[:].set_visible(False)


def figure(panels: Mapping[str, Bars], caption: str) -> Figure:
    """One panel beside the other."""
    drawn = Figure(figsize=(5 * len(panels), 3.6), layout="constrained")
    for axes, (title, values) in zip(drawn.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        bars(axes, title, values)
    drawn.supxlabel(caption, fontsize=8, color="#475569")
    return drawn


def read(file: Path) -> Any:
    """A record, or its lines; None where there is none."""
    if not file.exists():
        return [] if file.suffix == ".jsonl" else None
    text = file.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if file.suffix == ".jsonl" else json.loads(text)


def training_parts(lines: list[Line]) -> tuple[list[str], Bars]:
    """The tables of training, and the bars of one thread."""
    replicated = {line["run"] for line in lines if line["replicas"] > 1}
    several = {line["run"] for line in lines if len(line["epochs"]) > 1}
    plain, tables, speeds = [line for line in lines if line["run"] not in replicated | several], [], {}
    for threads, clock in ((1, "processor_seconds"), (0, "seconds")):
        if sides := last_run([line for line in plain if line["threads"] == threads]):
            tables.append(whole_table(sides, threads, clock))
            speeds = speeds or {name: middle(each, "words", clock) for name, each in sides.items()}
    for runs, build in ((several, goals_table), (replicated, replicas_table)):
        if sides := last_run([line for line in lines if line["run"] in runs]):
            tables.append(build(sides))
    return tables, speeds


def main() -> None:
    """Write the table and the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="messages", help="name of the data in the records' names (default messages)")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    steps, scoring = (read(arguments.results / f"{name}_{arguments.data}.json") for name in ("steps", "scoring"))
    lines = read(arguments.results / f"training_{arguments.data}.jsonl")
    tables, panels = [], {}
    if steps:
        tables.append(steps_table(steps))
        panels["Training step, words/s"] = {name: steps["sides"][name]["words_per_second"]["processor_seconds"] for name in STEPS if name in steps["sides"]}  # fmt: skip
    trained, speeds = training_parts(lines)
    if speeds:
        panels["Text to weights, words/s"] = speeds
    if scoring:
        panels["Raw text to answers, texts/s"] = {name: figures["texts_per_second"]["processor_seconds"] for name, figures in scoring["sides"].items() if name != "text alone"}  # fmt: skip
    sources = [record for record in (steps, scoring, *lines[-1:]) if record]
    if not sources:
        raise SystemExit(
            f"no record of {arguments.data} in {arguments.results}; run steps.py, training.py or scoring.py"
        )
    caption = f"BiLSTM 200→128, maximum over time, {arguments.data}; one thread of {sources[0]['machine']}; {sources[0]['commit']}, {sources[0]['date']}"  # fmt: skip
    answers = [scoring_table(scoring)] if scoring else []
    text = "\n".join([f"# Speed: {arguments.data}", "", f"{caption}.", "", *tables, *trained, *answers])
    (arguments.results / f"speed_{arguments.data}.md").write_text(text, encoding="utf-8")
    figure(panels, caption).savefig(arguments.results / f"speed_{arguments.data}.png", dpi=150)
    print(text)


if __name__ == "__main__":
    main()
