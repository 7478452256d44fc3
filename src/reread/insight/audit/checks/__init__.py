"""The problems that a row can have: one file a check."""

from __future__ import annotations

from reread.insight.audit.checks.base import Check
from reread.insight.audit.settings import Settings
from reread.registry import Registry

checks: Registry[type[Check]] = Registry("check", __name__)

__all__ = ["Check", "Settings", "checks"]
