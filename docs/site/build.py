"""Build the documentation site: build/site/html/index.html opens in a browser, without a server or a network.

    make docs

The pages are plain Markdown and stay where they are read on their own. Here they are copied to where site.toml
orders them, their links are led along, and Zensical makes HTML of them. What fails the build: a page outside the
navigation, a link that leads nowhere, and anything that a page would load from elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w
from pages import broken_links

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PLACE = ROOT / "build" / "site"
FENCED = re.compile(r"(^```.*?^```$)", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()([^)\s]+)(\))")


def settings() -> dict[str, Any]:
    """What site.toml says."""
    return tomllib.loads((DOCS / "site" / "site.toml").read_text(encoding="utf-8"))


def page_places(elsewhere: dict[str, str]) -> dict[Path, Path]:
    """Each page of the repository, and its place in the site; both relative."""
    own = {page.relative_to(ROOT): page.relative_to(DOCS) for page in sorted(DOCS.rglob("*.md"))}
    return own | {Path(page): Path(place) for page, place in elsewhere.items()}


def in_navigation(entries: object) -> Iterator[Path]:
    """The pages that a navigation names, at any depth."""
    match entries:
        case str():
            yield Path(entries)
        case dict():
            for below in entries.values():
                yield from in_navigation(below)
        case list():
            for below in entries:
                yield from in_navigation(below)


def led_along(link: str, page: Path, places: dict[Path, Path], files: dict[Path, Path]) -> str:
    """A link of a page, as it leads from the page's place in the site; ``files`` notes what is no page."""
    path, mark, anchor = link.partition("#")
    if not path or "://" in link:
        return link
    target = Path(os.path.normpath(page.parent / path))
    place = places.get(target) or places.get(target / "README.md") or places.get(target.parent / "README.md")
    if (ROOT / target).is_file() and target not in places:
        place = files.setdefault(target, Path("files") / target)
    if place is None:
        return link  # the builder says that it leads nowhere
    return Path(os.path.relpath(place, places[page].parent)).as_posix() + mark + anchor


def laid_out(place: Path, places: dict[Path, Path]) -> None:
    """Copy the pages into a folder, with their links led along, and the files that they link to."""
    files: dict[Path, Path] = {}
    for page, target in places.items():
        parts = FENCED.split((ROOT / page).read_text(encoding="utf-8"))
        parts[::2] = [
            LINK.sub(lambda link: link[1] + led_along(link[2], page, places, files) + link[3], part)  # noqa: B023  # called at once
            for part in parts[::2]
        ]
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        (place / target).write_text("".join(parts), encoding="utf-8")
    for file, target in files.items():
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, place / target)


def main() -> None:
    """Lay out the pages, build them, and look at what came of it."""
    said = settings()
    places = page_places(said["elsewhere"])
    named, there = list(in_navigation(said["en"]["nav"])), set(places.values())
    wrong = [f"not in the navigation of docs/site/site.toml: {page}" for page in sorted(there - set(named))]
    wrong += [f"in the navigation of docs/site/site.toml, but not there: {page}" for page in sorted(set(named) - there)]
    if wrong:
        sys.exit("\n".join(wrong))
    shutil.rmtree(PLACE, ignore_errors=True)
    laid_out(PLACE / "docs", places)
    project = said["project"] | said["en"] | {"docs_dir": "docs", "site_dir": "html"}
    (PLACE / "zensical.toml").write_text(tomli_w.dumps({"project": project}), encoding="utf-8")
    built = subprocess.run(  # noqa: S603  # the builder of this environment
        [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(PLACE / "zensical.toml")],
        check=False,
    )
    if built.returncode:
        sys.exit(built.returncode)
    wrong = broken_links(PLACE / "html")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{PLACE / 'html' / 'index.html'}: {len(places)} pages")


if __name__ == "__main__":
    main()
