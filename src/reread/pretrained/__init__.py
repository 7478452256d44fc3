"""The folder of a pretrained network: what `reread pretrain` writes and `reread train --from` starts from.

pretrained.json         the network's description, its texts, how well it predicts; format version first
vocabulary.json         the tokens of each feature, in the order of their ids, with their counts
pretrained.safetensors  the word vectors and the layers, by the names that they have in a network
SHA256SUMS              the checksum of every other file

A folder with a file that is missing or differs from its checksum is refused. Nothing in it can run code.
"""

from __future__ import annotations

from reread.pretrained.config import FILE, PretrainedConfig
from reread.pretrained.folder import SIZES, Pretrained, read_pretrained, refuse_existing, save_pretrained

__all__ = [
    "FILE",
    "SIZES",
    "Pretrained",
    "PretrainedConfig",
    "read_pretrained",
    "refuse_existing",
    "save_pretrained",
]
