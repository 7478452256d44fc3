"""What `make demo` runs: the commands a new user would type, one after the other, on the bundled messages."""

from __future__ import annotations

import csv
import gzip
import shlex
import subprocess
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "demo"
MESSAGES = """text
"Congratulations! You have won a free prize, call 09061701461 now to claim"
"Running late, see you at the station at six?"
"URGENT: your account is on hold, text STOP to 87121 to confirm"
"ok lor, tell me when you reach home"
"""


def hold_back(source: Path, train: Path, test: Path) -> None:
    """Part the rows before anything learns from them: about a tenth to test on, equal texts on one side."""
    with (
        gzip.open(source, "rt", encoding="utf-8", newline="") as rows,
        train.open("w", encoding="utf-8", newline="") as most,
        test.open("w", encoding="utf-8", newline="") as some,
    ):
        reader = csv.DictReader(rows)
        writers = [csv.DictWriter(file, reader.fieldnames or ()) for file in (most, some)]
        for writer in writers:
            writer.writeheader()
        for row in reader:
            text = " ".join(row["text"].casefold().split())
            writers[zlib.crc32(text.encode()) % 10 == 0].writerow(row)


def reread(*arguments: str) -> None:
    """Show a command and run it; end as it ends."""
    print(f"\n$ reread {shlex.join(arguments)}", flush=True)
    code = subprocess.run(
        [sys.executable, "-c", "from reread.apps.cli import main; main()", *arguments], check=False
    ).returncode
    if code:
        sys.exit(code)


def main() -> None:
    """Train, measure, predict, verify, and say what to try next."""
    DEMO.mkdir(exist_ok=True)
    messages, model, answers = DEMO / "messages.csv", "demo/spam.reread", DEMO / "answers.csv"
    messages.write_text(MESSAGES, encoding="utf-8")
    hold_back(HERE / "sms_spam" / "sms_spam.csv.gz", DEMO / "train.csv", DEMO / "test.csv")
    print("demo/train.csv and demo/test.csv: the bundled messages, about one in ten held back to test on")
    reread("train", "demo/train.csv", "-o", model, "--overwrite")
    reread("evaluate", model, "demo/test.csv")
    reread("predict", model, "demo/messages.csv", "-o", "demo/answers.csv")
    print(f"\n$ cat demo/answers.csv\n{answers.read_text(encoding='utf-8')}", end="")
    reread("verify", model)
    print(
        "\nWhat to try next, after `source .venv/bin/activate`:\n"
        "  reread train YOUR.csv --text COLUMN --label COLUMN\n"
        "  reread evaluate YOUR.reread OTHER.csv    rows that training has not seen\n"
        "  reread recipes\n"
        f"  less {model}/README.md        the model card\n"
        f"  {model}/report.html           how good it is, and where it fails: open it in a browser"
    )


if __name__ == "__main__":
    main()
