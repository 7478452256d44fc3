"""Texts explained in a second by each method, and the memory it takes: `reread explain MODEL --data FILE`, each in a process of its own.

    python benchmarks/speed/explaining.py --data imdb [--rows 1000]

The networks are those of a short training (20 steps), bilstm_max, and for attention attention_lstm: how long an explanation takes does not depend on what
was learned. A quarter of the rows shows what start-up takes, and that memory does not grow; texts per second are those of the other three quarters. One thread.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from alone import alone
from racing import options, pin, rounded, say, train_and_held_out, write_record

REREAD = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
METHODS = {"pooled_words": "bilstm_max", "attention": "attention_lstm", "deletion": "bilstm_max", "integrated_gradients": "bilstm_max"}  # fmt: skip
TRAINED = 4000  # rows for a vocabulary


def write(path: Path, texts: Sequence[str], labels: Sequence[str]) -> None:
    """A file of labelled texts."""
    pq.write_table(pa.table({"text": texts, "label": labels}), path)


def explained(model: Path, method: str, file: Path) -> dict[str, float]:
    """What explaining a file takes."""
    return alone([*REREAD, "explain", str(model), "--data", str(file), "--method", method, "--threads", "1", "--json"])


def compared(some: Mapping[str, float], every: Mapping[str, float], texts: int) -> dict[str, Any]:
    """Texts per second by both clocks, between the shorter run and the longer one, and the peaks of both."""
    rates = {clock: rounded(texts / (every[clock] - some[clock])) for clock in ("seconds", "processor_seconds")}
    return {
        "texts_per_second": rates,
        "peak_mib": {"quarter": some["peak_mib"], "all": every["peak_mib"]},
        "runs": [some, every],
    }


def main() -> None:
    """Train both networks, explain with every method, write the record."""
    parser = options(__doc__ or "", rounds=1, rows=1000)
    parser.add_argument("--threads", type=int, default=1, choices=[1])
    arguments = parser.parse_args()
    pin(1)
    train, held_out = train_and_held_out(arguments.data, TRAINED)
    quarter, found = arguments.rows // 4, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "train.parquet", train.texts, train.labels)
        for rows in (quarter, arguments.rows):
            write(folder / f"{rows}.parquet", held_out.texts[:rows], held_out.labels[:rows])
        for recipe in dict.fromkeys(METHODS.values()):
            alone([*REREAD, "train", str(folder / "train.parquet"), "-o", str(folder / recipe), "--model", recipe, "--steps", "20", "--no-baseline", "--threads", "1"])  # fmt: skip
        for method, recipe in METHODS.items():
            some, every = (
                explained(folder / recipe, method, folder / f"{rows}.parquet") for rows in (quarter, arguments.rows)
            )
            found[method] = {"network": recipe, **compared(some, every, arguments.rows - quarter)}
            say(
                f"{method}: {found[method]['texts_per_second']['processor_seconds']:,} texts/s, {every['peak_mib']:,.0f} MiB"
            )
            path = write_record({"sides": found}, arguments)  # after each: the last takes longest
    print(path)


if __name__ == "__main__":
    main()
