"""The tables of picture.py, in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from racing import rounded

GOALS = (0.88, 0.90, 0.91)
CLOCK = {1: "processor_seconds", 0: "seconds"}
"""By threads: other work on the machine changes the processor's time of one least; several are told by the wall."""
CORES = {1: "one thread", 0: "all cores"}
Line = dict[str, Any]


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


def last_of_each(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Of each side the lines of its own last run: runs to an accuracy take too long to be repeated for one side."""
    return {name: last_run(own)[name] for name, own in by_side(lines).items()}


def middle(lines: Iterable[Line], value: str, of: str = "") -> float:
    """The median over the rounds of a figure at the end of training, or of a ratio of two."""
    ends = [line["epochs"][-1] for line in lines]
    return statistics.median(end[value] / (end[of] if of else 1) for end in ends)


def whole_table(sides: Mapping[str, list[Line]], threads: int) -> str:
    """A whole epoch, text to weights."""
    rows, clock = [], CLOCK[threads]
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
    title = f"{thousands(next(iter(sides.values()))[0]['rows'])} texts, one epoch, text to weights, {CORES[threads]}"
    columns = ("side", "seconds", "words/s", "× reread's time", "accuracy", "peak MiB", "texts answered/s")
    return table(title, columns, rows)


def seconds_to(lines: Iterable[Line], goal: float) -> float | None:
    """The median of the seconds until an accuracy was reached; none where a run did not reach it."""
    ends = [line["epochs"] for line in lines]
    first = [next((epoch["seconds"] for epoch in each if epoch["accuracy"] >= goal), None) for each in ends]
    reached = [seconds for seconds in first if seconds is not None]
    return statistics.median(reached) if len(reached) == len(first) else None


def goals_table(sides: Mapping[str, list[Line]], threads: int) -> str:
    """Seconds to an accuracy on the rows held out, by the wall."""
    best = {name: max(epoch["accuracy"] for line in lines for epoch in line["epochs"]) for name, lines in sides.items()}
    rows = [
        [
            name,
            *(thousands(seconds_to(lines, goal)) for goal in GOALS),
            f"{best[name]:.1%}",
            str(len(lines[0]["epochs"])),
        ]
        for name, lines in sides.items()
    ]
    columns = ("side", *(f"{goal:.0%}" for goal in GOALS), "best", "epochs")
    return table(f"Seconds to an accuracy, looked at after each epoch, {CORES[threads]}", columns, rows)


def replicas_table(sides: Mapping[str, list[Line]]) -> str:
    """What replicas do together, beside one alone."""
    rows = []
    for name, lines in sides.items():
        count = max(line["replicas"] for line in lines)
        one, each = (middle([line for line in lines if line["replicas"] == k], "words", "seconds") for k in (1, count))
        rows.append([name, thousands(one), str(count), thousands(count * each), f"{count * each / one:.2f}"])
    return table("Replicas on a core each", ("side", "one, words/s", "replicas", "all, words/s", "times"), rows)


def scoring_table(record: Mapping[str, Any], threads: int) -> str:
    """Answers from raw text."""
    rows, clock, times = [], CLOCK[threads], record["times"]
    sides = {name: figures for name, figures in record["sides"].items() if "accuracy" in figures}
    for name, figures in sides.items():
        slower = [thousands(others.get(name, {}).get(clock)) for others in times.values()]
        latency = [thousands(figures[f"ms_of_{words}_words"][share]) for words in (20, 200) for share in ("p50", "p99")]
        shares = [f"{figures[what]:.1%}" for what in ("accuracy", "same_answers")]
        rows.append([name, thousands(figures["texts_per_second"][clock]), *slower, *latency, *shares])
    columns = ("side", "texts/s", *(f"{ours} is ×" for ours in times), "20 words p50, ms", "p99", "200 words p50, ms", "p99", "accuracy", "as reread answers")  # fmt: skip
    return table(f"Answers from raw text, {CORES[threads]}", columns, rows) + parts_of(record, clock)


def parts_of(record: Mapping[str, Any], clock: str) -> str:
    """What text and network take of an answer, in a sentence."""
    alone = {name: 1e6 / figures["texts_per_second"][clock] for name, figures in record["sides"].items() if name.endswith(" alone")}  # fmt: skip
    words = rounded(record["tokens"] / record["texts"], 3)
    each = "; ".join(f"{name.removesuffix(' alone')} {thousands(spent)} µs" for name, spent in alone.items())
    return f"\nOf an answer to {words:g} words: {each}.\n"


def summary_table(
    trained: Mapping[str, list[Line]], to_goals: Mapping[str, list[Line]], record: Mapping[str, Any] | None
) -> str:
    """A row for each side: all that was measured of it with one thread."""
    answers, rows, clock = (record or {"sides": {}})["sides"], [], CLOCK[1]
    for name in [*dict.fromkeys([*trained, *to_goals, *answers])]:
        if name.endswith(" alone"):
            continue
        lines, figures = trained.get(name), answers.get(name, {})
        speed = figures.get("texts_per_second", {}).get(clock)
        latency = [figures.get("ms_of_200_words", {}).get(share) for share in ("p50", "p99")]
        learned = (
            [middle(lines, clock), middle(lines, "words", clock), middle(lines, "peak_mib")] if lines else [None] * 3
        )
        accuracy = f"{statistics.mean(line['epochs'][-1]['accuracy'] for line in lines):.1%}" if lines else "–"
        goals = [seconds_to(to_goals[name], goal) if name in to_goals else None for goal in GOALS]
        rows.append([name, *map(thousands, learned), accuracy, *map(thousands, [*goals, speed, *latency])])
    columns = ("side", "one epoch, s", "words/s", "peak MiB", "accuracy", *(f"s to {goal:.0%}" for goal in GOALS), "answers, texts/s", "200 words p50, ms", "p99")  # fmt: skip
    return table("All sides, one thread", columns, rows)


RECURRENT_PEERS = ("PyTorch, padded", "PyTorch, packed", "skorch", "Keras, TensorFlow", "Keras, JAX")


def levels_table(records: Mapping[tuple[Any, ...], tuple[Any, Any]]) -> str:
    """The kernel's levels of every processor, from the records of steps and of scoring with one thread."""
    rows, clock = [], CLOCK[1]
    for (machine, _, level), (steps, scoring) in records.items():
        trained, answers = ((each or {"sides": {}})["sides"] for each in (steps, scoring))
        speed = {name: figures["texts_per_second"][clock] for name, figures in answers.items()}
        times = (scoring or {"times": {}})["times"].get("reread, int8", {})
        peers = [each[clock] for name, each in times.items() if name in RECURRENT_PEERS]
        words = answers.get("reread, int8", {}).get("ms_of_20_words", {})
        rows.append([
            machine, str(level), *(thousands(trained.get(f"reread {number}", {}).get("times_nn_lstm", {}).get(clock)) for number in ("float32", "bfloat16")),
            *(thousands(speed.get(name)) for name in ("reread", "reread, bfloat16", "reread, int8")),
            thousands(times.get("ONNX Runtime int8", {}).get(clock)), thousands(min(peers, default=None)), thousands(words.get("p50")), thousands(words.get("p99")),
        ])  # fmt: skip
    columns = ("processor", "level", "step × nn.LSTM, float32", "bfloat16", "answers, texts/s, float32", "bfloat16", "int8", "int8 × ONNX Runtime int8", "int8 × fastest recurrent peer", "20 words in int8 p50, ms", "p99")  # fmt: skip
    return table("Levels of the kernel, one thread", columns, rows)
