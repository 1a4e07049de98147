"""The track's scribes: fixed users of memories with tools."""

from collections.abc import Mapping, Sequence

from memorygym.agents.calls import END, calls, read, search, write
from memorygym.core import Call, Message, Policy, Task, Tool
from memorygym.tracks._qa.env import RECALL
from memorygym.tracks.research.reading import ResearchReader

_BRIEFING, _SEARCH, _SERVED = "=== BRIEFING", "=== SEARCH ", "asked at the end: "


class SearchScribe(Policy):
    """Writes what a searcher concludes, and searches its memory where the searcher recalls."""

    def __init__(self, reasoner: Policy) -> None:
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        reply = self._reasoner.act(view, tools)
        named = {tool.name for tool in tools}
        written = "Write" in named and reply.content
        made = [Call("Write", {"content": reply.content}, "0")] if written else []
        searches = "memory_search" in named
        made += [_searching(call) if searches else call for call in reply.calls]
        return Message("assistant", reply.content, tuple(made))


def _searching(call: Call) -> Call:
    if call.name != RECALL.name or not isinstance(call.arguments, Mapping):
        return call
    name, arguments = search(str(call.arguments["query"]))
    return Call(name, arguments, call.id)


def is_briefed(task: Task) -> bool:
    """Whether the question is told before the searches."""
    return task.events[0].text.startswith(_BRIEFING)


class Noter(Policy):
    """Who was told the question first writes down nothing but what may lead on from it: what tells
    of a name in the question or in what is noted already. The rest is left to the clerk."""

    def __init__(self, clerk: Policy) -> None:
        self._clerk = clerk

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = max(at for at, one in enumerate(view) if one.content.startswith("==="))
        shown, heard = view[at].content, [one for one in view[at:] if one.role == "tool"]
        if shown.startswith(_BRIEFING) and not heard:
            return calls(write(shown.split(_SERVED, 1)[1]))
        if not shown.startswith(_SEARCH):
            return self._clerk.act(view, tools)
        if not heard:
            return calls(read())
        return END if len(heard) > 1 else calls(*map(write, _leading(shown, heard[0].content)))


def _leading(shown: str, held: str) -> list[str]:
    """What a text tells of names that are held, and of those that this adds."""
    reader = ResearchReader()
    left, known, found = dict.fromkeys(reader.read(shown)), held, list[str]()
    while leads := [one for one in left if one.subject in known or one.value in known]:
        for one in leads:
            del left[one]
            if one.subject not in known or one.value not in known:
                found.append(reader.tell(one))
                known += f"\n{one.subject} {one.value}"
    return found
