"""An explanation for people: the text with its pieces marked, plainly or as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from reread.scoring.explain.explanation import Explanation, Span

STRENGTHS = 3
STYLE = """
.reread-marks { white-space: pre-wrap; line-height: 1.9; overflow-wrap: anywhere }
.reread-marks mark { color: inherit; border-radius: 3px; padding: 1px 0 }
.reread-marks .for1 { background: #2a7de13a } .reread-marks .for2 { background: #2a7de166 } .reread-marks .for3 { background: #2a7de199 }
.reread-marks .against1 { background: #e07b0036 } .reread-marks .against2 { background: #e07b0060 } .reread-marks .against3 { background: #e07b0090 }
.reread-marks .against1, .reread-marks .against2, .reread-marks .against3 { text-decoration: underline dotted }
"""


def strength(span: Span, largest: float) -> int:
    """How strongly a piece speaks, from -3 (against) to 3 (for); 0 is less than a sixth of the largest weight."""
    return round(STRENGTHS * span.weight / largest) if largest else 0


def marked(explanation: Explanation, mark: Callable[[str, int], str], between: Callable[[str], str] = str) -> str:
    """The text, its pieces given to ``mark`` with their strength and what lies between them to ``between``."""
    parts, end = [], 0
    for piece, force in zip(explanation.spans, strengths(explanation.spans), strict=True):
        parts += [between(explanation.text[end : piece.start]), mark(piece.text, force)]
        end = piece.end
    return "".join([*parts, between(explanation.text[end:])])


def strengths(spans: Sequence[Span]) -> Iterator[int]:
    """The strength of each piece beside the others."""
    largest = max((abs(span.weight) for span in spans), default=0.0)
    return (strength(span, largest) for span in spans)


def plain(explanation: Explanation) -> str:
    """The text with a sign for each degree of strength around its pieces: ++so++ or --so--."""

    def mark(text: str, force: int) -> str:
        signs = ("+" if force > 0 else "-") * abs(force)
        return f"{signs}{text}{signs}"

    return marked(explanation, mark)


def as_html(explanation: Explanation) -> str:
    """The marked text as one element, in need of `STYLE`; whatever the text holds is shown, never run."""
    weights = iter(explanation.spans)

    def mark(text: str, force: int) -> str:
        weight = next(weights).weight
        if not force:
            return escape(text)
        side = f"{'for' if force > 0 else 'against'}{abs(force)}"
        return f'<mark class="{side}" title="{weight:+.3g}">{escape(text)}</mark>'

    return f'<div class="reread-marks">{marked(explanation, mark, escape)}</div>'


def as_page(explanation: Explanation, more: str = "") -> str:
    """A page of its own, with ``more`` in HTML at its end."""
    rows = [(span.text, f"{span.weight:+.3f}") for span in explanation.strongest(20)]
    body = f"""<p>{escape(legend(explanation))}</p>
{as_html(explanation)}
<h2>The strongest pieces</h2>
{table(("piece", explanation.unit), rows)}
<p>{escape(explanation.account)}</p>
{more}"""
    return page(f"Why {explanation.answer}?", body)


def page(title: str, body: str) -> str:
    """A page that needs nothing else, with a title and a body in HTML."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
th {{ text-align: start }} td, th {{ padding: .1rem 1rem .1rem 0; overflow-wrap: anywhere }}
td:nth-child(n + 2) {{ text-align: end; font-variant-numeric: tabular-nums }}
{STYLE}</style></head><body><main>
<h1>{escape(title)}</h1>
{body}
</main></body></html>
"""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in HTML, numbers in all columns but the first."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


def legend(explanation: Explanation) -> str:
    """The answer, its number and how it was looked into, in one sentence."""
    return f"{explanation.answer}: {explanation.value:.3f} ({explanation.unit}), by {explanation.method.replace('_', ' ')}."
