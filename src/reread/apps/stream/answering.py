"""A batch of messages → what is published for it, by topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reread.apps.stream.apart import deadly
from reread.apps.stream.brokers import Delivery, Route
from reread.apps.stream.drift import DriftWindows
from reread.apps.stream.log import logger
from reread.apps.stream.messages import TEXT, Outcome, dead_letter, is_dead, row_of, to_json
from reread.apps.stream.opened import Opened
from reread.apps.stream.scoring import score_batch
from reread.apps.stream.shadow import Shadow
from reread.errors import ConfigError
from reread.monitoring.agreement import Pair
from reread.monitoring.source import ModelSource

ENDS = "was taken {} times, and ends the process that answers it"
SHOWN = 12  # digits of a checksum


@dataclass
class Batch:
    """What became of a batch.

    Attributes:
        answered: messages with an answer.
        dead: messages without one.
        apart: answers that the shadow does not agree with.
        bodies: what is published, by topic.
        texts: those that were answered, if drift is watched.
        pairs: how often each pair of answers came from the model and its shadow.
    """

    answered: int = 0
    dead: int = 0
    apart: int = 0
    bodies: dict[str, list[bytes]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    pairs: Counter[Pair] = field(default_factory=Counter)


class Answering:
    """Answers batches, one at a time.

    Args:
        route: the topics.
        source: the model.
        shadow: a second model, whose disagreements are published too.
        drift_every: texts after which a report of drift is published; None: never.
    """

    def __init__(
        self,
        route: Route,
        source: ModelSource[Opened],
        *,
        shadow: ModelSource[Opened] | None = None,
        drift_every: int | None = None,
    ) -> None:
        self.route = route
        self.source = source
        self._drift_every = drift_every
        self._shadow = shadow
        self.sentences: list[str] = []
        self._begin()

    def answer(self, deliveries: Sequence[Delivery], tries: int) -> Batch:
        """What is published for messages.

        Of those that were handed out more often than ``tries``, the ones that end a process that answers them are given
        up; the others were in hand when something else ended a command.
        """
        messages = [each.message for each in deliveries]
        outcomes = self._outcomes(deliveries, tries)
        answers = [each for each in outcomes if not is_dead(each)]
        dead = [each for each in outcomes if is_dead(each)]
        batch = Batch(len(answers), len(dead))
        batch.bodies = {self.route.answers: _as_json(answers), self.route.dead_letters: _as_json(dead)}
        if self.shadow is not None and self.route.shadow is not None:
            apart, batch.pairs = self.shadow.compare(messages, outcomes)
            batch.apart = len(apart)
            batch.bodies[self.route.shadow] = _as_json(apart)
        if self.drift is not None:
            rows = [row_of(each) for each, outcome in zip(messages, outcomes, strict=True) if not is_dead(outcome)]
            batch.texts = [row.values[TEXT] for row in rows]
        return batch

    def done(self, batch: Batch) -> list[bytes]:
        """Count a batch that is acknowledged; the reports of drift that it completes."""
        if self.shadow is not None:
            self.shadow.pairs += batch.pairs
        return _as_json(self.drift.add(batch.texts, batch.dead)) if self.drift is not None else []

    def refresh(self) -> list[str]:
        """Take the models that are there now; what is said of those that are other ones."""
        sources = {"another model answers now": self.source, "another model is compared now": self._shadow}
        return [
            f"{said}: {each.name} ({each.checksum[:SHOWN]})"
            for said, each in sources.items()
            if each is not None and each.refresh()
        ]

    def restart(self) -> None:
        """Compare anew, as there is a new model; between batches."""
        self.end()
        try:
            self._begin()
        except ConfigError as error:
            logger.warning("they are no longer compared: %s", error)
            self._shadow = None
            self._begin()

    def end(self) -> None:
        """Say what the comparison with the shadow showed."""
        if self.shadow is not None and (sentence := self.shadow.sentence()):
            self.sentences.append(sentence)

    def _outcomes(self, deliveries: Sequence[Delivery], tries: int) -> list[Outcome]:
        often = [each.message for each in deliveries if each.tries > tries]
        ends = iter(deadly(often, self._openings()) if often else ())
        given_up = [each.tries > tries and next(ends) for each in deliveries]
        others = [each.message for each, up in zip(deliveries, given_up, strict=True) if not up]
        known = iter(score_batch(self.source.opened.model, others, name=self.source.name))
        return [
            dead_letter(each.message, row_of(each.message).values, ENDS.format(each.tries)) if up else next(known)
            for each, up in zip(deliveries, given_up, strict=True)
        ]

    def _openings(self) -> list[Callable[[], Opened]]:
        return [each.opening for each in (self.source, self._shadow) if each is not None]

    def _begin(self) -> None:
        self.shadow = Shadow(self._shadow, self.source) if self._shadow is not None else None
        watch, every = self.source.opened.watch, self._drift_every
        self.drift = DriftWindows(watch, self.source.name, every) if watch is not None and every is not None else None


def _as_json(outcomes: Sequence[Outcome]) -> list[bytes]:
    return [to_json(each) for each in outcomes]
