"""What will a customer buy next? Item sequences as texts, the next category as the label (docs/sources.md, S5).

    python examples/purchases.py [FOLDER]

No shop gives its customers' histories away, so these are **generated**: each customer works on projects, a project is a
fixed course of categories (paint after filler after sandpaper …), and now and then something unrelated is bought. What
comes next depends on the order of what was bought, which a bag of words does not see; the linear baseline beside the
network shows how much that is worth here. On real histories the difference can be smaller or none: look at both.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path

PROJECTS = {
    "wall": ["filler", "sandpaper", "primer", "paint", "brush", "tape"],
    "wall again": ["tape", "brush", "paint", "primer", "sandpaper", "filler"],  # the same things, the other way round
    "garden": ["soil", "seeds", "fertiliser", "hose", "gloves", "shears"],
    "garden in autumn": ["shears", "gloves", "hose", "fertiliser", "soil", "seeds"],
}
CATEGORIES = sorted({category for course in PROJECTS.values() for category in course})
ITEMS = 20  # of each category
UNRELATED = 0.15  # of the purchases
SHORTEST, LONGEST = 5, 25


def history(chance: random.Random) -> tuple[str, str]:
    """The items that one customer bought, in order, and the category of the next."""
    course = PROJECTS[chance.choice(list(PROJECTS))]
    start, length = chance.randrange(len(course)), chance.randint(SHORTEST, LONGEST)
    wanted = [course[(start + k) % len(course)] for k in range(length + 1)]
    bought = [chance.choice(CATEGORIES) if chance.random() < UNRELATED else category for category in wanted[:-1]]
    return " ".join(f"{category}{chance.randrange(ITEMS)}" for category in bought), wanted[-1]


def write(path: Path, rows: int, seed: int) -> None:
    """A CSV file of histories."""
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["items", "next"])
        writer.writerows(history(chance) for _ in range(rows))


def main() -> None:
    """Generate, train, test."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "purchases")
    folder.mkdir(parents=True, exist_ok=True)
    train, test, model = folder / "train.csv", folder / "test.csv", folder / "next.reread"
    write(train, 6000, seed=1)
    write(test, 2000, seed=2)
    reread = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
    subprocess.run(
        [*reread, "train", train, "--text", "items", "--label", "next", "--model", "lstm", "--language", "en",
         "--epochs", "10", "--overwrite", "-o", model],
        check=True,
    )  # fmt: skip
    subprocess.run([*reread, "evaluate", model, test], check=True)


if __name__ == "__main__":
    main()
