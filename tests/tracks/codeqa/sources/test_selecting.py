"""Choosing whole files that add up to a length."""

from collections.abc import Mapping

import pytest

from memorygym import tokens
from memorygym.errors import BadSettings
from memorygym.tracks.codeqa.sources.selecting import selected
from memorygym.tracks.codeqa.sources.tree import Tree


def tree(sizes: Mapping[str, int], imports: Mapping[str, tuple[str, ...]] | None = None) -> Tree:
    files = {path: "x " * size for path, size in sizes.items()}
    return Tree("made", files, {path: (imports or {}).get(path, ()) for path in files}, "", 0)


def length(files: Mapping[str, str]) -> int:
    return sum(map(tokens.count, files.values()))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("wanted", [1000, 2500, 4000])
def test_the_length_is_met(wanted: int, seed: int) -> None:
    sizes = {f"m{n}.py": 37 + 61 * n % 300 for n in range(40)}

    found = selected(tree(sizes), wanted, seed)

    assert abs(length(found) - wanted) <= wanted / 100


def test_what_is_imported_comes_first_even_in_a_circle() -> None:
    imports = {"a.py": ("b.py",), "b.py": ("c.py",), "c.py": ("a.py",), "d.py": ("a.py",)}

    found = list(selected(tree(dict.fromkeys("a.py b.py c.py d.py".split(), 10), imports), 40, 0))

    assert found.index("a.py") < found.index("d.py")


def test_an_unreachable_length_says_what_is_reachable() -> None:
    with pytest.raises(BadSettings, match=r"at most 100 can be reached"):
        selected(tree({"a.py": 60, "b.py": 40}), 200, 0)


def test_a_length_between_files_names_the_nearest() -> None:
    with pytest.raises(BadSettings, match=r"come to 60 tokens at the nearest to 80"):
        selected(tree({"a.py": 60, "b.py": 50}), 80, 0)


def test_the_price_of_showing_a_file_is_the_callers() -> None:
    sizes = {f"m{n}.py": 10 for n in range(10)}

    found = selected(tree(sizes), 60, 0, price=lambda path, code: tokens.count(code) + 10)

    assert len(found) == 3
