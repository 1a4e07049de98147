"""The workshop: the sources as they stand, the tools that read and change them, and the judge."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from difflib import get_close_matches
from typing import Any

from memorygym.core.errors import Refused
from memorygym.core.types import Call, Env, Message, Step, Task, tool
from memorygym.tracks.repair.judge import TestReport, judge
from memorygym.tracks.repair.package import LINE_BREAK, Package, functions_in, replaced

MOST_OPENED = 250
"""Lines of the longest file that is printed whole."""
LIST = tool("list_files", "List the source files.")
SEARCH = tool("search", "Find the lines of the sources that contain a text.", text="string")
OPEN = tool(
    "open_file",
    f"Print a source file or one of its functions; of over {MOST_OPENED} lines a list of these.",
    optional=["function"],
    path="string",
    function="string",
)
EDIT = tool(
    "edit_file",
    "Replace a text of a source file, which must occur in it exactly once.",
    path="string",
    old="string",
    new="string",
)
RUN = tool("run_tests", "Run the tests of a test profile.", profile="string")
TRACE = tool("trace", "Run a service under the tracer, which takes long.", service="string")
HAND_OVER = tool("hand_over", "Hand the issue over to its service's owner.", to="string")
SUBMIT = tool("submit", "Submit the sources as they are; it closes the issue.")
TOOLS = (LIST, SEARCH, OPEN, EDIT, RUN, TRACE, HAND_OVER, SUBMIT)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What the parser raises for a source that it cannot read."""
MENDING = frozenset("and or not in is min max any all True False break continue".split())
"""The words that a mended line may need though its file lacks them."""
ERROR = "error: "
"""How a tool's complaint begins."""
STEPS = 12
"""Calls in an issue; with the last one it is closed, submitted or not."""
TRACE_COST = 12
"""Calls that a trace counts as, in an issue."""
MOST_LINES = 40
"""Lines that a search lists."""
FEWEST_SEARCHED = 3
"""Characters of the shortest text that is searched for."""


class RepairEnv(Env):
    """Plays a session: a message of a maintainer is an event.

    An issue is closed by `submit`, by `hand_over`, or when its calls are used up; afterwards the
    maintainers merge the right fix, so all memories meet the same sources.
    """

    tools = TOOLS

    def __init__(self, task: Task) -> None:
        state: Any = task.state
        self.task = task
        self._turns, self._services = state["turns"], state["services"]
        self._package = Package(state["package"], state["files"], state["tests"])
        self._turn, self._left = 0, STEPS
        self._edits: dict[str, str] = {}
        """By path: the sources that the agent changed in this issue."""

    def reset(self) -> Step:
        return self._shown()

    def step(self, reply: Message) -> Step:
        if not reply.calls:
            return self._close("closed without a submission")
        (call,) = reply.calls
        if self._issue and call.name == SUBMIT.name:
            return self._close("submitted")
        if self._issue and call.name == HAND_OVER.name:
            return self._close("handed over", _argument(call, "to"))
        try:
            printed = self._printed(call)
        except Refused as error:  # It costs a call, or guesses would be free.
            printed = f"{ERROR}{error}"
        if self._issue:
            self._left -= TRACE_COST if call.name == TRACE.name else 1
            if self._left <= 0:
                return self._close("out of calls")
        return Step((Message("user", printed),))

    def fork(self) -> "RepairEnv":
        other = copy(self)
        other._edits = dict(self._edits)
        return other

    @property
    def _issue(self) -> Any:
        """The running issue; None if the event has none."""
        return self._turns[self._turn].get("issue")

    @property
    def _bug(self) -> Mapping[str, str]:
        """The source with the bug, if there is an issue."""
        if not self._issue:
            return {}
        path = self._issue["bug"][0]
        return {path: replaced(self._package.files[path], *self._issue["bug"])}

    @property
    def _changed(self) -> Mapping[str, str]:
        """The sources that differ from the package's, as they stand."""
        return {**self._bug, **self._edits}

    @property
    def _sources(self) -> Mapping[str, str]:
        return {**self._package.files, **self._changed}

    def _source(self, path: str) -> str:
        """A source as it stands. Raises Refused for a path that is none."""
        sources = self._sources
        if path not in sources:
            near = get_close_matches(path, sources, 1)
            raise Refused(f"no file {path!r}" + "".join(f"; did you mean {n!r}?" for n in near))
        return sources[path]

    def _printed(self, call: Call) -> str:
        """What a tool prints."""
        match call.name:
            case LIST.name:
                return "\n".join(sorted(self._package.files))
            case SEARCH.name:
                return self._found(_argument(call, "text"))
            case OPEN.name:
                path = _argument(call, "path")
                return opened(path, self._source(path), _argument(call, "function"))
            case EDIT.name:
                return self._edited(*(_argument(call, name) for name in ("path", "old", "new")))
            case RUN.name:
                return self._tested(_argument(call, "profile"))
            case TRACE.name:
                return self._traced(_argument(call, "service"))
        raise Refused("there is no open issue")

    def _found(self, text: str) -> str:
        if len(text) < FEWEST_SEARCHED:
            raise Refused(f"search for {FEWEST_SEARCHED} characters or more")
        lines = [
            f"{path}:{number}: {line}"
            for path, source in sorted(self._sources.items())
            for number, line in enumerate(source.split("\n"), start=1)
            if text in line
        ]
        more = [f"… and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
        return "\n".join([*lines[:MOST_LINES], *more]) or "nothing found"

    def _edited(self, path: str, old: str, new: str) -> str:
        source = self._source(path)
        if not self._issue:
            raise Refused("there is no open issue, so nothing may be edited")
        if not old or source.count(old) != 1:
            raise Refused(f"old stands {source.count(old) if old else 0} times in {path}, not once")
        try:
            new.encode()
        except UnicodeEncodeError as error:
            raise Refused("new is no text: it holds half of a character") from error
        self._edits[path] = source.replace(old, new)
        return "Edited."

    def _tested(self, profile: str) -> str:
        checks = next((s["checks"] for s in self._services.values() if s["profile"] == profile), ())
        if not checks:
            raise Refused(f"no test profile {profile!r}")
        report = judge(self._package, self._changed, checks)
        return "\n".join(printed(profile, checks, report))

    def _traced(self, service: str) -> str:
        if service not in self._services:
            raise Refused(f"no service {service!r}")
        printed: str = self._services[service]["trace"]
        return printed

    def _close(self, how: str, owner: str = "") -> Step:
        """Ends the event; an issue is judged."""
        answer, reward = None, 0.0
        if issue := self._issue:
            verdict = self._verdict(issue, how, owner)
            answer, reward = f"{how}; {verdict[1]}", float(verdict[0])
        self._edits, self._left = {}, STEPS
        self._turn += 1
        return self._shown(Step(reward=reward, answer=answer))

    def _verdict(self, issue: Any, how: str, owner: str) -> tuple[bool, str]:
        """Whether an issue is done, and the parts of the verdict."""
        if issue["owner"]:
            kept = not self._edits
            parts = f"constraints {'kept' if kept else 'broken'}, to {owner or 'nobody'}"
            return kept and owner == issue["owner"], parts
        if how != "submitted":
            return False, "not mended" + f", to {owner}" * bool(owner)
        edited = ", ".join(self._edits) or "nothing"
        if far := self._edited_elsewhere(issue):
            return False, f"constraints broken: {far} was edited elsewhere; edited {edited}"
        report = judge(self._package, self._changed)
        if report.problem:
            return False, f"tests failed ({report.problem}); edited {edited}"
        total = len(report.passed) + len(report.failed)
        return report.ok, f"tests: {len(report.passed)} of {total} passed; edited {edited}"

    def _edited_elsewhere(self, issue: Any) -> str:
        """The file that was edited in another line than that of the issue; "" if there is none."""
        path, name = issue["place"].split("::")
        for edited, source in self._edits.items():
            before = self._bug.get(edited, self._package.files[edited])
            if edited != path or not may_replace(before, source, issue["bug"], name):
                return edited
        return ""

    def _shown(self, step: Step = Step()) -> Step:  # noqa: B008  # Steps are frozen.
        if self._turn >= len(self._turns):
            return Step((), step.reward, done=True, evict=True, answer=step.answer)
        message = Message("user", self._turns[self._turn]["text"])
        return Step((message,), step.reward, evict=True, answer=step.answer)


def words(source: str) -> frozenset[str]:
    """The names and keywords in a source."""
    return frozenset(re.findall(r"[^\W\d]\w*", source))


def may_replace(before: str, after: str, bug: Sequence[Any], name: str) -> bool:
    """Whether an edit changes the line of the bug alone, by no word that is new to the file; or, if
    the bug took out a public name, adds one line that binds a name to the function."""
    old, new = (LINE_BREAK.split(source)[::2] for source in (before, after))
    _, line, right, replacing = bug
    if replacing:
        at = line - 1
        kept = len(old) == len(new) and old[:at] + old[line:] == new[:at] + new[line:]
        return kept and words(new[at]) <= words(before) | words(right) | MENDING
    binds = re.compile(rf"\w+ = {name}").fullmatch
    rest, new_rest = ([x for x in lines if x.strip() and not binds(x)] for lines in (old, new))
    bound, new_bound = (sum(bool(binds(x)) for x in lines) for lines in (old, new))
    return rest == new_rest and new_bound <= bound + 1


def opened(path: str, source: str, function: str = "") -> str:
    """What `open_file` prints. Raises Refused for a function that the file does not have."""
    lines = source.split("\n")
    if not function and len(lines) <= MOST_OPENED:
        return f"[{path}]\n{source}"
    try:
        known = {f.name: f for f in functions_in(path, source)}
    except UNREADABLE as error:
        raise Refused(f"{path} cannot be read: {type(error).__name__}") from error
    if not function:
        listed = "\n".join(f"{f.first:>5} {name}" for name, f in known.items())
        return f"[{path}: {len(lines)} lines; name one of its functions]\n{listed}"
    if function not in known:
        raise Refused(f"{path}: no function {function!r}; there are {', '.join(known) or 'none'}")
    return f"[{path}::{function}]\n" + known[function].of(source)


def printed(profile: str, checks: list[str], report: TestReport) -> Iterator[str]:
    """What `run_tests` prints: tests stay hidden, so each has a number."""
    yield f"profile {profile}: {len(checks)} tests"
    if report.problem:
        yield f"ERROR: {report.problem}"
        return
    for number, check in enumerate(checks, start=1):
        why = report.failed.get(check)
        yield f"test {number:>3}  {'passed' if why is None else f'FAILED  {why}'}"
    yield f"{len(report.passed)} passed, {len(report.failed)} failed"


def _argument(call: Call, name: str) -> str:
    assert isinstance(call.arguments, Mapping)
    return str(call.arguments.get(name, ""))
