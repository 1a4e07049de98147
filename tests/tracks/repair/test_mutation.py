"""Mutations: what they change, and that each is undone by another."""

import bisect
import importlib
from pathlib import Path

import pytest

from memorygym.core.rng import named_rng
from memorygym.tracks.repair.generated import generated_package
from memorygym.tracks.repair.mutation import Mutation, apply, mutations

MOST = 30
"""Mutants of a file that are tried."""
NASTY = '''\
# é
class Süß(Base, metaclass=min(1, 2)):
    limit: int = 1 + 2

    @cached(1 + 2)
    def f(self, n: int = 1 + 2, *a, k=min(1, 2)) -> max(1, 2):
        """1 + 2 < 3"""
        s = "é" * 3 + 'ü'; t = s[0] if not(s) else s[ -1 ]; u = (1)+(2)*( 3)
        if not (s) and not n or (not  n) and not not u: return 1if n else 2
        while not n==1: break
        for i in range(n), range(n + 1), range((n) + 1), range(-n), range(n if u else 3): continue
        x = [y for y in z if y if not y is None if y is  not None if y not in z if y not  in z]
        x += 1; x-=1; x += (
            1)
        return f"{n + 1} {n!r:>{k + 1}}" + "é" if x is not None is True else any(False, 0)
def g(a, b):
\tdef inner(c: max(1, 2)): return c if c < a > b <= 1 >= 2 else b if a else c
\tmatch a:
\t\tcase 1 | -1: return lambda: a or b
\t\tcase {"k": 2, "l": 3}: return (yield a), (yield)
\tif (n := a) and (yield b): pass
\treturn f((n:=1), lambda: 0, (yield), x if a else b, (a, b), not a), a--b, x[0], -1[0], 1or a
if 1:
    async def h(a): return [await x + await y for x in z if await x], a and b or c, not a in b
'''

SOURCE = Path(bisect.__file__).read_text("utf-8")


def changes(line: str) -> list[str]:
    """All mutants of a line in a function."""
    source = f"def f(a, b):\n    {line}\n"
    return [change.new.strip() for change in mutations("f.py", source)]


def not_undone(source: str, change: Mutation) -> list[Mutation]:
    """The change, unless another of the same operator restores the source."""
    mutant = apply(source, change)
    back = mutations("f.py", mutant, change.function)
    undoing = [b for b in back if b.operator == change.operator and apply(mutant, b) == source]
    return [] if undoing else [change]


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("a + b", ["a - b"]),
        ("a * b", ["a // b"]),
        ("a < b", ["a <= b", "a > b"]),
        ("a == b", ["a != b"]),
        ("a is None", ["a is not None"]),
        ("a not in b", ["a in b"]),
        ("a += b", ["a -= b"]),
        ("min(a, b)", ["max(a, b)", "min(b, a)"]),
        ("any(a)", ["all(a)"]),
        ("return True", ["return False"]),
        ("a[0]", ["a[-1]", "a[1]"]),
        ("a[-1]", ["a[0]", "a[-0]", "a[-2]"]),
        (
            "a if b else 9",
            ["9 if b else a", "a if not b else 9", "a if b else 10", "a if b else 8"],
        ),
        ("range(a + 1)", ["range(a)", "range(a - 1)", "range(a + 0)", "range(a + 2)"]),
        ("range(a)", ["range(a + 1)", "range(a - 1)"]),
        ("while not a: break", ["while a: break", "while not a: continue"]),
        ("'é' + a", ["'é' - a"]),
        ("f'{a + b}'", []),
        ("c: a + b", []),
    ],
)
def test_a_line_has_these_mutants(line: str, mutants: list[str]) -> None:
    assert sorted(changes(line)) == sorted(mutants)


def test_connectives_are_swapped_one_by_one() -> None:
    mutants = changes("a or b and f(a, b)")

    assert "a and b and f(a, b)" in mutants
    assert "a or b or f(a, b)" in mutants
    assert "a or b and f(b, a)" in mutants


@pytest.mark.parametrize("name", ["textwrap", "bisect", "heapq", "configparser", "statistics"])
def test_every_mutation_of_the_standard_library_is_undone_by_another(name: str) -> None:
    source = Path(str(importlib.import_module(name).__file__)).read_bytes().decode()
    all_changes = list(mutations("f.py", source))

    for change in all_changes[:: len(all_changes) // MOST]:
        assert not_undone(source, change) == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_mutation_of_strange_code_is_undone_by_another(line_break: str) -> None:
    source = NASTY.replace("\n", line_break)
    all_changes = list(mutations("f.py", source))

    assert len(all_changes) > 100
    assert [bad for change in all_changes[::3] for bad in not_undone(source, change)] == []


def test_every_mutation_of_a_generated_module_is_undone_by_another() -> None:
    package = generated_package(named_rng("mutation"), 4_000)

    for source in package.files.values():
        for change in list(mutations("f.py", source))[::9]:
            assert not_undone(source, change) == []


def test_every_mutant_compiles_and_differs_in_one_line() -> None:
    lines = SOURCE.split("\n")
    for change in mutations("f.py", SOURCE):
        mutant = apply(SOURCE, change)
        compile(mutant, "f.py", "exec")
        differing = [n for n, line in enumerate(mutant.split("\n"), 1) if line != lines[n - 1]]
        assert differing == [change.line]


def test_a_mutation_names_its_function_and_the_line_in_it() -> None:
    source = "class Bag:\n    @property\n    def size(self):\n        return -self.n * self.m\n"

    change = next(mutations("bag.py", source))

    assert (change.function, change.line, change.line_of_function) == ("Bag.size", 4, 2)
    assert (change.old, change.new) == (
        "        return -self.n * self.m",
        "        return -self.n // self.m",
    )
    assert list(mutations("bag.py", source, "Bag.other")) == []


def test_decorators_annotations_docstrings_and_classes_are_left_alone() -> None:
    assert {change.line for change in mutations("f.py", NASTY)}.isdisjoint({1, 2, 3, 5, 7})
    new = [change.new for change in mutations("f.py", NASTY) if change.line == 6]
    assert all(line.endswith("-> max(1, 2):") and "n: int =" in line for line in new)


def test_the_places_are_in_order() -> None:
    places = [(change.function, change.line) for change in mutations("f.py", NASTY)]

    assert places == sorted(places, key=lambda place: place[1])
