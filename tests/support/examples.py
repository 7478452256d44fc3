"""How many examples Hypothesis tries where each is dear, or where many things are tried on each."""

from __future__ import annotations

from hypothesis import settings


def share_of_examples(part: int) -> settings:
    """So small a part of the examples of the profile that was chosen: `make test-all` tries more of them here too."""
    return settings(max_examples=max(1, settings.default.max_examples // part))
