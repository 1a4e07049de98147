"""Instances over a user's folder: its code as it is, of the length asked for, never executed."""

import re
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.tracks import codeqa
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from memorygym.tracks.codeqa.generator.syntax_tree import exceptions, tree
from tests.tracks.codeqa.instances import options

TRAP = '''"""What stands here is read, never run."""
from pathlib import Path

Path("MARK").mkdir()  # Whoever imports this leaves a trace.
'''
CLASSES = """
class QuayError(Exception): ...
class JettyClosed(QuayError): ...
class HullLost(errors.KeyError): ...
class Looped(Looping): ...
class Looping(Looped): ...
class Crate: ...
class Hook(Plugin): ...
class TimeoutError(Crate): ...
class Late(TimeoutError): ...
class Both(Crate, ValueError): ...
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of about 27,000 tokens, as if somebody had written it."""
    place = tmp_path_factory.mktemp("tree")
    package = GrowingPackage(named_rng("test", "real"), 1)
    for _ in range(3):
        district = package.district()
        for _ in range(10):
            package.module(district)
    trap = TRAP.replace("MARK", str(place / "mark"))
    for path, code in {**package.files, "trap.py": trap, "broken.py": "def f(:\n"}.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(code, encoding="utf-8")
    return place


def made(folder: Path, *told: str, tokens: int = 15_000, seed: int = 0) -> dict[str, Any]:
    given = options("--source", str(folder), *told, tokens=(tokens,), seed=seed)
    found: dict[str, Any] = codeqa.recipes(given)[0].instance()
    return found


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_a_folder_is_asked_about_as_it_is(folder: Path, form: str) -> None:
    one = made(folder, "--form", form)
    assert one["verification"]["accepted"]
    assert abs(one["total_tokens"] - 15_000) <= 150
    assert [pair["hops"] for pair in one["qa_pairs"]] == [1, 2, 3, 1, 2, 3]
    for path, code in one["repo_files"].items():
        if path.endswith(".py"):
            assert set(code.split("\n")) <= set((folder / path).read_text("utf-8").split("\n"))


def test_nothing_of_a_folder_is_run_by_dealing_or_by_proving(folder: Path) -> None:
    one = made(folder, tokens=26_000)
    one["repo_files"] = {"trap.py": (folder / "trap.py").read_text("utf-8")}
    verdict = codeqa.verification(one)
    reason = "the code is a user's own"
    assert verdict["checks"]["executes"] == {"ok": True, "executed": 0, "not_run": reason}
    assert not (folder / "mark").exists()
    assert not any("return" in pair["question"] for pair in one["qa_pairs"])


@pytest.mark.parametrize("seed", range(3))
def test_what_ended_something_in_a_folder_is_an_exception(folder: Path, seed: int) -> None:
    one = made(folder, "--form", "session", seed=seed)
    told = "\n".join(one["memory_files"].values())
    ended = re.findall(r"\w records ended with (\w+)\.|^Traceback of .*: (\w+)\.$", told, re.M)
    files = {str(path): path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert {*map("".join, ended)} <= {*exceptions(tree(files))}


def test_an_exception_is_a_class_whose_bases_lead_to_a_built_in_one() -> None:
    assert exceptions(tree({"a.py": CLASSES})) == ["QuayError", "JettyClosed", "HullLost"]


def test_a_folder_that_is_guessed_too_easily_is_refused_with_the_share(tmp_path: Path) -> None:
    package = GrowingPackage(named_rng("test", "guessed"), 1)
    district = package.district()
    for _ in range(10):
        package.module(district)
    for path, code in package.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code, encoding="utf-8")
    cases = "\n\n\n".join(f"class Sounding{n}(HarbourCase):\n    pass" for n in range(99))
    (tmp_path / "soundings.py").write_text(f"{cases}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"is right for \d\d\.\d% of \d+ questions, above 10%"):
        made(tmp_path, tokens=11_000)


def test_a_length_that_a_folder_does_not_have_is_refused_with_what_it_has(folder: Path) -> None:
    with pytest.raises(BadSettings, match=r"900,000 tokens are out of reach; .* has about \d\d,"):
        made(folder, tokens=900_000)


@pytest.mark.parametrize(
    ("name", "reason"), [("toolz", "is no folder; give one"), ("", "no Python file that parses")]
)
def test_a_source_without_code_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        made(tmp_path / name)
