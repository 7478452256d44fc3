"""Which random numbers torch draws next."""

from __future__ import annotations

import torch


def draw_from(seed: int) -> None:
    """Let torch's random numbers follow from a seed, on the CPU and, where it is in use, on CUDA.

    `torch.manual_seed` does the same, and formats a stack for every kind of device that is not in use: 2.6 ms a step.
    """
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)
