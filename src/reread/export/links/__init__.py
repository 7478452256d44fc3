"""How scores become answers inside an ONNX file, one file a kind; a task names its own (`Task.link`)."""

from __future__ import annotations

from reread.errors import ExportError
from reread.export.links.base import Link
from reread.registry import Registry
from reread.tasks import Task

links: Registry[type[Link]] = Registry("link", __name__)


def link_of(task: Task) -> Link:
    """The link of a task that is not joint.

    Raises:
        ExportError: it has none.
    """
    if task.link is None:
        raise ExportError(f"answers of the task {task.name} cannot be written as ONNX: it names no link")
    return links.get(task.link)(task)


__all__ = ["Link", "link_of", "links"]
