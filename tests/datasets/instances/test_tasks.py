"""Instances of a folder are played as their manifest lists them, or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.datasets.instances.loader import kept, tokens_of


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dealt") / "out"
    words = ["generate", "research", "--n", "2", "--tokens", "8k", "--hops", "2", "-o", str(folder)]
    assert main(words) == 0
    return folder


def copied(generated: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "instances").mkdir(parents=True)
    for path in (generated / "manifest.json", *generated.glob("instances/*.json")):
        (folder / path.relative_to(generated)).write_bytes(path.read_bytes())
    return folder


def first(folder: Path) -> Path:
    return min(folder.glob("instances/*.json"))


def say(folder: Path, **fields: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def other_answer(folder: Path) -> None:
    path = first(folder)
    path.write_text(path.read_text().replace('"answer": "', '"answer": "Not '))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another answer": (other_answer, "is not as the manifest has it"),
    "an instance too few": (lambda folder: first(folder).unlink(), "is not as the manifest has it"),
    "an instance too many": (
        lambda folder: (folder / "instances" / "x.json").write_text("{}"),
        "instances/x.json is not as the manifest has it",
    ),
    "no track": (lambda folder: say(folder, track=None), "names no track that deals instances"),
    "a track without instances": (
        lambda folder: say(folder, track="worlds"), "names no track that deals instances: 'worlds'",
    ),
    "not finished": (lambda folder: say(folder, counts=None), "is not finished"),
}  # fmt: skip


def test_a_folder_gives_its_instances_in_order(generated: Path) -> None:
    found = kept(generated)
    assert [(one.track, one.seed) for one in found] == [("research", 0), ("research", 1)]
    assert found[1].generate().recipe["instance"] in found[1].path.name


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_is_not_as_its_manifest_has_it_is_refused(
    change: str, generated: Path, tmp_path: Path
) -> None:
    folder = copied(generated, tmp_path)
    how, why = CHANGES[change]
    how(folder)
    with pytest.raises(BadSettings, match=why):
        kept(folder)


def test_instances_of_another_track_are_refused(generated: Path, tmp_path: Path) -> None:
    folder = copied(generated, tmp_path)
    say(folder, track="codeqa")
    with pytest.raises(BadSettings, match="is of research, not of codeqa"):
        kept(folder)[0].generate()


@pytest.mark.parametrize("text", ["", "k", "inf", "-inf", "nan", "1e400", "1e308M"])
def test_what_is_no_number_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="give a number such as 20000, 20k or 1M"):
        tokens_of(text)
