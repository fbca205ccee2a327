"""Prove that an exercise written as text says the same as it said as code; kept while migrating.

    python tests/checking/prove_migration.py raw_scores scaled_scores --pairs 200
    python tests/checking/prove_migration.py softmax --draft

With --draft, print the old mistakes as a file to begin with: titles, words, and the old code of
each way, to be written as lines of the recipe.

The old code is read from git. Compared are, through the checker's own `observe`: every old wrong
function and every new way, every pair of them, and the title under which each is found; through
`evaluate`: all old wrong functions, all right answers, and a sample of the pairs. Every difference
is printed. What has to be zero says so.
"""

import argparse
import ast
import random
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections import Counter, defaultdict
from importlib import import_module
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from course_lib.checking import registry  # noqa: E402
from course_lib.checking.engine import _cases, evaluate  # noqa: E402
from course_lib.checking.exercise import pairs_of  # noqa: E402
from course_lib.checking.outcome import observe  # noqa: E402

BASE = "3f5fe1b"
RENAMED = {  # rooms that have moved since then; add what an import of the old code misses
    "course_lib.checking.exercises": "old_exercises",
    "course_lib.checking.shortcuts": "course_lib.checking.bytecode",
    "course_lib.checking.spending": "course_lib.checking.cost_limits",
}
FOLDER = "course_lib/checking/exercises"


def old_exercises():
    """Import the exercises as they stood at BASE, under a name of their own."""
    place = Path(tempfile.mkdtemp())
    package = place / "old_exercises"
    package.mkdir()
    listed = subprocess.check_output(
        ["git", "ls-tree", "--name-only", BASE, f"{FOLDER}/"], cwd=ROOT, text=True
    ).split()
    for path in listed:
        text = subprocess.check_output(["git", "show", f"{BASE}:{path}"], cwd=ROOT, text=True)
        for was, is_now in RENAMED.items():
            text = text.replace(was, is_now)
        (package / Path(path).name).write_text(text)
    sys.path.insert(0, str(place))
    found = {}
    for path in sorted(package.glob("lesson_*.py")):
        for exercise in getattr(import_module(f"old_exercises.{path.stem}"), "EXERCISES", ()):
            found[exercise.name] = exercise
    return found


def draft(exercise):
    """Print titles and words as they will stand, with the old code of the ways below them."""
    calls = defaultdict(list)
    for path in Path(sys.modules["old_exercises"].__path__[0]).glob("lesson_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if getattr(getattr(node, "func", None), "id", "") == "Mistake" and len(node.args) == 3:
                calls[ast.unparse(node.args[0])].append(node.args)
    print(f"# The right answer\n    def {exercise.name}({', '.join(exercise.parameters)}):\n")
    for mistake in exercise.mistakes:
        print(f"\n## {mistake.title}\n{mistake.explanation}")
        for _, ways, words in calls[repr(mistake.title)]:
            same = not isinstance(words, ast.Constant) or words.value == mistake.explanation
            for way in getattr(ways, "elts", [ways]) if same else ():
                print(f"    {ast.unparse(way)}")


class Table:
    """Functions with their titles, found by what they give on all cases; the first one counts."""

    def __init__(self, exercise, cases):
        self.kind, self.cases = exercise.kind, cases
        self.rows, self.by_key = [], defaultdict(list)

    def add(self, title, functions):
        for i, function in enumerate(functions):
            seen = [observe(function, case, kind=self.kind) for case in self.cases]
            self.rows.append((title, i, function, seen))
            key, number = _key(seen), _number(seen)
            self.by_key[key].append((number, len(self.rows) - 1))

    def sort(self):
        for bucket in self.by_key.values():
            bucket.sort()

    def find(self, seen):
        """Return the first row that does the same on every case, or None."""
        return next(self.all(seen), None)

    def all(self, seen):
        """Yield the rows that do the same on every case."""
        bucket, number = self.by_key.get(_key(seen), []), _number(seen)
        slack = 1e-2 * abs(number) + 1e-3
        start = bisect_left(bucket, (number - slack, -1))
        rows = []
        for other, row in bucket[start:]:
            if other > number + slack:
                break
            rows.append(row)
        return (self.rows[r] for r in sorted(rows) if _alike(seen, self.rows[r][3]))


def _alike(seen, others):
    with np.errstate(all="ignore"):
        return all(a.is_like(b) for a, b in zip(seen, others, strict=True))


def _key(seen):
    """Give what has to be equal for two functions to be alike, numbers left out."""
    return tuple(
        (
            outcome.raised and (outcome.raised.type_name, outcome.raised.text),
            outcome.unreadable,
            outcome.changed,
            outcome.is_over,
            outcome.parts and tuple((p.shape, p.dtype == bool) for p in outcome.parts),
        )
        for outcome in seen
    )


def _number(seen):
    """Give one number that is near for two functions that are alike."""
    for outcome in seen:
        for part in outcome.parts or ():
            if part.dtype.kind in "fb" and part.size:
                flat = part.astype(float).ravel()
                flat = flat[np.isfinite(flat)]
                if len(flat) and abs(flat[-1]) < 1e30:
                    return float(flat[-1])
    return 0.0


def tables(exercise, cases):
    singles, pairs = Table(exercise, cases), Table(exercise, cases)
    for mistake in exercise.mistakes:
        singles.add(mistake.title, mistake.wrong_functions)
    for pair in pairs_of(exercise.mistakes):
        pairs.add(pair.title, pair.wrong_functions)
    singles.sort()
    pairs.sort()
    return singles, pairs


def compare(old, new, *, n_pairs, seed):
    """Print every difference between the two forms of an exercise."""
    cases = _cases(old, seed)
    same = [(a.about, repr(a.args)) for a in cases] == [
        (b.about, repr(b.args)) for b in _cases(new, seed)
    ]
    print(f"\n== {old.name}: inputs {'the same' if same else 'DIFFER'}")
    cases = [case for case in cases if not case.is_extra]  # no mistake is looked for in the others
    a, b = tables(old, cases), tables(new, cases)
    _titles(old, new)
    right = [observe(new.reference, case, kind=new.kind) for case in cases]
    wrong = [row for table in b for row in table.rows if _alike(right, row[3])]
    print(f"new ways that are right (has to be 0, but for pairs): {len(wrong)}")
    for row in wrong[:20]:
        print("     ", _say(row))
    _direction("old", a, b)
    _direction("new", b, a)
    _evaluated(old, new, a, n_pairs)


def _titles(old, new):
    before, now = ([m.title for m in e.mistakes] for e in (old, new))
    print(f"titles {len(before)} -> {len(now)}, gone:", [t for t in before if t not in now] or 0)
    print("  new:", [t for t in now if t not in before] or 0)
    words = {m.title: m.explanation for m in old.mistakes}
    changed = [m.title for m in new.mistakes if words.get(m.title, m.explanation) != m.explanation]
    print("  with other words:", changed or 0)


def _direction(name, ours, theirs):
    other = "new" if name == "old" else "old"
    for what, mine in zip(("ways", "pairs"), ours, strict=True):
        under, ties, lost = Counter(), Counter(), []
        for row in mine.rows:
            title, _, _, seen = row
            if what == "pairs" and (single := ours[0].find(seen)):
                title = single[0]
            hit = theirs[0].find(seen) or theirs[1].find(seen)
            if hit is None:
                lost.append(row)
            elif not _same_title(hit[0], title):
                also = (*theirs[0].all(seen), *theirs[1].all(seen))
                tied = what == "pairs" and any(_same_title(other[0], title) for other in also)
                (ties if tied else under)[title, hit[0]] += 1
        must = " (has to be 0)" if name == "old" else ""
        print(f"{len(mine.rows)} {name} {what}; not found by the {other}{must}: {len(lost)}")
        for row in lost[:40] if name == "old" else ():
            print("     ", _say(row))
        print(f"   found under this title and an earlier one: {sum(ties.values())}")
        print(f"   under another title only: {sum(under.values())}")
        for (mine_, theirs_), n in under.most_common(30):
            print(f"      {n} x {mine_!r} -> {theirs_!r}")


def _same_title(one, other):
    return sorted(one.split("; ")) == sorted(other.split("; "))


def _say(row):
    title, number, function, _ = row
    return f"{title!r} #{number} {getattr(function, 'text', '')}"


def _evaluated(old, new, tables_of_old, n_pairs):
    import right_answers

    rng = random.Random(0)
    singles, pairs = (t.rows for t in tables_of_old)
    rows = [*singles, *rng.sample(pairs, min(n_pairs, len(pairs)))]
    functions = [row[2] for row in rows] + list(right_answers.RIGHT.get(old.name, ()))
    verdicts = {}
    for name, exercise in (("old", old), ("new", new)):
        course = {**dict(_course), old.name: exercise}
        registry.all_exercises = lambda course=course: course
        start = perf_counter()
        verdicts[name] = [evaluate(old.name, f, 7) for f in functions]
        print(f"evaluate, {name}: {perf_counter() - start:.1f} s for {len(functions)}", end="; ")
    differ = Counter(
        (a.status, a.mistake, b.status, b.mistake)
        for a, b in zip(verdicts["old"], verdicts["new"], strict=True)
        if (a.status, a.mistake) != (b.status, b.mistake)
    )
    print(f"verdicts that differ: {sum(differ.values())}")
    for what, n in differ.most_common(40):
        print(f"      {n} x {what}")
    refused = [v for v in verdicts["new"][len(rows) :] if v.status != "correct"]
    print(f"right answers refused (has to be 0): {len(refused)} of {len(functions) - len(rows)}")


_course = registry.all_exercises()

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--pairs", type=int, default=200, help="pairs judged by evaluate")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--draft", action="store_true")
    asked = parser.parse_args()
    before = old_exercises()
    for each in asked.names:
        if asked.draft:
            draft(before[each])
            continue
        compare(before[each], _course[each], n_pairs=asked.pairs, seed=asked.seed)
