"""The hands of structured policies: they carry out decisions as tool calls, and answer questions.

Notes are packed into entries in the order of the text. What does not fit is not stored.
"""

from collections.abc import Iterator, Sequence

from memorygym.agents.calls import END, ToolCall, calls, edit, read, submit, write
from memorygym.core.tokens import count
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.tracks.worlds.agents.note_taker import changed
from memorygym.tracks.worlds.facts import values_in
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.generator.template_schema import CODES
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view
from memorygym.training.decisions import (
    Choose,
    Decision,
    Operation,
    Situation,
    check_track,
    decisions_in,
    shortest,
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
        entries: list[str] = []
        left, room = context.capacity - context.tokens_held, 0
        for decision in decisions_in(context):
            writes = context.writes_left - len(entries)
            operation = self._choose(decision, Situation(left, writes, room, _limits(context)))
            if not Operation.KEY <= operation <= Operation.WHOLE:
                continue
            tokens = count(note := decision.notes[operation])
            if tokens + 1 <= min(room, left):
                entries[-1] += f"\n{note}"
                room, left = room - tokens - 1, left - tokens - 1
            elif tokens + 1 > room and tokens <= min(context.slot, left) and writes:
                entries.append(note)
                room, left = context.slot - tokens, left - tokens
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
        if operation == Operation.KEY and held is None and note:
            yield write(note)
        elif operation >= Operation.UPDATE and held and is_old:
            history = CODES if operation == Operation.REVISE else ()
            yield edit(line, shortest(guide, changed(held, news, history) or held))


def _limits(context: ParsedContext) -> tuple[int, int, int]:
    return context.capacity, context.writes, context.slot


def _answered(context: ParsedContext) -> Message:
    """Reads the memory, then answers from its facts, or refuses."""
    if not context.replies:
        return calls(read())
    query = context.query
    answer = query and context.reader.answer(query, context.knowledge).answer
    return calls(submit(answer or REFUSAL))
