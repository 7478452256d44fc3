from __future__ import annotations

from hypothesis import settings

settings.register_profile("busy", deadline=None)  # times are measured in benchmarks, never asserted in tests
settings.load_profile("busy")
