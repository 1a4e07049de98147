"""The version hash of a track changes with all that its scores depend on, and with nothing else."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from memorygym.core import registry
from memorygym.runs.version import (
    HERE,
    PLAYED,
    STOPS,
    code,
    code_of,
    digest,
    imported,
    sources,
    version_hash,
)  # fmt: skip
from tests.datasets import published

TRACKS = ("worlds", "research", "codeqa", "data")
ONCE_LACKED = {
    "worlds": (
        "core.trace", "core.json_types", "core.budget", "core.tokens", "core.rng",
        "scoring.grading.quantities", "memories.stores.passages",
        "tracks.worlds.agents.note_taker", "tracks.worlds.parsed_view",
        "tracks.worlds.agents.honest", "tracks.worlds.generator.questions.sets",
        "tracks.worlds.domains.company.json", "tracks.worlds.agents.packers",
    ),
    "research": ("tracks._qa.ablation", "tracks._qa.reasoners", "tracks.research.schema.json"),
    "codeqa": ("core.statements", "tracks.codeqa.generator.paths", "tracks.codeqa.schema.json"),
    "data": (
        "datasets.locomo", "datasets._fields", "memories.stores.splitter", "scoring.grading.squad",
    ),
}  # fmt: skip
OTHERS = (
    "cli/compare.py", "reports/packs.py", "adapters/inspect_ai/tasks.py",
    "memories/bm25.py", "memories/shims/add_search.py", "tracks/research/task.py",
    "models/openai.py",
    "tracks/_qa/ablation.py", "datasets/locomo.py", "runs/executors.py", "__init__.py",
)  # fmt: skip
SHOP = """
from memorygym.core.types import Tool
from memorygym.core.track import Track

def none(*_):
    return ()

SHOP = Track(
    name="shop", version="shop-v1", tasks=none, env=none, outcomes=none, facts=none,
    reasoners={"strong": none}, oracle=dict, tools=(),
)
"""
PLAYS = """
import sys
from dataclasses import replace
from pathlib import Path
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.memories.markdown import make
from memorygym.scoring.episode_scores import score
from memorygym.core.track import TaskOptions, find

name, file = sys.argv[1:]
track = find(name)
parameters = {"tier": "lite"} if name == "worlds" else {"tokens": "10k"}
asked = TaskOptions(range(1), parameters=parameters)
recipes = track.files("locomo", Path(file), None) if track.files else track.tasks(asked)
task = recipes[0].generate()
known = track.reasoner_task(task)
policy = track.note_taker(track.reasoners["strong"](known), known)
trace = play(Episode(track.env(replace(task, gold=None)), make), policy)
trace.gold = task.gold
score(trace)
track.oracle(task)
print(*(module for module in sys.modules if module.partition(".")[0] == "memorygym"))
"""


Copies = Callable[..., Path]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Copies the package, and edits all files with these endings."""

    def copy(edit: Callable[[str], str], *endings: str) -> Path:
        folder = tmp_path_factory.mktemp("copy")
        copytree(HERE / "memorygym", folder / "memorygym", ignore=ignore_patterns("__pycache__"))
        for file in folder.rglob("*.*"):
            if file.suffix in endings:
                file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
        return folder

    return copy


@pytest.fixture(scope="module")
def same(copied: Copies) -> Path:
    return copied(str)


@pytest.fixture(scope="module")
def changed(copied: Copies) -> Path:
    return copied(lambda text: f"{text}\nchanged = 1\n", ".py", ".json", ".txt")


@pytest.fixture(scope="module")
def remarked(copied: Copies) -> Path:
    return copied(lambda text: f'# One, \'two\n\n{text}\n\n    # three"""', ".py")


def is_guide(module: str) -> bool:
    """Whether it is a package that holds nothing but the docstring that lists its modules."""
    file = HERE.joinpath(*module.split("."), "__init__.py")
    tree = ast.parse(file.read_text())
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def written(folder: Path, texts: Mapping[str, str]) -> Path:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("track", TRACKS)
def test_a_version_hash_changes_with_each_module_and_text_that_it_covers(
    track: str, same: Path, changed: Path
) -> None:
    now, then = sources(track, same), sources(track, changed)
    assert version_hash(track).endswith(f"@{digest(now)}") and now.keys() <= then.keys()
    assert all(map(is_guide, then.keys() - now.keys()))
    unseen = [name for name in now if digest(now | {name: then[name]}) == digest(now)]
    assert not unseen and len(now) > 60


@pytest.mark.parametrize("track", TRACKS)
def test_comments_and_blank_lines_change_no_version_hash(
    track: str, same: Path, remarked: Path
) -> None:
    assert sources(track, remarked) == sources(track, same)


@pytest.mark.parametrize("track", TRACKS)
def test_the_version_hash_covers_the_code_that_plays_an_episode(track: str, tmp_path: Path) -> None:
    """Whatever is imported while it is generated, played and scored, its agents aside."""
    file = published.file_of("locomo", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PLAYS, track, file], capture_output=True, text=True, check=True
    )
    assert all(map(is_guide, {*done.stdout.split()} - sources(track).keys() - STOPS))


@pytest.mark.parametrize("track", TRACKS)
def test_the_version_hash_covers_modules_that_a_manual_list_once_lacked(track: str) -> None:
    lacked = {f"memorygym.{name}" for name in ONCE_LACKED[track]}
    assert lacked | {*PLAYED} <= sources(track).keys()


@pytest.mark.parametrize("name", OTHERS)
def test_code_that_no_score_of_worlds_depends_on_is_not_covered(name: str, same: Path) -> None:
    before, file = sources("worlds", same), same / "memorygym" / name
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nchanged = 1\n", encoding="utf-8")
    after = sources("worlds", same)
    file.write_text(text, encoding="utf-8")
    assert after == before


@pytest.mark.parametrize("track", TRACKS)
def test_the_version_hash_covers_no_other_track_and_only_the_default_memory(track: str) -> None:
    modules = sources(track).keys()
    memories = {name for name in modules if re.fullmatch(r"memorygym\.memories\.[a-z]+", name)}
    folders = {name.split(".")[2] for name in modules if name.startswith("memorygym.tracks.")}
    assert memories == {"memorygym.memories.markdown"}
    assert folders - {"_qa"} == {track}


def test_a_version_hash_is_the_same_in_any_folder_under_any_hash_seed(tmp_path: Path) -> None:
    asked = f"from memorygym.runs.version import version_hash; print(*map(version_hash, {TRACKS}))"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=tmp_path, check=True, capture_output=True,
            text=True, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE)},
        )  # fmt: skip
        assert done.stdout.split() == [*map(version_hash, TRACKS)]


@pytest.mark.parametrize("track", TRACKS)
def test_imports_are_read_as_python_reads_them(track: str) -> None:
    for name, lines in sources(track).items():
        if name.endswith((".json", ".txt")):
            continue
        assert {*imported(lines, name)} == {*parsed(ast.parse(lines), name)}, name


def parsed(tree: ast.AST, package: str) -> Iterator[str]:
    """What a module imports, of a package, as Python's own parser has it."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                continue
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(str(module), names, 0):
                yield from (module, *(f"{module}.{alias.name}" for alias in names))
        yield from parsed(node, package)


@pytest.mark.parametrize("room", ["grading", "tracks/codeqa", "tracks/worlds/agents"])
def test_only_comments_are_taken_out_of_code(room: str) -> None:
    for file in (HERE / "memorygym" / room).rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert ast.dump(ast.parse(code(text))) == ast.dump(ast.parse(text)), file


@pytest.mark.parametrize(
    ("lines", "modules"),
    [
        ("from . import a\nfrom .b import c", "p.q p.q.a p.q.b p.q.b.c"),
        ("from ..d.e import *", "p.d.e p.d.e.*"),
        ("from . b import (\n  c as d,\n  e,\n)", "p.q.b p.q.b.c p.q.b.e"),
        ("from a import \\\n  b, c; import d.e", "a a.b a.c d.e"),
        ("try: import a\nexcept ImportError: import b as c", "a b"),
        ("if TYPE_CHECKING:\n    import a\n    import b\nelse:\n    import c", "c"),
        ("if typing.TYPE_CHECKING:\n    import a\nimport b", "b"),
        ("def f():\n    yield from g\n    import a\n    raise b from c", "a"),
        ("x = 'import a'\n\"\"\"\nfrom b import c\n\"\"\"\nimport_d = e.import_f", ""),
    ],
)  # fmt: skip
def test_an_import_is_found_however_it_is_written(lines: str, modules: str) -> None:
    assert [*imported(code(lines), "p.q")] == modules.split()


def test_the_version_hash_of_another_packages_track_covers_its_folder_and_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = {
        "shop/__init__.py": "def f():\n    from helper import lend", "shop/deep/till.py": "",
        "shop/menu.json": "{}", "helper.py": "import json, another", "another.py": "",
        "loose.py": "",
    }  # fmt: skip
    written(tmp_path, texts)
    own = {name for name in sources("shop:SHOP") if not name.startswith("memorygym.")}
    assert own == {"shop", "shop.deep.till", "shop.menu.json", "helper", "another"}
    assert {"memorygym.core.episode", "memorygym.scoring.grading.verdict"} < sources(
        "shop:SHOP"
    ).keys()


def test_the_version_hash_of_an_installed_track_covers_its_own_package_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(str(place))
    texts = {
        "shops/__init__.py": "", "shops/one.py": "from shops import prices\nimport numbery",
        "shops/prices.py": "from memorygym.tracks._qa import defaults", "shops/two.py": "",
        "numbery.py": "",
    }  # fmt: skip
    written(place, texts)
    modules = sources("shops.one:SHOP").keys()
    assert {name for name in modules if "shops" in name} == {"shops", "shops.one", "shops.prices"}
    assert "memorygym.tracks._qa.defaults" in modules and "numbery" not in modules


def test_the_version_hash_of_another_packages_track_changes_with_its_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_REMEMBERED", {})
    monkeypatch.syspath_prepend(str(tmp_path))
    written(tmp_path, {"teashop.py": f"import teaprices\n{SHOP}", "teaprices.py": "TEA = 2"})
    version_hash.cache_clear()
    first = version_hash("teashop:SHOP")
    assert first.startswith("shop-v1@") and version_hash("shop") == first
    written(tmp_path, {"teaprices.py": "TEA = 3"})
    version_hash.cache_clear()
    assert version_hash("teashop:SHOP") != first


def test_the_code_of_a_memory_is_what_it_imports() -> None:
    modules = code_of("memorygym.memories.bm25").keys()
    assert {
        "memorygym.memories.bm25",
        "memorygym.memories.stores.search.fulltext",
        "memorygym.core.types",
    } <= modules
    assert not {"memorygym.memories.hybrid", "memorygym.memories.stores.zettel"} & modules
