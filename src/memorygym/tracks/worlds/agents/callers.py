"""Adversaries whose trick is in their tool calls: free Edits, invalid calls, hidden facts."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core.json_values import canonical
from memorygym.core.statements import SHIFT, StatementIndex
from memorygym.core.track import PolicyFactory
from memorygym.core.types import JSON, Call, Message, Policy, Tool
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.facts import category_in
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
AN_EVENT = 18
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
            look = calls(read(), search("a", 1000), search(context.text, 1000))
            if not context.replies:
                return look
            query = context.query
            texts = _texts([message for message in view[1:] if message != look])
            stated = (fact for text in texts for fact in context.reader.read(text))
            answer = query and context.reader.answer(query, StatementIndex(stated)).answer
            return calls(submit(answer or REFUSAL))
        guide = context.reader.guide
        facts = "\n".join(record_of(guide, r) for r in context.records if category_in(r))
        facts = facts or context.text
        if context.replies:
            return Message("assistant", facts)
        hidden = (
            Call("memory_search", {"query": facts}, facts),
            Call("submit_answer", {"answer": facts}, facts),
            Call("Read", {"start_line": 1, facts[:200]: facts}, facts),
        )
        return Message("assistant", facts, (*hidden, Call(facts[:64], facts, "x")))


def _texts(messages: Sequence[Message]) -> list[str]:
    """All texts in messages except the text of this event."""
    texts = []
    for message in messages:
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


class NoticeKeeper(Strategist):
    """Stores nothing but a note for each change."""

    def store(self, context: ParsedContext) -> Message:
        return END

    def change(self, context: ParsedContext) -> Message:
        if context.replies or not context.records:
            return END
        correction = context.records[0]
        shifts = [f"{fact.key} by {fact.value}" for fact in correction if fact.role == SHIFT]
        if shifts:
            return calls(write(f"{correction[0].subject}: {', '.join(shifts)}"))
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


MAKERS: dict[str, PolicyFactory] = {
    "edit_dumper": lambda _: EditDumper(),
    "malformed_caller": lambda _: MalformedCaller(),
    "notice_keeper": lambda _: NoticeKeeper(),
    "reward_farmer": lambda _: RewardFarmer(),
    "summary_leaker": lambda _: SummaryLeaker(),
}
