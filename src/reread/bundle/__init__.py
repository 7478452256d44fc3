"""The model folder: everything an answer needs, in files that can be read and can never run code.

config.json           how the model was made, format version first; calibration and decision thresholds
vocabulary.json       the tokens of each feature, in the order of their ids
weights.safetensors   the network, and the states before the first word
model.onnx            the network as ONNX Runtime runs it
baseline.json         the linear member: what its n-grams are made of
baseline.safetensors  its n-grams and numbers
metrics.json          validation figures of both and of their stack, the curve, and the errors behind intervals and sets
run.toml              the command's options: `reread train --config run.toml -o FOLDER` repeats it
README.md             the model card
seen.safetensors      keys of the texts trained on and held out, for `reread evaluate`; 8 bytes a text, no texts; and
                      scores of each text by linear members that had not seen it, for `train --from`
report.html           how good it is, for people; present if `reread train` made the folder
SHA256SUMS            the checksum of every other file

A folder with a file that is missing or differs from its checksum does not answer, except for the two that are prose:
README.md and report.html.
"""

from __future__ import annotations

from reread.bundle.config import (
    ANSWERS,
    BLEND,
    FORMAT_VERSION,
    LINEAR,
    NETWORK,
    STACK,
    BlendConfig,
    Config,
    DataConfig,
    RecipeConfig,
    TargetConfig,
)
from reread.bundle.files import (
    CARD,
    FILES,
    PROSE,
    SEEN,
    START,
    changed_prose,
    model_checksum,
    read_files,
)
from reread.bundle.read import Bundle, read_bundle
from reread.bundle.write import Artefacts, refuse_existing, save
from reread.files import REPORT, SUMS

__all__ = [
    "ANSWERS",
    "BLEND",
    "CARD",
    "FILES",
    "FORMAT_VERSION",
    "LINEAR",
    "NETWORK",
    "PROSE",
    "REPORT",
    "SEEN",
    "STACK",
    "START",
    "SUMS",
    "Artefacts",
    "BlendConfig",
    "Bundle",
    "Config",
    "DataConfig",
    "RecipeConfig",
    "TargetConfig",
    "changed_prose",
    "model_checksum",
    "read_bundle",
    "read_files",
    "refuse_existing",
    "save",
]
