"""A trained model."""

from __future__ import annotations

from dataclasses import dataclass

from reread.errors import ConfigError, DataError
from reread.model.load import load
from reread.recipes.fitting import Limit
from reread.tasks.labels import ClassIndex, Label, listing, quoted
from reread.typing import override
from reread.weak.kinds import Chunk, Kind, Place, Vote, Voter, kinds


@kinds.register("model")
@dataclass(frozen=True, kw_only=True)
class ModelRule(Kind):
    """Votes for what a model folder answers, where it is sure enough; with a label only where that is the answer.

    Attributes:
        model: the folder.
        confidence: the least probability of an answer that counts.
    """

    needs_label = False

    model: str
    confidence: Limit = 0.5

    @override
    def open(self, place: Place, label: Label | None) -> Voter:
        model = load(place.folder / self.model, threads=place.threads)
        task = model.task
        if not task.can_abstain:
            raise ConfigError(f'model = "{self.model}" is a {task.name} model; expected one that answers with a class')
        as_class = _matched(self.model, task.classes, place.classes, label)

        def vote(chunk: Chunk) -> list[Vote]:
            scores = model.scores(chunk.texts)
            answers = model.postprocessor.predict(scores, abstain_below=self.confidence or None)
            return [None if answer is None else as_class[answer] for answer in answers]

        return vote


def _matched(
    model: str, answers: tuple[Label, ...], classes: tuple[Label, ...], label: Label | None
) -> dict[Label, Vote]:
    """The vote for each answer of a model.

    Raises:
        ConfigError: the model knows other classes.
    """
    if label is not None:
        try:
            known = answers[ClassIndex(answers)(label)]
        except DataError as error:
            raise ConfigError(f'model = "{model}" never answers that: {error}') from error
        return {answer: answer == known for answer in answers}
    index, votes = ClassIndex(classes), dict[Label, Vote]()
    for answer in answers:
        try:
            votes[answer] = classes[index(answer)]
        except DataError as error:
            raise ConfigError(
                f'model = "{model}" answers {quoted(answer)}, which is none of {listing(classes)}; name a label'
            ) from error
    return votes
