"""SVG elements; their content is escaped by the library that writes them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from markupsafe import Markup

WIDTH = 360.0  # of a figure, in its own units: about a phone's width in CSS pixels
NARROW, LETTER, CAPITAL, WIDE = 4.4, 7.0, 8.5, 11.0
"""How wide characters are at the size of the style sheet's figures, in DejaVu Sans: most fonts are narrower."""
THIN, BROAD = frozenset(" fijlrtI.,:;'|!/()[]-\""), frozenset("mwMW@%")


def node(tag: str, text: str = "", **attributes: object) -> ET.Element:
    """An element; ``class_`` is its class, underscores in other names are hyphens, numbers have one decimal."""
    names = {name.removesuffix("_").replace("_", "-"): _written(value) for name, value in attributes.items()}
    element = ET.Element(tag, names)
    element.text = text or None
    return element


def path(points: list[tuple[float, float]], class_: str) -> ET.Element:
    """A line through points."""
    places = "L".join(f"{_written(x)} {_written(y)}" for x, y in points)
    return node("path", d=f"M{places}", class_=class_)


def drawing(height: float, title: str, description: str, parts: list[ET.Element]) -> Markup:
    """The whole figure: to those who cannot see it, its title and what it shows."""
    root = node(
        "svg", viewBox=f"0 0 {_written(WIDTH)} {_written(height)}", role="img", aria_label=f"{title}. {description}"
    )
    root.extend(parts)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  # ElementTree has escaped it


def width(text: str) -> float:
    """How wide a text is, about."""
    return sum(map(_width_of, text))


def _width_of(character: str) -> float:
    if not character.isascii() or character in BROAD:
        return WIDE
    if character in THIN:
        return NARROW
    return CAPITAL if character.isupper() else LETTER


def shortened(text: str, units: float) -> str:
    """A text cut to a width."""
    for place in range(len(text)):
        if width(text[: place + 1]) > units:
            return f"{text[: max(1, place - 1)]}…"
    return text


def _written(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
