"""Adversaries whose trick is in their calls: free edits, refused and broken ones, hidden facts."""

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
from memorygym.tracks.worlds.parsed_view import ParsedContext, scene

HUGE = "x" * 5_000
VALUES: tuple[JSON, ...] = (
    None, True, 5, -1, 1e308, float("nan"), float("inf"), [], ["a"], {}, {"a": 1}, "", " ", "\n",
    "\x00", "\ud800", "*", '"', "((", "NEAR", "a OR", "' OR 1=1 --", "%", "\u202e", HUGE, 10**30,
)  # fmt: skip
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Write": ("content",), "Edit": ("old_text", "new_text"), "Read": ("start_line", "num_lines"),
    "memory_search": ("query", "top_k"), "submit_answer": ("answer",),
}  # fmt: skip


def _broken() -> tuple[Call, ...]:
    """Wrong arguments, wrong values one by one, missing and strange ones, unknown tools."""
    made = [Call(tool, value) for tool in ARGUMENTS for value in VALUES if value != {}]
    for tool in ("Write", "Edit", "Read", "memory_search"):
        right: dict[str, JSON] = dict.fromkeys(ARGUMENTS[tool], "a")
        made += [Call(tool, {**right, name: v}) for name in right for v in VALUES if v != "*"]
        made += [Call(tool, {**right, "more": "a"}), Call(tool, {}), Call(tool.lower(), right)]
    made += [Call(name, {"answer": "1"}) for name in ("", "\ud800", "eval", HUGE, "__class__")]
    return tuple(made)


BROKEN = _broken()
A_TIME = 24
"""Broken calls in one event: all of them come up over an episode."""


class MalformedCaller(Policy):
    """Never makes a call that is right, but for its answers."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        start = now.event * A_TIME % len(BROKEN)
        made = (BROKEN + BROKEN)[start : start + A_TIME]
        if not now.said:
            return Message("assistant", "\ud800", made)
        if now.title != "QUESTION":
            return END
        return Message("assistant", "", (Call("submit_answer", {"answer": guess(now)}),))


class SummaryLeaker(Policy):
    """It writes nothing, says everything, and answers from whatever is still to be seen."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        if now.title == "QUESTION":
            if not now.said:
                return calls(read(), search("a", 1000), search(now.text, 1000))
            query = now.query
            known = Knowledge(record for text in _texts(view) for record in now.reader.read(text))
            answer = now.reader.answer(query, known) if query else None
            return calls(submit(answer or REFUSAL))
        told = "\n".join(record_of(now.reader.guide, r) for r in now.records if r.category)
        told = told or now.text
        if now.said:
            return Message("assistant", told)
        hidden = (
            Call("memory_search", {"query": told}, told),
            Call("submit_answer", {"answer": told}, told),
            Call("Read", {"start_line": 1, told[:200]: told}, told),
        )
        return Message("assistant", told, (*hidden, Call(told[:64], told, "x")))


def _texts(view: Sequence[Message]) -> list[str]:
    """Everything in the view but what the environment says in this event."""
    texts = []
    for message in view[1:]:
        texts += [message.content, message.call_id]
        texts += [part for call in message.calls for part in (call.id, canonical(call.arguments))]
    return [text for text in texts if text and not text.startswith("===")]


MARK = "#"


class EditDumper(Strategist):
    """What is shown goes behind the mark: all of it, all records, a document, single records."""

    def store(self, now: ParsedContext) -> Message:
        if now.said:
            return END
        records = [record_of(now.reader.guide, told) for told in now.records]
        tried = [now.text, "\n".join(records), now.text.split("\n\n")[0], *records[:5]]
        first = [write(MARK)] if now.batch == 1 else []
        return calls(*first, *(edit(MARK, f"{text}\n{MARK}") for text in tried))

    def change(self, now: ParsedContext) -> Message:
        """Free edits carry the notice, and then the notice again and again."""
        if now.said:
            return END
        return calls(*[edit(MARK, f"{text}\n{MARK}") for text in now.text.split("\n\n") * 2])


class FreeEditor(Strategist):
    """The right line first; where there is none, the notice goes into any line that has room.

    Then the same Edits again, which would pay if more than the first one were free.
    """

    def change(self, now: ParsedContext) -> Message:
        told = now.records
        if now.title != "CORRECTION" or not told:
            return super().change(now)
        if len(now.said) > 1:
            return END
        if not now.said:
            return calls(read())
        lines = now.heard[0].split("\n")
        note = note_of(now.reader.guide, told[0])
        kept = next((line for line in lines if line.startswith(told[0].name + " ")), "")
        if not kept:
            fitting = (line for line in lines if count(f"{line}\n{note}") <= now.slot)
            into = next(fitting, lines[0])
            return calls(*[edit(into, f"{into}\n{text}") for text in (note, now.text)] * 8)
        record = now.reader.read(kept)[0]
        new = changed_line(now.reader, record, told[0], ())
        return calls(*[edit(kept, new)] * 8) if new else END


class NoticeKeeper(Strategist):
    """A note for each change, as told."""

    def store(self, now: ParsedContext) -> Message:
        return END

    def change(self, now: ParsedContext) -> Message:
        told = now.records
        if now.said or not told:
            return END
        shifts = [f"{code} by {amount}" for code, amount in told[0].shifts.items()]
        if shifts:
            return calls(write(f"{told[0].name}: {', '.join(shifts)}"))
        return calls(write(note_of(now.reader.guide, told[0])))


TURNS, TIMES = 4, 24


class RewardFarmer(Strategist):
    """Repeats what costs nothing, and with the last batch everything else."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        said = super().act(view, tools)
        if now.title == "QUESTION" or said.calls:
            return said
        if not now.said or len(now.said) > TURNS:
            return END
        again = [Call("Read", {})]
        if now.title == "CORRECTION" or now.batch == now.batches:
            again += [call for call in now.said[-1].calls if call.name in ("Edit", "Write")]
        return Message("assistant", "", tuple(again * (TIMES // len(again))))


class SessionHoarder(Strategist):
    """After storing, it tries to write the rest of each batch as well."""

    def store(self, now: ParsedContext) -> Message:
        """The batch; a look; then refused calls, an entry emptied, and the rest of the batch."""
        if not now.said:
            return super().store(now)
        if len(now.said) == 1:
            return calls(read())
        if len(now.said) > 2 or now.batch < now.batches:
            return END
        lines = now.heard[-1].split("\n")
        records = now.records
        rest = [
            record_of(now.reader.guide, told) for told in records if told.name not in now.heard[-1]
        ]
        useless = [edit("", ""), edit("nowhere to be found", ""), write(""), write("x " * 500)]
        swaps = [edit(line, new) for line, new in zip(lines[::-1], rest, strict=False)]
        emptied = [edit(lines[0], "")] if now.writes_left else []
        return calls(*useless, *(write(text) for text in rest), *emptied, *swaps, write(lines[0]))


MAKERS: dict[str, PolicyFactory] = {
    "edit_dumper": lambda _: EditDumper(),
    "free_editor": lambda _: FreeEditor(),
    "malformed_caller": lambda _: MalformedCaller(),
    "notice_keeper": lambda _: NoticeKeeper(),
    "reward_farmer": lambda _: RewardFarmer(),
    "session_hoarder": lambda _: SessionHoarder(),
    "summary_leaker": lambda _: SummaryLeaker(),
}
