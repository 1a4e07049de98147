"""An agent on one instance: its shell, its tools, and the recorded prefix that arms may share."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from tempfile import TemporaryFile
from typing import Any, NamedTuple, TypeAlias

from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import freeze
from memorygym.core.trace import Answer, Trace
from memorygym.core.types import (
    JSON,
    Budget,
    Call,
    Env,
    Memory,
    Message,
    Policy,
    Step,
    Task,
    Tool,
    content_id,
    tool,
)
from memorygym.datasets._logs import LoggedTrajectory
from memorygym.tracks.repair.sandbox import is_sandboxed
from memorygym.tracks.repair.swegym.instances import Instance
from memorygym.tracks.repair.swegym.predictions import cleaned

SECONDS = 60
"""Longest run of a command."""
MOST_KIB, MOST_READ = 1 << 18, 4 << 20
"""Size of the largest file, such as its output, and how many bytes of that are read."""
SHOWN = 10_000
"""Characters of its output that the agent reads, half of them from its end."""
TESTBED = "/testbed"
"""The folder of the repository in the images."""
SYSTEM = """\
You mend a bug in the repository at {folder}. Every reply makes one call; a command runs in a new
shell in that folder. Change no tests. What you saw before the last result is gone unless your
memory brings it back. Call `submit` when the bug is mended.

The issue:

{problem}"""
BASH = tool("bash", "Run a command in a new shell in the repository's folder.", command="string")
APPLY = tool("apply_patch", "Apply a patch in the form of `git diff`.", patch="string")
SUBMIT = tool("submit", "Submit the repository as it stands; it ends the work.")
_SHELLS = {"bash", "execute_bash", "terminal"}
"""The tools of mini-swe-agent and OpenHands whose argument `command` is one of a shell."""
_FAILED = re.compile(r"^error: patch failed: (.+):(\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FolderShell:
    """A repository on this machine. Commands run in bubblewrap if it works, without network and
    writing nowhere else; otherwise in a plain process, which is not a sandbox."""

    folder: str

    def run(self, command: str, text: str = "") -> tuple[int, str]:
        """Runs a command of bash with a text as its input: its exit code, and what it printed."""
        walls = "bwrap --unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc"
        words = [*walls.split(), "--tmpfs", "/tmp", "--bind", self.folder, self.folder]
        return _run(words if is_sandboxed() else [], command, text, self.folder)


@dataclass(frozen=True, slots=True)
class DockerShell:
    """A running container of an image (`started`), until `close`."""

    container: str
    folder: str = TESTBED

    @classmethod
    def started(cls, image: str) -> "DockerShell":
        """A new container. Raises BadSettings with Docker's words if there is none."""
        words = ["docker", "run", "-d", "--rm", "-w", TESTBED, image, "sleep", "4h"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BadSettings(f"docker cannot start {image}: {done.stderr.strip()}")
        return cls(done.stdout.strip())

    def run(self, command: str, text: str = "") -> tuple[int, str]:
        # The images activate their environment in .bashrc.
        words = ["docker", "exec", "-i", "-w", self.folder, "-e", "BASH_ENV=/root/.bashrc"]
        return _run([*words, self.container], command, text)

    def close(self) -> None:
        """Removes the container."""
        subprocess.run(["docker", "rm", "-f", self.container], capture_output=True, check=False)


def _run(
    outer: Sequence[str], command: str, text: str, folder: str | None = None
) -> tuple[int, str]:
    """Runs a command within others, which set its place, with limits of time and output."""
    limited = ["bash", "-c", f'ulimit -f {MOST_KIB}; exec "$@"', "bash", *outer]
    words = [*limited, "timeout", "-k", "5", str(SECONDS), "bash", "-c", command]
    # No key of the caller may reach a command; bubblewrap itself would show its environment.
    bare = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8"} if folder else None
    with TemporaryFile() as printed:  # Not a pipe, which a process left behind would keep open.
        place: dict[str, Any] = {"cwd": folder, "env": bare, "stdout": printed, "stderr": printed}
        done = subprocess.run(words, input=text.encode(), check=False, **place)
        printed.seek(0)
        return done.returncode, printed.read(MOST_READ).decode(errors="replace")


Shell: TypeAlias = FolderShell | DockerShell


def refusal(patch: str, shell: Shell) -> str:
    """Why a patch does not apply, with its first hunk that fails; "" if it applies."""
    code, output = shell.run("git apply --check -", patch)
    if not code:
        return ""
    if not (failed := _FAILED.search(output)):
        return f"the patch does not apply: {output.strip()}"
    file, line = failed.groups()
    _, _, changes = patch.partition(f"--- a/{file}\n")
    at = re.search(rf"^@@ -{line}\b.*(?:\n(?!@@ |diff --git ).*)*", changes, re.MULTILINE)
    hunk = at[0] if at else f"line {line}"
    return f"the patch does not apply; the first hunk that failed is of {file}:\n{hunk}"


class RecordedTurn(NamedTuple):
    """A reply of a recorded agent, with at most one call of `bash`, and what it then read."""

    reply: Message
    observation: str


def prefix(log: LoggedTrajectory, replies: int) -> list[RecordedTurn]:
    """The first turns of a recorded trajectory. Raises BadSettings if it has fewer, or calls
    another tool than a shell."""
    turns = list(islice(_turns(log), replies))
    if len(turns) < replies:
        raise BadSettings(f"{log.place} has {len(turns)} turns, not {replies}")
    return turns


def _turns(log: LoggedTrajectory) -> Iterator[RecordedTurn]:
    said = ""
    for message, following in pairwise((*log.messages, Message("user", ""))):
        if message.role == "assistant":
            said, calls = message.content, list(message.calls)
            if not calls:
                yield RecordedTurn(message, following.content)
        elif message.role == "tool":
            match calls.pop(0):  # Each result stands in the order of the calls before it.
                case Call(name, {"command": str(command)}, id) if name in _SHELLS:
                    own = Call(BASH.name, freeze({"command": command}), id)
                    yield RecordedTurn(Message("assistant", said, (own,)), message.content)
                case call:
                    raise BadSettings(
                        f"{log.place}: the recorded agent calls {call.name}, and only commands of a"
                        " shell can be run again; take a shorter prefix"
                    )


class SweEnv(Env):
    """Plays an instance: the result of every call is an event, and its answer is the patch.

    While the prefix lasts, its commands run for their effect and its recorded results are shown,
    so that every arm reads the same.
    """

    tools: tuple[Tool, ...] = (BASH, APPLY, SUBMIT)

    def __init__(
        self, instance: Instance, shell: Shell, turns: Sequence[RecordedTurn] = (), steps: int = 250
    ) -> None:
        """Raises BadSettings for an instance without an issue, or a folder that is no clone."""
        if not instance.problem.strip():
            raise BadSettings(f"{instance.id} has no problem_statement, so no agent can mend it")
        code, printed = shell.run("git rev-parse HEAD --show-prefix")
        self._start, _, inner = printed.strip().partition("\n")
        if code or inner:
            raise BadSettings(f"{shell.folder} is no folder of a git clone: {printed.strip()}")
        system = SYSTEM.format(folder=shell.folder, problem=instance.problem)
        recipe: dict[str, JSON] = {"instance": instance.id, "prefix": len(turns), "steps": steps}
        id = content_id(system, recipe, [turn.observation for turn in turns])
        self.task = Task(id, "repair/swegym", recipe, system, (), Budget(view=8_000), None)
        self.differing = 0
        """Turns of the prefix whose command did not print again what was recorded."""
        self.turns = turns
        self._shell, self._steps, self._at = shell, steps, 0

    def reset(self) -> Step:
        return Step((Message("user", "Begin."),), evict=True)

    def step(self, reply: Message) -> Step:
        turn = self.turns[self._at] if self._at < len(self.turns) else None
        self._at += 1
        done = self._at > len(self.turns) + self._steps
        if done or (reply.calls and reply.calls[0].name == SUBMIT.name):
            return Step(done=True, answer=self._patch())
        text = self._result(reply)
        if turn:
            self.differing += bool(reply.calls) and _printed(text) not in turn.observation
            text = turn.observation
        return Step((Message("user", text),), evict=True)

    def fork(self) -> "SweEnv":
        raise BadSettings("a session in a shell cannot be copied; play the prefix again")

    def _result(self, reply: Message) -> str:
        if not reply.calls:
            return "Every reply needs a call of bash, apply_patch or submit."
        (call,) = reply.calls
        assert isinstance(call.arguments, Mapping)  # The episode has checked it.
        (argument,) = map(str, call.arguments.values())
        if call.name == APPLY.name:
            return refusal(patch := cleaned(argument), self._shell) or (
                self._shell.run("git apply -", patch)[1] or "applied"
            )
        code, output = self._shell.run(argument)
        half, left = SHOWN // 2, len(output) - SHOWN
        if left > 0:
            output = f"{output[:half]}\n[{left} characters left out]\n{output[-half:]}"
        return f"<returncode>{code}</returncode>\n<output>\n{output}</output>"

    def _patch(self) -> str:
        self._shell.run("git add -A")
        return cleaned(self._shell.run(f"git diff --no-color --cached {self._start}")[1])


def _printed(observation: str) -> str:
    return observation.partition("<output>")[2].removesuffix("</output>").strip()


class Recorded(Policy):
    """Repeats the replies of a prefix; then another policy goes on."""

    def __init__(self, turns: Sequence[RecordedTurn], then: Policy) -> None:
        self._left, self._then = [turn.reply for turn in turns], then

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._left.pop(0) if self._left else self._then.act(view, tools)


def play_arm(env: SweEnv, memory: Callable[[], Memory], policy: Policy) -> Trace:
    """One arm: the environment's prefix with this memory, then the policy. Arms over the same
    instance and turns, each with a fresh shell, are paired."""
    return play(Episode(env, memory), Recorded(env.turns, policy))


def patch_of(trace: Trace) -> str:
    """The patch that an arm submitted, or left when its steps were used up."""
    return next(record.answer for record in trace.records if isinstance(record, Answer))
