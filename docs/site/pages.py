"""What is wrong in a folder of HTML pages: links that lead nowhere, things loaded from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reread.typing import override

LOADED = {"script", "img", "iframe", "source", "video", "audio", "embed"}
STYLES = {"stylesheet", "preload", "preconnect", "icon", "modulepreload"}


class Page(HTMLParser):
    """The anchors of a page, where its links lead, and what it loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        elif tag == "link" and STYLES & set(said.get("rel", "").split()):
            self.loads.append(said.get("href", ""))
        elif tag in LOADED and said.get("src"):
            self.loads.append(said["src"])


def broken_links(folder: Path) -> list[str]:
    """One line for each link that leads nowhere, and for each thing that a page loads from elsewhere."""
    pages = {file.resolve(): Page(file) for file in sorted(folder.rglob("*.html")) if file.name != "404.html"}
    wrong = []
    for file, page in pages.items():
        name = file.relative_to(folder.resolve())
        wrong += [f"{name}: loads {link} from elsewhere" for link in page.loads if urlsplit(link).netloc]
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchor = unquote(parts.fragment)
            missing = not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors)
            if missing and anchor != "__skip":
                wrong.append(f"{name}: {link} leads nowhere")
    return wrong
