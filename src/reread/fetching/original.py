"""What a published file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Original:
    """One file as its publisher offers it.

    Attributes:
        name: The file's name, by which it is looked for in a folder or on a mirror.
        url: Its public address; None if the terms require every user to fetch it by hand.
        checksum: "md5:…" or "sha256:…", None where the publisher states none.
        contents: The checksums of files inside it, where those are what is known.
    """

    name: str
    url: str | None
    checksum: str | None = None
    contents: Mapping[str, str] = field(default_factory=dict)
