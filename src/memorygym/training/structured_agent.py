"""The hands of structured policies: they carry out decisions as tool calls, and answer questions.

Notes are tagged, and packed into entries in the order of the text. What does not fit is not stored.
"""

from collections.abc import Iterator, Sequence

from memorygym.agents.calls import END, ToolCall, calls, edit, read, submit, write
from memorygym.core.statements import AMONG, CATEGORY, CURRENT, SHIFT
from memorygym.core.tokens import count
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.tracks.worlds.agents.note_taker import changed
from memorygym.tracks.worlds.facts import Facts, values_in
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import note_of, read_note
from memorygym.tracks.worlds.generator.template_schema import CODES
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view
from memorygym.training.decisions import (
    DELETE,
    KEEP,
    REVISE,
    UPDATE,
    Choose,
    Decision,
    Situation,
    check_track,
    decisions_in,
    item_of,
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
        return calls(*self._change(context, *decisions[0])) if context.replies else calls(read())

    def _entries(self, context: ParsedContext) -> list[str]:
        """The entries for a batch of documents."""
        entries: list[str] = []
        left, room = context.capacity - context.tokens_held, 0
        for decision, facts in decisions_in(context):
            writes = context.writes_left - len(entries)
            operation, items = self._choose(
                decision, Situation(left, writes, room, _limits(context))
            )
            if operation != KEEP:
                continue
            note = note_of(context.reader.guide, _part(facts, items))
            tokens = count(note)
            if tokens + 1 <= min(room, left):
                entries[-1] += f"\n{note}"
                room, left = room - tokens - 1, left - tokens - 1
            elif tokens + 1 > room and tokens <= min(context.slot, left) and writes:
                entries.append(note)
                room, left = context.slot - tokens, left - tokens
        return entries

    def _change(
        self, context: ParsedContext, decision: Decision, news: Facts
    ) -> Iterator[ToolCall]:
        """The calls for a change."""
        guide, text = context.reader.guide, "\n".join(context.tool_results)
        line = next((x for x in text.split("\n") if x.startswith(f"{news[0].subject} ")), "")
        held = read_note(line, guide) if line else None
        is_old = bool(held and values_in(held).keys() & {fact.key for fact in news})
        left = context.capacity - context.tokens_held
        situation = Situation(
            left, context.writes_left, 0, _limits(context), held is not None, is_old
        )
        operation, _ = self._choose(decision, situation)
        is_shift = any(fact.role == SHIFT for fact in news)
        if operation == KEEP and held is None and not is_shift:
            yield write(note_of(guide, tuple(fact for fact in news if fact.role == CURRENT)))
        elif operation in (UPDATE, REVISE) and held and is_old:
            new = changed(held, news, CODES if operation == REVISE else ())
            yield edit(line, note_of(guide, new or held))
        elif operation == DELETE and held:
            # With the line break that goes with it; the calls after the one that succeeds fail.
            for part in (f"\n{line}", f"{line}\n", line):
                yield edit(part, "")


def _limits(context: ParsedContext) -> tuple[int, int, int]:
    return context.capacity, context.writes, context.slot


def _answered(context: ParsedContext) -> Message:
    """Reads the memory, then answers from its facts, or refuses."""
    if not context.replies:
        return calls(read())
    query = context.query
    answer = query and context.reader.answer(query, context.knowledge).answer
    return calls(submit(answer or REFUSAL))


def _part(facts: Facts, items: frozenset[int]) -> Facts:
    """The category, and the facts with these items."""
    part = [
        f for f in facts if f.key == CATEGORY or (f.role == CURRENT and item_of(f.key) in items)
    ]
    links = (fact for fact in facts if fact.role == AMONG and item_of(fact.key) in items)
    return (*sorted(part, key=lambda fact: fact.key), *links)
