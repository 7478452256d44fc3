"""One class for each text, of classes in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from reread.data.request import ORDER
from reread.errors import DataError
from reread.label.disagreement import ordinal
from reread.label.questions import questions
from reread.label.questions.base import Answer, Floats
from reread.label.questions.classes import Classes
from reread.tasks import Task
from reread.tasks.ordinal import Ordinal as OrdinalTask
from reread.typing import override


@questions.register("ordinal")
class Ordinal(Classes):
    """Which one of some classes, from the lowest to the highest, a text has."""

    kind = "ordinal"

    @classmethod
    @override
    def found_in(cls, lines: Sequence[Mapping[str, Any]]) -> Self | None:
        orders = [line.get(ORDER) for line in lines]
        return cls(orders[0].split(",")) if orders and isinstance(orders[0], str) else None

    @override
    def fields(self, answer: Answer) -> dict[str, Any]:
        return {self.field: answer, ORDER: ",".join(self.classes)}

    @override
    def read(self, line: Mapping[str, Any]) -> Answer:
        order = line[ORDER]
        if order != ",".join(self.classes):
            raise DataError(f"its classes are in the order {order}, not {','.join(self.classes)}")
        return super().read(line)

    @override
    def task(self, answers: Sequence[Answer]) -> Task | None:
        return OrdinalTask(self.classes) if len(set(answers)) > 1 else None

    @override
    def distances(self, counts: Floats) -> Floats:
        return ordinal(counts)
