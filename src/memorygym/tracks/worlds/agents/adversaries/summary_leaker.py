"""summary_leaker: hides facts in replies, call ids and arguments, and looks for them later."""

from collections.abc import Sequence

from memorygym.agents.calls import calls, read, search, submit
from memorygym.core import Call, Message, Policy, Tool
from memorygym.frozen import canonical
from memorygym.track import Bound
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.facts import Knowledge
from memorygym.tracks.worlds.scene import scene

IMITATES = "the earlier runner's summary, which put text of the last turns back into every prompt"
BOUND = Bound(1)


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
        told = "\n".join(
            record_of(now.reader.guide, r) for r in now.reader.read(now.text) if r.category
        )
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


make = SummaryLeaker
