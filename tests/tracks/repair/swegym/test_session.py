"""An agent mends an instance in a folder, with any memory, alone or after a recorded prefix."""

import json
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.types import Call, Message, Policy
from memorygym.datasets._logs import LoggedTrajectory, read_all
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.tracks.repair.sandbox import is_sandboxed
from memorygym.tracks.repair.swegym import session
from memorygym.tracks.repair.swegym.instances import Instance, instance
from memorygym.tracks.repair.swegym.session import (
    FolderShell,
    RecordedTurn,
    SweEnv,
    patch_of,
    play_arm,
    prefix,
)
from tests.datasets.trajectory_files import openhands
from tests.tracks.repair.swegym import recorded

MEND = "sed -i 's/a < b/a > b/' maps.py"


class Script(Policy):
    """Makes known calls, one a reply, and keeps the views."""

    def __init__(self, *calls: tuple[str, str, str] | None) -> None:
        self._calls, self.views = [*calls], list[str]()

    def act(self, view, tools) -> Message:  # type: ignore[no-untyped-def]
        self.views.append("\n".join(message.content for message in view))
        call = self._calls.pop(0)
        if call is None:
            return Message("assistant", "I am done.")
        arguments = {call[1]: call[2]} if call[1] else {}
        return Message("assistant", "", (Call(call[0], arguments, "c"),))


SUBMIT = ("submit", "", "")


def bug() -> Instance:
    return instance(recorded.bench())


def played(
    folder: Path,
    policy: Script,
    memory: str = "none",
    turns: tuple[RecordedTurn, ...] = (),
    steps: int = 9,
) -> tuple[Trace, SweEnv]:
    env = SweEnv(bug(), FolderShell(str(folder)), turns, steps)
    return play_arm(env, memory_factory(memory), policy), env


def log(tmp_path: Path, row: recorded.Row) -> LoggedTrajectory:
    (item,) = read_all([recorded.write(tmp_path / "log.json", row)])
    assert isinstance(item, LoggedTrajectory)
    return item


def test_the_answer_is_the_patch_of_the_folder(tmp_path: Path) -> None:
    folder = recorded.clone(tmp_path / "maps")
    new = ("bash", "command", "echo 1 > new.txt")
    trace, _ = played(folder, Script(("bash", "command", MEND), new, SUBMIT))
    assert "+    return a if a > b else b\n" in patch_of(trace)
    assert "+++ b/new.txt" in patch_of(trace)


def test_without_a_submission_the_last_step_leaves_the_patch(tmp_path: Path) -> None:
    folder = recorded.clone(tmp_path / "maps")
    mend = ("bash", "command", MEND)
    trace, _ = played(folder, Script(mend, None, ("bash", "command", "ls"), SUBMIT), steps=3)
    assert "+    return a if a > b else b\n" in patch_of(trace)


def test_only_the_memory_brings_back_what_was_seen_before_the_last_result(tmp_path: Path) -> None:
    folder = recorded.clone(tmp_path / "maps")
    for memory, is_shown in (("none", False), ("full", True)):
        look = ("bash", "command", "cat maps.py")
        script = Script(look, ("bash", "command", "echo next"), SUBMIT)
        played(folder, script, memory)
        assert ("return a if a < b" in script.views[2]) is is_shown
        assert "<returncode>0</returncode>\n<output>\nnext\n</output>" in script.views[2]


def test_a_patch_that_applies_is_applied(tmp_path: Path) -> None:
    folder = recorded.clone(tmp_path / "maps")
    trace, _ = played(folder, Script(("apply_patch", "patch", recorded.PATCH.rstrip()), SUBMIT))
    assert "+    return a if a > b else b\n" in patch_of(trace)


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (
            recorded.PATCH.replace("a < b", "a == b"),
            "the first hunk that failed is of maps.py:\n@@ -1,2 +1,2 @@\n def larger(a, b):\n"
            "-    return a if a == b else b",
        ),
        (recorded.PATCH.replace("maps.py", "none.py"), "none.py: No such file or directory"),
        (recorded.PATCH.replace("1,2 +1,2", "1,9 +1,9"), "corrupt patch at line 8"),
        ("mend it", "No valid patches in input"),
    ],
)
def test_a_patch_that_does_not_apply_is_an_observation(
    patch: str, reason: str, tmp_path: Path
) -> None:
    folder = recorded.clone(tmp_path / "maps")
    script = Script(("apply_patch", "patch", patch), SUBMIT)
    trace, _ = played(folder, script)
    assert "the patch does not apply" in script.views[1]
    assert reason in script.views[1]
    assert patch_of(trace) == ""


def test_arms_read_the_same_prefix_and_then_what_their_memory_kept(tmp_path: Path) -> None:
    steps = (("cat maps.py", recorded.BUGGY), ("date", "Tue Mar 11 2031\n"), ("ls", "maps.py\n"))
    turns = tuple(prefix(log(tmp_path, recorded.mini(*steps)), 2))
    views = {}
    for memory in ("none", "full"):
        script = Script(("bash", "command", MEND), SUBMIT)
        folder = recorded.clone(tmp_path / memory)
        _, env = played(folder, script, memory, turns)
        assert env.differing == 1
        views[memory] = script.views[0]
    assert all("Tue Mar 11 2031" in view for view in views.values())
    assert ["return a if a < b else b" in view for view in views.values()] == [False, True]


def test_commands_of_openhands_are_a_prefix_too(tmp_path: Path) -> None:
    turns = prefix(log(tmp_path, openhands()), 7)
    assert [turn.reply.calls[0].name for turn in turns] == ["bash"] * 7
    assert turns[-1].observation == "File updated."


def test_a_prefix_that_cannot_be_played_is_refused(tmp_path: Path) -> None:
    short = log(tmp_path, recorded.mini(("ls", "maps.py\n")))
    with pytest.raises(BadSettings, match="has 1 turns, not 2"):
        prefix(short, 2)
    text = json.dumps(recorded.mini(("ls", ""))).replace('"name": "bash"', '"name": "browse"')
    with pytest.raises(BadSettings, match="calls browse, and only commands of a shell"):
        prefix(log(tmp_path, json.loads(text)), 1)


def test_a_folder_inside_another_clone_is_refused(tmp_path: Path) -> None:
    (recorded.clone(tmp_path / "maps") / "inner").mkdir()
    for folder in (tmp_path / "maps" / "inner", tmp_path):
        with pytest.raises(BadSettings, match="is no folder of a git clone"):
            SweEnv(bug(), FolderShell(str(folder)))
    with pytest.raises(BadSettings, match="has no problem_statement"):
        SweEnv(instance(recorded.smith()), FolderShell(str(tmp_path / "maps")))


@pytest.mark.skipif(not is_sandboxed(), reason="bubblewrap is not installed")
def test_a_command_writes_nowhere_else_and_has_neither_network_nor_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = FolderShell(str(recorded.clone(tmp_path / "maps")))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-demo")
    assert shell.run("env; cat /proc/[0-9]*/environ")[1].count("sk-demo") == 0
    assert shell.run(f"touch /usr/outside {tmp_path}/outside")[0] == 1
    assert not (tmp_path / "outside").exists()
    assert shell.run("exec 3<>/dev/tcp/127.0.0.1/1")[0] == 1
    assert shell.run("cat", "a text") == (0, "a text")


def test_a_command_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SECONDS", 1)
    monkeypatch.setattr(session, "MOST_KIB", 64)
    shell = FolderShell(str(recorded.clone(tmp_path / "maps")))
    assert shell.run("sleep 60 & sleep 60")[0] == 124
    code, printed = shell.run("yes")
    assert code and len(printed) == 64 << 10
