"""Adversaries whose trick is in their tool calls: free Edits, invalid calls, hidden facts."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core.json_values import canonical
from memorygym.core.tokens import count
from memorygym.core.track import PolicyFactory
from memorygym.core.types import JSON, Call, Message, Policy, Tool
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.agents.note_taker import Strategist, changed_line
from memorygym.tracks.worlds.facts import Knowledge
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import note_of, record_of
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view

HUGE = "x" * 5_000
VALUES: tuple[JSON, ...] = (
    None, True, 5, -1, 1e308, float("nan"), float("inf"), [], ["a"], {}, {"a": 1}, "", " ", "\n",
    "\x00", "\ud800", "*", '"', "((", "NEAR", "a OR", "' OR 1=1 --", "%", "\u202e", HUGE, 10**30,
)  # fmt: skip
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Write": ("content",),
    "Edit": ("old_text", "new_text"),
    "Read": ("start_line", "num_lines"),
    "memory_search": ("query", "top_k"),
    "submit_answer": ("answer",),
}


def _broken() -> tuple[Call, ...]:
    """Calls with wrong, missing or extra arguments, with wrong values, and of unknown tools."""
    broken = [Call(tool, value) for tool in ARGUMENTS for value in VALUES if value != {}]
    for tool in ("Write", "Edit", "Read", "memory_search"):
        valid: dict[str, JSON] = dict.fromkeys(ARGUMENTS[tool], "a")
        broken += [Call(tool, {**valid, name: v}) for name in valid for v in VALUES if v != "*"]
        broken += [Call(tool, {**valid, "more": "a"}), Call(tool, {}), Call(tool.lower(), valid)]
    broken += [Call(name, {"answer": "1"}) for name in ("", "\ud800", "eval", HUGE, "__class__")]
    return tuple(broken)


BROKEN = _broken()
AN_EVENT = 24
"""Broken calls in one event, so that an episode has all of them."""


class MalformedCaller(Policy):
    """Makes only malformed calls, apart from its answers."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        start = context.event * AN_EVENT % len(BROKEN)
        broken = (BROKEN + BROKEN)[start : start + AN_EVENT]
        if not context.replies:
            return Message("assistant", "\ud800", broken)
        if context.title != "QUESTION":
            return END
        return Message("assistant", "", (Call("submit_answer", {"answer": guess(context)}),))


class SummaryLeaker(Policy):
    """Writes nothing, repeats everything in its replies, and answers from what it still sees."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        if context.title == "QUESTION":
            if not context.replies:
                return calls(read(), search("a", 1000), search(context.text, 1000))
            query = context.query
            records = (record for text in _texts(view) for record in context.reader.read(text))
            answer = context.reader.answer(query, Knowledge(records)) if query else None
            return calls(submit(answer or REFUSAL))
        facts = "\n".join(record_of(context.reader.guide, r) for r in context.records if r.category)
        facts = facts or context.text
        if context.replies:
            return Message("assistant", facts)
        hidden = (
            Call("memory_search", {"query": facts}, facts),
            Call("submit_answer", {"answer": facts}, facts),
            Call("Read", {"start_line": 1, facts[:200]: facts}, facts),
        )
        return Message("assistant", facts, (*hidden, Call(facts[:64], facts, "x")))


def _texts(view: Sequence[Message]) -> list[str]:
    """All texts in the view except the text of this event."""
    texts = []
    for message in view[1:]:
        texts += [message.content, message.call_id]
        texts += [part for call in message.calls for part in (call.id, canonical(call.arguments))]
    return [text for text in texts if text and not text.startswith("===")]


MARK = "#"


class EditDumper(Strategist):
    """Edits one tiny entry again and again to append whole documents or records to it."""

    def store(self, context: ParsedContext) -> Message:
        if context.replies:
            return END
        records = [record_of(context.reader.guide, record) for record in context.records]
        texts = [context.text, "\n".join(records), context.text.split("\n\n")[0], *records[:5]]
        first = [write(MARK)] if context.batch == 1 else []
        return calls(*first, *(edit(MARK, f"{text}\n{MARK}") for text in texts))

    def change(self, context: ParsedContext) -> Message:
        """Appends each paragraph of the correction twice."""
        if context.replies:
            return END
        return calls(*[edit(MARK, f"{text}\n{MARK}") for text in context.text.split("\n\n") * 2])


class FreeEditor(Strategist):
    """Edits the entity's line, or appends the correction to any line that has room.

    It then repeats these Edits, which would gain something if more than the first were free.
    """

    def change(self, context: ParsedContext) -> Message:
        if context.title != "CORRECTION" or not context.records:
            return super().change(context)
        if len(context.replies) > 1:
            return END
        if not context.replies:
            return calls(read())
        lines = context.tool_results[0].split("\n")
        correction = context.records[0]
        note = note_of(context.reader.guide, correction)
        old = next((line for line in lines if line.startswith(correction.name + " ")), "")
        if not old:
            fitting = (line for line in lines if count(f"{line}\n{note}") <= context.slot)
            line = next(fitting, lines[0])
            return calls(*[edit(line, f"{line}\n{text}") for text in (note, context.text)] * 8)
        new = changed_line(context.reader, context.reader.read(old)[0], correction, ())
        return calls(*[edit(old, new)] * 8) if new else END


class NoticeKeeper(Strategist):
    """Stores nothing but a note for each change."""

    def store(self, context: ParsedContext) -> Message:
        return END

    def change(self, context: ParsedContext) -> Message:
        if context.replies or not context.records:
            return END
        correction = context.records[0]
        shifts = [f"{code} by {amount}" for code, amount in correction.shifts.items()]
        if shifts:
            return calls(write(f"{correction.name}: {', '.join(shifts)}"))
        return calls(write(note_of(context.reader.guide, correction)))


TURNS, TIMES = 4, 24
"""Most turns in which RewardFarmer repeats calls, and calls in each of them."""


class RewardFarmer(Strategist):
    """Repeats free calls in every event, and also its writes in the last batch."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        message = super().act(view, tools)
        if context.title == "QUESTION" or message.calls:
            return message
        if not context.replies or len(context.replies) > TURNS:
            return END
        repeated = [Call("Read", {})]
        if context.title == "CORRECTION" or context.batch == context.batches:
            repeated += [
                call for call in context.replies[-1].calls if call.name in ("Edit", "Write")
            ]
        return Message("assistant", "", tuple(repeated * (TIMES // len(repeated))))


class SessionHoarder(Strategist):
    """Stores as strategic does, then tries to write the rest of the last batch as well."""

    def store(self, context: ParsedContext) -> Message:
        """Writes the batch; reads; then refused calls, an emptied entry, the rest of the batch."""
        if not context.replies:
            return super().store(context)
        if len(context.replies) == 1:
            return calls(read())
        if len(context.replies) > 2 or context.batch < context.batches:
            return END
        lines = context.tool_results[-1].split("\n")
        rest = [
            record_of(context.reader.guide, record)
            for record in context.records
            if record.name not in context.tool_results[-1]
        ]
        refused = [edit("", ""), edit("nowhere to be found", ""), write(""), write("x " * 500)]
        swaps = [edit(line, new) for line, new in zip(lines[::-1], rest, strict=False)]
        emptied = [edit(lines[0], "")] if context.writes_left else []
        return calls(*refused, *(write(text) for text in rest), *emptied, *swaps, write(lines[0]))


MAKERS: dict[str, PolicyFactory] = {
    "edit_dumper": lambda _: EditDumper(),
    "free_editor": lambda _: FreeEditor(),
    "malformed_caller": lambda _: MalformedCaller(),
    "notice_keeper": lambda _: NoticeKeeper(),
    "reward_farmer": lambda _: RewardFarmer(),
    "session_hoarder": lambda _: SessionHoarder(),
    "summary_leaker": lambda _: SummaryLeaker(),
}
