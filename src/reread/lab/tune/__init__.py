"""Searching settings: a space of them, trials in a study that several processes share, and a page about what mattered.

The only package that imports optuna.
"""

from __future__ import annotations
