"""Instances over real trees: renamed, of the length asked for, and proven without running them."""

from pathlib import Path
from typing import Any

import pytest

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks import codeqa
from memorygym.tracks.codeqa.dealing.package import Package
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
    assert made["verification"]["checks"]["executes"] == {"ok": True, "run": "not ours"}
    assert abs(made["total_tokens"] - 15_000) <= 150
    assert not any(name in shown for name in original)
    assert [pair["hops"] for pair in made["qa_pairs"]] == [1, 2, 3, 1, 2, 3]


def test_a_length_that_a_folder_does_not_have_is_refused_with_what_it_has(folder: Path) -> None:
    recipe = codeqa.recipes(options("--source", str(folder), tokens=(900_000,)))[0]
    with pytest.raises(BadSettings, match=r"900,000 tokens are out of reach; .* has about \d\d,"):
        recipe.instance()
