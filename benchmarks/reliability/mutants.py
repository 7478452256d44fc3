"""Would the tests notice? Small changes are made to the code of a room, one at a time, and its tests run.

    pip install --group mutants --constraint constraints.txt
    python benchmarks/reliability/mutants.py ROOM … [--mutants 200] [--seed 0] [--workers 2] [--minutes M] [--survivors]

ROOM is a folder of src/reread: tasks, data, text, bundle, model. A seed draws places in its code (a number, a comparison, an operator, a loop, a
decorator, an exception that is caught), each as probable as any other, and at each place one of the changes that cosmic-ray knows (more than one where there are fewer
places than mutants). Left out are
annotations, which nothing evaluates, and @override and @overload, which do nothing.

The tests that reach the changed line run, those of the room first, then the quicker ones, until one fails: the mutant is killed. What runs when a module
is imported (constants, signatures) is tried by all tests that reach the module. Tests of pages, servers, streams and the kernel are left out, and those
marked slow. Where the tests that are left would take longer than --enough seconds, the rest is left out too. A mutant on a line that no test reaches survives.

First the tests run once as they are, to learn which lines each reaches. Every mutant is a line of benchmarks/results/mutants.jsonl as soon as it is
known, so that a run that was stopped goes on where it was, as long as the commit's code is the same. --survivors tries those again that survived
before, with the tests of today. Then, or with --table alone, the table of docs/trust.md: what was killed, with a 95 % interval (Wilson).
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import mutant_tests
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "mutants.jsonl"
PAGE = ROOT / "docs" / "trust.md"
ROOMS = ("tasks", "data", "text", "bundle", "model")
OTHERS = [
    "apps/serve",
    "apps/label",
    "apps/stream",
    "client",
    "deploy",
    "docs",
    "kernel",
    "scale",
    "web",
]  # tests left out
NEED_ARGUMENTS = ("core/VariableReplacer", "core/VariableInserter")
DO_NOTHING = ("override", "overload")
KILLED, SURVIVED, NOT_REACHED = "killed", "survived", "not reached"
NO_TESTS = 5  # pytest's exit status


class Place(NamedTuple):
    """A place in the code, in parso's count: lines from 1, columns from 0."""

    file: str
    line: int
    column: int


class Change(NamedTuple):
    """What cosmic-ray does there: the nth place in this file where the operator applies."""

    operator: str
    occurrence: int


@dataclass(frozen=True)
class Tests:
    """What the unchanged code's run showed: ``reach[file][line]`` names tests, ``seconds`` holds those that passed."""

    reach: Mapping[str, Mapping[int, list[str]]]
    seconds: Mapping[str, float]

    def of(self, place: Place, code: str, room: str) -> list[str]:
        """The tests to run for a change at a place of a file with this code, the likeliest first."""
        lines = self.reach.get(place.file, {})
        asked = lines if place.line in runs_at_import(code) else statement(code, place.line)
        names = {name for line in asked for name in lines.get(line, ())}
        return sorted(names, key=lambda name: (not name.startswith(own_tests(room)), self.seconds[name], name))


def own_tests(room: str) -> tuple[str, str]:
    """How the names of a room's own tests begin."""
    return f"tests/{room}/", f"tests/test_{room}."


def places(file: str, code: str) -> dict[Place, list[Change]]:
    """Every change of a file, by its place."""
    found: dict[Place, list[Change]] = defaultdict(list)
    nodes = list(ast_nodes(get_ast(code)))
    left_out = list(spans_left_out(code))
    for name in operator_names():
        if name in NEED_ARGUMENTS:
            continue
        operator = get_operator(name)()
        starts = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(starts):
            if not any(first <= start < last for first, last in left_out):
                found[Place(file, *start)].append(Change(name, occurrence))
    return found


def spans_left_out(code: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where no change can be seen: annotations, and decorators for the type checker."""
    for node in ast.walk(ast.parse(code)):
        unseen: list[ast.expr | None] = []
        if isinstance(node, ast.AnnAssign | ast.arg):
            unseen.append(node.annotation)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            unseen.append(node.returns)
            for each in node.decorator_list:
                if isinstance(each, ast.Name) and each.id in DO_NOTHING:
                    yield (each.lineno, each.col_offset - 1), (each.lineno, each.col_offset)  # its @
        for each in unseen:
            if each is not None:
                yield (each.lineno, each.col_offset), (each.end_lineno or each.lineno, each.end_col_offset or 0)


def statement(code: str, line: int) -> range:
    """The lines of the statement at a line, without those of the statements inside it: coverage knows some of them alone."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
            found = range(node.lineno, end)  # the walk goes from the outside in
    return found if line in found else range(line, line + 1)


def runs_at_import(code: str) -> set[int]:
    """The lines that run when the module is imported: all but the bodies of functions."""
    tree = ast.parse(code)
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside |= set(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
    return set(range(1, len(code.splitlines()) + 1)) - inside


def drawn(room: str, source: Path, *, seed: int, mutants: int) -> list[tuple[Place, Change]]:
    """The room's mutants in the order of their draw: one change at each place, and where there are too few places a second, and so on."""
    codes = {
        path.relative_to(source).as_posix(): path.read_text()
        for path in sorted((source / "src" / "reread" / room).rglob("*.py"))
    }
    found = {place: changes for file, code in codes.items() for place, changes in places(file, code).items()}
    draw = random.Random(f"{seed} {room}")
    order = draw.sample(sorted(found), len(found))
    rounds = zip_longest(*(draw.sample(found[place], len(found[place])) for place in order))
    changes = ((place, change) for each in rounds for place, change in zip(order, each, strict=True) if change)
    return list(islice((each for each in changes if differs(codes[each[0].file], each[1])), mutants))


def differs(code: str, change: Change) -> bool:
    """Whether it is Python still, and an operator is one still: cosmic-ray takes the stars of ``**options`` for one."""
    try:
        mutant = ast.parse(mutated(code, change))
    except (SyntaxError, AttributeError):  # the second: cosmic-ray cannot take the place of a dotted exception
        return False
    return "BinaryOperator" not in change.operator or parts(mutant) == parts(ast.parse(code))


def parts(tree: ast.AST) -> Counter[type[ast.AST]]:
    """How often each kind of node is there, operators aside."""
    return Counter(type(node) for node in ast.walk(tree) if not isinstance(node, ast.operator))


def mutated(code: str, change: Change) -> str:
    """The code with a change in it."""
    return str(mutate_code(code, get_operator(change.operator)(), change.occurrence))


def learn(copy: Path, keep: Path) -> Tests:
    """Run the tests as they are; what each reaches is kept in ``keep``, so that it is learned once a commit."""
    if not keep.exists():
        rules = copy / "coverage.ini"
        rules.write_text("[run]\nsource = reread\n")
        options = [
            "-n",
            "2",
            "--cov",
            f"--cov-config={rules}",
            "--cov-context=test",
            "--cov-report=",
            *(f"--ignore=tests/{each}" for each in OTHERS),
        ]
        options += ["--ignore-glob=*_browser.py", "--ignore-glob=*_brokers.py"]
        times = copy / "times.json"
        subprocess.run([sys.executable, mutant_tests.__file__, str(copy), str(times), *options], check=False)
        keep.write_text(json.dumps(reached(copy, json.loads(times.read_text()))))
    kept = json.loads(keep.read_text())
    reach = {
        file: {int(line): [kept["tests"][i] for i in tests] for line, tests in lines.items()}
        for file, lines in kept["reach"].items()
    }
    return Tests(reach, kept["seconds"])


def reached(copy: Path, times: dict[str, Any]) -> dict[str, Any]:
    """The tests of each line, from coverage's file, with the seconds of each test that passed."""
    from coverage import CoverageData  # noqa: PLC0415  # for this alone

    failed = set(times["failed"])
    seconds = {name: round(took, 4) for name, took in times["seconds"].items() if name not in failed}
    names = sorted(seconds)
    index = {name: i for i, name in enumerate(names)}
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    reach: dict[str, dict[int, list[int]]] = {}
    for file in data.measured_files():
        lines = {}
        for line, contexts in data.contexts_by_lineno(file).items():
            tests = {index[name] for context in contexts if (name := context.rsplit("|", 1)[0]) in index}
            if tests:
                lines[line] = sorted(tests)
        if Path(file).is_relative_to(copy):  # tests make modules, too
            reach[Path(file).relative_to(copy).as_posix()] = lines
    return {"tests": names, "seconds": seconds, "reach": reach}


def tried(copy: Path, room: str, mutant: tuple[Place, Change], tests: Tests, enough: float) -> dict[str, Any]:
    """Make the change in a copy of the checkout, run the tests, and take it back."""
    place, change = mutant
    path = copy / place.file
    code = path.read_text()
    changed = mutated(code, change)
    chosen, left_out, seconds = [], 0, 0.0
    for name in tests.of(place, code, room):
        if seconds < enough:
            chosen.append(name)
            seconds += tests.seconds[name]
        else:
            left_out += 1
    line = {
        "room": room, "file": place.file, "line": place.line, "column": place.column, "operator": change.operator, "occurrence": change.occurrence,
        "code": hashlib.sha256(code.encode()).hexdigest()[:12], "change": difference(code, changed), "tests": len(chosen), "left_out": left_out,
    }  # fmt: skip
    if not chosen:
        return line | {"outcome": NOT_REACHED, "by": "", "seconds": 0.0}
    begun = time.monotonic()
    try:
        path.write_text(changed)
        outcome, by = outcome_of(copy, chosen, limit=60 + 5 * seconds)
    finally:
        path.write_text(code)
    return line | {"outcome": outcome, "by": by, "seconds": round(time.monotonic() - begun, 1)}


def outcome_of(copy: Path, names: list[str], *, limit: float) -> tuple[str, str]:
    """Whether a test fails, and the first that does."""
    out = copy / "out.json"
    out.unlink(missing_ok=True)
    arguments = copy / "names.txt"  # a command line of thousands of tests would be too long
    arguments.write_text("\n".join(names))
    process = multiprocessing.get_context("forkserver").Process(
        target=mutant_tests.run, args=(copy, ["-x", f"@{arguments}"], out)
    )
    process.start()
    process.join(limit)
    end = "a test never ends" if process.is_alive() else ""
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    if process.exitcode == 0:
        return SURVIVED, ""
    failed = (
        json.loads(out.read_text())["failed"] if out.exists() else [end or f"the process ends with {process.exitcode}"]
    )
    return KILLED, failed[0] if failed else "the module cannot be imported"


def check(copy: Path, tests: Tests, room: str) -> None:
    """Refuse to go on where the tests fail without a change: then nothing can be said of changes."""
    names = [name for name in tests.seconds if name.startswith(own_tests(room))][:20]
    outcome, by = outcome_of(copy, names, limit=600)
    if outcome != SURVIVED:
        raise SystemExit(f"{by} fails without a change; see {copy / 'out.log'}")


def difference(before: str, after: str) -> list[str]:
    """The lines that differ, as a diff without its head."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def copies(commit: str, folder: Path, count: int) -> list[Path]:
    """Clones of the commit, each with the built kernel."""
    made = []
    for i in range(count):
        copy = folder / f"copy_{i}"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        subprocess.run(["git", "-C", str(copy), "checkout", "--quiet", commit], check=True)
        for library in (ROOT / "src" / "reread" / "kernel").glob("*.so"):
            shutil.copy(library, copy / "src" / "reread" / "kernel")
        made.append(copy)
    return made


def key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes a mutant the same one: its seed, its file as it was, its place and its change."""
    return tuple(line[part] for part in ("seed", "room", "file", "code", "line", "column", "operator", "occurrence"))


def recorded() -> list[dict[str, Any]]:
    """All lines of the record."""
    return [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.exists() else []


def table(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The table of docs/trust.md: each mutant's first outcome, and its last one."""
    import numpy as np  # noqa: PLC0415  # not in the tests' processes, which import this file

    from reread.insight.report.resampling import wilson  # noqa: PLC0415  # nor this

    first, last = {}, {}
    for line in lines:
        first.setdefault(key(line), line)
        last[key(line)] = line
    made = [
        "| room | mutants | killed at first | with 95 % interval | killed with the tests of today | on lines that no test reaches |",
        "|---|---:|---:|---|---:|---:|",
    ]
    for room in ROOMS:
        outcomes = np.array([line["outcome"] for line in first.values() if line["room"] == room])
        if len(outcomes):
            share, low, high = wilson(outcomes == KILLED, np.ones(len(outcomes)))
            today = np.mean([line["outcome"] == KILLED for line in last.values() if line["room"] == room])
            unreached = (outcomes == NOT_REACHED).sum()
            made.append(
                f"| `{room}` | {len(outcomes)} | {share:.0%} | {low:.0%} to {high:.0%} | {today:.0%} | {unreached} |"
            )
    return made


def main() -> None:
    """Try the mutants of the rooms that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", choices=[*ROOMS, []], help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--mutants", type=int, default=200, help="of each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=600, help="no mutant begins after them")
    parser.add_argument("--enough", type=float, default=60, help="seconds of tests for one mutant")
    parser.add_argument("--survivors", action="store_true", help="try again what survived")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()), help="folder for what each test reaches"
    )
    parser.add_argument("--table", action="store_true", help="make the table alone")
    arguments = parser.parse_args()
    from serve_load import write_table  # noqa: PLC0415  # not in the tests' processes, which import this file

    from reread.machine import circumstances  # noqa: PLC0415  # nor this

    if arguments.table:
        write_table("mutants.py", table(recorded()), PAGE)
        return
    end = time.monotonic() + 60 * arguments.minutes
    facts = {"seed": arguments.seed, **circumstances()}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(mutant_tests.LARGE))
    with tempfile.TemporaryDirectory() as scratch:
        free: SimpleQueue[Path] = SimpleQueue()
        made = copies(facts["commit"], Path(scratch), arguments.workers)
        for copy in made:
            free.put(copy)
        tests = learn(made[0], arguments.keep / f"reached_{facts['commit']}.json")

        for room in arguments.rooms or ROOMS:
            check(made[0], tests, room)

        def one(room: str, place: Place, change: Change) -> None:
            if time.monotonic() > end:
                return
            copy = free.get()
            try:
                line = facts | tried(copy, room, (place, change), tests, arguments.enough)
            finally:
                free.put(copy)
            with RESULTS.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(line["outcome"], f"{place.file}:{place.line}", *line["change"], f"({line['seconds']} s)", flush=True)

        with ThreadPoolExecutor(arguments.workers) as pool:
            known = {key(line): line["outcome"] for line in recorded()}
            for room in arguments.rooms or ROOMS:
                for place, change in drawn(room, made[0], seed=arguments.seed, mutants=arguments.mutants):
                    code = hashlib.sha256((made[0] / place.file).read_bytes()).hexdigest()[:12]
                    outcome = known.get((arguments.seed, room, place.file, code, place.line, place.column, *change))
                    if outcome is None or (arguments.survivors and outcome != KILLED):
                        pool.submit(one, room, place, change)
    write_table("mutants.py", table(recorded()), PAGE)


if __name__ == "__main__":
    main()
