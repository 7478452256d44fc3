"""Objectives: one file each. An objective is what a training step lowers, made of a task's loss."""

from __future__ import annotations

from reread.registry import Registry
from reread.train.objectives.base import Batch, Objective

objectives: Registry[type[Objective]] = Registry("objective", __name__)

__all__ = ["Batch", "Objective", "objectives"]
