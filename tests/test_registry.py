"""A part is found by its file's name, by an entry point, or as `package.module:factory`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym import registry
from memorygym.errors import BadSettings, UnknownPart
from memorygym.memory.markdown import Markdown

KINDS = ("worlds", "memory", "agents", "tracks")
METADATA = "Metadata-Version: 2.1\nName: outside-pack\nVersion: 1.0\n"
POINTS = "[memorygym.memory]\nscrapbook = outside_pack:Scrapbook\n"
CODE = "from memorygym.memory.markdown import Markdown\n\nclass Scrapbook(Markdown):\n    pass\n"


@pytest.fixture
def outside(tmp_path: Path) -> Callable[[str], str]:
    """Runs code where a package of somebody else is installed that has a memory of its own."""
    info = tmp_path / "outside_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(POINTS)
    (tmp_path / "outside_pack.py").write_text(CODE)

    def run(expression: str) -> str:
        script = f"from memorygym import registry\nprint({expression})"
        command = [sys.executable, "-c", script]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
        return (done.stdout or done.stderr).strip()

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_the_id_of_a_part_is_the_name_of_its_file(kind: str) -> None:
    folders = [
        Path(registry.__file__).parent.joinpath(*f.split(".")) for f in registry.FOLDERS[kind]
    ]
    paths = [path for folder in folders for path in folder.iterdir() if path.name[0] not in "_."]
    found = {path.stem for path in paths if path.suffix == ".py" or kind == "tracks"}
    assert set(registry.names(kind)) == found


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("worlds", "compny", "no worlds named 'compny'; did you mean company?"),
        ("memory", "markdwon", "did you mean markdown?"),
        ("agents", "clairvoyent", "did you mean clairvoyant?"),
        ("tracks", "qqq", "choose from .*worlds"),
        ("memory", "", "no memory named ''"),
        ("memory", ":make", "no memory named ':make'"),
        ("memory", ".markdown:make", "no memory named '.markdown:make'"),
    ],
)
def test_an_unknown_name_says_what_would_do(kind: str, name: str, message: str) -> None:
    with pytest.raises(UnknownPart, match=message):
        registry.load(kind, name)


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("agents", "no.such:make", r"agents no.such:make: no.such cannot be imported \(No module"),
        ("memory", "memorygym.memory.markdown:Nothing", "has no attribute 'Nothing'"),
        ("agents", "os:system", "os:system: that is a builtin_function_or_method, not a factory"),
        ("agents", "os:sep", "os:sep: that is a str, not a factory that needs no arguments"),
        ("agents", "os:getcwd", "os:getcwd: it makes a str, which has no `act`"),
        ("memory", "collections:OrderedDict", "makes a OrderedDict, which has no `observe`"),
    ],
)
def test_what_makes_no_part_is_named(kind: str, spec: str, message: str) -> None:
    with pytest.raises(BadSettings, match=message):
        registry.check(kind, spec)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("tracks", "worlds")])
def test_every_part_of_the_package_states_how_it_is_made(kind: str) -> None:
    built_in = [n for n in registry.names(kind) if n != "chromadb"]
    assert all(callable(registry.load(kind, name)) for name in built_in)


def test_a_module_and_factory_name_a_part_that_is_not_registered() -> None:
    assert type(registry.make("memory", "memorygym.memory.markdown:Markdown")) is Markdown


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("'scrapbook' in registry.names('memory')", "True"),
        ("type(registry.make('memory', 'scrapbook')).__name__", "Scrapbook"),
        ("registry.load_module('memory', 'scrapbook').__name__", "outside_pack"),
        ("registry.make('memory', 'scrapbok')", "did you mean scrapbook?"),
    ],
)
def test_an_entry_point_of_another_package_is_a_part(
    outside: Callable[[str], str], expression: str, said: str
) -> None:
    assert outside(expression).endswith(said)


def test_knobs_follow_the_name_in_the_types_of_the_factory() -> None:
    assert registry.make("memory", "bm25:top_k=3:chunk_size=64").top_k == 3


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("bm25:top_kk=3", "no knob of memory bm25 named 'top_kk'; did you mean top_k"),
        ("bm25:top_k=many", "memory bm25: top_k=many: give a whole number"),
        ("bm25:top_k=0", "top_k 0: give at least 1"),
        ("none:top_k=1", "memory none has no knobs, so no top_k"),
    ],
)
def test_a_knob_that_cannot_be_is_named(spec: str, reason: str) -> None:
    with pytest.raises((BadSettings, UnknownPart), match=reason):
        registry.make("memory", spec)
