"""`reread.segments` in ONNX's operators; tokens are (batch, 1)."""

from __future__ import annotations

from reread.nn.graph import INT64, Graph, Value
from reread.segments import BINS, PER_SEGMENT, SEGMENTS

DOUBLINGS = 18  # of the width of bins: enough for 2^24 tokens, up to which a float32 counts exactly


def export_widths(graph: Graph, tokens: Value) -> Value:
    """Tokens of a bin, (batch, 1)."""
    longer = graph.add("Greater", tokens, [BINS << k for k in range(DOUBLINGS)])
    doublings = graph.add("ReduceSum", graph.add("Cast", longer, to=INT64), [1], keepdims=1)
    return graph.add("Gather", [1 << k for k in range(DOUBLINGS + 1)], doublings, axis=0)


def export_used(graph: Graph, tokens: Value) -> Value:
    """How many bins each text uses, (batch, 1)."""
    width = export_widths(graph, tokens)
    return graph.add("Div", graph.add("Sub", graph.add("Add", tokens, width), 1), width)


def export_in_use(graph: Graph, tokens: Value) -> Value:
    """Which bins hold a token, (batch, bins, 1)."""
    return graph.add("Unsqueeze", graph.add("Less", list(range(BINS)), export_used(graph, tokens)), [2])


def export_places(graph: Graph, before: Value, after: Value, time: Value) -> Value:
    """Where the bins of ``before`` tokens, and then the positions of a window, go among those of ``after`` tokens.

    Args:
        graph: takes the operators.
        before: tokens before the window.
        after: tokens at its end.
        time: positions of the window, padding included: what stands there may be given any bin.

    Returns:
        (batch, bins + time).
    """
    width, wider, numbers = export_widths(graph, before), export_widths(graph, after), list(range(BINS))
    positions = graph.add("Add", before, graph.add("Range", 0, time, 1))
    return graph.concat(
        [
            graph.add("Div", graph.add("Mul", numbers, width), wider),
            graph.add("Min", graph.add("Div", positions, wider), BINS - 1),
        ],
        axis=1,
    )


def export_bins_of(graph: Graph, tokens: Value) -> Value:
    """The bins of each segment, (batch, segments, bins of a segment); the last one again where there are fewer."""
    used = export_used(graph, tokens)
    first, end = (
        graph.add("Div", graph.add("Mul", list(range(start, SEGMENTS + start)), used), SEGMENTS) for start in (0, 1)
    )
    last = graph.add("Sub", graph.add("Max", end, graph.add("Add", first, 1)), 1)
    bins = graph.add("Add", graph.add("Unsqueeze", first, [2]), list(range(PER_SEGMENT)))
    return graph.add("Min", bins, graph.add("Unsqueeze", last, [2]))
