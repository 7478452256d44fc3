"""What a batch costs, learned while serving."""

from __future__ import annotations

FADES = 0.98  # the weight of a batch after the next one: the last fifty count
BYTES = 6  # of a word with its space, in English as in Chinese


class Cost:
    """Seconds of a batch as a · tokens + b, by least squares over the last batches (weighted, the newest most)."""

    def __init__(self) -> None:
        self._count = self._tokens = self._squares = self._seconds = self._products = 0.0
        self.per_token = self.per_batch = 0.0
        self.most_tokens = 0  # of a batch so far

    def learn(self, tokens: int, seconds: float) -> None:
        """A batch took so long."""
        self.most_tokens = max(self.most_tokens, tokens)
        self._count = FADES * self._count + 1
        self._tokens = FADES * self._tokens + tokens
        self._squares = FADES * self._squares + tokens * tokens
        self._seconds = FADES * self._seconds + seconds
        self._products = FADES * self._products + tokens * seconds
        self.per_token, self.per_batch = self._line()

    def _line(self) -> tuple[float, float]:
        """The best a and b that are not negative."""
        spread = self._count * self._squares - self._tokens**2
        if spread <= 1e-9 * self._count * self._squares:  # batches of one size tell nothing of b
            return self._seconds / self._tokens, 0.0
        slope = (self._count * self._products - self._tokens * self._seconds) / spread
        if slope <= 0:
            return 0.0, self._seconds / self._count
        start = (self._seconds - slope * self._tokens) / self._count
        return (slope, start) if start >= 0 else (self._products / self._squares, 0.0)

    def seconds(self, tokens: float, batches: float = 1) -> float:
        """How long these will take."""
        return self.per_token * tokens + self.per_batch * batches


def about_tokens(text: str) -> int:
    """About how many tokens a text has, by its spaces and bytes: splitting it would take as long as a short answer."""
    return 1 + max(text.count(" "), len(text.encode()) // BYTES)
