"""Names from newer versions of ``typing``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override
elif sys.version_info >= (3, 12):
    from typing import override
else:
    F = TypeVar("F", bound=Callable[..., Any])

    def override(method: F) -> F:
        """Mark a method that keeps its base class's promise (PEP 698)."""
        return method


__all__ = ["override"]
