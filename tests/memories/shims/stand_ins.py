"""Objects of the shapes that the shims take: small, deterministic, and ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.memories.shims.condenser import View

OWNED: dict[str, list[str]] = {}
"""What all objects of a class share, as stores on a disk are shared."""


@dataclass
class Filtered:
    content: Any


class Window:
    """As MemGym's managers: the first message, a line about what is left out, the newest four."""

    def manage_context(
        self, original_context: list[dict[str, Any]], current_observation: Any, metadata: Any = None
    ) -> Filtered:
        messages = [*original_context, current_observation]
        if len(messages) <= 5:
            return Filtered(messages)
        note = {"role": "user", "content": f"Left out: {len(messages) - 5} messages."}
        return Filtered([messages[0], note, *messages[-4:]])


class Notes:
    """Returns a text."""

    def manage_context(self, original_context: list[Any], current_observation: Any) -> Filtered:
        newest = [message["content"] for message in original_context[-3:]]
        return Filtered("\n\n".join(reversed(newest)))


class Numbers:
    def manage_context(self, original_context: list[Any], current_observation: Any) -> int:
        return len(original_context)


def _ranked(query: str, texts: Sequence[str]) -> list[str]:
    words = set(query.split())
    return sorted(texts, key=lambda text: -len(words & set(text.split())))


class Words:
    """The plainest of them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        self.texts.append(text)

    def search(self, query: str, k: int = 3) -> list[str]:
        return _ranked(query, self.texts)[:k]


class Mem0:
    """Takes and returns what mem0 2.2.1 does: chats, filters, and a `limit` that it swallows."""

    def add(self, messages: list[dict[str, str]], *, user_id: str | None = None) -> None:
        if user_id is None:
            raise ValueError("one of user_id, agent_id, run_id is needed")
        OWNED.setdefault(user_id, []).extend(message["content"] for message in messages)

    def search(
        self, query: str, *, top_k: int = 20, filters: Any = None, **kwargs: Any
    ) -> dict[str, list[dict[str, str]]]:
        if "user_id" in kwargs:
            raise ValueError("ids must go in filters")
        held = OWNED.get(filters["user_id"], [])
        return {
            "results": [
                {"memory": text, "created_at": f"2031-01-01T00:00:{held.index(text):04}"}
                for text in _ranked(query, held)[:top_k]
            ]
        }

    def get_all(self, *, filters: Any = None, top_k: int = 20) -> dict[str, list[dict[str, str]]]:
        held = enumerate(OWNED.get(filters["user_id"], [])[::-1][:top_k])
        return {"results": [{"id": str(number), "memory": text} for number, text in held][::-1]}


class Keeper(Words):
    """Keeps the names of what it is given, unless told not to infer, and lists them, newest first,
    20 of them unless more are asked for."""

    made = 0

    def __init__(self) -> None:
        super().__init__()
        Keeper.made += 1

    def add(self, text: str, infer: bool = True) -> None:
        kept = " ".join(text.split()[:2]) if infer else text
        if kept not in self.texts:
            self.texts.append(kept)

    def get_all(self, *, top_k: int = 20) -> dict[str, Any]:
        listed = [
            {"id": text, "memory": text, "created_at": f"2031-01-{number:02}"}
            for number, text in enumerate(self.texts, start=1)
        ]
        return {"results": listed[::-1][:top_k]}


class Deleter(Keeper):
    def delete(self, memory_id: str) -> None:
        self.texts.remove(memory_id)


class Tuples(Words):
    def search(self, query: str, k: int = 3) -> list[Any]:
        return [("text", 0.5)]


class Broken(Words):
    def search(self, query: str, k: int = 3) -> list[Any]:
        raise KeyError(query)


class Async(Words):
    async def search(self, query: str, k: int = 3) -> list[str]:  # type: ignore[override]  # wrong
        return []


@dataclass
class Condensation:
    forgotten_event_ids: set[str]
    summary: str | None = None
    summary_offset: int | None = None


class Rolling:
    """As OpenHands' rolling condensers: beyond eight events it forgets all but the first and four,
    and says how many."""

    def condense(self, view: View) -> View | Condensation:
        if len(view) <= 8:
            return view
        forgotten = [event.id for event in view.events[1:-4]]
        return Condensation(set(forgotten), f"Forgotten: {len(forgotten)} events.", 1)


class Masking:
    """Returns a view that shows the newest three."""

    def condense(self, view: View) -> View:
        return View(view.events[-3:])


def chosen(size: int = 3) -> Mapping[str, int]:
    """A factory of something that is no memory."""
    return {"size": size}
