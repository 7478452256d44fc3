"""The compiled way from text to ids under sanitizers; and ways that were made wrong, each of which is found."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from reread.kernel import Library
from reread.text.encoder import TextEncoder
from support.kernel.sanitizers import ROOT, SANITIZERS, sanitized, with_sanitizers
from support.kernel.source_checks import OVERFLOW
from support.kernel.text_by_python import cases, differences, miscounted

SOURCE = ROOT / "src/reread/kernel/source"
SCRIPT = "-m", "support.kernel.text_by_python"


@dataclass(frozen=True)
class Mutant:
    """A change of text.c, or of a header of it."""

    right: str
    wrong: str
    file: str = "text.c"


NONE = Mutant("", "")
TOKENS = "tokens.h"
WRONG_ANSWERS = {
    "tokens of one hash are the same": Mutant(" && is_token(tokens, slot->id, token, length)", "", TOKENS),
    "an apostrophe ends a word": Mutant("(here & APOSTROPHE) && (next & LETTER)", "here & APOSTROPHE"),
    "a point before a digit": Mutant("characters[at - 1] & next & DIGIT", "next & DIGIT"),
    "a mark ends a word": Mutant("run(text, run(text, at, MARK), LETTER)", "run(text, at, MARK)"),
    "a mark stands alone": Mutant("run(text, at + 1, MARK)", "at + 1"),
    "Han in words": Mutant("if (text->characters[at] & HAN)", "if (0)"),
    "a longer tag is a break": Mutant(" && !(c[3] & WORD)", ""),
    "a break reaches over a tag": Mutant("(characters[end] & CODE) != '<' && ", ""),
    "one break of two": Mutant("at = end - 1;", "at = end;"),
    "the last stage is left out": Mutant("stage < e->stages;", "stage < e->stages - 1;"),
    "triples are pairs": Mutant("k + feature + 1 < tokens ? k + feature + 1", "k + 2 < tokens ? k + 2"),
    "a pair ends with a joint": Mutant(" - (e->joint != 0);", ";"),
    "nothing stands between words": Mutant("if (e->joint)", "if (0)"),
    "the longest stop word stays": Mutant("length > e->stop_words->longest", "length >= e->stop_words->longest"),
    "stop words stay": Mutant("lowered, length) != 0", "lowered, length) < 0"),
    "an underscore is a letter": Mutant(" && (here & CODE) != '_'", ""),
    "nothing is left to Python": Mutant("return all ? 1 : LEFT;", "return all + 1;"),
    "a new token has its predecessor's id": Mutant(
        "(Slot){hash, (int32_t)tokens->count}", "(Slot){hash, (int32_t)tokens->count - 1 + (tokens->count < 2)}", TOKENS
    ),
    "a new token is kept by its first character": Mutant("= token[k] & CODE;", "= token[0] & CODE;", TOKENS),
    "a full table of words knows nothing": Mutant(
        "token, length)) == FULL)\n            return FULL;\n        if",
        "token, length)) == FULL)\n            ids[tokens * e->features] = 0;\n        if",
    ),
    "a full table of pairs knows nothing": Mutant(
        "length)) == FULL)\n                return FULL;",
        "length)) == FULL)\n                ids[k * e->features + feature] = 0;",
    ),
}
BEYOND_THE_END = {
    "of a text, at its last word": Mutant("at + 1 < text->size ? characters[at + 1] : 0", "characters[at + 1]"),
    "of a text, at its last tag": Mutant("at + 3 < size", "at < size"),
    "of a run of letters": Mutant("while (at < text->size && (text", "while ((text"),
    "of what is replaced": Mutant(
        "k < size; k++) {\n        uint32_t code", "k <= size; k++) {\n        uint32_t code"
    ),
    "of where tokens begin": Mutant("*starts = joined + 2 * size;", "*starts = joined + 2 * size + 1;"),
    "of a vocabulary": Mutant("id <= tokens->count", "id <= tokens->count + 1"),
    "of the characters of new tokens": Mutant(" || start + length > tokens->room", "", TOKENS),
    "of the ends of new tokens": Mutant(
        "2 * tokens->count >= tokens->mask", "2 * tokens->count > tokens->mask + 1", TOKENS
    ),
}


def build(folder: Path, flags: list[str], mutant: Mutant = NONE) -> Path:
    """A library of text.c alone."""
    for name in ("text.c", TOKENS):
        text = (SOURCE / name).read_text(encoding="utf-8")
        if mutant.right and mutant.file == name:
            assert text.count(mutant.right) == 1
            text = text.replace(mutant.right, mutant.wrong)
        (folder / name).write_text(text, encoding="utf-8")
    built = folder / "text.so"
    command = ["gcc", "-shared", "-fPIC", "-std=gnu11", *flags, str(folder / "text.c"), "-o", str(built)]
    subprocess.run(command, check=True)
    return built


@pytest.fixture(scope="module")
def every_case() -> list[tuple[TextEncoder, list[str]]]:
    return list(cases())


@pytest.mark.skipif(shutil.which("gcc") is None, reason="here is no gcc")
@pytest.mark.parametrize("mutant", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_wrong_answers_are_found(
    mutant: Mutant, every_case: list[tuple[TextEncoder, list[str]]], tmp_path: Path
) -> None:
    library = Library("mutant", 0, (), ctypes.CDLL(str(build(tmp_path, ["-O1"], mutant))))
    assert any(differences(library, *case) or miscounted(library, *case) for case in every_case)


@with_sanitizers
@pytest.mark.slow
def test_the_way_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONMALLOC", "malloc")  # every object is an allocation of its own
    done = sanitized(ROOT / "src", *SCRIPT, str(build(tmp_path, SANITIZERS)))
    assert done.returncode == 0, done.stderr


@with_sanitizers
@pytest.mark.slow
@pytest.mark.parametrize("mutant", BEYOND_THE_END.values(), ids=BEYOND_THE_END)
def test_sanitizers_find_what_goes_beyond_an_end(
    mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONMALLOC", "malloc")
    done = sanitized(ROOT / "src", *SCRIPT, str(build(tmp_path, SANITIZERS, mutant)))
    assert done.returncode != 0
    assert OVERFLOW in done.stderr
