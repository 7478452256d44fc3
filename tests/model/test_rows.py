from reread.data.rows import Row
from reread.model.rows import CHUNK, SCORES, chunks


def sizes(count: int, scores: int) -> list[int]:
    rows = [Row(line, {"text": "good"}) for line in range(count)]
    return [len(chunk) for chunk in chunks(rows, "text", scores)]


def test_rows_with_many_scores_are_answered_in_smaller_chunks_so_that_memory_does_not_grow_with_the_classes() -> None:
    assert sizes(5, SCORES // 2) == [2, 2, 1]
    assert sizes(3, 2 * SCORES) == [1, 1, 1]


def test_rows_with_few_scores_come_by_the_chunk() -> None:
    assert sizes(CHUNK + 1, 2) == [CHUNK, 1]
