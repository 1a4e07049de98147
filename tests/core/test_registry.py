"""A part is found by its file's name, by an entry point, or as `package.module:factory`."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from tests.installed import install
from tests.slow import mostly_slow

SOURCE = str(Path(registry.__file__).parents[2])
KINDS = ("templates", "memory", "agents", "tracks")
CODE = "from memorygym.memories.markdown import Markdown\n\nclass Scrapbook(Markdown):\n    pass\n"


@pytest.fixture
def outside(tmp_path: Path) -> Callable[[str], str]:
    """Runs code where another package is installed that has a memory."""
    install(tmp_path, "memory", "scrapbook", "outside_pack:Scrapbook")
    (tmp_path / "outside_pack.py").write_text(CODE)

    def run(expression: str) -> str:
        script = f"from memorygym.core import registry\nprint({expression})"
        command = [sys.executable, "-c", script]
        environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{SOURCE}"}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
        return (done.stdout or done.stderr).strip()

    return run


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "agents"])
def test_the_id_of_a_part_is_the_name_of_its_file(kind: str) -> None:
    folders = [
        Path(registry.__file__).parents[1].joinpath(*f.split(".")) for f in registry.FOLDERS[kind]
    ]
    paths = [path for folder in folders for path in folder.iterdir() if path.name[0] not in "_."]
    ending = ".json" if kind == "templates" else ".py"
    stems = {path.stem for path in paths if path.suffix == ending or kind == "tracks"}
    assert set(registry.names(kind)) == stems


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("templates", "compny", "no templates named 'compny'; did you mean company?"),
        ("memory", "markdwon", "did you mean markdown?"),
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
        ("memory", "memorygym.memories.markdown:Nothing", "has no attribute 'Nothing'"),
        ("agents", "os:system", "os:system: it is a function in C, whose arguments are not known"),
        ("agents", "os:sep", "os:sep: ./. is no class or function that makes one"),
        (
            "agents",
            "urllib.parse:urljoin",
            "it needs the argument url beside the task; give a value",
        ),
        ("memory", "urllib.parse:urljoin", "it needs the arguments base, url; give values, as in"),
        (
            "templates",
            "collections:OrderedDict",
            "that is a class; give the Template that read_template",
        ),
        ("agents", "os:getcwd", "os:getcwd: it makes an object of str, which has no `act`"),
        ("agents", "os:getcwd", r"give it `def act\(self, view, tools\)`, as examples/my_agent.py"),
        (
            "memory",
            "collections:OrderedDict",
            "makes an object of OrderedDict, which has no `observe`; give",
        ),
    ],
)
def test_what_makes_no_part_is_named(kind: str, spec: str, message: str) -> None:
    with pytest.raises(BadSettings, match=message):
        registry.check_spec(kind, spec)


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("'scrapbook' in registry.names('memory')", "True"),
        ("type(registry.make('memory', 'scrapbook')).__name__", "Scrapbook"),
        ("registry.load_module('memory', 'scrapbook').__name__", "outside_pack"),
        ("registry.make('memory', 'scrapbok')", "did you mean scrapbook?"),
    ],
)
def test_an_entry_point_of_another_package_is_a_part(
    outside: Callable[[str], str], expression: str, output: str
) -> None:
    assert outside(expression).endswith(output)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("bm25:top_kk=3", "no parameter of memory bm25 named 'top_kk'; did you mean top_k"),
        ("bm25:top_k=many", "memory bm25: top_k=many: give a whole number"),
        ("none:top_k=1", "memory none has no parameters, so no top_k"),
    ],
)
def test_an_impossible_parameter_is_named(spec: str, reason: str) -> None:
    with pytest.raises((BadSettings, UnknownPart), match=reason):
        registry.make("memory", spec)


EXAMPLES = Path(__file__).parents[2] / "examples"


def memorygym(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command, run from that folder."""
    command = [sys.executable, "-m", "memorygym", *words]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONSAFEPATH": "1"}, cwd=folder,
        capture_output=True, check=False, text=True,
    )  # fmt: skip


@mostly_slow("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ("raise ValueError('boom')", "raised ValueError: boom (bad_agent.py, line 4) at"),
        ("return None", "returned None (a policy replies with a Message, not NoneType) at"),
    ],
)
def test_an_agent_of_the_working_folder_plays_and_one_that_breaks_fails_alone(
    reply: str, message: str, workers: str, tmp_path: Path
) -> None:
    code = f"class Bad:\n\n    def act(self, view, tools):\n        {reply}\n"
    (tmp_path / "bad_agent.py").write_text(code)
    (tmp_path / "my_agent.py").write_text((EXAMPLES / "my_agent.py").read_text())
    words = ("-t", "city", "--tier", "lite", "--seeds", "2", "--workers", workers)
    done = memorygym(tmp_path, "bench", "--strategy", "my_agent:MyAgent", "bad_agent:Bad", *words)
    assert (done.returncode, done.stderr.count("\n")) == (1, 2), done.stderr
    assert f"agent bad_agent:Bad {message} event 1. " in done.stderr
    assert "4 episodes: 2 scored" in done.stdout and "2 at the agent" in done.stdout
    assert "my_agent:MyAgent" in done.stdout


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "from memorygym.core.track import Track\nTrack(name='shop')\n",
            "Track.__init__() missing",
        ),
        ("class Broken(:\n", "SyntaxError: "),
        ("1 / 0\n", "ZeroDivisionError: division by zero); see examples/my_track.py"),
    ],
)
def test_a_module_that_cannot_be_imported_is_refused_with_the_reason(
    code: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unfit.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        BadSettings, match=re.escape(f"unfit:X: unfit cannot be imported ({reason}")
    ):
        registry.load("tracks", "unfit:X")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("agents", "from memorygym.tracks.worlds.agents.honest import naive as part\n"),
        ("memory", "from memorygym.memories.markdown import Markdown as part\n"),
        ("tracks", "part = 1\n"),
        ("templates", "part = 1\n"),
        ("datasets", "def part():\n    return 1\n"),
    ],
)
def test_parts_of_every_kind_are_looked_for_in_the_working_folder(
    kind: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / f"part_of_{kind}.py").write_text(code)
    assert registry.load(kind, f"part_of_{kind}:part")


@pytest.mark.parametrize(("text", "first_user"), [("true", True), ("false", False)])
def test_a_parameter_that_is_true_or_false_is_read_as_such(text: str, first_user: bool) -> None:
    memory = registry.make("memory", f"adaptive_token_budget:preserve_first_user={text}")
    assert memory.rules[0].first_user is first_user


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("memory", "own_part", "no memory named 'own_part'; your own is own_part:Mine"),
        ("memory", "own_part.py", "your own is own_part:Mine"),
        ("memory", "own_part:mine", "did you mean own_part:Mine?"),
        ("tracks", "own_part", "your own is own_part:PETS"),
    ],
)
def test_the_name_of_ones_own_file_says_what_to_give(
    kind: str, spec: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "Track = dict\n\nclass Mine:\n    pass\n\nPETS: Track = Track(name='pets')\n"
    (tmp_path / "own_part.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MemoryGymError, match=re.escape(message)):
        registry.load(kind, spec)
    assert (sys.modules.pop("own_part", None) is not None) == (":" in spec)


@pytest.mark.parametrize("name", ["amem", "memorybank", "hipporag", "lightmem", "simplemem"])
def test_a_memory_that_is_less_than_its_paper_is_called_so(name: str) -> None:
    with pytest.raises(UnknownPart, match=f"did you mean {name}-lite"):
        registry.make("memory", name)
    headline = str(registry.load_module("memory", f"{name}-lite").__doc__).partition("\n")[0]
    assert headline.startswith(f"{name}-lite: ") and " without " in headline
