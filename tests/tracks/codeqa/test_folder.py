"""Instances from a user's folder: unchanged code of the target length, never executed."""

import re
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.tracks import codeqa
from memorygym.tracks.codeqa.generator.folder import folder_of
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from memorygym.tracks.codeqa.generator.syntax_tree import exceptions, parse_tree
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
    """A folder of about 27,000 tokens of code, as a user might have it."""
    root = tmp_path_factory.mktemp("tree")
    package = GrowingPackage(named_rng("test", "real"), 1)
    for _ in range(3):
        district = package.district()
        for _ in range(10):
            package.module(district)
    trap = TRAP.replace("MARK", str(root / "mark"))
    for path, code in {**package.files, "trap.py": trap, "broken.py": "def f(:\n"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(code, encoding="utf-8")
    return root


def instance_of(folder: Path, *words: str, tokens: int = 15_000, seed: int = 0) -> dict[str, Any]:
    parsed = options("--source", str(folder), *words, tokens=(tokens,), seed=seed)
    data: dict[str, Any] = codeqa.recipes(parsed)[0].instance()
    return data


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_a_folder_is_shown_unchanged(folder: Path, form: str) -> None:
    data = instance_of(folder, "--form", form)
    assert data["verification"]["accepted"]
    assert abs(data["total_tokens"] - 15_000) <= 150
    assert [pair["hops"] for pair in data["qa_pairs"]] == [1, 2, 3, 1, 2, 3]
    for path, code in data["repo_files"].items():
        if path.endswith(".py"):
            assert set(code.split("\n")) <= set((folder / path).read_text("utf-8").split("\n"))


def test_code_of_a_folder_is_never_executed(folder: Path) -> None:
    data = instance_of(folder, tokens=26_000)
    data["repo_files"] = {"trap.py": (folder / "trap.py").read_text("utf-8")}
    verification = codeqa.verification(data)
    reason = "the code is a user's own"
    assert verification["checks"]["executes"] == {"ok": True, "executed": 0, "not_run": reason}
    assert not (folder / "mark").exists()
    assert not any("return" in pair["question"] for pair in data["qa_pairs"])


@pytest.mark.parametrize("seed", range(3))
def test_sessions_of_a_folder_end_only_with_exceptions(folder: Path, seed: int) -> None:
    data = instance_of(folder, "--form", "session", seed=seed)
    text = "\n".join(data["memory_files"].values())
    endings = re.findall(r"\w records ended with (\w+)\.|^Traceback of .*: (\w+)\.$", text, re.M)
    files = {str(path): path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert {*map("".join, endings)} <= {*exceptions(parse_tree(files))}


def test_an_exception_derives_from_a_built_in_one() -> None:
    assert exceptions(parse_tree({"a.py": CLASSES})) == ["QuayError", "JettyClosed", "HullLost"]


def test_a_folder_that_is_too_easy_to_guess_is_refused_with_the_share(tmp_path: Path) -> None:
    package = GrowingPackage(named_rng("test", "guessed"), 1)
    district = package.district()
    for _ in range(10):
        package.module(district)
    for path, code in package.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code, encoding="utf-8")
    cases = "\n\n\n".join(f"class Sounding{number}(HarbourCase):\n    pass" for number in range(99))
    (tmp_path / "soundings.py").write_text(f"{cases}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"is right for \d\d\.\d% of \d+ questions, above 10%"):
        instance_of(tmp_path, tokens=11_000)


def test_a_length_beyond_the_folder_is_refused_with_the_folders_length(folder: Path) -> None:
    with pytest.raises(BadSettings, match=r"900,000 tokens are out of reach; .* has about \d\d,"):
        instance_of(folder, tokens=900_000)


@pytest.mark.parametrize(
    ("name", "reason"), [("toolz", "is not a folder; give a"), ("", "no Python file that parses")]
)
def test_a_source_without_code_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        instance_of(tmp_path / name)


def test_a_file_that_does_not_parse_is_left_out(folder: Path) -> None:
    files = folder_of(str(folder)).files
    assert "broken.py" not in files and "trap.py" in files
