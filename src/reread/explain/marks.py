"""Explanations for people: the text with marks, plain or as HTML, and a legend of the marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from reread.explain import methods
from reread.explain.explanation import Explanation, Span
from reread.tasks.aims import NUMBER
from reread.wording import without_controls

STRENGTHS = 3
STYLE = """
.reread-marks { white-space: pre-wrap; line-height: 1.9; overflow-wrap: anywhere }
.reread-marks mark { color: inherit; border-radius: 3px; padding: 1px 0 }
.reread-marks .for1 { background: #2a7de13a }
.reread-marks .for2 { background: #2a7de166 }
.reread-marks .for3 { background: #2a7de199 }
.reread-marks .against1 { background: #e07b0036 }
.reread-marks .against2 { background: #e07b0060 }
.reread-marks .against3 { background: #e07b0090 }
.reread-marks .share1 { background: #8b5cf63a }
.reread-marks .share2 { background: #8b5cf666 }
.reread-marks .share3 { background: #8b5cf699 }
.reread-marks .against1, .reread-marks .against2, .reread-marks .against3 { text-decoration: underline dotted }
"""


class Stretch(NamedTuple):
    """A stretch of a text: a piece with its strength, or the text between two pieces, which has neither."""

    start: int
    end: int
    force: int = 0
    span: Span | None = None


def stretches(text: str, spans: Sequence[Span]) -> Iterator[Stretch]:
    """The whole text, in reading order."""
    place = 0
    for span, force in zip(spans, strengths(spans), strict=True):
        if span.start > place:
            yield Stretch(place, span.start)
        yield Stretch(span.start, span.end, force, span)
        place = span.end
    if len(text) > place:
        yield Stretch(place, len(text))


def strength(span: Span, largest: float) -> int:
    """The strength of a piece, from -3 (against) to 3 (for); 0 is less than a sixth of the largest weight."""
    return round(STRENGTHS * span.weight / largest) if largest else 0


def strengths(spans: Sequence[Span]) -> Iterator[int]:
    """The strength of each piece beside the others."""
    largest = max((abs(span.weight) for span in spans), default=0.0)
    return (strength(span, largest) for span in spans)


def plain(explanation: Explanation) -> str:
    """The text with signs around its pieces, one for each degree of strength: ++so++ or --so--.

    Pieces whose weights have no sign are marked **so**.
    """
    parts = []
    for start, end, force, _ in stretches(explanation.text, explanation.spans):
        sign = ("+" if force > 0 else "-") if explanation.signed else "*"
        parts.append(f"{sign * abs(force)}{explanation.text[start:end]}{sign * abs(force)}")
    return "".join(parts)


def as_html(explanation: Explanation) -> str:
    """The marked text as one element, in need of `STYLE`; whatever the text holds is shown, never run."""
    parts = []
    for start, end, force, span in stretches(explanation.text, explanation.spans):
        shown = escape(explanation.text[start:end])
        if span is not None and force:
            side = ("for" if force > 0 else "against") if explanation.signed else "share"
            weight = f"{span.weight:{'+' if explanation.signed else ''}.3g}"
            shown = f'<mark class="{side}{abs(force)}" title="{weight}">{shown}</mark>'
        parts.append(shown)
    return f'<div class="reread-marks">{"".join(parts)}</div>'


def as_page(explanations: Sequence[Explanation], more: str = "") -> str:
    """A page with the explanations of one text, and ``more`` in HTML at its end."""
    title = question(explanations[0]) if len(explanations) == 1 else "Why these answers?"
    parts = [_section(each, heading="" if len(explanations) == 1 else question(each)) for each in explanations]
    return page(title, "\n".join([*parts, f"<p>{escape(explanations[0].account)}</p>", more]))


def _section(explanation: Explanation, heading: str) -> str:
    body = f"""<p>{escape(legend(explanation))}</p>
{as_html(explanation)}
{table(("strongest pieces", explanation.weight_unit), strongest_rows(explanation, 20))}"""
    return f"<h2>{escape(heading)}</h2>\n{body}" if heading else body


def page(title: str, body: str) -> str:
    """A self-contained page with a title and a body in HTML."""
    whole = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
th {{ text-align: start }} td, th {{ padding: .1rem 1rem .1rem 0 }} td:first-child {{ overflow-wrap: anywhere }}
td:nth-child(n + 2) {{ text-align: end; font-variant-numeric: tabular-nums }}
{STYLE}</style></head><body><main>
<h1>{escape(title)}</h1>
{body}
</main></body></html>
"""
    return without_controls(whole)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in HTML, numbers in all columns but the first."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


def strongest_rows(explanation: Explanation, most: int = 10) -> list[tuple[str, str]]:
    """The pieces with the largest weights, and what else makes the value, each with its number."""
    shown = [*((span.text, span.weight) for span in explanation.strongest(most)), *explanation.sums(most)]
    return [(name, weight_of(weight, signed=explanation.signed)) for name, weight in shown]


def weight_of(weight: float, *, signed: bool) -> str:
    """A weight, with its sign where weights have one."""
    return f"{weight:{'+' if signed else ''}.3f}"


def question(explanation: Explanation) -> str:
    """What the explanation answers."""
    return f"Why {explanation.answer}?" if explanation.signed else "What was attended to?"


def legend(explanation: Explanation) -> str:
    """The figures and the method of an explanation, in one or two sentences that follow the `question`."""
    part = "" if explanation.part is None else f", of {explanation.part}"
    how = methods.get(explanation.method).wording or explanation.method.replace("_", " ")
    answered = _answered(explanation)
    if not explanation.signed:
        return f"Shares of 1{part}; by {how}. The answer is {answered}."
    chance = "" if explanation.probability is None else f"Probability {explanation.probability:.3f}; "
    value = f"{explanation.value:.3f}"
    each = ", ".join(f"{name} {added:+.3f}" for name, added in explanation.members.items())
    members = f" ({each})" if each else ""
    unit = explanation.unit if explanation.unit == NUMBER else f"{explanation.unit} before calibration"
    already_named = explanation.answered is None or answered in {explanation.answer, _of_target(explanation, value)}
    return f"{chance}{value} {unit}{members}{part}; by {how}.{'' if already_named else f' The answer is {answered}.'}"


def _answered(explanation: Explanation) -> str:
    """The model's answer, which need not be the explained one."""
    answered = explanation.answered
    words = f"{answered:.3f}" if isinstance(answered, float) else str(answered)
    if isinstance(answered, list):
        words = ", ".join(map(str, answered)) or "no label"
    return _of_target(explanation, words)


def _of_target(explanation: Explanation, words: str) -> str:
    return words if explanation.target is None else f"{explanation.target}: {words}"
