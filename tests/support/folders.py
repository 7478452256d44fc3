"""Model folders for tests: the old one that is kept beside them, copies of it, and changed copies."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from safetensors.numpy import load as load_tensors

from reread.bundle import CARD, FILES, PROSE, SEEN, START, SUMS, Artefacts, Bundle

DATA = Path(__file__).resolve().parents[1] / "data"
OLD = DATA / "model_v1.reread"
STACK = DATA / "folders_2026_12" / "stack.reread"
KEPT = sorted((DATA / "folders_2026_11").glob("*.reread"))  # one of each task


def copy_of(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target))


def sign(folder: Path) -> None:
    """Write the checksums that the folder's files have now."""
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in (*FILES, SEEN, *PROSE)
        if (folder / name).is_file()
    ]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")


def artefacts_of(bundle: Bundle) -> Artefacts:
    """What the folder was made of."""
    tensors = load_tensors(bundle.files["weights.safetensors"])
    return Artefacts(
        config=bundle.config,
        vocabularies=bundle.scorer.encoder.vocabularies,
        weights=bundle.weights,
        start_states=tensors[f"{START}states"],
        start_summary=tensors[f"{START}summary"],
        onnx=bundle.files["model.onnx"],
        baseline=json.loads(bundle.files["baseline.json"]),
        baseline_arrays=load_tensors(bundle.files["baseline.safetensors"]),
        metrics=bundle.metrics,
        run={"seed": 0},
        card=(bundle.path / CARD).read_text(encoding="utf-8"),
    )
