"""How what was measured on samples of two sizes grows with their size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

APART = 2.0  # a second sample that is less than so many times the first tells no growth


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What grows with an amount by a power of it.

    Attributes:
        amount: at which it was measured; 0: it was not, and is nothing at any amount.
        value: what was measured.
        power: 1 if it grows as the amount does.
    """

    amount: float = 0.0
    value: float = 0.0
    power: float = 1.0

    @classmethod
    def through(cls, few: tuple[float, float], many: tuple[float, float], between: tuple[float, float]) -> Self:
        """The growth through two amounts and what was measured at each.

        Args:
            few: the smaller amount, and its value.
            many: the larger one, and its value, which the growth keeps.
            between: the least and the greatest power, since a small sample can mislead; the least, where the amounts
                are too near to each other to tell.
        """
        least, most = between
        power = least
        if many[0] >= APART * few[0] > 0 and min(few[1], many[1]) > 0:
            power = math.log(many[1] / few[1]) / math.log(many[0] / few[0])
        return cls(amount=many[0], value=many[1], power=min(max(power, least), most))

    def at(self, amount: float) -> float:
        """The value at an amount."""
        return self.value * (amount / self.amount) ** self.power if self.amount else 0.0


UNMEASURED = Growth()
