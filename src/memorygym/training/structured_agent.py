"""The hands of structured policies: they carry out decisions as tool calls, and answer questions.

A note joins the first entry of its event that has room. What does not fit is not stored.
"""

from collections.abc import Iterator, Sequence

from memorygym.agents.calls import END, ToolCall, calls, edit, read, submit, write
from memorygym.core.errors import BadSettings
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.tracks.worlds.facts import values_in
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view
from memorygym.training.decisions import (
    Choose,
    Decision,
    Operation,
    Situation,
    decisions_in,
    shortest,
    updated,
)


def check_track(track: str) -> None:
    """Raises BadSettings for a track without structured decisions."""
    if track != "worlds":
        raise BadSettings(
            f"the track {track} has no structured decisions: play it as text, with MemoryEnv"
        )


def hands(task: Task, choose: Choose) -> Policy:
    """The policy of text that carries out what `choose` decides; it sees the view alone. Raises
    BadSettings for a task of another track."""
    check_track(task.track)
    return StructuredAgent(choose)


class StructuredAgent(Policy):
    """A policy of text that asks `choose` for each decision."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        if context.title == "QUESTION":
            return _answered(context)
        if context.title == "DOCUMENTS" and context.batch:
            return END if context.replies else calls(*map(write, self._entries(context)))
        decisions = list(decisions_in(context))
        if not decisions or len(context.replies) > 1:
            return END
        return calls(*self._change(context, decisions[0])) if context.replies else calls(read())

    def _entries(self, context: ParsedContext) -> list[str]:
        """The entries for a batch of documents."""
        entries, rooms = list[str](), list[int]()
        left, limits = context.capacity - context.tokens_held, _limits(context)
        for decision in decisions_in(context):
            writes = context.writes_left - len(entries)
            now = Situation(left, writes, max(rooms, default=0), limits)
            operation = self._choose(decision, now)
            tokens = decision.sizes[operation] if operation <= Operation.WHOLE else 0
            place = next((i for i, room in enumerate(rooms) if tokens + 1 <= room), None)
            if tokens and place is not None and tokens + 1 <= left:
                entries[place] += f"\n{decision.notes[operation]}"
                rooms[place] -= tokens + 1
                left -= tokens + 1
            elif tokens and place is None and tokens <= min(context.slot, left) and writes:
                entries.append(decision.notes[operation])
                rooms.append(context.slot - tokens)
                left -= tokens
        return entries

    def _change(self, context: ParsedContext, decision: Decision) -> Iterator[ToolCall]:
        """The calls for a change."""
        guide, text, news = context.reader.guide, "\n".join(context.tool_results), decision.facts
        line = next((x for x in text.split("\n") if x.startswith(f"{news[0].subject} ")), "")
        held = read_note(line, guide) if line else None
        is_old = bool(held and values_in(held).keys() & {fact.key for fact in news})
        left, note = context.capacity - context.tokens_held, decision.notes[Operation.KEY]
        situation = Situation(
            left, context.writes_left, 0, _limits(context), held is not None, is_old
        )
        operation = self._choose(decision, situation)
        if operation == Operation.UPDATE and held is None and note:
            yield write(note)
        elif held and operation >= Operation.UPDATE and (new := updated(held, news, operation)):
            yield edit(line, shortest(guide, new))


def _limits(context: ParsedContext) -> tuple[int, int, int]:
    return context.capacity, context.writes, context.slot


def _answered(context: ParsedContext) -> Message:
    """Reads the memory, then answers from its facts, or refuses."""
    if not context.replies:
        return calls(read())
    query = context.query
    answer = query and context.reader.answer(query, context.knowledge).answer
    return calls(submit(answer or REFUSAL))
