"""The search spaces that come with reread: ``default.toml``, and one named after a recipe where that needs its own."""

from __future__ import annotations
