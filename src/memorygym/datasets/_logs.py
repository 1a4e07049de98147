"""Recorded trajectories of agents, from files and folders in every format, one at a time.

A format is recognised by the fields of a record; a new one is a function that reads a record, and a
row of FORMATS. What cannot be read is a Problem.
"""

import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import canonical, freeze, json_hash
from memorygym.core.text import one_line
from memorygym.core.types import JSON, Call, Message, Role
from memorygym.datasets._chat import message_of, role_of
from memorygym.datasets._fields import Row, as_row, quoted, rows, under
from memorygym.datasets._files import CUT, GZIP, UTF16, records
from memorygym.datasets._openhands import at as _at
from memorygym.datasets._openhands import chat_rows, is_event, tools_of
from memorygym.memories.stores.message_entries import to_text

_ATTACHMENT = re.compile(r"attachment://([0-9a-f]{32,})")
TEXT = "text"
"""The id of a call that the reply states as text; what follows it is its result."""
ENDED = "exit"
"""The role of mini-swe-agent's last message, which no agent reads."""
_COMMAND = re.compile(r"^```(?:mswea_bash_command|bash|sh)\n(.*?)\n?```", re.DOTALL | re.MULTILINE)
_ZIP = b"PK"
_BLANKS = b" \t\r\n\xef\xbb\xbf"
NESTED = ("simulations", "samples")
"""Keys of a result file whose lists hold the trajectories."""
SAMPLES = "samples/"
"""The folder of an Inspect archive with one file per sample."""
Numbered = tuple[int, Message]
"""A message with its index in the list of the file."""


@dataclass(frozen=True, slots=True)
class LoggedTrajectory:
    """A recorded conversation of an agent with its tools."""

    place: str
    """The file and the line or member."""
    format: str
    messages: tuple[Message, ...]
    """Without the system messages at the beginning."""
    numbers: tuple[int, ...]
    """The index of each in the list of the file."""
    system: str
    """The text of those, which the agent sees in every turn."""
    tools: str = ""
    """The definitions of the tools, which it sees too, if the log has them."""
    task: str = ""
    """The id of the task, which several trials share; "" if the log has none."""
    success: bool | None = None
    """Whether the task was solved; None if the log does not say."""


@dataclass(frozen=True, slots=True)
class Log:
    """A record as its format reads it."""

    messages: Sequence[Numbered]
    tools: JSON = None
    system: str = ""
    """The instructions, where they are no message."""
    task: object = None
    success: bool | None = None


class LogFormat(NamedTuple):
    """A format of records."""

    name: str
    fields: Set[str]
    """Fields that a record has in this format alone."""
    read: Callable[[Row, Row], Log]
    """Reads a record, given the fields of the object around it. Raises SchemaMismatch."""


def trajectory(value: object, header: Row, place: str) -> LoggedTrajectory:
    """The trajectory of a record. Raises SchemaMismatch."""
    row = value if isinstance(value, dict) else as_row(_named(value), "the record")
    known = next((f for f in FORMATS if f.fields <= row.keys()), None)
    if known is None:
        names = ", ".join(map(str, list(row)[:6])) or "none"
        raise SchemaMismatch(f"has the fields {names}; {KNOWN}", "the record")
    log = known.read(row, header)
    name = known.name
    numbered = [(number, m) for number, m in log.messages if m.content or m.calls]
    if not any(message.calls for _, message in numbered):
        with_commands = [(number, with_command(message)) for number, message in numbered]
        if with_commands != numbered:
            numbered, name = with_commands, "mini-swe-agent" if name == OPENAI else name
    numbered = paired(numbered)
    numbers, messages = [n for n, _ in numbered], [message for _, message in numbered]
    start = next((i for i, m in enumerate(messages) if m.role != "system"), len(messages))
    pinned = [log.system, *(message.content for message in messages[:start])]
    return LoggedTrajectory(
        place,
        name,
        tuple(messages[start:]),
        tuple(numbers[start:]),
        "\n\n".join(text for text in pinned if text),
        canonical(log.tools) if log.tools else "",
        "" if log.task is None else str(log.task),
        log.success,
    )


def _named(value: object) -> object:
    """A list of messages or events as the object that other logs keep it in."""
    if not isinstance(value, list):
        return value
    is_events = bool(value) and is_event(value[0])
    return {"history": value, "test_result": {}} if is_events else {"messages": value}


def _solved(reward: object) -> bool | None:
    """Whether a reward from 0 to 1 is full; None if there is none."""
    if isinstance(reward, (bool, int, float)):
        return reward >= 1
    return {"C": True, "I": False}.get(reward) if isinstance(reward, str) else None


def _plain(row: Row, _: Row, name: str = "messages") -> Log:
    tools: JSON = row.get("tools")  # type: ignore[assignment]  # JSON of a file
    success = _solved(row.get("reward"))
    task = row.get("task_id", row.get("instance_id"))
    return Log(messages_of(row, name), tools, task=task, success=success)


def _tau2(row: Row, header: Row) -> Log:
    about, messages = _at(header, "info", "environment_info"), messages_of(row, "messages")
    policy, own = _at(about, "policy"), bool(messages) and messages[0][1].role == "system"
    system = "" if own or not isinstance(policy, str) else policy
    success = _solved(_at(row, "reward_info", "reward"))
    return Log(messages, _at(about, "tool_defs"), system, row.get("task_id"), success)


def _swe_agent(row: Row, _: Row) -> Log:
    """The history; a demonstration stands in every prompt, as the system message does."""
    demos = {number for number, item in enumerate(rows(row, "history")) if item.get("is_demo")}
    messages = messages_of(row, "history")
    own = [(number, message) for number, message in messages if number not in demos]
    shown = (message.content for number, message in messages if number in demos)
    return Log(own, system="\n\n".join(shown))


def _openhands(row: Row, _: Row) -> Log:
    """The events, in older files as pairs of an action and its observation."""
    items = row["history"] if isinstance(row["history"], list) else []
    flat = [event for item in items for event in (item if isinstance(item, list) else [item])]
    events = [as_row(event, f"history[{number}]") for number, event in enumerate(flat)]
    made = ((n, _message(raw, f"history[{n}]")) for n, raw in chat_rows(events))
    messages = [(number, message) for number, message in made if message]
    solved = _solved(_at(row, "report", "resolved"))
    return Log(messages, tools_of(events), task=row.get("instance_id"), success=solved)


def _inspect(row: Row, _: Row) -> Log:
    known, events, scores = (row.get(name) for name in ("attachments", "events", "scores"))
    models = (e for e in events if _at(e, "event") == "model") if isinstance(events, list) else ()
    tools = next((_at(event, "tools") for event in models), None)
    first = next(iter(scores.values()), None) if isinstance(scores, dict) else None
    whole: Row = {"messages": _attached(row.get("messages"), known)}
    success = _solved(_at(first, "value"))
    return Log(
        messages_of(whole, "messages"), _attached(tools, known), task=row.get("id"), success=success
    )


def _attached(value: object, attachments: object) -> JSON:
    """A value with the texts that Inspect keeps beside it."""
    if isinstance(value, str):
        return _ATTACHMENT.sub(lambda match: str(_at(attachments, match[1]) or match[0]), value)
    if isinstance(value, list):
        return [_attached(item, attachments) for item in value]
    if isinstance(value, dict):
        return {name: _attached(item, attachments) for name, item in value.items()}
    return value  # type: ignore[return-value]  # JSON of a file


OPENAI = "OpenAI messages"
FORMATS = (
    LogFormat("tau-bench", {"traj"}, partial(_plain, name="traj")),
    LogFormat("tau2", {"messages", "reward_info"}, _tau2),
    LogFormat("OpenHands", {"history", "test_result"}, _openhands),
    LogFormat("SWE-agent", {"history"}, _swe_agent),
    LogFormat("Inspect", {"messages", "epoch"}, _inspect),
    LogFormat("mini-swe-agent", {"messages", "trajectory_format"}, _plain),
    LogFormat(OPENAI, {"messages"}, _plain),
)
"""The first whose fields a record has is its format."""


KNOWN = f"known formats: {', '.join(known.name for known in FORMATS)} (docs/your-logs.md)"


def messages_of(row: Row, name: str) -> list[Numbered]:
    """The messages of a list that the agent read or wrote. Raises SchemaMismatch."""
    made = ((n, _message(raw, f"{name}[{n}]")) for n, raw in enumerate(rows(row, name)))
    return [(number, message) for number, message in made if message]


def _message(raw: Row, place: str) -> Message | None:
    """A message of any format; None if the agent never read it."""
    raw = _of_responses(raw)
    if raw.get("role") == ENDED or raw.get("requestor") == "user":
        return None
    role = role_of(raw)
    if role is None:
        raise SchemaMismatch(f"has a message with the role {quoted(raw.get('role'))}", place)
    with under(place):
        message = message_of(raw, role)
    if message.calls:
        return message if role != "user" else None  # tau2's user has tools of its own.
    return replace(message, calls=tuple(Call(*call, TEXT) for call in _actions(raw)))


def _of_responses(raw: Row) -> Row:
    """A message as OpenAI's chat has it, where mini-swe-agent kept one of the Responses API."""
    match raw:
        case {"object": "response", "output": list(items)}:
            parts = [i for i in items if isinstance(i, dict)]
            said = (i.get("content") for i in parts if i.get("type") == "message")
            texts = [part for own in said if isinstance(own, list) for part in own]
            made = (i for i in parts if i.get("type") == "function_call")
            calls = [{**i, "id": i.get("call_id")} for i in made]
            return {"role": "assistant", "content": texts, "tool_calls": calls}
        case {"type": "function_call_output"}:
            return {
                "role": "tool",
                "content": raw.get("output"),
                "tool_call_id": raw.get("call_id"),
            }
    return raw


def _actions(raw: Row) -> Iterator[tuple[str, JSON]]:
    """The calls that a reply states as text beside its content."""
    match raw:
        case {"action": str(action)} if action.strip():  # Of SWE-agent.
            yield "action", freeze({"command": action.strip()})
        case {"extra": {"actions": list(actions)}}:  # Of mini-swe-agent.
            for action in actions:
                if isinstance(action, dict):
                    yield "bash", freeze({"command": str(action.get("command"))})


def with_command(message: Message) -> Message:
    """A reply whose call is a block of code, as mini-swe-agent writes them."""
    block = _COMMAND.search(message.content) if message.role == "assistant" else None
    if not block:
        return message
    return Message(
        "assistant", message.content, (Call("bash", freeze({"command": block[1]}), TEXT),)
    )


def paired(numbered: Sequence[Numbered]) -> list[Numbered]:
    """The messages with the results of every reply right after it, in the order of its calls, as
    memories expect them. A call without a result gets an empty one; a result without a call is what
    a user says."""
    pairs: list[Numbered] = []
    left = list(reversed(numbered))
    while left:
        number, message = left.pop()
        if not message.calls:
            role: Role = "user" if message.role == "tool" else message.role
            pairs.append((number, replace(message, role=role, call_id="")))
            continue
        answers: list[Numbered] = []
        texts = sum(call.id == TEXT for call in message.calls)  # A user tells their results.
        while left and left[-1][1].role in ("tool", "user"):
            if left[-1][1].role == "user" and len(answers) >= texts:
                break
            answers.append(left.pop())
        calls = tuple(
            replace(call, id=call.id if call.id not in ("", TEXT) else f"{number}.{index}")
            for index, call in enumerate(message.calls)
        )
        pairs.append((number, replace(message, calls=calls)))
        for call in calls:
            same = [pair for pair in answers if pair[1].call_id == call.id]
            other = [pair for pair in answers if pair[1].call_id not in {own.id for own in calls}]
            found = next(iter([*same, *other]), (number, Message("tool", "")))
            answers = [pair for pair in answers if pair is not found]
            pairs.append((found[0], Message("tool", found[1].content, (), call.id)))
        pairs += [(at, Message("user", answer.content)) for at, answer in answers]
    return pairs


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why."""

    place: str
    reason: str

    @property
    def text(self) -> str:
        """In one line."""
        return one_line(f"{self.place}: {self.reason}")


DUPLICATE = "is the same as an earlier one, and counts once"


def read_all(paths: Iterable[Path]) -> Iterator[LoggedTrajectory | Problem]:
    """The trajectories of files and folders, in the order of their names; equal ones count once.

    Raises BadSettings for a path that does not exist or a folder without a file to read.
    """
    seen: set[str] = set()
    files = [pair for path in paths for pair in _files(path)]
    names = Counter(name for _, name in files)
    for file, name in files:
        for item in _read(file, name if names[name] == 1 else str(file)):
            if isinstance(item, LoggedTrajectory):
                content: JSON = [item.system, *map(to_text, item.messages)]
                digest = json_hash(content)
                if digest in seen:
                    item = Problem(item.place, DUPLICATE)  # noqa: PLW2901  # in its place
                seen.add(digest)
            yield item


def _files(path: Path) -> list[tuple[Path, str]]:
    """The files of a path with their names; in a folder those that begin as a log does."""
    if not path.exists():
        raise BadSettings(f"--trajectories {path}: there is no such file or folder")
    if not path.is_dir():
        return [(path, path.name)]
    files = [(file, str(file.relative_to(path))) for file in sorted(path.rglob("*"))]
    logs = [(file, name) for file, name in files if file.is_file() and _begins_as_log(file)]
    if not logs:
        raise BadSettings(
            f"--trajectories {path}: the folder has no JSON, JSON lines or .eval file; give one"
            " that has"
        )
    return logs


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(512)


def _begins_as_log(file: Path) -> bool:
    start = _start(file)
    return start.startswith((GZIP, _ZIP, *UTF16)) or start.lstrip(_BLANKS)[:1] in (b"{", b"[")


def _read(file: Path, name: str) -> Iterator[LoggedTrajectory | Problem]:
    """The trajectories of one file."""
    try:
        if _start(file).startswith(_ZIP):
            yield from _archive(file, name)
            return
        record = None
        for record in records(file, NESTED, _is_message):
            place = f"{name}, {record.place}"
            if record.problem:
                yield Problem(place, record.problem)
            else:
                yield _made(record.value, record.header, place)
        if record is None:
            yield Problem(name, "is empty; give a file with a trajectory")
    except (zlib.error, BadZipFile) as error:
        yield Problem(name, f"{CUT} ({error})")
    except (BadSettings, OSError, UnicodeError) as error:
        yield Problem(name, f"cannot be read ({error})")


def _archive(file: Path, name: str) -> Iterator[LoggedTrajectory | Problem]:
    """The samples of an Inspect log, each read alone."""
    with ZipFile(file) as archive:
        samples = [m for m in archive.namelist() if m.startswith(SAMPLES) and m.endswith(".json")]
        if not samples:
            yield Problem(name, "is an archive without samples; give an Inspect log (.eval)")
        for member in sorted(samples):
            place = f"{name}, {member}"
            try:
                value = json.loads(archive.read(member))
            except NotImplementedError:
                reason = "is compressed as Python's zipfile cannot read; convert it to .json"
                yield Problem(place, f"{reason} (inspect log convert --to json)")
            except (ValueError, RecursionError):
                yield Problem(place, CUT)
            else:
                yield _made(value, {}, place)


def _is_message(value: object) -> bool:
    """Whether a value is a chat message or an event, not a record that holds some."""
    is_message = isinstance(value, dict) and "role" in value and "messages" not in value
    return is_message or is_event(value)


def _made(value: object, header: Row, place: str) -> LoggedTrajectory | Problem:
    try:
        return trajectory(value, header, place)
    except SchemaMismatch as misfit:
        return Problem(place, str(misfit))
    except RecursionError:
        return Problem(place, "is nested too deep; leave it out")
