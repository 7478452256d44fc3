"""What is asked about each text: one file a kind, registered under its name."""

from __future__ import annotations

from reread.label.questions.base import Answer, Pairs, Question, Suggestion
from reread.registry import Registry

questions: Registry[type[Question]] = Registry("kind of question", __name__)

__all__ = ["Answer", "Pairs", "Question", "Suggestion", "questions"]
