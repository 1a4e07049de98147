"""Instances over real trees: renamed, of the length asked for, and proven without running them."""

from pathlib import Path
from typing import Any

import pytest

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks import codeqa
from memorygym.tracks.codeqa.dealing.package import Package
from memorygym.tracks.codeqa.executing import executed
from memorygym.tracks.codeqa.sources.confining import can_confine
from tests.tracks.codeqa.dealt import options


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of about 40,000 tokens, as if somebody had written it."""
    place = tmp_path_factory.mktemp("tree")
    package = Package(rng("test", "real"), 1)
    for _ in range(3):
        district = package.district()
        for _ in range(10):
            package.module(district)
    for path, code in package.files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(code, encoding="utf-8")
    return place


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_a_folder_is_asked_about_under_other_names(folder: Path, form: str) -> None:
    told = options("--source", str(folder), "--form", form, tokens=(15_000,))
    made: dict[str, Any] = codeqa.recipes(told)[0].instance()
    original = {path.stem for path in folder.rglob("*.py")} - {"__init__"}
    shown = "\n".join(made["memory_files"].values())
    assert made["verification"]["accepted"]
    assert abs(made["total_tokens"] - 15_000) <= 150
    assert not any(name in shown for name in original)
    assert [pair["hops"] for pair in made["qa_pairs"]] == [1, 2, 3, 1, 2, 3]


WALLED = pytest.mark.skipif(not can_confine(), reason="no usable bubblewrap")


def executes(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = codeqa.verification(made)["checks"]["executes"]
    return found


@WALLED
def test_what_a_small_function_returns_is_asked_and_run_again_behind_walls(folder: Path) -> None:
    told = options("--source", str(folder), "--form", "files", tokens=(15_000,))
    made: dict[str, Any] = codeqa.recipes(told)[0].instance()
    asked = [pair for pair in made["qa_pairs"] if pair["question"].startswith("What does `")]
    assert executes(made) == {"ok": True, "executed": len(asked), "wrong": []} and asked
    asked[0]["gold_answer"] = "4711"
    assert executes(made) == {"ok": False, "executed": len(asked), "wrong": ["4711"]}


def test_without_bubblewrap_nothing_is_asked_that_must_be_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    told = options("--source", str(folder), "--form", "files", tokens=(15_000,))
    made: dict[str, Any] = codeqa.recipes(told)[0].instance()
    assert made["verification"]["accepted"]
    reason = "dealt where there is no bubblewrap"
    assert executes(made) == {"ok": True, "executed": 0, "not_run": reason}


@WALLED
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def sift(a):\n    return a * 3 + QUAY\nQUAY = 17", "140"),
        ("def sift(a):\n    return open('/etc/passwd').read()", None),
        ("def sift(a):\n    return [a]", None),
        ("def sift(a):\n    while True: pass", None),
        ("def sift(a):\n    print('[1]')", None),
        ("@mark\ndef sift(a):\n    return a", None),
    ],
)
def test_what_runs_behind_walls_returns_a_number_or_a_text(code: str, said: str | None) -> None:
    assert executed({"m.py": code}, ["sift(41)"]) == [said]


def test_a_length_that_a_folder_does_not_have_is_refused_with_what_it_has(folder: Path) -> None:
    recipe = codeqa.recipes(options("--source", str(folder), tokens=(900_000,)))[0]
    with pytest.raises(BadSettings, match=r"900,000 tokens are out of reach; .* has about \d\d,"):
        recipe.instance()
