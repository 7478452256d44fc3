"""Do two commits train the same weights, to the bit? Ten small models of many kinds by each, compared by checksum.

    python benchmarks/reliability/same_weights.py --checkout FOLDER

FOLDER is a checkout of another commit with its own .venv, as `make setup` makes it. Run it after a change that should change nothing: it
trains on the bundled messages, a minute on one core for each side. Writes benchmarks/results/same_weights.json; ends with 1 if a model differs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "examples" / "sms_spam" / "sms_spam.csv.gz"
ROWS = 400
MAIN = "import sys; from reread.apps.cli import main; main()"
SMALL = ["--steps", "25", "--threads", "1", "--no-report", "--quiet"]
SMALL += ["--set", "model.hidden=16", "--set", "model.embedding_dim=16", "--set", "model.latent=[16]"]
LABEL = ["--label", "label"]
MODELS = {
    "classes": [*LABEL, "--model", "bilstm_max"],
    "stack": LABEL,
    "joint": [*LABEL, "--target", "stars"],
    "ordered classes": ["--label", "grade", "--ordinal-order", "a,b,c"],
    "numbers": ["--target", "stars", "--loss", "huber"],
    "light recurrence": [*LABEL, "--model", "bisru_max"],
    "adversarial": [*LABEL, "--set", "training.objective=adversarial"],
    "two poolings": [*LABEL, "--set", "model.pooling=max_mean"],
    "torch's engine": [*LABEL, "--set", "training.engine=torch"],
    "word vectors": [*LABEL, "--vectors", "word2vec", "--set", "vectors.deterministic=true"],
}
FILES = ("weights.safetensors", "baseline.safetensors")


def write_rows(target: Path) -> Path:
    """Messages with a number and a grade beside the label, drawn once."""
    chance = random.Random(0)
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as source, target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "stars", "grade"])
        for row in islice(csv.DictReader(source), ROWS):
            writer.writerow([row["text"], row["label"], round(5 * chance.random(), 2), chance.choice("abc")])
    return target


def checksums(checkout: Path, rows: Path, folder: Path) -> dict[str, list[str]]:
    """What a checkout trains, by the name of the model."""
    python, found = checkout / ".venv" / "bin" / "python", {}
    for name, options in MODELS.items():
        model = folder / name.replace(" ", "_")
        command = [str(python), "-c", MAIN, "train", str(rows), "--text", "text", *options, *SMALL, "-o", str(model)]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        found[name] = [hashlib.sha256((model / file).read_bytes()).hexdigest()[:16] for file in FILES]
    return found


def main() -> None:
    """Train, compare, write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, required=True)
    checkout = parser.parse_args().checkout.resolve()
    sides = {}
    with tempfile.TemporaryDirectory() as scratch:
        rows = write_rows(Path(scratch) / "rows.csv")
        for place in (checkout, ROOT):
            commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=place, capture_output=True, text=True, check=True)  # fmt: skip
            folder = Path(scratch) / ("before" if place == checkout else "now")
            folder.mkdir()
            sides[commit.stdout.strip()] = checksums(place, rows, folder)
    before, now = sides.values()
    same = {name: before[name] == now[name] for name in MODELS}
    record = {"commits": list(sides), "same": same, **circumstances(), "command": "python benchmarks/reliability/same_weights.py --checkout FOLDER"}  # fmt: skip
    (ROOT / "benchmarks" / "results" / "same_weights.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))
    sys.exit(not all(same.values()))


if __name__ == "__main__":
    main()
