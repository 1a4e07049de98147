"""Trees under new names: they parse, agree across files, run, and show nothing of the original."""

import ast
import keyword
import re
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.errors import BadSettings, UnknownPart
from memorygym.tracks.codeqa.sources import standard
from memorygym.tracks.codeqa.sources.tree import Tree, tree_of

FILES = {
    "orchestra/__init__.py": "from orchestra.players import Violinist\n__all__ = ['Violinist']\n",
    "orchestra/players.py": '''
"""Secretive prose."""
import collections as collected
from dataclasses import dataclass
from .tuning import PITCHES, OutOfTune, loudness as volume


class Player:  # whisper
    """Hidden."""

    def perform(self, *, repeats=3):
        return self.sound() * repeats

    @property
    def label(self):
        return f"{self.__class__.__name__[:0]}{self.sound()!r:>{4}}"


@dataclass(frozen=True)
class Violinist(Player):
    strings: int = 4

    def sound(self):
        if self.strings > 4:
            raise OutOfTune("cannot sound that")
        return volume(self.strings, accent=1) + len(PITCHES)


def gather(**options):
    crowd = collected.OrderedDict(options)
    return getattr(Violinist(strings=options.pop("fiddles", 2)), "perform")(repeats=len(crowd))
''',
    "orchestra/tuning.py": """
PITCHES = ("a", "b")


class OutOfTune(ValueError):
    pass


def loudness(amount, accent=0):
    "Only this."
    return sorted([amount, accent], key=lambda one: -one)[0]
""",
    "tests/test_players.py": """
from orchestra import players
from orchestra.tuning import OutOfTune


def test_performance():
    assert players.Violinist(strings=2).perform(repeats=2) == 8
    assert players.gather(fiddles=1) == 3
    assert players.Violinist().label.strip() == "6"


def test_refusal():
    try:
        players.Violinist(5).sound()
    except OutOfTune:
        return
    raise AssertionError


if __name__ == "__main__":
    test_performance()
    test_refusal()
    print("both")
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "original"
    written(FILES, place)
    return place


def written(files: dict[str, str], place: Path) -> None:
    for path, code in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(code, encoding="utf-8")


def test_a_renamed_tree_still_passes_its_own_tests(folder: Path, tmp_path: Path) -> None:
    tree = tree_of(str(folder), 3)
    written(dict(tree.files), tmp_path / "new")
    suite = next(path for path in tree.files if "test_" in path)

    done = subprocess.run(
        [sys.executable, suite],
        cwd=tmp_path / "new",
        env={"PYTHONPATH": str(tmp_path / "new")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert len(tree.files) == len(FILES)


def names(code: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w{3,}", code))


@pytest.mark.parametrize("literals", [True, False])
def test_no_name_of_the_original_survives(folder: Path, literals: bool) -> None:
    tree = tree_of(str(folder), 0, literals=literals)
    shown = names("\n".join([*tree.files, *tree.files.values()]))
    told = names("\n".join([*FILES, *FILES.values()]))
    known = standard.reserved() | set(keyword.kwlist)
    known |= {"collections", "OrderedDict", "dataclasses", "dataclass", "frozen", "test_"}

    left = {one for one in shown & told if one not in known and not one.startswith("__")}

    assert left <= {"both", "cannot", "that"} | (set() if literals else {"sound"})


@pytest.mark.parametrize(
    "line",
    [
        "from importlib import metadata; metadata.version('orchestra')",
        "from setuptools import setup; setup(url='https://forge.example/maestro/orchestra')",
        "import re; re.compile('orchestra')",
    ],
)
def test_no_string_tells_what_the_tree_is_called(folder: Path, line: str) -> None:
    (folder / "about.py").write_text(f"{line}\n", encoding="utf-8")

    shown = "\n".join(tree_of(str(folder), 0).files.values())

    assert not names(shown) & {"orchestra", "maestro"}


def test_comments_and_docstrings_are_gone(folder: Path) -> None:
    shown = "\n".join(tree_of(str(folder), 0, literals=False).files.values())

    assert not names(shown) & {"Secretive", "Hidden", "whisper", "Only"}
    assert "#" not in shown


def test_calls_bases_and_imports_agree_across_files(folder: Path) -> None:
    tree = tree_of(str(folder), 1)
    nodes = [node for code in tree.files.values() for node in ast.walk(ast.parse(code))]
    made = {one.name for one in nodes if isinstance(one, ast.ClassDef | ast.FunctionDef)}
    taken = {a.name for one in nodes if isinstance(one, ast.ImportFrom) for a in one.names}
    bases = {
        base.id
        for one in nodes
        if isinstance(one, ast.ClassDef)
        for base in one.bases
        if isinstance(base, ast.Name)
    }

    assert bases - {"ValueError"} <= made
    modules = {Path(path).stem for path in tree.files}
    constants = {one.id for one in nodes if isinstance(one, ast.Name) and one.id.isupper()}
    assert taken - {"dataclass"} <= made | modules | constants


def test_seeds_name_a_tree_differently_and_share_its_hash(folder: Path) -> None:
    one, other = tree_of(str(folder), 0), tree_of(str(folder), 1)

    assert one.hash == other.hash
    assert not set(one.files) & set(other.files)
    assert list(one.files) == sorted(one.files)


@pytest.mark.parametrize("hashing", ["0", "77"])
def test_a_tree_is_the_same_in_every_process(folder: Path, hashing: str) -> None:
    code = (
        "import sys; from memorygym.tracks.codeqa.sources.tree import tree_of;"
        "sys.stdout.write(repr(dict(tree_of(sys.argv[1], 5).files)))"
    )
    env = {"PYTHONHASHSEED": hashing, "PYTHONPATH": ":".join(sys.path)}

    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], env=env, capture_output=True, check=True
    )

    assert done.stdout.decode() == repr(dict(tree_of(str(folder), 5).files))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("VALUE = 1234\nOTHER = 1234\nSMALL = 7\n", r"(\w+) = (\d{4})\n\w+ = \2\n\w+ = 7\n"),
        ("RATE = 2.75\n", r"\w+ = 2\.\d\d\n"),
        ("import sys\nNEW = sys.version_info >= (3, 14)\n", r"[\s\S]+>= \(3, 14\)\n"),
        ("MODE = 'warehouse'\nALSO = b'warehouse'\n", r"\w+ = '(\w+)'\n\w+ = b'\1'\n"),
        ("data = 'x'.encode('utf-16')\n", r"\w+ = 'x'\.encode\('utf-16'\)\n"),
        (r"TEXT = 'tab\tulate\u00e9'" + "\n", r"\w+ = 'tab\\t\w+\\u00e9'\n"),
        ("def f(\n    kind,  # why\n):\n    '''D'''\n", r"def f\(\n    \w+,\n\):\n    pass\n"),
    ],
)
def test_literals_change_where_nothing_outside_reads_them(
    tmp_path: Path, before: str, after: str
) -> None:
    (tmp_path / "module.py").write_text(before, encoding="utf-8")

    (code,) = tree_of(str(tmp_path), 0).files.values()

    assert re.fullmatch(after, code), code


@pytest.mark.parametrize(
    "code",
    [
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--colour')\n"
        "print(parser.parse_args([]).colour)\n",
        "from collections import namedtuple\nPair = namedtuple('Pair', 'first second')\n"
        "print(Pair(first=1, second=2).second)\n",
        "from functools import partial\ndef adding(left, right): return left + right\n"
        "print(partial(adding, right=2)(left=1))\n",
        "class Board(dict):\n    def __init__(self, size): super().__init__(size=size)\n"
        "print(Board(size=3)['size'])\n",
        "match {'kind': 'wolf', 'age': 3}:\n    case {'kind': kind, **rest}:\n        print(kind)\n"
        "        print(rest)\n",
        "depth = 1\ndef deeper():\n    global depth\n    depth += 1\n    return f'{depth=}'[-1]\n"
        "print(deeper())\n",
    ],
)
def test_renamed_code_still_runs(tmp_path: Path, code: str) -> None:
    (tmp_path / "module.py").write_text(code, encoding="utf-8")

    (new,) = tree_of(str(tmp_path), 0).files.values()

    exec(compile(new, "module", "exec"), {})


def test_what_does_not_parse_is_left_out_with_a_note(folder: Path) -> None:
    (folder / "broken.py").write_text("def f(:\n", encoding="utf-8")
    (folder / "later.py").write_text("type X = int\n", encoding="utf-8")
    (folder / "nested.py").write_text("print(f'{a['b']}')\n", encoding="utf-8")
    (folder / "binary.py").write_bytes(b"\x00\xff\xfe")
    (folder / "data.txt").write_text("not code", encoding="utf-8")

    tree = tree_of(str(folder), 0)

    assert len(tree.files) == len(FILES)
    left_out = [note.split(" left out: ")[0] for note in tree.notes]
    assert left_out == ["binary.py", "broken.py", "data.txt", "later.py", "nested.py"]


@pytest.mark.parametrize(
    ("source", "error", "told"),
    [
        ("tolz", UnknownPart, "did you mean toolz"),
        ("some/where/else", BadSettings, "is no folder"),
        (".", BadSettings, "no Python file that parses"),
    ],
)
def test_an_unknown_source_names_the_choices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, error: type, told: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(error, match=told):
        tree_of(source, 0)


def test_the_tokens_are_those_of_all_files(folder: Path) -> None:
    tree = tree_of(str(folder), 0)

    assert isinstance(tree, Tree)
    assert tree.tokens > 200
